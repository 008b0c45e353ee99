#include "adapters/anonymise/rounding/controlled_rounding.h"

#include <algorithm>
#include <string>

#include "adapters/anonymise/whole_program.h"
#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

// A rounding whose counts are further away by so small a share of the base, on average, than those
// of the nearest one is near enough.
constexpr double kGap = 0.05;
constexpr int kNodes = 500;
constexpr double kSeconds = 120;
// A step more is worth this many times the base, so that it is the last resort.
constexpr double kPriceOfAStep = 100;

// Only atoms are unknown: by how many multiples above the one below it each is rounded. What a cell
// may be rounded to says between what their sum lies.
class Rounding {
 public:
  Rounding(const CaseTable& table, const RoundOptions& options)
      : table_(table), base_(options.base), more_(options.steps - 1) {
    for (std::uint32_t atom = 0; atom < table.atoms(); ++atom) {
      WholeProgram::Column column;
      column.least = static_cast<double>(-std::min(more_, multiples(atom)));
      column.most = static_cast<double>(table.atom_count(atom) % base_ == 0 ? more_ : more_ + 1);
      program_.add(column);
    }
    for (std::uint32_t cell = 0; cell < table.cells(); ++cell) add_cell(cell);
  }

  Result<std::vector<std::int64_t>> run() && {
    const double gap = kGap * static_cast<double>(table_.cells());
    const WholeSolution solution = solve(program_, {kNodes, kSeconds, gap, true});
    if (solution.outcome == WholeSolution::Outcome::kInfeasible) {
      return fail(ErrorKind::kRefused,
                  "no rounding to multiples of " + std::to_string(base_) + " within " +
                      std::to_string(more_ + 1) + " of each count lets every sum hold",
                  {},
                  more_ + 1 < kMostSteps
                      ? "steps = " + std::to_string(more_ + 2) + " in [round], or another base"
                      : "another base, or take a dimension out");
    }
    if (solution.outcome == WholeSolution::Outcome::kGivenUp) {
      return fail(ErrorKind::kRefused, "the solver gave up before it found a rounding", {},
                  "make codes coarser, or take a dimension out");
    }
    std::vector<std::int64_t> out;
    for (std::uint32_t cell = 0; cell < table_.cells(); ++cell) {
      std::int64_t sum = 0;
      for (const std::uint32_t atom : table_.atoms_of(cell)) {
        sum += multiples(atom) + static_cast<std::int64_t>(solution.values[atom]);
      }
      out.push_back(sum * base_);
    }
    if (sabotaged("rounded-one-by-one")) round_one_by_one(out);
    return out;
  }

 private:
  [[nodiscard]] std::int64_t multiples(std::uint32_t atom) const {
    return table_.atom_count(atom) / base_;
  }

  // For tests alone: what everybody does who does not look at sums.
  void round_one_by_one(std::vector<std::int64_t>& out) const {
    for (std::uint32_t cell = 0; cell < out.size(); ++cell) {
      out[cell] = (table_.count(cell) + base_ / 2) / base_ * base_;
    }
  }

  void add_cell(std::uint32_t cell) {
    const std::vector<std::uint32_t>& atoms = table_.atoms_of(cell);
    const std::int64_t count = table_.count(cell);
    const std::int64_t rest = count % base_;
    std::int64_t below = count / base_;
    for (const std::uint32_t atom : atoms) below -= multiples(atom);
    // Up costs what it is further away than down; where one atom is all there is that is its cost.
    const auto price = static_cast<double>(base_ - 2 * rest) / static_cast<double>(base_);
    for (const std::uint32_t atom : atoms) {
      if (rest != 0) program_.columns[atom].cost += price;
    }
    if (atoms.size() == 1 && more_ == 0) return;
    WholeProgram::Row row;
    row.columns.assign(atoms.begin(), atoms.end());
    row.factors.assign(atoms.size(), 1);
    row.least = static_cast<double>(below);
    row.most = static_cast<double>(rest == 0 ? below : below + 1);
    if (more_ > 0) {
      for (const double sign : {-1.0, 1.0}) {
        const WholeProgram::Column steps{0, static_cast<double>(more_), kPriceOfAStep, false};
        row.columns.push_back(program_.add(steps));
        row.factors.push_back(sign);
      }
    }
    program_.rows.push_back(std::move(row));
  }

  const CaseTable& table_;
  std::int64_t base_;
  std::int64_t more_;  // steps beside the first
  WholeProgram program_;
};

}  // namespace

Result<std::vector<std::int64_t>> rounded(const CaseTable& table, const RoundOptions& options) {
  RAPPORTEUR_CHECK(options.base > 1 && options.steps >= 1);
  if (table.cells() > kMostRoundedCells) {
    return fail(ErrorKind::kRefused,
                "the table is too large to be rounded: " + std::to_string(table.cells()) +
                    " cells, at most " + std::to_string(kMostRoundedCells),
                {}, "make codes coarser, or take a dimension out");
  }
  return Rounding(table, options).run();
}

}  // namespace rapporteur::anonymise
