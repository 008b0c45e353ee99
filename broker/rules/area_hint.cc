#include "broker/rules/area_hint.h"

#include <algorithm>
#include <array>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::rules {
namespace {

// Codes that are taken for each other: the code of one country looks like the name of the other.
struct Confusion {
  std::string_view a;
  std::string_view b;
};
constexpr std::array kConfusions{
    Confusion{"SL", "SI"}, Confusion{"SL", "SK"}, Confusion{"SK", "SI"}, Confusion{"AT", "AU"},
    Confusion{"AT", "AS"}, Confusion{"LV", "LT"}, Confusion{"LT", "LI"}, Confusion{"LT", "LU"},
    Confusion{"LV", "LA"}, Confusion{"EE", "ES"}, Confusion{"EE", "ET"}, Confusion{"EL", "GR"},
    Confusion{"UK", "GB"}, Confusion{"UK", "UA"}, Confusion{"CH", "CZ"}, Confusion{"CH", "SE"},
    Confusion{"CH", "CN"}, Confusion{"CZ", "CS"}, Confusion{"CY", "CZ"}, Confusion{"DE", "DK"},
    Confusion{"DE", "GE"}, Confusion{"DK", "DA"}, Confusion{"DK", "DN"}, Confusion{"IE", "IR"},
    Confusion{"IE", "IS"}, Confusion{"IS", "IL"}, Confusion{"IE", "IL"}, Confusion{"RO", "RU"},
    Confusion{"RO", "RS"}, Confusion{"BE", "BG"}, Confusion{"BE", "BY"}, Confusion{"BE", "BL"},
    Confusion{"BG", "BU"}, Confusion{"MT", "MA"}, Confusion{"MT", "MK"}, Confusion{"MT", "ML"},
    Confusion{"PL", "PT"}, Confusion{"PT", "PO"}, Confusion{"PL", "PO"}, Confusion{"HU", "HR"},
    Confusion{"HR", "CR"}, Confusion{"NL", "NO"}, Confusion{"NL", "NT"}, Confusion{"FI", "FR"},
    Confusion{"ES", "SP"}, Confusion{"SE", "SW"}, Confusion{"SE", "SV"}, Confusion{"SI", "SV"},
    Confusion{"CY", "ZY"}};
constexpr std::size_t kNearest = 8;
constexpr std::size_t kLeastPrefix = 3;

std::vector<std::string_view> candidates(std::string_view code) {
  std::vector<std::string_view> found;
  for (const Confusion& confusion : kConfusions) {
    if (confusion.a == code) found.push_back(confusion.b);
    if (confusion.b == code) found.push_back(confusion.a);
  }
  if (const auto alias = codelists::area_alias(code)) found.push_back(*alias);
  const auto append_nearest = [&](std::string_view text) {
    const auto near = codelists::nearest(codelists::ListId::kArea, text, kNearest);
    found.insert(found.end(), near.begin(), near.end());
  };
  if (const codelists::Code* known = codelists::find(codelists::ListId::kArea, code)) {
    append_nearest(known->label_en);
  }
  append_nearest(code);
  // EU27 for EU27_2007.
  if (code.size() >= kLeastPrefix) {
    for (const codelists::Code& area : codelists::list(codelists::ListId::kArea)) {
      if (area.code.starts_with(code)) found.push_back(area.code);
    }
  }
  return found;
}

}  // namespace

bool is_allowed(std::string_view code, std::span<const std::string> allowed) {
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& pattern) { return matches_pattern(pattern, code); });
}

std::optional<AreaHint> area_hint(std::string_view code, std::span<const std::string> allowed) {
  if (is_allowed(code, allowed)) return std::nullopt;
  const codelists::Code* sent = codelists::find(codelists::ListId::kArea, code);
  for (const std::string_view candidate : candidates(code)) {
    const codelists::Code* meant = codelists::find(codelists::ListId::kArea, candidate);
    if (candidate == code || meant == nullptr || !is_allowed(candidate, allowed)) continue;
    const std::string shown = printable(code);
    AreaHint hint{meant->code, "", ""};
    hint.sentence_en =
        sent == nullptr ? shown + " is no area" : shown + " is " + std::string(sent->label_en);
    hint.sentence_en += "; " + std::string(meant->label_en) + " is " + std::string(meant->code);
    hint.sentence_fr = sent == nullptr ? shown + " n’est pas une zone"
                                       : shown + " est " + std::string(sent->label_fr);
    hint.sentence_fr += " ; " + std::string(meant->label_fr) + " est " + std::string(meant->code);
    return hint;
  }
  return std::nullopt;
}

}  // namespace rapporteur::rules
