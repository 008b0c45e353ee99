#include "broker/disclosure/proof_text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "broker/disclosure/judged_table.h"
#include "broker/rules/relations.h"
#include "proto/base/result.h"

namespace rapporteur::disclosure {
namespace {

using rules::Cell;
using rules::Int128;

// Nobody reads on.
constexpr std::size_t kPartsShown = 12;
constexpr std::string_view kMinus = " − ";

std::string text_of(Int128 number) {
  return rules::Amount{number * rules::Amount::kPerUnit}.text();
}

// Names cells so that those given are told apart.
class CellNames {
 public:
  CellNames(const TableSystem& table, const std::vector<std::uint32_t>& cells) : table_(table) {
    for (std::size_t i = 0; i < kDimensions; ++i) {
      const auto d = static_cast<Dimension>(i);
      const bool differs = std::any_of(cells.begin(), cells.end(), [&](std::uint32_t cell) {
        return at(cell).code(d) != at(cells.front()).code(d);
      });
      if (differs) differing_.push_back(d);
    }
  }

  [[nodiscard]] std::string of(std::uint32_t cell) const {
    if (differing_.size() <= 1) {
      const Dimension d = differing_.empty() ? Dimension::kIndicator : differing_.front();
      return printable(table_.lattice().code(d, cell));
    }
    std::string text;
    for (const Dimension d : differing_) {
      const bool personal =
          std::find(std::begin(rules::kPersonalDimensions), std::end(rules::kPersonalDimensions),
                    d) != std::end(rules::kPersonalDimensions);
      if (!personal) text.append(table_.lattice().code(d, cell)).append(" ");
    }
    text += table_.protection().breakdown_text(at(cell));
    if (text.empty()) text = "_T";
    if (text.back() == ' ') text.pop_back();
    return "[" + printable(text) + "]";
  }

 private:
  [[nodiscard]] const Cell& at(std::uint32_t cell) const { return table_.lattice().cells()[cell]; }

