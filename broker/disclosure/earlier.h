// What was public of a sender before a submission, and what followed from it.
//
// Worked out when it is first asked for. Pure. Threads: one. Lifetime: borrows all that it is made
// of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "broker/disclosure/judged_table.h"
#include "broker/disclosure/release_check.h"
#include "broker/rules/cells.h"
#include "broker/rules/rule_book.h"

namespace rapporteur::disclosure {

// All of the tables that the submission has a part in, in force or not. The pool is not settled.
void add_published(rules::CellPool& pool, const rules::Submission& submission,
                   const rules::PublishedFigures& published);

struct KnownCount {
  std::int64_t count = 0;
  bool failed = false;  // it was one that nobody may know
};
using KnownCounts = std::unordered_map<std::string, KnownCount>;  // by key

class Earlier {
 public:
  using Keys = std::unordered_set<std::string>;

  Earlier(const rules::Submission& submission, const rules::Policy& policy,
          const rules::PublishedFigures& before, const ReleaseBound& bound)
      : submission_(submission), policy_(policy), before_(before), bound_(bound) {}

  // Empty where nothing was public, or what follows cannot be worked out.
  [[nodiscard]] const JudgedTable* table();
  // Of these keys what was public, or followed.
  [[nodiscard]] KnownCounts known(const Keys& keys);
  // Parts that were taken for all of a total were not, if more are sent now: without what followed
  // from these alone.
  [[nodiscard]] KnownCounts surely_known(const Keys& keys);

 private:
  // With the keys of `beside`, as far as nothing else is public of them.
  [[nodiscard]] std::unique_ptr<JudgedTable> judged(const ObservationSet* beside) const;

  const rules::Submission& submission_;
  const rules::Policy& policy_;
  const rules::PublishedFigures& before_;
  ReleaseBound bound_;
  bool asked_ = false;
  std::unique_ptr<JudgedTable> table_;
};

}  // namespace rapporteur::disclosure
