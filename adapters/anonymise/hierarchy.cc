#include "adapters/anonymise/hierarchy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapters/sources/suggest.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::anonymise {
namespace {

using Groups = std::map<std::string, std::vector<std::string>>;

constexpr std::string_view kTotalCode = "_T";
constexpr std::string_view kUnknownCode = "_U";

tl::unexpected<Error> contradiction(std::string what, std::string remedy) {
  return fail(ErrorKind::kRefused, std::move(what), {}, std::move(remedy));
}

bool within(const LeafBand& inner, const LeafBand& outer) {
  return inner.first >= outer.first && inner.last <= outer.last;
}

std::string span_text(int first, int last) {
  if (last == codelists::AgeBand::kNoUpperEnd) return "from " + std::to_string(first);
  return std::to_string(first) + " to " + std::to_string(last);
}

Status add_members(const Groups& groups, const std::string& name, std::vector<std::string>& path,
                   std::set<std::string>& out) {
  if (std::ranges::find(path, name) != path.end()) {
    return contradiction("the group " + printable(path.front(), 40) + " holds itself",
                         "take it out of its own members");
  }
  path.push_back(name);
  for (const std::string& member : groups.at(name)) {
    if (!groups.contains(member)) {
      out.insert(member);
    } else if (auto added = add_members(groups, member, path, out); !added) {
      return added;
    }
  }
  path.pop_back();
  return {};
}

Status check_code(Dimension dimension, const std::string& code) {
  if (codelists::valid(dimension, code) && code != "_Z") return {};
  std::vector<std::string_view> near;
  if (const auto list = codelists::list_of(dimension)) near = codelists::nearest(*list, code);
  return contradiction("no code of " + std::string(name(dimension)) + ": " + printable(code, 40),
                       sources::did_you_mean_one_of(near));
}

}  // namespace

std::string band_code(int first, int last) {
  if (last == codelists::AgeBand::kNoUpperEnd) return "Y_GE" + std::to_string(first);
  if (first == 0) return "Y_LT" + std::to_string(last + 1);
  return "Y" + std::to_string(first) + "T" + std::to_string(last);
}

Result<Bands> bands_of(const std::vector<std::string>& codes) {
  std::vector<LeafBand> all;
  for (const std::string& code : std::set<std::string>(codes.begin(), codes.end())) {
    const auto band = codelists::parse_age_band(code);
    if (!band) {
      return contradiction(printable(code, 40) + " is no band of ages",
                           "write Y_LT18, Y18T24 or Y_GE65");
    }
    all.push_back({code, band->first, band->last});
  }
  Bands out;
  std::vector<LeafBand> larger;
  for (const LeafBand& one : all) {
    const bool holds_another = std::ranges::any_of(
        all, [&](const LeafBand& other) { return other.code != one.code && within(other, one); });
    (holds_another ? larger : out.leaves).push_back(one);
  }
  std::ranges::sort(out.leaves, {}, &LeafBand::first);
  for (std::size_t i = 1; i < out.leaves.size(); ++i) {
    const LeafBand& one = out.leaves[i - 1];
    const LeafBand& next = out.leaves[i];
    if (one.last >= next.first) {
      return contradiction("the bands " + one.code + " and " + next.code +
                               " overlap, and no band listed is what they share",
                           "list " + band_code(next.first, one.last) + " and what is beside it");
    }
  }
  for (const LeafBand& band : larger) {
    int reached = band.first;
    std::vector<std::string>& parts = out.groups[band.code];
    for (const LeafBand& leaf : out.leaves) {
      if (leaf.first != reached || leaf.last > band.last) continue;
      parts.push_back(leaf.code);
      reached = leaf.last + 1;
    }
    if (reached != band.last + 1) {
      return contradiction("no bands listed add up to " + band.code + ": ages " +
                               span_text(reached, band.last) + " are missing",
                           "list bands that fill it");
    }
  }
  return out;
}

