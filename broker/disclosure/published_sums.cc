#include "broker/disclosure/published_sums.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "broker/disclosure/breakdowns.h"
#include "broker/disclosure/derivation.h"
#include "broker/disclosure/proof_text.h"
#include "broker/disclosure/table_system.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::CellState;

bool was_sent(const Cell& cell) {
  return cell.source != kNotSent;
}

bool is_hidden(const Cell& cell) {
  switch (cell.state) {
    case CellState::kBelow:
    case CellState::kAbove:
    case CellState::kMissing:
    case CellState::kHidden:
      return was_sent(cell);
    default:
      return false;
  }
}

class Adder {
 public:
  Adder(TableSystem& table, PublishedSums& out)
      : table_(table), out_(out), set_of_(table.linear().bounds.size()) {}

  void count(const std::vector<Breakdown>& breakdowns) {
    for (const Breakdown& one : breakdowns) {
      if (!one.fits) note_violated(one.equation);
      count(one);
    }
  }

  void tell() {
    for (const auto& equations : sets()) tell(equations);
  }

 private:
  [[nodiscard]] const Cell& cell(std::uint32_t number) const {
    return table_.lattice().cells()[number];
  }

  void note_violated(const TableEquation& equation) {
    const auto sent = std::find_if(equation.members.begin(), equation.members.end(),
                                   [&](const TableMember& m) { return was_sent(cell(m.cell)); });
    out_.violated.push_back(
        {sent == equation.members.end() ? std::nullopt : std::optional(cell(sent->cell).row),
         table_.key_text(cell(equation.members.front().cell)), equation_text(table_, equation)});
  }

  void count(const Breakdown& breakdown) {
    std::size_t hidden = 0;
    for (const TableMember& member : breakdown.equation.members) {
      const Cell& one = cell(member.cell);
      const bool is_total = member.factor > 0;
      if (!was_sent(one) || (!exact_count(one) && (is_total || !is_hidden(one)))) return;
      hidden += is_hidden(one) ? 1 : 0;
    }
    const Cell& total = cell(breakdown.equation.members.front().cell);
    PublishedSums::Counts& counts =
        out_.counts[{std::string(table_.lattice().pool().code(Dimension::kIndicator, total)),
                     breakdown.equation.dimension}];
    if (hidden == 0) {
      ++counts.complete;
      counts.complete_violated += breakdown.fits ? 0 : 1;
    } else if (hidden == 1) {
      ++counts.one_hidden;
      counts.one_hidden_told += breakdown.taken ? 1 : 0;
      counts.one_hidden_violated += breakdown.fits ? 0 : 1;
    }
  }

