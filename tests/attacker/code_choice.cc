#include "tests/attacker/code_choice.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rapporteur::attacker {
namespace {

void add_total_and_leaves(Dimension& dimension, const std::vector<std::string>& names) {
  dimension.leaves = static_cast<std::uint32_t>(names.size());
  dimension.total = 0;
  dimension.codes.push_back({"_T", {}});
  for (std::uint32_t leaf = 0; leaf < names.size(); ++leaf) {
    dimension.codes.front().leaves.push_back(leaf);
    dimension.codes.push_back({names[leaf], {leaf}});
  }
}

std::string band(std::uint32_t first, std::uint32_t end) {
  if (first == 0) return "Y_LT" + std::to_string(end);
  if (end == 0) return "Y_GE" + std::to_string(first);
  return "Y" + std::to_string(first) + "T" + std::to_string(end - 1);
}

// Neighbouring bands; of three or more, some groups of neighbours, which may overlap.
Dimension ages(Chance& chance) {
  std::vector<std::uint32_t> limits{0, 18, 25, 45};
  limits.resize(chance.between(2, 4));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    names.push_back(band(limits[i], i + 1 < limits.size() ? limits[i + 1] : 0));
  }
  Dimension out{"AGE", 0, {}, {}};
  add_total_and_leaves(out, names);
  const auto last = static_cast<std::uint32_t>(limits.size() - 1);
  for (std::uint32_t first = 0; first < last; ++first) {
    for (std::uint32_t end = first + 1; end <= last; ++end) {
      if ((first == 0 && end == last) || !chance.once_in(3)) continue;
      Code group{band(limits[first], end < last ? limits[end + 1] : 0), {}};
      for (std::uint32_t leaf = first; leaf <= end; ++leaf) group.leaves.push_back(leaf);
      out.codes.push_back(std::move(group));
    }
  }
  return out;
}

Dimension citizens(Chance& chance, bool groups) {
  std::vector<std::string> names{"BG", "RO", "MD", "NG"};
  names.resize(chance.between(2, 4));
  Dimension out{"CITIZEN", 0, {}, {}};
  add_total_and_leaves(out, names);
  if (!groups || names.size() < 3 || chance.once_in(2)) return out;
  out.codes.push_back({"EU27_2020", {0, 1}});
  // A second one that shares a country with it.
  if (chance.once_in(2)) out.codes.push_back({"EUROPE", {1, 2}});
  return out;
}

Dimension listed(Chance& chance, const std::string& name, std::vector<std::string> names) {
  names.resize(chance.between(2, static_cast<std::uint32_t>(names.size())));
  Dimension out{name, 0, {}, {}};
  add_total_and_leaves(out, names);
  return out;
}

}  // namespace

std::uint32_t cells_of(const std::vector<Dimension>& dimensions) {
  std::uint32_t cells = 1;
  for (const Dimension& dimension : dimensions) {
    cells *= static_cast<std::uint32_t>(dimension.codes.size());
  }
  return cells;
}

std::vector<Dimension> dimensions_by_chance(Chance& chance, const ChoiceOptions& options) {
  std::vector<Dimension> all;
  all.push_back(listed(chance, "EXPL_FORM", {"LAB", "SEX", "BEG"}));
  all.push_back(listed(chance, "SEX", {"F", "M", "_U"}));
  all.push_back(ages(chance));
  all.push_back(citizens(chance, options.groups_of_countries));
  const std::uint32_t wanted = chance.between(options.fewest, options.most);
  while (all.size() > wanted || cells_of(all) > options.most_cells) {
    all.erase(all.begin() + chance.below(static_cast<std::uint32_t>(all.size())));
  }
  if (options.totals_may_be_missing && chance.once_in(16)) {
    Dimension& without = all[chance.below(static_cast<std::uint32_t>(all.size()))];
    without.codes.erase(without.codes.begin());
    without.total.reset();
  }
  return all;
}

}  // namespace rapporteur::attacker
