#include "broker/disclosure/row_elimination.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "proto/base/check.h"

namespace rapporteur::disclosure {
namespace {

const RowTerm* term_of(const std::vector<RowTerm>& terms, std::uint32_t variable) {
  const auto at =
      std::lower_bound(terms.begin(), terms.end(), variable,
                       [](const RowTerm& term, std::uint32_t v) { return term.variable < v; });
  return at != terms.end() && at->variable == variable ? &*at : nullptr;
}

Residue inverse_of(Residue factor) {
  // Nearly all factors are one of these.
  if (factor == Residue::of(1) || factor == Residue::of(-1)) return factor;
  return factor.inverse();
}

// The finalizer of splitmix64 over the variable: an entry of the kernel vector.
Residue kernel_entry(std::uint32_t variable) {
  std::uint64_t word = (variable + 1) * 0x9E3779B97F4A7C15U;
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return Residue::of(static_cast<std::int64_t>((word ^ (word >> 31U)) >> 3U));
}

}  // namespace

RowElimination::RowElimination(std::size_t variables, WorkBound& bound)
    : bound_(bound),
      pivot_of_variable_(variables, kNowhere),
      holders_(variables),
      holding_(variables, 0) {}

void RowElimination::add(std::vector<RowTerm> terms, Residue constant) {
  const auto row = static_cast<std::uint32_t>(rows_.size());
  for (const RowTerm& term : terms) {
    RAPPORTEUR_CHECK(term.variable < holders_.size());
    holders_[term.variable].push_back(row);
    ++holding_[term.variable];
  }
  unsolved_.emplace(terms.size(), row);
  rows_.push_back({std::move(terms), constant, {}});
  pivot_of_row_.push_back(kNowhere);
}

std::uint32_t RowElimination::rarest_variable(const Row& row) const {
  const auto rarest =
      std::min_element(row.terms.begin(), row.terms.end(), [&](const RowTerm& a, const RowTerm& b) {
        return std::pair(holding_[a.variable], a.variable) <
               std::pair(holding_[b.variable], b.variable);
      });
  return rarest->variable;
}

RowElimination::Outcome RowElimination::run() {
  while (!unsolved_.empty()) {
    const std::uint32_t number = unsolved_.begin()->second;
    unsolved_.erase(unsolved_.begin());
    Row& row = rows_[number];
    if (row.terms.empty()) {
      if (row.constant.zero()) continue;
      contradicting_ = number;
      return Outcome::kContradiction;
    }
    for (const RowTerm& term : row.terms) --holding_[term.variable];
    const std::uint32_t variable = rarest_variable(row);
    const Pivot pivot{number, variable, inverse_of(term_of(row.terms, variable)->factor)};
    pivot_of_variable_[variable] = pivot_of_row_[number] =
        static_cast<std::uint32_t>(pivots_.size());
    pivots_.push_back(pivot);
    const std::vector<std::uint32_t> holders = std::move(holders_[variable]);
    holders_[variable].clear();
    for (const std::uint32_t holder : holders) {
      if (!take_off(holder, pivot)) return Outcome::kTooComplex;
    }
  }
  return Outcome::kDone;
}

// False when the bound is exceeded.
bool RowElimination::take_off(std::uint32_t row, const Pivot& pivot) {
  if (pivot_of_row_[row] != kNowhere) return true;
  const RowTerm* term = term_of(rows_[row].terms, pivot.variable);
  if (term == nullptr) return true;  // it held it once, or is named twice
  const Residue factor = term->factor.times(pivot.inverse);
  if (!bound_.spend(rows_[row].terms.size() + rows_[pivot.row].terms.size())) return false;
  unsolved_.erase({rows_[row].terms.size(), row});
  merge(row, factor, rows_[pivot.row]);
  rows_[row].taken.push_back({pivot.row, factor});
  unsolved_.emplace(rows_[row].terms.size(), row);
  return true;
}

void RowElimination::merge(std::uint32_t number, Residue factor, const Row& pivot) {
  Row& row = rows_[number];
  merged_.clear();
  auto own = row.terms.begin();
  for (const RowTerm& other : pivot.terms) {
    while (own != row.terms.end() && own->variable < other.variable) merged_.push_back(*own++);
    const Residue less = factor.times(other.factor);
    if (own == row.terms.end() || own->variable != other.variable) {
      merged_.push_back({other.variable, Residue().minus(less)});
      holders_[other.variable].push_back(number);
      ++holding_[other.variable];
      continue;
    }
    const Residue rest = own->factor.minus(less);
    if (rest.zero()) {
      --holding_[other.variable];
    } else {
      merged_.push_back({other.variable, rest});
    }
    ++own;
  }
  merged_.insert(merged_.end(), own, row.terms.end());
  row.terms.swap(merged_);
  row.constant = row.constant.minus(factor.times(pivot.constant));
}

std::vector<std::pair<std::uint32_t, Residue>> RowElimination::determined() {
  // A vector of the kernel, and a solution whose free variables are zero.
  std::vector<Residue> kernel(holders_.size());
  std::vector<Residue> solution(holders_.size());
  for (std::uint32_t v = 0; v < kernel.size(); ++v) {
    if (pivot_of_variable_[v] == kNowhere) kernel[v] = kernel_entry(v);
  }
  for (auto pivot = pivots_.rbegin(); pivot != pivots_.rend(); ++pivot) {
    const Row& row = rows_[pivot->row];
    if (!bound_.spend(2 * row.terms.size())) return {};
    Residue of_kernel;
    Residue of_solution = row.constant;
    for (const RowTerm& term : row.terms) {
      if (term.variable == pivot->variable) continue;
      of_kernel = of_kernel.minus(term.factor.times(kernel[term.variable]));
      of_solution = of_solution.minus(term.factor.times(solution[term.variable]));
    }
    kernel[pivot->variable] = of_kernel.times(pivot->inverse);
    solution[pivot->variable] = of_solution.times(pivot->inverse);
  }
  std::vector<std::pair<std::uint32_t, Residue>> found;
  for (std::uint32_t v = 0; v < kernel.size(); ++v) {
    if (pivot_of_variable_[v] != kNowhere && kernel[v].zero()) found.emplace_back(v, solution[v]);
  }
  return found;
}

std::optional<std::vector<RowFactor>> RowElimination::rows_giving(std::uint32_t variable) {
  if (pivot_of_variable_[variable] == kNowhere || !bound_.spend(holders_.size() / 16)) {
    return std::nullopt;
  }
  // Solved rows hold no variable that was solved before them: what is taken out, in the order of
  // solving, does not come back.
  std::vector<Residue> rest(holders_.size());
  std::vector<char> seen(holders_.size(), 0);
  std::vector<std::uint32_t> touched;
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> due;
  const auto touch = [&](std::uint32_t v) {
    if (seen[v] != 0) return;
    seen[v] = 1;
    touched.push_back(v);
    if (pivot_of_variable_[v] != kNowhere) due.push(pivot_of_variable_[v]);
  };
  touch(variable);
  rest[variable] = Residue::of(1);
  std::vector<RowFactor> solved;
  while (!due.empty()) {
    const Pivot& pivot = pivots_[due.top()];
    due.pop();
    const Residue factor = rest[pivot.variable].times(pivot.inverse);
    if (factor.zero()) continue;
    if (!bound_.spend(rows_[pivot.row].terms.size())) return std::nullopt;
    for (const RowTerm& term : rows_[pivot.row].terms) {
      touch(term.variable);
      rest[term.variable] = rest[term.variable].minus(factor.times(term.factor));
    }
    solved.push_back({pivot.row, factor});
  }
  const bool all_gone =
      std::all_of(touched.begin(), touched.end(), [&](auto v) { return rest[v].zero(); });
  if (!all_gone) return std::nullopt;
  return unwind(solved);
}

std::vector<RowFactor> RowElimination::contradicting_rows() {
  std::vector<RowFactor> rows{{contradicting_, Residue::of(1)}};
  for (const RowFactor& taken : rows_[contradicting_].taken) {
    rows.push_back({taken.row, Residue().minus(taken.factor)});
  }
  auto unwound = unwind(rows);
  return unwound ? std::move(*unwound) : std::vector<RowFactor>{};
}

// From rows as they were solved to rows as they came. A row that was not solved stands for itself.
std::optional<std::vector<RowFactor>> RowElimination::unwind(const std::vector<RowFactor>& solved) {
  std::vector<Residue> factors(pivots_.size());
  std::vector<char> seen(pivots_.size(), 0);
  std::priority_queue<std::uint32_t> due;  // the last solved first: it leads only to earlier ones
  std::vector<RowFactor> rows;
  const auto put = [&](std::uint32_t row, Residue factor) {
    const std::uint32_t pivot = pivot_of_row_[row];
    if (pivot == kNowhere) {
      rows.push_back({row, factor});
      return;
    }
    factors[pivot] = factors[pivot].plus(factor);
    if (seen[pivot] != 0) return;
    seen[pivot] = 1;
    due.push(pivot);
  };
  for (const RowFactor& one : solved) put(one.row, one.factor);
  while (!due.empty()) {
    const std::uint32_t pivot = due.top();
    due.pop();
    const Residue factor = factors[pivot];
    if (factor.zero()) continue;
    const Row& row = rows_[pivots_[pivot].row];
    if (!bound_.spend(row.taken.size() + 1)) return std::nullopt;
    for (const RowFactor& taken : row.taken) {
      put(taken.row, Residue().minus(factor.times(taken.factor)));
    }
    rows.push_back({pivots_[pivot].row, factor});
  }
  std::sort(rows.begin(), rows.end(),
            [](const RowFactor& a, const RowFactor& b) { return a.row < b.row; });
  return rows;
}

}  // namespace rapporteur::disclosure
