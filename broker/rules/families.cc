#include "broker/rules/families.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "broker/rules/relations.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::rules {
namespace {

constexpr int kOpen = codelists::AgeBand::kNoUpperEnd;

std::vector<std::string_view> known_forms() {
  std::vector<std::string_view> forms;
  for (const codelists::Code& form : codelists::list(codelists::ListId::kExplForm)) {
    if (!is_total_or_none(form.code) && form.code != "_U") forms.push_back(form.code);
  }
  return forms;
}

// How an age is reached from age 0.
struct Reached {
  std::uint32_t last = 0;
  int from = 0;
  std::size_t length = 0;
};
using ReachedAges = std::map<int, Reached>;

AgeWay way_of(const ReachedAges& ages, Reached at) {
  AgeWay way;
  while (at.length > 0) {
    way.push_back(at.last);
    at = ages.at(at.from);
  }
  return way;
}

}  // namespace

std::span<const std::string_view> required_parts(Dimension dimension) {
  static const std::vector<std::string_view> kSexes{"F", "M"};
  static const std::vector<std::string_view> kForms = known_forms();
  if (dimension == Dimension::kSex) return kSexes;
  if (dimension == Dimension::kExplForm) return kForms;
  return {};
}

std::optional<AgeEdge> age_edge(std::string_view code, std::uint32_t member) {
  const auto band = codelists::parse_age_band(code);
  if (!band) return std::nullopt;
  return AgeEdge{band->first, band->last >= kOpen ? kOpen : band->last + 1, member};
}

std::string age_code(int first, int end) {
  if (end >= kOpen) return "Y_GE" + std::to_string(first);
  if (first == 0) return "Y_LT" + std::to_string(end);
  return "Y" + std::to_string(first) + "T" + std::to_string(end - 1);
}

AgeWays follow_ages(std::vector<AgeEdge> bands) {
  // Those of the same ages stay in the order given.
  std::stable_sort(bands.begin(), bands.end(), [](const AgeEdge& a, const AgeEdge& b) {
    return std::tie(a.first, a.end) < std::tie(b.first, b.end);
  });
  AgeWays ways;
  ReachedAges ages;
  ages[0] = {};
  for (const AgeEdge& band : bands) {
    const auto from = ages.find(band.first);
    if (from == ages.end()) continue;
    const Reached reached{band.member, band.first, from->second.length + 1};
    const auto [known, is_new] = ages.try_emplace(band.end, reached);
    if (is_new) continue;
    AgeWay first = way_of(ages, known->second);
    AgeWay second = way_of(ages, reached);
    if (first.size() > second.size()) first.swap(second);
    ways.equal.emplace_back(std::move(first), std::move(second));
  }
  if (const auto all = ages.find(kOpen); all != ages.end()) ways.all = way_of(ages, all->second);
  return ways;
}

}  // namespace rapporteur::rules
