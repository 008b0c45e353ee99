// One row of a register or table, mapped to the codes that it counts for.
//
// Threads: one at a time. Lifetime: borrows the spec and the keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/cell_key/record_keys.h"
#include "adapters/sources/dataset.h"

namespace rapporteur::anonymise {

struct CountedRow {
  std::string area;
  std::string period;
  std::vector<std::string> codes;  // of each dimension
  std::int64_t count = 1;
  bool all_leaves = true;
  std::uint64_t record_key = 0;  // with method = "cell-key"
};

class RowReader {
 public:
  struct Wanted {
    const Spec& spec;
    const std::vector<Hierarchy>& hierarchies;
    const std::optional<RecordKeys>& keys;
  };
  // kMalformed: the file has no such column.
  [[nodiscard]] static Result<RowReader> of(const Wanted& wanted,
                                            const std::vector<std::string>& header);
  // Of the open row of the block; what is wrong with it has its column, and never its text.
  [[nodiscard]] tl::expected<CountedRow, RefusedRow> read(const sources::RowBlock& block) const;

 private:
  explicit RowReader(const Wanted& wanted)
      : spec_(wanted.spec), hierarchies_(wanted.hierarchies), keys_(wanted.keys) {}
  using Text = tl::expected<std::string, RefusedRow>;
  [[nodiscard]] Text area_of(const sources::RowBlock& block) const;
  [[nodiscard]] Text period_of(const sources::RowBlock& block) const;
  [[nodiscard]] Text code_of(const Hierarchy& hierarchy, std::string_view text) const;
  [[nodiscard]] tl::expected<std::int64_t, RefusedRow> count_of(
      const sources::RowBlock& block) const;

  const Spec& spec_;
  const std::vector<Hierarchy>& hierarchies_;
  const std::optional<RecordKeys>& keys_;
  std::size_t fields_ = 0;
  std::size_t area_ = 0;
  std::size_t time_ = 0;
  std::size_t count_ = 0;
  std::size_t case_ = 0;
  std::vector<std::size_t> columns_;  // of each dimension
};

}  // namespace rapporteur::anonymise
