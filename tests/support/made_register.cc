#include "tests/support/made_register.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

namespace rapporteur::testing {
namespace {

using attacker::Chance;
using attacker::Place;
using attacker::Said;

rapporteur::Dimension dimension_named(const std::string& name) {
  if (name == "SEX") return Dimension::kSex;
  if (name == "AGE") return Dimension::kAge;
  return name == "CITIZEN" ? Dimension::kCitizen : Dimension::kExplForm;
}

anonymise::Spec some_spec(Chance& chance) {
  anonymise::Spec spec;
  spec.dataflow = "RAPPORTEUR:THB(1.0)";
  spec.indicator = "VIC_REG";
  spec.unit = "PER";
  spec.ref_area.constant = "LV";
  constexpr std::int64_t kThresholds[] = {10, 10, 10, 10, 5, 3};
  spec.rule.k = kThresholds[chance.below(6)];
  constexpr std::int64_t kWidths[] = {3, 3, 3, 1, 5};
  spec.rule.width = kWidths[chance.below(5)];
  spec.zeros_public = !chance.once_in(4);
  spec.depth_from = chance.once_in(6) ? 2 : 1;
  return spec;
}

anonymise::Key some_cell(Chance& chance, const std::vector<anonymise::Axis>& axes) {
  anonymise::Key key;
  for (const anonymise::Axis& axis : axes) {
    key.push_back(
        static_cast<std::uint16_t>(chance.below(static_cast<std::uint32_t>(axis.codes.size()))));
  }
  return key;
}

bool is_protected(const MadeRegister& from, const Place& codes) {
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (from.shape.dimensions[i].total != codes[i]) ++depth;
  }
  const auto same = [&](const anonymise::Key& key) {
    return std::equal(key.begin(), key.end(), codes.begin(), codes.end());
  };
  return depth >= from.spec.depth_from || std::ranges::any_of(from.named.hide, same);
}

// The total where it is published below k: then nothing below it is told, not even what occurs.
std::optional<std::int64_t> small_total(const attacker::PublicTable& table, std::int64_t k) {
  for (const attacker::Cell& cell : table.cells) {
    bool whole = cell.said == Said::kCount && cell.count < k;
    for (std::size_t i = 0; i < cell.codes.size(); ++i) {
      whole = whole && table.dimensions[i].total == cell.codes[i];
    }
    if (whole) return cell.count;
  }
  return std::nullopt;
}

}  // namespace

std::vector<anonymise::Axis> axes_of(const std::vector<attacker::Dimension>& from) {
  std::vector<anonymise::Axis> out;
  for (const attacker::Dimension& dimension : from) {
    anonymise::Axis& axis = out.emplace_back();
    axis.dimension = dimension_named(dimension.name);
    axis.leaves = dimension.leaves;
    axis.total = dimension.total;
    std::vector<std::uint32_t> leaf_codes(dimension.leaves);
    for (std::uint32_t code = 0; code < dimension.codes.size(); ++code) {
      const auto& leaves = dimension.codes[code].leaves;
      if (leaves.size() == 1) leaf_codes[leaves.front()] = code;
    }
    for (const attacker::Code& code : dimension.codes) {
      anonymise::Code& to = axis.codes.emplace_back(anonymise::Code{code.name, code.leaves, {}});
      if (code.leaves.size() < 2) continue;
      for (const std::uint32_t leaf : code.leaves) to.parts.push_back(leaf_codes[leaf]);
    }
  }
  return out;
}

anonymise::CaseSlice slice_of(const attacker::Counts& counts) {
  anonymise::CaseSlice slice{"LV", "2007", {}};
  for (const auto& [atom, count] : counts) {
    slice.counts.emplace(anonymise::Key(atom.begin(), atom.end()), count);
  }
  return slice;
}

anonymise::CaseSlice MadeRegister::slice() const {
  return slice_of(counts);
}

MadeRegister made_register(Chance& chance, const attacker::ChoiceOptions& options) {
  MadeRegister out;
  out.shape.dimensions = attacker::dimensions_by_chance(chance, options);
  out.counts = attacker::counts_by_chance(chance, out.shape.dimensions);
  // Hardly anybody at all.
  if (chance.once_in(24)) {
    while (out.counts.size() > 2) out.counts.erase(out.counts.begin());
    for (auto& [atom, count] : out.counts) count = chance.between(1, 4);
  }
  out.spec = some_spec(chance);
  out.axes = axes_of(out.shape.dimensions);
  if (chance.once_in(12)) {
    const anonymise::Key cell = some_cell(chance, out.axes);
    // Zeros that are public cannot be hidden.
    const bool there =
        attacker::count_of(out.shape, out.counts, Place(cell.begin(), cell.end())) > 0;
    if (there || !out.spec.zeros_public) out.named.hide.push_back(cell);
  }
  return out;
}

attacker::PublicTable as_published(const MadeRegister& from,
                                   const anonymise::ReleasedSlice& released) {
  attacker::PublicTable out;
  out.dimensions = from.shape.dimensions;
  std::set<Place> there;
  for (const anonymise::ReleasedRow& row : released.rows) {
    const Place codes(row.codes.begin(), row.codes.end());
    there.insert(codes);
    out.cells.push_back({codes, row.hidden ? Said::kHidden : Said::kCount,
                         row.hidden ? 0 : row.count, 0, is_protected(from, codes)});
  }
  const bool zeros_hidden = !from.spec.zeros_public || small_total(out, from.spec.rule.k);
  for (attacker::Cell& cell : out.cells) cell.least = zeros_hidden ? 0 : 1;
  std::vector<std::uint32_t> leaves;
  for (const attacker::Dimension& one : out.dimensions) leaves.push_back(one.leaves);
  for (const Place& atom : attacker::combinations(leaves)) {
    // Where zeros are public, what is not there is nothing.
    if (zeros_hidden || there.contains(*attacker::codes_of(out, atom))) out.atoms.insert(atom);
  }
  return out;
}

Secrets secrets_of(const MadeRegister& from, const attacker::PublicTable& published) {
  Secrets out;
  out.rule = {static_cast<double>(from.spec.rule.width), static_cast<double>(from.spec.rule.k)};
  out.small_total = small_total(published, from.spec.rule.k);
  // All of it, however small it is.
  if (out.small_total) out.rule.width = out.rule.k;
  for (std::size_t i = 0; i < published.cells.size(); ++i) {
    const attacker::Cell& cell = published.cells[i];
    if (cell.said != Said::kHidden || !cell.is_protected) continue;
    out.cells.push_back(i);
    out.targets.push_back({attacker::atoms_below(published, cell.codes), out.small_total});
  }
  return out;
}

}  // namespace rapporteur::testing
