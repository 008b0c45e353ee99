// What an audit must look at beside the entries and the tables, so that damage anywhere in a
// database is named: the ends of its write-ahead logs and of its manifest.
//
// Threads: any. Errors: kStorage with file or folder.
// Source: FORMAT.md, "What an audit of a folder reads".
#pragma once

#include "store/rocks/database.h"

namespace rapporteur::rocks {

// How a file in RocksDB's log format ends. RocksDB drops a last record that goes on behind the end
// of its file; a changed length looks the same to it.
enum class LogEnd {
  kWhole,        // where a record ends
  kHalfWritten,  // within a record: a write under way, or one that a power cut or full disk stopped
  kDamaged,      // a record is there that its length, or a longer one before it, hides
};
// Pure.
[[nodiscard]] LogEnd log_end(std::string_view bytes);

// The files that end in a half-written record, by name; a damaged end is an error.
[[nodiscard]] Result<std::vector<std::string>> check_ends(
    const std::filesystem::path& database_folder, rocksdb::Env& files);

}  // namespace rapporteur::rocks
