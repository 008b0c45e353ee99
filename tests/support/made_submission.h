// A made-up table with cells hidden and left out by chance, as a hub takes it: a submission, with
// or without an earlier one beside it; and as somebody sees it who has nothing else.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/disclosure/certificate_source.h"
#include "broker/rules/rule_book.h"
#include "tests/attacker/public_table.h"
#include "tests/attacker/ranges.h"
#include "tests/attacker/register.h"
#include "tests/support/figures_csv.h"

namespace rapporteur::testing {

struct MadeSubmission {
  attacker::Counts counts;
  attacker::PublicTable table;  // all that is public with it
  std::vector<char> is_new;     // by cell: sent now
  rules::Policy policy;
  std::string indicator;  // of what is sent now

  [[nodiscard]] std::int64_t count(std::size_t cell) const;
  [[nodiscard]] std::string key(std::size_t cell) const;
  // As the hub gets it.
  [[nodiscard]] ObservationSet sent() const { return set_of(1); }
  [[nodiscard]] FiguresInMemory published() const;
  // What is not sent now, as figures that are in force no more.
  [[nodiscard]] FiguresInMemory ended() const;
  // What was public without it.
  [[nodiscard]] attacker::PublicTable table_before() const;

 private:
  [[nodiscard]] ObservationSet set_of(char is_new) const;
};
[[nodiscard]] MadeSubmission made_submission(attacker::Chance& chance);

// What the hub's disclosure control says of it: keys of cells with rule codes; "" is the whole.
using Verdict = std::set<std::pair<std::string, std::string>>;
[[nodiscard]] Verdict verdict_on(const MadeSubmission& made,
                                 const disclosure::CertificateSource& source);

// What an attacker learns from a table, cell by cell.
struct Learned {
  attacker::Puzzle puzzle;
  std::vector<char> told;  // its count follows from equations alone
  std::vector<attacker::Target> targets;
  std::vector<std::size_t> cells;  // of the targets
  std::vector<attacker::Found> found;
};
[[nodiscard]] Learned learned_from(const attacker::PublicTable& table, const rules::Policy& policy);

}  // namespace rapporteur::testing
