#include "tests/attacker/public_table.h"

#include <algorithm>
#include <map>

#include "tests/attacker/equations.h"

namespace rapporteur::attacker {

std::vector<Place> combinations(const std::vector<std::uint32_t>& sizes) {
  std::vector<Place> out{{}};
  for (const std::uint32_t size : sizes) {
    std::vector<Place> longer;
    for (const Place& place : out) {
      for (std::uint32_t i = 0; i < size; ++i) {
        longer.push_back(place);
        longer.back().push_back(i);
      }
    }
    out = std::move(longer);
  }
  return out;
}

bool holds(const PublicTable& table, const Place& codes, const Place& atom) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto& leaves = table.dimensions[i].codes[codes[i]].leaves;
    if (!std::binary_search(leaves.begin(), leaves.end(), atom[i])) return false;
  }
  return true;
}

Sum atoms_below(const PublicTable& table, const Place& codes) {
  Sum sum;
  std::uint32_t number = 0;
  for (const Place& atom : table.atoms) {
    if (holds(table, codes, atom)) sum.push_back({number, 1});
    ++number;
  }
  return sum;
}

std::optional<Place> codes_of(const PublicTable& table, const Place& atom) {
  Place codes;
  for (std::size_t i = 0; i < atom.size(); ++i) {
    const auto& all = table.dimensions[i].codes;
    const auto leaf = std::find_if(all.begin(), all.end(), [&](const Code& code) {
      return code.leaves == std::vector<std::uint32_t>{atom[i]};
    });
    if (leaf == all.end()) return std::nullopt;
    codes.push_back(static_cast<std::uint32_t>(leaf - all.begin()));
  }
  return codes;
}

bool fits(const PublicTable& table, const std::vector<std::int64_t>& numerators,
          std::int64_t denominator) {
  std::map<Place, std::int64_t> values;
  Puzzle puzzle;
  puzzle.least.assign(table.atoms.size(), 0);
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const Cell& cell = table.cells[i];
    if (numerators[i] < cell.least * denominator && cell.said != Said::kCount) return false;
    if (cell.said == Said::kCount && numerators[i] != cell.count * denominator) return false;
    values.emplace(cell.codes, numerators[i]);
    puzzle.equal.push_back({atoms_below(table, cell.codes), numerators[i]});
  }
  std::vector<std::int64_t> atoms;
  for (const Place& atom : table.atoms) {
    const auto codes = codes_of(table, atom);
    const auto value = codes ? values.find(*codes) : values.end();
    // Of what nobody speaks it is enough that the sums agree.
    if (value == values.end()) return !Equations(puzzle).contradictory();
    atoms.push_back(value->second);
  }
  return std::all_of(puzzle.equal.begin(), puzzle.equal.end(), [&](const Known& known) {
    std::int64_t sum = 0;
    for (const Term& term : known.sum) sum += atoms[term.unknown];
    return sum == known.value;
  });
}

Puzzle puzzle_of(const PublicTable& table) {
  Puzzle puzzle;
  puzzle.least.assign(table.atoms.size(), 0);
  for (const Cell& cell : table.cells) {
    Sum sum = atoms_below(table, cell.codes);
    if (cell.said == Said::kCount) {
      puzzle.equal.push_back({std::move(sum), cell.count});
    } else if (cell.said == Said::kHidden && cell.least > 0) {
      puzzle.at_least.push_back({std::move(sum), cell.least});
    }
  }
  return puzzle;
}

}  // namespace rapporteur::attacker
