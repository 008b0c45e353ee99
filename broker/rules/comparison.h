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
#include "broker/rules/waivers.h"

namespace rapporteur::rules {

class Comparison {
 public:
  enum class Scope { kSubmission, kFile };
  using Cells = std::span<const Cell* const>;

  struct Source {
    std::uint32_t rows_before = 0;       // of the submissions before it
    const WaivedRows* waived = nullptr;  // null: none is
  };
  // `sources[s]` is submission s.
  Comparison(const CellPool& pool, Scope scope, std::vector<Source> sources, FindingSink& sink)
      : pool_(pool), scope_(scope), sources_(std::move(sources)), sink_(sink) {}

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
           const MakeDetail& make_detail, const WaivedBy& waived_by = {}) const {
    sink_.add(code, field, sources_[at.source].rows_before + at.row + 1, pool_.key_text(at),
              make_detail, waived_by);
  }
  // Of a finding that rests on these cells.
  [[nodiscard]] WaivedBy waived_by(Cells cells) const;
  // About the whole.
  template <typename MakeDetail>
  void add_whole(std::string_view code, std::string_view field,
                 const MakeDetail& make_detail) const {
    sink_.add(code, field, 0, "", make_detail);
  }

 private:
  const CellPool& pool_;
  Scope scope_;
  std::vector<Source> sources_;
  FindingSink& sink_;
};

}  // namespace rapporteur::rules
