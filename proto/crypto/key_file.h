// Files that hold one secret key, readable by their owner alone.
//
// Shape: two lines, "rapporteur-key <purpose> v1" and 32 bytes as base64.
// Errors: kConfiguration for a file that is missing, not a regular file, readable or writable by
// group or others, owned by somebody else, too long, or of another purpose; kStorage when writing
// fails. A file that exists is never overwritten.
#pragma once

#include <filesystem>

#include "proto/crypto/ed25519.h"

namespace rapporteur::crypto {

enum class KeyPurpose { kSigning, kCurve, kCosigning, kCellKey };

[[nodiscard]] Result<SecretBytes> read_key_file(const std::filesystem::path& file,
                                                KeyPurpose purpose);
// Creates with mode 0600; file and name are on disk when it returns. Nothing is left behind when it
// fails.
[[nodiscard]] Status write_key_file(const std::filesystem::path& file, KeyPurpose purpose,
                                    const SecretBytes& key);

}  // namespace rapporteur::crypto