Result<Groups> spelled_out(const Groups& groups) {
  Groups out;
  for (const auto& [name, members] : groups) {
    if (members.empty()) {
      return contradiction("the group " + printable(name, 40) + " has no members",
                           "name its codes, or leave it out");
    }
    std::vector<std::string> path;
    std::set<std::string> codes;
    if (auto added = add_members(groups, name, path, codes); !added) {
      return tl::unexpected(added.error());
    }
    out[name].assign(codes.begin(), codes.end());
  }
  return out;
}

Result<Hierarchy> Hierarchy::of(const SpecDimension& spec) {
  Hierarchy out{spec.dimension, spec.column, spec.codes, {}, {}, spec.total};
  auto groups = spelled_out(spec.groups);
  if (!groups) return tl::unexpected(groups.error());
  out.groups = std::move(*groups);
  std::vector<std::string> bands = spec.bands;
  if (spec.dimension == Dimension::kAge) {
    for (const auto& [text, code] : spec.codes) {
      if (codelists::parse_age_band(code)) bands.push_back(code);
    }
  }
  auto cut = bands_of(bands);
  if (!cut) return tl::unexpected(cut.error());
  out.bands = std::move(cut->leaves);
  for (auto& [name, parts] : cut->groups) out.groups[name] = std::move(parts);
  for (const auto& [name, members] : out.groups) {
    if (auto valid = check_code(spec.dimension, name); !valid) return tl::unexpected(valid.error());
    for (const std::string& member : members) {
      if (auto valid = check_code(spec.dimension, member); !valid) {
        return tl::unexpected(valid.error());
      }
      if (out.kind_of(member) == Kind::kLeaf) continue;
      return contradiction("the group " + name + " holds " + printable(member, 40) +
                               ", which is no code that cases have",
                           "list it among bands or codes, or take it out");
    }
  }
  for (const auto& [text, code] : spec.codes) {
    if (auto valid = check_code(spec.dimension, code); !valid) return tl::unexpected(valid.error());
  }
  return out;
}

Hierarchy::Kind Hierarchy::kind_of(std::string_view code) const {
  if (code == kTotalCode) return Kind::kTotal;
  if (groups.contains(std::string(code))) return Kind::kGroup;
  if (code == "_Z" || !codelists::valid(dimension, code)) return Kind::kNone;
  if (dimension != Dimension::kAge || code == kUnknownCode) return Kind::kLeaf;
  const bool counted = std::ranges::find(bands, code, &LeafBand::code) != bands.end();
  return counted ? Kind::kLeaf : Kind::kNone;
}

std::vector<std::string> Hierarchy::fixed_leaves() const {
  std::set<std::string> out;
  for (const LeafBand& band : bands) out.insert(band.code);
  if (dimension == Dimension::kSex) out = {"F", "M"};
  for (const auto& [text, code] : codes) {
    if (kind_of(code) == Kind::kLeaf) out.insert(code);
  }
  return {out.begin(), out.end()};
}

Axis Hierarchy::axis(const std::vector<std::string>& leaves) const {
  Axis axis;
  axis.dimension = dimension;
  axis.leaves = static_cast<std::uint32_t>(leaves.size());
  for (std::uint32_t leaf = 0; leaf < axis.leaves; ++leaf) {
    axis.codes.push_back({leaves[leaf], {leaf}, {}});
  }
  for (const auto& [name, members] : groups) {
    Code group{name, {}, {}};
    for (std::uint32_t leaf = 0; leaf < axis.leaves; ++leaf) {
      if (std::ranges::find(members, leaves[leaf]) != members.end()) group.leaves.push_back(leaf);
    }
    if (group.leaves.empty()) continue;
    group.parts = group.leaves;
    axis.codes.push_back(std::move(group));
  }
  if (total) {
    axis.total = static_cast<std::uint32_t>(axis.codes.size());
    Code all{std::string(kTotalCode), {}, {}};
    for (std::uint32_t leaf = 0; leaf < axis.leaves; ++leaf) all.leaves.push_back(leaf);
    all.parts = all.leaves;
    axis.codes.push_back(std::move(all));
  }
  return axis;
}

}  // namespace rapporteur::anonymise
