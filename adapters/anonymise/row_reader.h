// One row of a register or table, mapped to the codes that it counts for.
//
// Threads: one at a time. Lifetime: borrows the spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/anonymise/cases.h"
#include "adapters/sources/dataset.h"

namespace rapporteur::anonymise {

struct CountedRow {
  std::string area;
  std::string period;
  std::vector<std::string> codes;  // of each dimension
  std::int64_t count = 1;
  bool all_leaves = true;
};

class RowReader {
 public:
  // kMalformed: the file has no such column.
  [[nodiscard]] static Result<RowReader> of(const Spec& spec,
                                            const std::vector<Hierarchy>& hierarchies,
                                            const std::vector<std::string>& header);
  // Of the open row of the block; what is wrong with it has its column, and never its text.
  [[nodiscard]] tl::expected<CountedRow, RefusedRow> read(const sources::RowBlock& block) const;

 private:
  explicit RowReader(const Spec& spec, const std::vector<Hierarchy>& hierarchies)
      : spec_(spec), hierarchies_(hierarchies) {}
  using Text = tl::expected<std::string, RefusedRow>;
  [[nodiscard]] Text area_of(const sources::RowBlock& block) const;
  [[nodiscard]] Text period_of(const sources::RowBlock& block) const;
  [[nodiscard]] Text code_of(const Hierarchy& hierarchy, std::string_view text) const;
  [[nodiscard]] tl::expected<std::int64_t, RefusedRow> count_of(
      const sources::RowBlock& block) const;

  const Spec& spec_;
  const std::vector<Hierarchy>& hierarchies_;
  std::size_t fields_ = 0;
  std::size_t area_ = 0;
  std::size_t time_ = 0;
  std::size_t count_ = 0;
  std::vector<std::size_t> columns_;  // of each dimension
};

}  // namespace rapporteur::anonymise
