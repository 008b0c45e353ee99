// What an audit must look at beside the entries, so that damage anywhere in a database is named:
// the ends of its write-ahead logs and of its manifest, and the families that no audit reads.
//
// Threads: any. Errors: kStorage with file or folder.
// Source: FORMAT.md, "What an audit of a folder reads".
#pragma once

#include "store/rocks/database.h"

namespace rapporteur::rocks {

// RocksDB takes a last record that breaks off for a write that a power cut stopped, and reads on
// without it; a changed length looks the same. Here it is an error: what was synced does not break
// off. Waits, bounded, for a writer that is in the middle of one.
[[nodiscard]] Status check_ends(const std::filesystem::path& database_folder, rocksdb::Env& files);

// Reads every key of the families that hold neither records nor bodies: a damaged block is an
// error.
[[nodiscard]] Status read_through(const Database& database);

// Whether `bytes`, of a file in RocksDB's log format, end where a record ends. Pure.
[[nodiscard]] bool ends_whole(std::string_view bytes);

}  // namespace rapporteur::rocks
