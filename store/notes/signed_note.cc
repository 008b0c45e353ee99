#include "store/notes/signed_note.h"

#include <algorithm>
#include <limits>

#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/base/utf8.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::notes {
namespace {

constexpr std::string_view kSignaturePrefix = "\u2014 ";  // em dash, space
constexpr std::size_t kKeyIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;
constexpr char32_t kFirstPrintable = 0x20;

tl::unexpected<Error> malformed(std::string what, std::string where = {}) {
  return fail(ErrorKind::kMalformed, std::move(what), std::move(where));
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

template <typename Number>
std::string big_endian(Number value) {
  std::string bytes;
  for (std::size_t left = sizeof value; left > 0; --left) {
    bytes += static_cast<char>(value >> (8 * (left - 1)));
  }
  return bytes;
}

tl::unexpected<Error> no_verifier_key(const char* why) {
  return fail(ErrorKind::kMalformed, std::string("not a verifier key: ") + why, {},
              "it reads name+hexadecimal key id+base64 key");
}

std::string typed_bytes(const VerifierKey& key) {
  return static_cast<char>(key.type) + key.key.string();
}

std::uint32_t key_id(std::string_view name, std::string_view typed) {
  std::string named(name);
  named.append("\n").append(typed);
  const Digest digest = crypto::sha256(named);
  return static_cast<std::uint32_t>(read_big_endian(digest.view().substr(0, kKeyIdBytes)));
}

// UTF-8 without control characters but newline.
bool note_characters(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.bytes == 0) return false;
    if (point.value < kFirstPrintable && point.value != '\n') return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

// One signature line, without its newline.
Result<NoteSignature> parse_signature(std::string_view line, const std::string& where) {
  if (!line.starts_with(kSignaturePrefix)) {
    return malformed("a signature line begins with an em dash and a space", where);
  }
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return malformed("signature line without signature", where);
  const std::string_view name = line.substr(0, space);
  if (!valid_key_name(name)) return malformed("not a key name", where);
  const auto decoded = crypto::parse_base64(line.substr(space + 1));
  if (!decoded) return malformed("signature is not base64", where);
  if (decoded->size() <= kKeyIdBytes) return malformed("signature is too short", where);
  const std::string_view bytes = *decoded;
  return NoteSignature{std::string(name),
                       static_cast<std::uint32_t>(read_big_endian(bytes.substr(0, kKeyIdBytes))),
                       std::string(bytes.substr(kKeyIdBytes))};
}

// Empty when the signature is bad.
std::optional<VerifiedSignature> check(const NoteSignature& signature, std::string_view text,
                                       const VerifierKey& key) {
  const std::string_view blob = signature.blob;
  if (key.type == KeyType::kEd25519) {
    const auto bytes = SignatureBytes::from(blob);
    if (!bytes || !crypto::verify(key.key, {}, bytes_of(text), *bytes)) return std::nullopt;
    return VerifiedSignature{key, std::nullopt};
  }
  const auto bytes = SignatureBytes::from(blob.substr(std::min(kTimeBytes, blob.size())));
  if (!bytes) return std::nullopt;
  const std::uint64_t seconds = read_big_endian(blob.substr(0, kTimeBytes));
  if (seconds > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return std::nullopt;
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  if (!crypto::verify(key.key, {}, bytes_of(cosigned_message(time, text)), *bytes)) {
    return std::nullopt;
  }
  return VerifiedSignature{key, time};
}

}  // namespace

bool valid_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const CodePoint point = decode_utf8(name);
    const bool forbidden =
        point.value < kFirstPrintable || is_space(point.value) || point.value == '+';
    if (point.bytes == 0 || forbidden) return false;
    name.remove_prefix(point.bytes);
  }
  return true;
}

Result<EncodedKey> EncodedKey::parse(std::string_view text) {
  if (text.size() > limits::kKeyFileBytes) return no_verifier_key("too long");
  const std::size_t first = text.find('+');
  const std::size_t second = text.find('+', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return no_verifier_key("it has no three parts");
  const std::string_view name = text.substr(0, first);
  if (!valid_key_name(name)) return no_verifier_key("the name is empty or has white space");
  const auto id = crypto::parse_hex(text.substr(first + 1, second - first - 1));
  if (!id || id->size() != kKeyIdBytes) {
    return no_verifier_key("the key id is not 8 hexadecimal digits");
  }
  const auto typed = crypto::parse_base64(text.substr(second + 1));
  if (!typed || typed->empty()) return no_verifier_key("the key is not base64");
  if (key_id(name, *typed) != read_big_endian(*id)) {
    return no_verifier_key("the key id is of another key");
  }
  return EncodedKey{std::string(name), static_cast<std::uint8_t>(typed->front()), typed->substr(1)};
}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
  const auto encoded = EncodedKey::parse(text);
  if (!encoded) return tl::unexpected(encoded.error());
  const auto type = static_cast<KeyType>(encoded->type);
  if (type != KeyType::kEd25519 && type != KeyType::kCosignatureV1) {
    return no_verifier_key("keys of this type are not supported");
  }
  const auto bytes = PublicKeyBytes::from(encoded->key);
  if (!bytes) return no_verifier_key("the key has not 32 bytes");
  return VerifierKey{encoded->name, type, *bytes};
}

