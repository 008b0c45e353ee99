// Tables (*.sst) that open only if what describes them is whole. RocksDB takes the properties of a
// table apart before it compares their checksum: one changed bit ends the process in an assertion.
//
// Threads: any. Errors: Corruption with the file, from whatever of RocksDB opens the table.
#pragma once

#include <memory>

#include <rocksdb/env.h>

namespace rapporteur::rocks {

// The same files as `files`, which outlives it.
[[nodiscard]] std::unique_ptr<rocksdb::Env> with_checked_tables(rocksdb::Env& files);

}  // namespace rapporteur::rocks
