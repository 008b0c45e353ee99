#include "broker/rules/findings.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "broker/rules/rule_codes.h"
#include "proto/base/check.h"
#include "proto/base/limits.h"

namespace rapporteur::rules {
namespace {

void sort_findings(std::vector<Finding>& findings) {
  std::sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.row, a.field, a.code, a.key, a.detail_en) <
           std::tie(b.row, b.field, b.code, b.key, b.detail_en);
  });
}

}  // namespace

const Rule& FindingSink::rule_of(std::string_view code) {
  const Rule* rule = find_rule(code);
  RAPPORTEUR_CHECK(rule != nullptr);
  return *rule;
}

bool FindingSink::full(Severity severity) {
  const auto& kept = severity == Severity::kError ? errors_ : warnings_;
  if (kept.size() < limits::kFindings) return false;
  ++left_out_;
  return true;
}

void FindingSink::put(const Rule& rule, std::string_view field, std::uint32_t row, std::string key,
                      Detail detail, WaivedBy waived_by) {
  const Severity severity = waived_by.empty() ? rule.severity : Severity::kWarning;
  auto& kept = severity == Severity::kError ? errors_ : warnings_;
  kept.push_back({std::string(rule.code), severity, std::string(field), row, std::move(key),
                  std::move(detail.en), std::move(detail.fr), std::string(rule.remedy_en),
                  std::move(waived_by)});
}

std::vector<Finding> FindingSink::take() && {
  sort_findings(errors_);
  sort_findings(warnings_);
  const std::size_t found = errors_.size() + warnings_.size() + left_out_;
  std::vector<Finding> all = std::move(errors_);
  std::move(warnings_.begin(), warnings_.end(), std::back_inserter(all));
  if (found > limits::kFindings) {
    all.resize(limits::kFindings - 1);
    const std::string more = std::to_string(found - all.size());
    put(rule_of(code::kMoreFindings), "", 0, "",
        {more + " more findings are not listed", more + " autres constats ne sont pas énumérés"},
        {});
    all.push_back(std::move(warnings_.back()));
  }
  sort_findings(all);
  return all;
}

}  // namespace rapporteur::rules
