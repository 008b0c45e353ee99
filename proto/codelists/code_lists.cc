#include "proto/codelists/code_lists.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "proto/base/ascii.h"
#include "proto/base/check.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::codelists {
namespace {

struct Alias {
  std::string_view code;
  std::string_view means;
};

#include "code_data.inc"

template <typename Entry>
const Entry* find_in(std::span<const Entry> entries, std::string_view code,
                     std::string_view Entry::*key) {
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), code,
      [key](const Entry& entry, std::string_view wanted) { return entry.*key < wanted; });
  if (found == entries.end() || (*found).*key != code) return nullptr;
  return &*found;
}

// Optimal string alignment distance (insertions, deletions, substitutions and exchanges of two
// neighbours), or `most` + 1 when it is larger than `most`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
  const std::size_t apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (apart > most) return most + 1;
  RAPPORTEUR_CHECK(a.size() <= kNearestInputBytes);
  using Line = std::array<std::size_t, kNearestInputBytes + 1>;
  Line before{};
  Line above{};
  Line line{};
  for (std::size_t i = 0; i <= a.size(); ++i) line[i] = i;
  for (std::size_t j = 1; j <= b.size(); ++j) {
    before = above;
    above = line;
    line[0] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      const char x = ascii_lower(a[i - 1]);
      const char y = ascii_lower(b[j - 1]);
      line[i] = std::min({above[i] + 1, line[i - 1] + 1, above[i - 1] + (x == y ? 0U : 1U)});
      const bool exchanged =
          i > 1 && j > 1 && x == ascii_lower(b[j - 2]) && ascii_lower(a[i - 2]) == y && x != y;
      if (exchanged) line[i] = std::min(line[i], before[i - 2] + 1);
    }
    const auto width = static_cast<std::ptrdiff_t>(a.size()) + 1;
    const auto nearest_of = [width](const Line& of) {
      return *std::min_element(of.begin(), of.begin() + width);
    };
    if (nearest_of(line) > most && nearest_of(above) > most) return most + 1;
  }
  return std::min(line[a.size()], most + 1);
}

// Digits without a leading zero; at most 150 years.
std::optional<int> years(std::string_view text) {
  constexpr int kMostYears = 150;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = !text.empty() && text.front() >= '0' && text.front() <= '9' &&
                     (text.size() == 1 || text.front() != '0');
  if (!plain || error != std::errc{} || end != text.data() + text.size() || value > kMostYears) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::span<const Code> list(ListId id) {
  switch (id) {
    case ListId::kFreq:
      return kFreqCodes;
    case ListId::kArea:
      return kAreaCodes;
    case ListId::kCounterpartArea:
      return kCounterpartAreaCodes;
    case ListId::kCitizen:
      return kCitizenCodes;
    case ListId::kRegOrg:
      return kRegOrgCodes;
    case ListId::kIndicator:
      return kIndicatorCodes;
    case ListId::kExplForm:
      return kExplFormCodes;
    case ListId::kSex:
      return kSexCodes;
    case ListId::kUnitMeasure:
      return kUnitMeasureCodes;
    case ListId::kObsStatus:
      return kObsStatusCodes;
    case ListId::kConfStatus:
      return kConfStatusCodes;
    case ListId::kValueQualifier:
      return kValueQualifierCodes;
    case ListId::kUnitMult:
      return kUnitMultCodes;
  }
  RAPPORTEUR_CHECK(false);
}

const Code* find(ListId id, std::string_view code) {
  return find_in(list(id), code, &Code::code);
}

std::optional<ListId> list_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::kFreq:
      return ListId::kFreq;
    case Dimension::kRefArea:
      return ListId::kArea;
    case Dimension::kCounterpartArea:
      return ListId::kCounterpartArea;
    case Dimension::kIndicator:
      return ListId::kIndicator;
    case Dimension::kExplForm:
      return ListId::kExplForm;
    case Dimension::kSex:
      return ListId::kSex;
    case Dimension::kCitizen:
      return ListId::kCitizen;
    case Dimension::kRegOrg:
      return ListId::kRegOrg;
    case Dimension::kUnitMeasure:
      return ListId::kUnitMeasure;
    case Dimension::kAge:
    case Dimension::kTimePeriod:
      return std::nullopt;
  }
  RAPPORTEUR_CHECK(false);
}

std::optional<ListId> list_of(Attribute attribute) {
  switch (attribute) {
    case Attribute::kObsStatus:
      return ListId::kObsStatus;
    case Attribute::kConfStatus:
      return ListId::kConfStatus;
    case Attribute::kValueQualifier:
      return ListId::kValueQualifier;
    case Attribute::kUnitMult:
      return ListId::kUnitMult;
    case Attribute::kConfRedist:
    case Attribute::kSourceCode:
    case Attribute::kMethod:
    case Attribute::kCommentObs:
      return std::nullopt;
  }
  RAPPORTEUR_CHECK(false);
}

bool valid(Dimension dimension, std::string_view code) {
  if (const auto id = list_of(dimension)) return find(*id, code) != nullptr;
  if (dimension == Dimension::kTimePeriod) return TimePeriod::parse(code).has_value();
  return code == "_T" || code == "_U" || code == "_Z" || parse_age_band(code).has_value();
}

bool valid(Attribute attribute, std::string_view code) {
  if (code.empty()) return attribute != Attribute::kObsStatus;
  const auto id = list_of(attribute);
  return !id || find(*id, code) != nullptr;
}

std::vector<std::string_view> nearest(ListId id, std::string_view code, std::size_t most) {
  if (code.size() > kNearestInputBytes) return {};
  constexpr std::size_t kFarthest = 8;
  const std::size_t farthest = std::clamp<std::size_t>(code.size() / 2, 1, kFarthest);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const Code& known : list(id)) {
    std::size_t best = farthest + 1;
    for (const std::string_view text : {known.code, known.label_en, known.label_fr}) {
      if (best > 0) best = std::min(best, distance(code, text, best - 1));
    }
    if (best <= farthest) near.emplace_back(best, known.code);
  }
  const std::size_t count = std::min(most, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(count), near.end());
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(near[i].second);
  return out;
}

std::optional<std::string_view> area_alias(std::string_view code) {
  const Alias* alias = find_in(std::span<const Alias>(kAreaAliases), code, &Alias::code);
  if (alias == nullptr) return std::nullopt;
  return alias->means;
}

std::optional<AgeBand> parse_age_band(std::string_view code) {
  if (code.starts_with("Y_LT") || code.starts_with("Y_GE")) {
    const auto bound = years(code.substr(4));
    if (!bound || *bound < 1) return std::nullopt;
    return code[2] == 'L' ? AgeBand{0, *bound - 1} : AgeBand{*bound, AgeBand::kNoUpperEnd};
  }
  if (!code.starts_with('Y')) return std::nullopt;
  const std::size_t to = code.find('T');
  if (to == std::string_view::npos) return std::nullopt;
  const auto first = years(code.substr(1, to - 1));
  const auto last = years(code.substr(to + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return AgeBand{*first, *last};
}

std::span<const Indicator> indicators() {
  return kIndicators;
}

const Indicator* find_indicator(std::string_view code) {
  return find_in(indicators(), code, &Indicator::code);
}

std::span<const Dataflow> dataflows() {
  return kDataflows;
}

const Dataflow* find_dataflow(std::string_view id) {
  return find_in(dataflows(), id, &Dataflow::id);
}

}  // namespace rapporteur::codelists