  // Equations that share variables, directly or over others.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> sets() {
    std::iota(set_of_.begin(), set_of_.end(), 0U);
    const auto& equations = table_.linear().equations;
    for (const Equation& equation : equations) {
      for (const LinearTerm& term : equation.terms) {
        set_of_[root(term.variable)] = root(equation.terms.front().variable);
      }
    }
    std::map<Variable, std::vector<std::uint32_t>> by_root;
    for (std::uint32_t e = 0; e < equations.size(); ++e) {
      by_root[root(equations[e].terms.front().variable)].push_back(e);
    }
    std::vector<std::vector<std::uint32_t>> all;
    for (auto& [root, members] : by_root) all.push_back(std::move(members));
    return all;
  }

  [[nodiscard]] Variable root(Variable variable) {
    while (set_of_[variable] != variable) {
      variable = set_of_[variable] = set_of_[set_of_[variable]];
    }
    return variable;
  }

  void tell(const std::vector<std::uint32_t>& equations) {
    Derivation found = derive_from(equations);
    const bool done = found.outcome == Derivation::Outcome::kDone;
    const bool fits =
        done && std::all_of(found.derived.begin(), found.derived.end(),
                            [&](const Derived& one) { return fits_what_is_published(one); });
    if (found.outcome == Derivation::Outcome::kTooComplex) {
      ++out_.too_complex;
    } else if (!fits) {
      ++out_.contradictory;
    }
    for (const Derived& one : fits ? found.derived : by_single_breakdowns(equations)) tell(one);
  }

  [[nodiscard]] Derivation derive_from(const std::vector<std::uint32_t>& equations) const {
    std::map<Variable, Variable> places;
    std::vector<Variable> variables;
    LinearSystem system;
    for (const std::uint32_t e : equations) {
      Equation& equation = system.equations.emplace_back(table_.linear().equations[e]);
      for (LinearTerm& term : equation.terms) {
        const auto [place, is_new] =
            places.try_emplace(term.variable, static_cast<Variable>(variables.size()));
        if (is_new) variables.push_back(term.variable);
        term.variable = place->second;
      }
      std::sort(equation.terms.begin(), equation.terms.end(),
                [](const LinearTerm& a, const LinearTerm& b) { return a.variable < b.variable; });
    }
    system.bounds.resize(variables.size());
    Derivation found =
        derive(system, {limits::kDerivationMultiplications}, [&](Variable variable, std::int64_t) {
          return is_hidden(table_.cell_of(variables[variable]));
        });
    for (Derived& one : found.derived) {
      one.variable = variables[one.variable];
      for (ProofTerm& term : one.proof) term.equation = equations[term.equation];
    }
    return found;
  }

  [[nodiscard]] bool fits_what_is_published(const Derived& derived) const {
    const Interval known = published_interval(table_.cell_of(derived.variable));
    const auto count = rules::Amount::whole(derived.value);
    return known.least <= count && (!known.most || count <= *known.most);
  }

  [[nodiscard]] std::vector<Derived> by_single_breakdowns(
      const std::vector<std::uint32_t>& equations) const {
    std::map<Variable, std::optional<Derived>> found;  // none where they disagree
    for (const std::uint32_t e : equations) {
      const Equation& equation = table_.linear().equations[e];
      if (equation.terms.size() != 1) continue;
      const LinearTerm term = equation.terms.front();
      const Derived derived{term.variable,
                            equation.constant * term.factor,
                            1,
                            {{e, static_cast<std::int64_t>(term.factor)}}};
      const auto [there, is_new] = found.try_emplace(term.variable, derived);
      if (!is_new && there->second && there->second->value != derived.value) there->second.reset();
    }
    std::vector<Derived> agreed;
    for (const auto& [variable, derived] : found) {
      if (derived) agreed.push_back(*derived);
    }
    return agreed;
  }

  void tell(const Derived& derived) {
    const Cell& one = table_.cell_of(derived.variable);
    if (!is_hidden(one)) return;
    if (sabotaged("published-sums-single") && derived.proof.size() != 1) return;
    out_.told.push_back(
        {one.row, table_.key_text(one), derived.value, proof_text(table_, derived).en});
  }

  TableSystem& table_;
  PublishedSums& out_;
  std::vector<Variable> set_of_;
};

}  // namespace

PublishedSums::Counts& PublishedSums::Counts::operator+=(const Counts& other) {
  complete += other.complete;
  complete_violated += other.complete_violated;
  one_hidden += other.one_hidden;
  one_hidden_told += other.one_hidden_told;
  one_hidden_violated += other.one_hidden_violated;
  return *this;
}

PublishedSums add_up(rules::CellPool pool, const std::set<std::string, std::less<>>& incomplete) {
  PublishedSums out;
  out.hidden =
      static_cast<std::size_t>(std::count_if(pool.cells().begin(), pool.cells().end(), is_hidden));
  const std::size_t cells = pool.cells().size();
  auto lattice =
      CellLattice::of(std::move(pool), limits::kDisclosureCells, CellLattice::Beside::kMargins);
  if (!lattice) {
    out.too_complex = cells;
    return out;
  }
  const std::vector<Breakdown> breakdowns = breakdowns_of(*lattice, incomplete);
  std::vector<TableEquation> taken;
  for (const Breakdown& one : breakdowns) {
    if (one.taken) taken.push_back(one.equation);
  }
  TableSystem table(std::move(*lattice), rules::Policy{}, std::move(taken));
  Adder adder(table, out);
  adder.count(breakdowns);
  adder.tell();
  const auto by_row = [](const auto& a, const auto& b) { return a.row < b.row; };
  std::stable_sort(out.told.begin(), out.told.end(), by_row);
  std::stable_sort(out.violated.begin(), out.violated.end(), by_row);
  return out;
}

}  // namespace rapporteur::disclosure