  const TableSystem& table_;
  std::vector<Dimension> differing_;
};

// "a + 2 × b − c", by what `name` gives for each.
template <typename Name>
std::string sum_text(const std::vector<ProofPart>& parts, const Name& name) {
  std::string text;
  std::size_t shown = 0;
  for (const ProofPart& part : parts) {
    if (shown++ == kPartsShown) return text + " …";
    const bool minus = part.factor < 0;
    if (!text.empty()) {
      text += minus ? kMinus : " + ";
    } else if (minus) {
      text += "−";
    }
    const Int128 times = minus ? -part.factor : part.factor;
    if (times != 1) text += text_of(times) + " × ";
    text += name(part.cell);
  }
  return text.empty() ? "0" : text;
}

std::vector<std::uint32_t> cells_in(const std::vector<ProofPart>& parts) {
  std::vector<std::uint32_t> cells;
  for (const ProofPart& part : parts) cells.push_back(part.cell);
  return cells;
}

// Empty where it is not known.
std::optional<std::int64_t> count_of(const TableSystem& table, std::uint32_t cell) {
  const auto count = exact_count(table.lattice().cells()[cell]);
  return count ? count : table.recalled_count(cell);
}

std::string_view qualifier_of(const Cell& cell) {
  switch (cell.state) {
    case rules::CellState::kBelow:
      return "<";
    case rules::CellState::kAbove:
      return ">";
    case rules::CellState::kAbout:
      return "~";
    default:
      return "";
  }
}

std::string count_text(const TableSystem& table, std::uint32_t cell) {
  return text_of(count_of(table, cell).value_or(0));
}

std::vector<std::uint32_t> cells_in(std::span<const TableEquation> equations) {
  std::vector<std::uint32_t> cells;
  for (const TableEquation& equation : equations) {
    for (const TableMember& member : equation.members) cells.push_back(member.cell);
  }
  return cells;
}

std::string equation_text(const TableSystem& table, const TableEquation& equation,
                          const CellNames& names) {
  std::vector<ProofPart> left;
  std::vector<ProofPart> right;
  for (const TableMember& member : equation.members) {
    if (table.lattice().cells()[member.cell].state == rules::CellState::kCannotExist) continue;
    (member.factor > 0 ? left : right)
        .push_back({member.cell, member.factor > 0 ? member.factor : -member.factor, false});
  }
  const auto name = [&](std::uint32_t number) {
    const Cell& cell = table.lattice().cells()[number];
    if (!cell.has_number()) return names.of(number);
    return names.of(number) + " (" + std::string(qualifier_of(cell)) + cell.amount.text() + ")";
  };
  return sum_text(left, name) + " = " + sum_text(right, name);
}

// Where the proof has no public figure that does not cancel out.
std::string equations_text(const TableSystem& table, std::span<const ProofTerm> proof) {
  constexpr std::size_t kEquationsShown = 8;
  std::vector<TableEquation> equations;
  for (const ProofTerm& term : proof.first(std::min(proof.size(), kEquationsShown))) {
    equations.push_back(table.origin_of(term.equation));
  }
  const CellNames names(table, cells_in(equations));
  std::string text;
  for (const TableEquation& equation : equations) {
    text += (text.empty() ? "" : "; ") + equation_text(table, equation, names);
  }
  return proof.size() > kEquationsShown ? text + "; …" : text;
}

// How often an added-up proof counts each cell that is known; none with factor zero.
std::map<std::uint32_t, Int128> known_cells(const TableSystem& table,
                                            std::span<const ProofTerm> proof) {
  std::map<std::uint32_t, Int128> factors;
  for (const ProofTerm& term : proof) {
    if (table.is_recalled(term.equation)) continue;
    for (const TableMember& member : table.origin_of(term.equation).members) {
      if (table.variable_of(member.cell)) continue;
      // On the other side of the equation.
      factors[member.cell] -= static_cast<Int128>(term.multiplier) * member.factor;
    }
  }
  std::erase_if(factors, [](const auto& one) { return one.second == 0; });
  return factors;
}

}  // namespace

std::vector<ProofPart> parts_of(const TableSystem& table, std::span<const ProofTerm> proof) {
  std::vector<ProofPart> parts;
  for (const ProofTerm& term : proof) {
    if (!table.is_recalled(term.equation)) continue;
    parts.push_back({table.origin_of(term.equation).members.front().cell, term.multiplier, true});
  }
  for (const auto& [cell, factor] : known_cells(table, proof)) {
    if (table.lattice().cells()[cell].exact()) parts.push_back({cell, factor, false});
  }
  std::sort(parts.begin(), parts.end(),
            [](const ProofPart& a, const ProofPart& b) { return a.cell < b.cell; });
  return parts;
}

std::vector<std::uint32_t> own_rows_of(const TableSystem& table, std::span<const ProofTerm> proof) {
  std::vector<std::uint32_t> rows;
  for (const auto& [number, factor] : known_cells(table, proof)) {
    const Cell& cell = table.lattice().cells()[number];
    if (from_submission(cell)) rows.push_back(cell.row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

rules::Detail proof_text(const TableSystem& table, const Derived& derived) {
  const Cell& cell = table.cell_of(derived.variable);
  std::string breakdown = printable(table.protection().breakdown_text(cell));
  if (breakdown.empty()) breakdown = "_T";
  const std::string value = text_of(derived.value);
  std::vector<ProofPart> parts = parts_of(table, derived.proof);
  if (parts.empty()) {
    const std::string equations = equations_text(table, derived.proof);
    const bool none = equations.empty();
    return {breakdown + " = " + value + " follows from " + (none ? "what is public" : equations),
            breakdown + " = " + value + " découle de " + (none ? "ce qui est public" : equations)};
  }
  if (parts.size() == 1 && parts.front().cell == table.number_of(derived.variable)) {
    return {breakdown + " = " + value + " was published before",
            breakdown + " = " + value + " a été publié auparavant"};
  }
  std::stable_partition(parts.begin(), parts.end(), [](const auto& p) { return p.factor > 0; });
  std::vector<std::uint32_t> cells = cells_in(parts);
  cells.insert(cells.begin(), table.number_of(derived.variable));
  const CellNames names(table, cells);
  std::string sum = sum_text(parts, [&](std::uint32_t c) { return names.of(c); });
  std::string counts = sum_text(parts, [&](std::uint32_t c) { return count_text(table, c); });
  if (derived.divisor != 1) {
    const std::string divided = ") / " + text_of(derived.divisor);
    sum = "(" + sum + divided;
    counts = "(" + counts + divided;
  }
  std::string equation = names.of(cells.front()) + " = " + sum;
  if (counts != value) equation += " = " + counts;
  equation += " = " + value;
  return {breakdown + ": " + equation, breakdown + " : " + equation};
}

rules::Detail change_text(const TableSystem& table, std::uint32_t cell,
                          std::optional<std::int64_t> before, std::int64_t change) {
  const std::string breakdown =
      printable(table.protection().breakdown_text(table.lattice().cells()[cell]));
  if (before) {
    const std::string now = text_of(*before + change);
    return {breakdown + ": " + text_of(*before) + " before, " + now + " now",
            breakdown + " : " + text_of(*before) + " auparavant, " + now + " à présent"};
  }
  const std::string by = (change > 0 ? "+" : "−") + text_of(change > 0 ? change : -change);
  return {breakdown + ": a change of " + by + " follows from the other figures",
          breakdown + " : une variation de " + by + " découle des autres chiffres"};
}

rules::Detail zero_text(const TableSystem& table, std::uint32_t cell, std::int64_t total,
                        std::int64_t k) {
  const std::string breakdown =
      printable(table.protection().breakdown_text(table.lattice().cells()[cell]));
  const std::string sum = text_of(total);
  const std::string threshold = "k = " + text_of(k);
  return {breakdown + ": 0 under a total that adds up to " + sum + ", below " + threshold,
          breakdown + " : 0 sous un total qui fait " + sum + ", inférieur à " + threshold};
}

rules::Detail contradiction_text(const TableSystem& table,
                                 std::span<const ProofTerm> contradiction) {
  std::vector<ProofPart> left;
  std::vector<ProofPart> right;
  for (const ProofPart& part : parts_of(table, contradiction)) {
    (part.factor > 0 ? left : right)
        .push_back({part.cell, part.factor > 0 ? part.factor : -part.factor, false});
  }
  std::vector<std::uint32_t> cells = cells_in(left);
  const std::vector<std::uint32_t> others = cells_in(right);
  cells.insert(cells.end(), others.begin(), others.end());
  if (cells.empty()) {
    return {"the figures contradict each other", "les chiffres se contredisent"};
  }
  const CellNames names(table, cells);
  const auto name = [&](std::uint32_t cell) { return names.of(cell); };
  const auto count = [&](std::uint32_t cell) { return count_text(table, cell); };
  const std::string equation = sum_text(left, name) + " = " + sum_text(right, name);
  const std::string counts = sum_text(left, count) + " = " + sum_text(right, count);
  return {equation + ": " + counts + " does not hold", equation + " : " + counts + " est faux"};
}

std::string equation_text(const TableSystem& table, const TableEquation& equation) {
  return equation_text(table, equation, CellNames(table, cells_in(std::span(&equation, 1))));
}

std::string equation_text(const TableSystem& table, std::uint32_t equation) {
  const TableEquation& origin = table.origin_of(equation);
  if (!table.is_recalled(equation)) return equation_text(table, origin);
  const std::uint32_t cell = origin.members.front().cell;
  return CellNames(table, {cell}).of(cell) + " = " + count_text(table, cell);
}

}  // namespace rapporteur::disclosure
