#include "adapters/anonymise/protect.h"

#include <utility>

#include "adapters/anonymise/public_system.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

// Each round hides at least one cell more; a table that needs so many is beyond repair.
constexpr std::size_t kMostRounds = 200;

Error cannot_be_protected(std::size_t cells) {
  return {ErrorKind::kRefused,
          std::to_string(cells) + " cells cannot be protected by hiding others",
          {},
          "make the table coarser"};
}

}  // namespace

Result<ProtectedTable> protect(const PatternTask& task) {
  Pattern pattern(task);
  ProtectedTable out;
  while (true) {
    PublicSystem system = public_system(task, pattern.hidden());
    auto found = attack(system.linear, system.targets, task.rule);
    if (!found) return tl::unexpected(found.error());
    ++out.rounds;
    out.programs += found->programs;
    if (found->narrow.empty() || sabotaged("repair-left-out")) {
      out.hidden = pattern.hidden();
      out.hidden_cells = std::move(system.cells);
      out.witnesses = std::move(found->witnesses);
      return out;
    }
    std::size_t hopeless = 0;
    for (const disclosure::Variable narrow : found->narrow) {
      if (!pattern.widen(system.cells[narrow])) ++hopeless;
    }
    if (hopeless == found->narrow.size() || out.rounds == kMostRounds) {
      return tl::unexpected(cannot_be_protected(hopeless));
    }
  }
}

}  // namespace rapporteur::anonymise
