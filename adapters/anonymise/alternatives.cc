#include "adapters/anonymise/alternatives.h"

#include <algorithm>
#include <set>
#include <utility>

namespace rapporteur::anonymise {
namespace {

std::optional<std::size_t> place_of(const Cases& cases, Dimension dimension) {
  const auto found = std::ranges::find(cases.hierarchies, dimension, &Hierarchy::dimension);
  if (found == cases.hierarchies.end()) return std::nullopt;
  return static_cast<std::size_t>(found - cases.hierarchies.begin());
}

// `becomes`: of each leaf of the axis the code that stands for it from now on.
Cases merged(const Cases& cases, std::size_t axis, const std::vector<std::string>& becomes) {
  Cases out = cases;
  const std::set<std::string> codes(becomes.begin(), becomes.end());
  std::vector<std::string>& leaves = out.leaves[axis];
  leaves.assign(codes.begin(), codes.end());
  for (CaseSlice& slice : out.slices) {
    std::map<Key, std::int64_t> counts;
    for (const auto& [key, count] : slice.counts) {
      Key moved = key;
      moved[axis] = static_cast<std::uint16_t>(
          std::ranges::lower_bound(leaves, becomes[key[axis]]) - leaves.begin());
      counts[std::move(moved)] += count;
    }
    slice.counts = std::move(counts);
  }
  return out;
}

}  // namespace

std::optional<Cases> with_coarser_ages(const Cases& cases) {
  const auto axis = place_of(cases, Dimension::kAge);
  if (!axis || cases.hierarchies[*axis].bands.size() < 3) return std::nullopt;
  const std::vector<LeafBand>& bands = cases.hierarchies[*axis].bands;
  std::vector<LeafBand> wide;
  std::map<std::string, std::string> becomes;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const bool pairs = i + 1 < bands.size() && bands[i].last + 1 == bands[i + 1].first;
    const LeafBand& last = bands[pairs ? i + 1 : i];
    wide.push_back({band_code(bands[i].first, last.last), bands[i].first, last.last});
    becomes[bands[i].code] = becomes[last.code] = wide.back().code;
    if (pairs) ++i;
  }
  std::vector<std::string> codes;
  for (const std::string& leaf : cases.leaves[*axis]) {
    const auto known = becomes.find(leaf);
    codes.push_back(known == becomes.end() ? leaf : known->second);
  }
  Cases out = merged(cases, *axis, codes);
  out.hierarchies[*axis].bands = std::move(wide);
  out.hierarchies[*axis].groups.clear();
  return out;
}

std::optional<Cases> with_coarser_citizens(const Cases& cases) {
  const auto axis = place_of(cases, Dimension::kCitizen);
  if (!axis) return std::nullopt;
  std::set<std::string> own;
  for (const CaseSlice& slice : cases.slices) own.insert(slice.area);
  const auto& groups = cases.hierarchies[*axis].groups;
  std::vector<std::string> codes;
  for (const std::string& leaf : cases.leaves[*axis]) {
    const auto group = std::ranges::find_if(groups, [&](const auto& one) {
      return std::ranges::find(one.second, leaf) != one.second.end();
    });
    const bool stays = own.contains(leaf) || leaf == "_U" || leaf == "_O";
    codes.push_back(stays ? leaf : group == groups.end() ? "_O" : group->first);
  }
  if (codes == cases.leaves[*axis]) return std::nullopt;
  Cases out = merged(cases, *axis, codes);
  out.hierarchies[*axis].groups.clear();
  return out;
}

}  // namespace rapporteur::anonymise
