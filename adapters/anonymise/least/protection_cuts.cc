#include "adapters/anonymise/least/protection_cuts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>

#include "adapters/anonymise/public_system.h"

namespace rapporteur::anonymise {
namespace {

constexpr double kFar = 1e7;
constexpr double kEndless = 1e9;
constexpr double kTiny = 1e-7;

// Shares of what is asked for; more than all of it is of no use.
void take_shares(ProtectionCut& cut, const std::vector<double>& gains, double asked) {
  cut.shares.resize(gains.size(), 0);
  for (std::size_t i = 0; i < gains.size(); ++i) {
    cut.shares[i] = std::max(cut.shares[i], std::min(1.0, gains[i] / asked));
  }
}

}  // namespace

struct ProtectionCuts::Program {
  ClpSimplex clp;
  std::uint32_t goal = 0;
};

ProtectionCuts::ProtectionCuts(const PatternTask& task)
    : task_(task), least_(least_hidden(task)), program_(std::make_unique<Program>()) {
  CoinPackedMatrix matrix(false, 0, 0);
  const auto columns = static_cast<int>(task.table.cells());
  matrix.setDimensions(0, columns);
  for (const CaseTable::Line& line : task.table.lines()) {
    std::vector<int> places{static_cast<int>(line.total)};
    std::vector<double> factors{-1};
    for (const std::uint32_t part : line.parts) {
      places.push_back(static_cast<int>(part));
      factors.push_back(1);
    }
    matrix.appendRow(static_cast<int>(places.size()), places.data(), factors.data());
  }
  const std::vector<double> zeros(
      std::max(task.table.cells(), std::max<std::size_t>(1, task.table.lines().size())), 0);
  ClpSimplex& clp = program_->clp;
  clp.setLogLevel(0);
  clp.loadProblem(matrix, zeros.data(), zeros.data(), zeros.data(), zeros.data(), zeros.data());
}

ProtectionCuts::~ProtectionCuts() = default;

void ProtectionCuts::hide(std::span<const char> hidden) {
  for (std::uint32_t cell = 0; cell < hidden.size(); ++cell) {
    const auto count = static_cast<double>(task_.table.count(cell));
    const auto column = static_cast<int>(cell);
    if (hidden[cell] != 0) {
      program_->clp.setColumnBounds(column, static_cast<double>(least_), count + kFar);
    } else {
      program_->clp.setColumnBounds(column, count, count);
    }
  }
}

Result<ProtectionCuts::Reach> ProtectionCuts::reach(std::uint32_t cell, bool up) {
  ClpSimplex& clp = program_->clp;
  clp.setObjectiveCoefficient(static_cast<int>(program_->goal), 0);
  clp.setObjectiveCoefficient(static_cast<int>(cell), up ? -1 : 1);
  program_->goal = cell;
  ++programs_;
  clp.primal();
  if (!clp.isProvenOptimal()) {
    return fail(ErrorKind::kRefused, "the solver gave up, so that no least pattern is known", {},
                R"(method = "suppress", or make the table coarser)");
  }
  Reach out;
  const double* prices = clp.dualColumnSolution();
  out.far =
      std::abs(clp.primalColumnSolution()[cell] - static_cast<double>(task_.table.count(cell)));
  for (std::uint32_t one = 0; one < task_.table.cells(); ++one) {
    const double price = prices[one];
    const auto below = static_cast<double>(task_.table.count(one) - least_);
    // Cheaper when it grows: nothing bounds by how much. Else it shrinks to the least at most.
    out.gains.push_back(price < -kTiny ? kEndless : price > kTiny ? price * below : 0);
  }
  return out;
}

std::optional<ProtectionCut> ProtectionCuts::cut_of(std::uint32_t cell, const Reach& up,
                                                    const Reach& down) const {
  const std::int64_t count = task_.table.count(cell);
  ProtectionCut cut{cell, {}};
  if (count > 0 && count < task_.rule.k) {
    const auto to_k = static_cast<double>(task_.rule.k - count);
    // That it may be nothing would do, too, where zeros are not public.
    const bool may_be_none = least_ == 0;
    const bool there =
        up.far > to_k - kTiny || (may_be_none && down.far > static_cast<double>(count) - kTiny);
    if (!there) {
      take_shares(cut, up.gains, to_k);
      if (may_be_none) take_shares(cut, down.gains, static_cast<double>(count));
      return cut;
    }
  }
  const auto width = static_cast<double>(task_.rule.width);
  if (up.far + down.far > width - kTiny) return std::nullopt;
  std::vector<double> both = up.gains;
  for (std::size_t i = 0; i < both.size(); ++i) both[i] += down.gains[i];
  take_shares(cut, both, width);
  return cut;
}

Result<std::vector<ProtectionCut>> ProtectionCuts::of(std::span<const char> hidden) {
  hide(hidden);
  std::vector<ProtectionCut> out;
  for (std::uint32_t cell = 0; cell < hidden.size(); ++cell) {
    if (hidden[cell] == 0 || task_.is_protected[cell] == 0) continue;
    const auto up = reach(cell, true);
    if (!up) return tl::unexpected(up.error());
    const auto down = reach(cell, false);
    if (!down) return tl::unexpected(down.error());
    if (auto cut = cut_of(cell, *up, *down)) out.push_back(std::move(*cut));
  }
  return out;
}

}  // namespace rapporteur::anonymise
