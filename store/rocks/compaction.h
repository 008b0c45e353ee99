// What a stopped log needs on disk once RocksDB has tidied up.
//
// Threads: one at a time. Errors: kStorage, also while the log is open elsewhere; nothing that it
// holds is changed by this, done or not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "proto/base/result.h"

namespace rapporteur::rocks {

struct FamilyBytes {
  std::string name;
  std::uint64_t bytes = 0;
};

// Merges the files of the database, as RocksDB does in the course of time; the bytes of each column
// family that holds any.
[[nodiscard]] Result<std::vector<FamilyBytes>> compact(const std::filesystem::path& folder);

}  // namespace rapporteur::rocks
