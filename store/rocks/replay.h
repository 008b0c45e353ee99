// What follows from the entries of a log, computed again from them into a database of its own.
//
// Messages, tables, chains, the next number of each key, what was erased, tiles and the edge of the
// tree: the same rows as the journal wrote, byte by byte. What the hub keeps beside (directory,
// positions) is not among them.
//
// Threads: one. Errors: kStorage for an entry that cannot be read, and of the database.
// Source: FORMAT.md, "The database".
#pragma once

#include <functional>
#include <map>

#include <rocksdb/write_batch.h>

#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/frontier.h"
#include "store/rocks/database.h"

namespace rapporteur::v1 {
class Header;
}

namespace rapporteur::rocks {

struct ReplayedEntry {
  LogIndex index;
  std::string_view nonce;
  std::string_view record;
  std::string_view body;  // empty: none, or none any more
};

class Replay {
 public:
  // The body of an earlier entry; empty when it has none.
  using BodyOf = std::function<Result<std::string>(LogIndex)>;

  // `into` is empty; both outlive it.
  Replay(Database& into, BodyOf body_of) : into_(into), body_of_(std::move(body_of)) {}

  // In order, from 0 on.
  [[nodiscard]] Status add(const ReplayedEntry& entry);
  // Writes what is left.
  [[nodiscard]] Status finish();

  [[nodiscard]] const merkle::Frontier& tree() const { return tree_; }
  // Accepted messages without a body: of their tables nothing can be said.
  [[nodiscard]] std::uint64_t bodies_absent() const { return bodies_absent_; }

 private:
  [[nodiscard]] Status message(const v1::Record& record, const ReplayedEntry& entry);
  [[nodiscard]] Status accepted(const v1::Record& record, const v1::Header& header,
                                const ReplayedEntry& entry);
  // `change` gives a Status to a tables::Table.
  template <typename Change>
  [[nodiscard]] Status change_table(const journal::ResourceId& id, LogIndex writer,
                                    const Change& change);
  [[nodiscard]] Result<std::string> table(const std::string& key);
  void put(Family family, std::string_view key, std::string_view value);
  [[nodiscard]] Status flush();

  Database& into_;
  BodyOf body_of_;
  merkle::Frontier tree_;
  rocksdb::WriteBatch batch_ = Database::batch();
  std::map<std::string, std::string> tables_;  // not written yet; "" is gone
  std::uint64_t bodies_absent_ = 0;
};

}  // namespace rapporteur::rocks
