#include "proto/crypto/encoding.h"

#include <algorithm>

#include <sodium.h>

namespace rapporteur::crypto {

std::string hex(ByteSpan bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  out.pop_back();
  return out;
}

Result<std::string> parse_hex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  std::size_t size = 0;
  const int status = sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                    text.data(), text.size(), nullptr, &size, nullptr);
  if (status != 0 || size * 2 != text.size()) {
    return fail(ErrorKind::kMalformed, "'" + printable(text, 40) + "' is not hexadecimal");
  }
  return out;
}

std::string base64(ByteSpan bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  out.pop_back();
  return out;
}

Result<std::string> parse_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int status =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL);
  // libsodium takes some bytes above 0x7F for letters.
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (status != 0 || end != text.data() + text.size() || !ascii) {
    sodium_memzero(out.data(), out.size());
    return fail(ErrorKind::kMalformed, "'" + printable(text, 40) + "' is not base64");
  }
  out.resize(size);
  return out;
}

}  // namespace rapporteur::crypto
