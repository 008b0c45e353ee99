#include "adapters/anonymise/cell_key/record_keys.h"

#include <filesystem>

#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/hmac.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::anonymise {

Result<RecordKeys> RecordKeys::read_file(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::symlink_status(path, unknown).type() ==
      std::filesystem::file_type::not_found) {
    return fail(ErrorKind::kConfiguration, "there is no key for cell keys", path,
                "restore it, or make the first one with --make-key: figures changed with another "
                "key do not match");
  }
  auto key = crypto::read_key_file(path, crypto::KeyPurpose::kCellKey);
  if (!key) return tl::unexpected(key.error());
  return RecordKeys(std::move(*key));
}

Status RecordKeys::make_file(const std::string& path) {
  crypto::SecretBytes key;
  crypto::fill_random(key.mutable_bytes());
  return crypto::write_key_file(path, crypto::KeyPurpose::kCellKey, key);
}

std::uint64_t RecordKeys::key_of(std::string_view name_of_case) const {
  const ByteSpan secret =
      sabotaged("record-keys-without-secret") ? bytes_of("") : ByteSpan(key_.bytes());
  const Digest digest =
      crypto::hmac_sha256(secret, crypto::domain::kRecordKey, bytes_of(name_of_case));
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < sizeof key; ++i) {
    key = key << 8U | std::to_integer<std::uint64_t>(digest.bytes[i]);
  }
  return key;
}

}  // namespace rapporteur::anonymise
