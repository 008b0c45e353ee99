#include "broker/rules/relations.h"

#include <algorithm>
#include <map>
#include <vector>

#include "proto/codelists/code_lists.h"

namespace rapporteur::rules {
namespace {

using Names = std::vector<std::string_view>;
using Relation = std::map<std::string_view, Names>;

void relate(Relation& relation, std::string_view a, std::string_view b) {
  Names& names = relation[a];
  if (a != b && std::find(names.begin(), names.end(), b) == names.end()) names.push_back(b);
}

Relation make_added_up_with() {
  Relation relation;
  for (const codelists::Indicator& whole : codelists::indicators()) {
    Names equation(whole.parts.begin(), whole.parts.end());
    if (equation.empty()) continue;
    equation.push_back(whole.code);
    for (const std::string_view a : equation) {
      for (const std::string_view b : equation) relate(relation, a, b);
    }
  }
  return relation;
}

Relation make_judged_together() {
  Relation relation = make_added_up_with();
  for (const Overlap& overlap : kOverlaps) {
    relate(relation, overlap.mixed, overlap.separate);
    relate(relation, overlap.separate, overlap.mixed);
  }
  return relation;
}

Relation make_compared_with() {
  Relation relation;
  for (const Denial& denial : kDenials) {
    relate(relation, denial.denied, denial.given);
    relate(relation, denial.given, denial.denied);
  }
  return relation;
}

std::span<const std::string_view> look_up(const Relation& relation, std::string_view indicator) {
  const auto found = relation.find(indicator);
  if (found == relation.end()) return {};
  return found->second;
}

}  // namespace

std::span<const std::string_view> judged_together(std::string_view indicator) {
  static const Relation relation = make_judged_together();
  return look_up(relation, indicator);
}

std::span<const std::string_view> added_up_with(std::string_view indicator) {
  static const Relation relation = make_added_up_with();
  return look_up(relation, indicator);
}

std::span<const std::string_view> compared_with(std::string_view indicator) {
  static const Relation relation = make_compared_with();
  return look_up(relation, indicator);
}

bool counts(std::string_view indicator) {
  const codelists::Indicator* entry = codelists::find_indicator(indicator);
  if (entry == nullptr) return false;
  return std::any_of(entry->units.begin(), entry->units.end(),
                     [](std::string_view unit) { return kind_of_unit(unit) == UnitKind::kCount; });
}

UnitKind kind_of_unit(std::string_view unit) {
  if (unit == "BOOL") return UnitKind::kYesOrNo;
  if (unit == "YEAR") return UnitKind::kYear;
  if (unit == "PC") return UnitKind::kPercent;
  if (unit == "EUR" || unit == "EUR_MIO" || unit == "DAY" || unit == "MONTH") {
    return UnitKind::kQuantity;
  }
  return UnitKind::kCount;
}

}  // namespace rapporteur::rules
