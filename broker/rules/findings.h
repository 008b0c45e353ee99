// Where the rules put what they find: bounded, and without making text that nobody will read.
//
// Threads: one. Units and shapes: keeps the first limits::kFindings errors and as many warnings;
// counts the rest.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "broker/rules/rule_book.h"

namespace rapporteur::rules {

struct Detail {
  std::string en;
  std::string fr;
};

class FindingSink {
 public:
  // `make_detail` gives a Detail; it is called only if the finding is kept. Row from 1, or 0. What
  // is waived is a warning.
  template <typename MakeDetail>
  void add(std::string_view code, std::string_view field, std::uint32_t row, const std::string& key,
           const MakeDetail& make_detail, const WaivedBy& waived_by = {}) {
    const Rule& rule = rule_of(code);
    if (full(waived_by.empty() ? rule.severity : Severity::kWarning)) return;
    put(rule, field, row, key, make_detail(), waived_by);
  }
  // The same for a row of `observations`, counted from 0.
  template <typename MakeDetail>
  void add_at(std::string_view code, std::string_view field, const ObservationSet& observations,
              std::size_t row, const MakeDetail& make_detail, const WaivedBy& waived_by = {}) {
    const Rule& rule = rule_of(code);
    if (full(waived_by.empty() ? rule.severity : Severity::kWarning)) return;
    put(rule, field, static_cast<std::uint32_t>(row + 1), observations.key_text(row), make_detail(),
        waived_by);
  }

  // Ordered by (row, field, code), at most limits::kFindings; errors stay before warnings go.
  [[nodiscard]] std::vector<Finding> take() &&;

 private:
  [[nodiscard]] static const Rule& rule_of(std::string_view code);
  // Counts the finding when there is no room for it.
  [[nodiscard]] bool full(Severity severity);
  void put(const Rule& rule, std::string_view field, std::uint32_t row, std::string key,
           Detail detail, WaivedBy waived_by);

  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
  std::size_t left_out_ = 0;
};

}  // namespace rapporteur::rules
