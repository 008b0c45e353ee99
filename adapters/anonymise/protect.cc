#include "adapters/anonymise/protect.h"

#include <utility>

#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::Target;

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
    out.hidden = pattern.hidden();
    out.hidden_cells.clear();
    std::vector<Target> targets;
    for (std::uint32_t cell = 0; cell < task.table.cells(); ++cell) {
      if (out.hidden[cell] == 0) continue;
      const auto variable = static_cast<disclosure::Variable>(out.hidden_cells.size());
      if (task.is_protected[cell] != 0) targets.push_back({variable, {}});
      out.hidden_cells.push_back(cell);
    }
    auto found = attack(pattern.linear(), targets, task.rule);
    if (!found) return tl::unexpected(found.error());
    ++out.rounds;
    out.programs += found->programs;
    if (found->narrow.empty() || sabotaged("repair-left-out")) {
      out.witnesses = std::move(found->witnesses);
      return out;
    }
    std::size_t hopeless = 0;
    for (const disclosure::Variable narrow : found->narrow) {
      if (!pattern.widen(out.hidden_cells[narrow])) ++hopeless;
    }
    if (hopeless == found->narrow.size() || out.rounds == kMostRounds) {
      return tl::unexpected(cannot_be_protected(hopeless));
    }
  }
}

}  // namespace rapporteur::anonymise
