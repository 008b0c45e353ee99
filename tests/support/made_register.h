// A register of made-up cases as adapters/anonymise takes it, and what it gives back as somebody
// sees it who has nothing else.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/anonymise/slice_release.h"
#include "tests/attacker/code_choice.h"
#include "tests/attacker/public_table.h"
#include "tests/attacker/ranges.h"
#include "tests/attacker/register.h"

namespace rapporteur::testing {

struct MadeRegister {
  attacker::PublicTable shape;  // without cells
  attacker::Counts counts;
  anonymise::Spec spec;
  std::vector<anonymise::Axis> axes;
  anonymise::NamedCells named;

  [[nodiscard]] anonymise::CaseSlice slice() const;
};
[[nodiscard]] MadeRegister made_register(attacker::Chance& chance,
                                         const attacker::ChoiceOptions& options = {});

// By its codes alone.
[[nodiscard]] std::vector<anonymise::Axis> axes_of(const std::vector<attacker::Dimension>& from);
[[nodiscard]] anonymise::CaseSlice slice_of(const attacker::Counts& counts);

// Only what is published: codes, counts that are not hidden, the spec's rule.
[[nodiscard]] attacker::PublicTable as_published(const MadeRegister& from,
                                                 const anonymise::ReleasedSlice& released);
// Of the hidden cells that nobody may learn, in the order of the table's cells.
struct Secrets {
  std::vector<std::size_t> cells;
  std::vector<attacker::Target> targets;
  attacker::Rule rule;
  std::optional<std::int64_t> small_total;  // that is published
};
[[nodiscard]] Secrets secrets_of(const MadeRegister& from, const attacker::PublicTable& published);

}  // namespace rapporteur::testing
