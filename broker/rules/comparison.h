// The cells a judgement compares, and who may be told about which.
//
// A finding over several cells belongs to a submission when one of them is its own, and to a file
// when at least two of its submissions are involved.
// Lifetime: borrows pool and sink.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/rules/cells.h"
#include "broker/rules/findings.h"

namespace rapporteur::rules {

class Comparison {
 public:
  enum class Scope { kSubmission, kFile };
  using Cells = std::span<const Cell* const>;

  // `first_rows[s]` is the number of rows before submission s.
  Comparison(const CellPool& pool, Scope scope, std::vector<std::uint32_t> first_rows,
             FindingSink& sink)
      : pool_(pool), scope_(scope), first_rows_(std::move(first_rows)), sink_(sink) {}

  [[nodiscard]] const CellPool& pool() const { return pool_; }
  [[nodiscard]] const Cell& cell(std::uint32_t position) const { return pool_.cells()[position]; }
  [[nodiscard]] std::string_view code(Dimension d, const Cell& cell) const {
    return pool_.code(d, cell);
  }

  [[nodiscard]] bool concerns(Cells cells) const;
  // Of the submissions' own cells the one whose key is first: the same whatever the order of rows.
  [[nodiscard]] const Cell& representative(Cells cells) const;

  template <typename MakeDetail>
  void add(std::string_view code, std::string_view field, const Cell& at,
           const MakeDetail& make_detail) const {
    sink_.add(code, field, first_rows_[at.source] + at.row + 1, pool_.key_text(at), make_detail);
  }
  // About the whole.
  template <typename MakeDetail>
  void add_whole(std::string_view code, std::string_view field,
                 const MakeDetail& make_detail) const {
    sink_.add(code, field, 0, "", make_detail);
  }

 private:
  const CellPool& pool_;
  Scope scope_;
  std::vector<std::uint32_t> first_rows_;
  FindingSink& sink_;
};

}  // namespace rapporteur::rules
