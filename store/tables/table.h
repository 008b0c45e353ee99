// A table of the published view: which live submission holds which cell.
//
// A table is what one sender has published of one dataflow, indicator, area and period. Its value
// maps the hash of a cell's key to the log index of the submission that holds the cell; two keys
// may have one hash, so a hit says "look there", never "it is the same cell".
//
// Units and shapes: cells ordered by (hash, holder), without repetition. `encode` gives the value
// of a journal::TableWrite; the journal puts the index of the writing entry in front, and `parse`
// reads that: cells inserted before encoding are held by the entry that will be written. Threads:
// one at a time. Errors: kStorage for bytes that encode() did not make; kRefused when a table would
// have more than limits::kCellsPerTable cells. Source: FORMAT.md, "Tables".
#pragma once

#include <vector>

#include "store/journal/journal.h"

namespace rapporteur::tables {

struct TableName {
  std::string_view dataflow;
  std::string_view sender;
  std::string_view indicator;
  std::string_view ref_area;
  std::string_view time_period;
};
// Also the resource that verdicts on the table read. XXH3-128 over "table" and the five, each
// behind its length in 4 bytes, big-endian.
[[nodiscard]] journal::ResourceId table_id(const TableName& name);
// Of what was published there and is in force no more, but may have been kept by whoever received
// it: cells that had a count, each held by the newest submission that ended with one. The same with
// "ended".
[[nodiscard]] journal::ResourceId ended_id(const TableName& name);

class Table {
 public:
  // `stored` as JournalReader::table gives it; "" is a table without cells.
  [[nodiscard]] static Result<Table> parse(std::string_view stored);

  [[nodiscard]] std::size_t size() const { return cells_.size(); }
  [[nodiscard]] bool empty() const { return cells_.empty(); }
  // Submissions that hold cells here, ascending. Those inserted since parse() are not among them.
  [[nodiscard]] std::vector<LogIndex> holders() const;
  // Submissions that hold a cell whose key has this hash, ascending; likewise.
  [[nodiscard]] std::vector<LogIndex> find(std::uint64_t key_hash) const;

  [[nodiscard]] bool holds(std::uint64_t key_hash, LogIndex holder) const;

  // Submissions of which no cell is known any more, since they were erased; likewise. They are
  // not among holders().
  [[nodiscard]] std::vector<LogIndex> erased() const;

  // Takes all cells of a submission out; false when it had none.
  bool remove(LogIndex holder);
  // Gives cells to a submission, also those that others held. Where there is no room for all, the
  // oldest submissions give theirs up.
  void take_over(std::span<const std::uint64_t> key_hashes, LogIndex holder);
  // Takes the keys of its cells out and keeps that it was here; false when it was not.
  bool erase(LogIndex holder);
  // Adds cells of the entry to be written; `key_hashes` in any order. On error nothing is added.
  [[nodiscard]] Status insert(std::span<const std::uint64_t> key_hashes);
  // Empty when no cell is left.
  [[nodiscard]] std::string encode() const;

 private:
  struct Cell {
    std::uint64_t hash = 0;
    std::uint64_t holder = 0;
    auto operator<=>(const Cell&) const = default;
  };
  [[nodiscard]] std::vector<LogIndex> all_holders() const;
  std::vector<Cell> cells_;
};

}  // namespace rapporteur::tables