std::string VerifierKey::text() const {
  return name + "+" + crypto::hex(bytes_of(big_endian(id()))) + "+" +
         crypto::base64(bytes_of(typed_bytes(*this)));
}

std::uint32_t VerifierKey::id() const {
  return key_id(name, typed_bytes(*this));
}

Result<Note> Note::parse(std::string_view bytes) {
  if (bytes.size() > limits::kNoteBytes) return malformed("note is too long");
  if (!note_characters(bytes)) return malformed("note is not UTF-8 or has control characters");
  const std::size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos) return malformed("note has no blank line and signatures");
  Note note{std::string(bytes.substr(0, split + 1)), {}};
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty()) return malformed("note has no signatures");
  if (rest.back() != '\n') return malformed("note does not end in a newline");
  while (!rest.empty()) {
    const std::string where = "signature " + std::to_string(note.signatures.size() + 1);
    if (note.signatures.size() == limits::kNoteSignatures) {
      return malformed("note has too many signatures", where);
    }
    const std::size_t end = rest.find('\n');
    auto signature = parse_signature(rest.substr(0, end), where);
    if (!signature) return tl::unexpected(signature.error());
    note.signatures.push_back(std::move(*signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string NoteSignature::line() const {
  std::string out(kSignaturePrefix);
  const std::string bytes = big_endian(key_id) + blob;
  return out.append(name).append(" ").append(crypto::base64(bytes_of(bytes))).append("\n");
}

std::string Note::bytes() const {
  std::string out = text + "\n";
  for (const NoteSignature& signature : signatures) out += signature.line();
  return out;
}

Result<std::vector<VerifiedSignature>> verify(const Note& note,
                                              std::span<const VerifierKey> known) {
  std::vector<VerifiedSignature> holds;
  for (const NoteSignature& signature : note.signatures) {
    const auto key = std::find_if(known.begin(), known.end(), [&](const VerifierKey& candidate) {
      return candidate.name == signature.name && candidate.id() == signature.key_id;
    });
    if (key == known.end()) continue;
    auto verified = check(signature, note.text, *key);
    if (!verified) {
      return fail(ErrorKind::kNotVerified, "the signature of " + key->name + " does not hold");
    }
    const bool repeated =
        std::any_of(holds.begin(), holds.end(), [&](const auto& one) { return one.key == *key; });
    if (!repeated) holds.push_back(std::move(*verified));
  }
  if (holds.empty()) return fail(ErrorKind::kNotVerified, "no signature is by a known key");
  return holds;
}

std::string cosigned_message(std::chrono::sys_seconds time, std::string_view text) {
  std::string message = "cosignature/v1\ntime ";
  message.append(std::to_string(time.time_since_epoch().count())).append("\n");
  return message.append(text);
}

NoteSignature sign(std::string_view text, std::string_view name, const crypto::SigningKey& key) {
  RAPPORTEUR_CHECK(valid_key_name(name) && text.ends_with('\n'));
  const VerifierKey verifier{std::string(name), KeyType::kEd25519, key.public_key()};
  return {verifier.name, verifier.id(), key.sign({}, bytes_of(text)).string()};
}

NoteSignature cosign(std::string_view text, std::string_view name, std::chrono::sys_seconds time,
                     const crypto::SigningKey& key) {
  RAPPORTEUR_CHECK(valid_key_name(name) && text.ends_with('\n'));
  const auto seconds = time.time_since_epoch().count();
  RAPPORTEUR_CHECK(seconds > 0);
  const VerifierKey verifier{std::string(name), KeyType::kCosignatureV1, key.public_key()};
  const SignatureBytes signature = key.sign({}, bytes_of(cosigned_message(time, text)));
  return {verifier.name, verifier.id(),
          big_endian(static_cast<std::uint64_t>(seconds)) + signature.string()};
}

}  // namespace rapporteur::notes
