#include "adapters/anonymise/least/least_suppression.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/anonymise/box.h"
#include "adapters/anonymise/least/protection_cuts.h"
#include "adapters/anonymise/public_system.h"
#include "adapters/anonymise/whole_program.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

constexpr std::size_t kMostTries = 200;
constexpr WholeLimits kLimits{5'000, 30};
// Of all tries together.
constexpr std::chrono::seconds kLongest{120};
// Of patterns with the same weight that with the fewest cells: kMostLeastCells are fewer.
constexpr double kOneCell = 1.0 / 1024;

std::uint64_t weight_of_cell(const CaseTable& table, std::uint32_t cell, Weight weight) {
  switch (weight) {
    case Weight::kCells:
      return 1;
    case Weight::kCount:
      return static_cast<std::uint64_t>(table.count(cell));
    case Weight::kInformation:
      break;
  }
  return price_of(table.count(cell));
}

tl::unexpected<Error> too_complex(const std::string& what) {
  return fail(ErrorKind::kRefused, what, {}, R"(method = "suppress", or make the table coarser)");
}

class LeastPattern {
 public:
  LeastPattern(const PatternTask& task, Weight weight) : task_(task), cuts_(task) {
    for (std::uint32_t cell = 0; cell < task.table.cells(); ++cell) {
      const auto loss = static_cast<double>(weight_of_cell(task.table, cell, weight));
      program_.add({task.primary[cell] != 0 ? 1.0 : 0.0, task.kept[cell] != 0 ? 0.0 : 1.0,
                    loss + kOneCell, true});
    }
    for (const CaseTable::Line& line : task.table.lines()) never_alone(line);
  }

  Result<ProtectedTable> run() && {
    Result<ProtectedTable> ordinary = protect(task_);
    WholeLimits limits = kLimits;
    if (ordinary) limits.below = cost_of(ordinary->hidden);
    const auto end = std::chrono::steady_clock::now() + kLongest;
    for (std::size_t round = 1; round <= kMostTries; ++round) {
      if (std::chrono::steady_clock::now() > end) break;
      const WholeSolution solution = solve(program_, limits);
      if (solution.outcome == WholeSolution::Outcome::kGivenUp) break;
      if (solution.outcome == WholeSolution::Outcome::kInfeasible) return ordinary;
      std::vector<char> hidden;
      for (const double value : solution.values) hidden.push_back(value > 0.5 ? 1 : 0);
      auto lacking = cuts_.of(hidden);
      if (!lacking) return tl::unexpected(lacking.error());
      if (!lacking->empty() && !sabotaged("least-unchecked")) {
        for (const ProtectionCut& cut : *lacking) add(cut);
        continue;
      }
      auto audited = audit(hidden);
      if (!audited) return tl::unexpected(audited.error());
      if (!*audited) continue;
      (*audited)->rounds = round;
      return std::move(**audited);
    }
    return too_complex("the least pattern of " + std::to_string(task_.table.cells()) +
                       " cells takes more work than is allowed");
  }

 private:
  [[nodiscard]] double cost_of(const std::vector<char>& hidden) const {
    double cost = 0;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      if (hidden[i] != 0) cost += program_.columns[i].cost;
    }
    return cost;
  }

  // A protected cell that is the only hidden one of a sum is told by it.
  void never_alone(const CaseTable::Line& line) {
    std::vector<std::uint32_t> all = line.parts;
    all.push_back(line.total);
    for (const std::uint32_t cell : all) {
      if (task_.is_protected[cell] == 0) continue;
      ProtectionCut cut{cell, std::vector<double>(task_.table.cells(), 0)};
      for (const std::uint32_t other : all) {
        if (other != cell) cut.shares[other] = 1;
      }
      add(cut);
    }
  }

  void add(const ProtectionCut& cut) {
    WholeProgram::Row row;
    row.most = kNoLimit;
    for (std::size_t i = 0; i < cut.shares.size(); ++i) {
      const double factor = cut.shares[i] - (i == cut.cell ? 1 : 0);
      if (factor == 0) continue;
      row.columns.push_back(static_cast<int>(i));
      row.factors.push_back(factor);
    }
    program_.rows.push_back(std::move(row));
  }

  // Empty: a range that is as wide as the rule asks, but that no exact table shows to be; then one
  // cell more, whichever.
  Result<std::optional<ProtectedTable>> audit(const std::vector<char>& hidden) {
    PublicSystem system = public_system(task_, hidden);
    auto found = attack(system.linear, system.targets, task_.rule);
    if (!found) return tl::unexpected(found.error());
    if (found->narrow.empty() || sabotaged("least-unchecked")) {
      return std::optional(ProtectedTable{hidden, std::move(system.cells),
                                          std::move(found->witnesses), 0,
                                          found->programs + cuts_.programs()});
    }
    for (const disclosure::Variable narrow : found->narrow) {
      ProtectionCut cut{system.cells[narrow], std::vector<double>(hidden.size(), 0)};
      for (std::size_t i = 0; i < hidden.size(); ++i) cut.shares[i] = hidden[i] != 0 ? 0 : 1;
      add(cut);
    }
    return std::optional<ProtectedTable>();
  }

  const PatternTask& task_;
  ProtectionCuts cuts_;
  WholeProgram program_;
};

}  // namespace

std::uint64_t weight_of(const CaseTable& table, std::span<const char> hidden, Weight weight) {
  std::uint64_t out = 0;
  for (std::uint32_t cell = 0; cell < hidden.size(); ++cell) {
    if (hidden[cell] != 0) out += weight_of_cell(table, cell, weight);
  }
  return out;
}

Result<ProtectedTable> protect_with_least(const PatternTask& task, Weight weight) {
  if (task.table.cells() > kMostLeastCells) {
    return too_complex("the table has " + std::to_string(task.table.cells()) +
                       " cells, and a least pattern is looked for among " +
                       std::to_string(kMostLeastCells) + " at the most");
  }
  return LeastPattern(task, weight).run();
}

}  // namespace rapporteur::anonymise
