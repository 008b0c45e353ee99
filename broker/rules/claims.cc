#include "broker/rules/claims.h"

#include "broker/rules/area_hint.h"
#include "broker/rules/findings.h"
#include "proto/base/limits.h"
#include "proto/base/result.h"
#include "proto/base/sabotage.h"

namespace rapporteur::rules {
namespace {

Finding finding_by(const Rule& rule, std::uint32_t row, std::string key, Detail detail) {
  return {
      std::string(rule.code), rule.severity,        std::string(rule.field),    row, std::move(key),
      std::move(detail.en),   std::move(detail.fr), std::string(rule.remedy_en)};
}

std::string listed_patterns(std::span<const std::string> parts) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out.empty() ? "-" : out;
}

std::string labelled_area(std::string_view area, bool french) {
  std::string out = printable(area, limits::kCodeBytes);
  if (const auto* known = codelists::find(codelists::ListId::kArea, area)) {
    out.append(" (").append(french ? known->label_fr : known->label_en).append(")");
  }
  return out;
}

Detail no_right(std::string_view indicator, std::string_view area,
                std::span<const std::string> granted) {
  const auto hint = area_hint(area, granted);
  const std::string list = listed_patterns(granted);
  const std::string of = printable(indicator, limits::kCodeBytes);
  return {"no right to submit " + of + " for " + labelled_area(area, false) +
              "; granted areas: " + list + (hint ? "; " + hint->sentence_en : ""),
          "aucun droit de soumettre " + of + " pour " + labelled_area(area, true) +
              " ; zones accordées : " + list + (hint ? " ; " + hint->sentence_fr : "")};
}

// What there is to say of each area, by its position; most often nothing.
std::vector<std::optional<Detail>> refusals(const Scope& of, std::span<const std::string> granted) {
  std::vector<std::optional<Detail>> out(of.areas.size());
  if (sabotaged("rights-off")) return out;
  for (std::size_t i = 0; i < of.areas.size(); ++i) {
    if (!is_allowed(of.areas[i], granted)) out[i] = no_right(of.indicator, of.areas[i], granted);
  }
  return out;
}

}  // namespace

std::vector<Finding> check_rights(const Submission& submission,
                                  std::span<const std::string> granted) {
  const ObservationSet& observations = submission.observations;
  const Column& areas = observations.column(Dimension::kRefArea);
  const auto refused = refusals({submission.indicator, areas.codes}, granted);
  std::vector<Finding> findings;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    const std::optional<Detail>& detail = refused[areas.index(row)];
    if (!detail) continue;
    findings.push_back(finding_by(kRightsRule, static_cast<std::uint32_t>(row + 1),
                                  observations.key_text(row), *detail));
  }
  return findings;
}

std::vector<Finding> check_rights_to_replace(const Scope& replaced,
                                             std::span<const std::string> granted) {
  std::vector<Finding> findings;
  for (const auto& detail : refusals(replaced, granted)) {
    if (detail) findings.push_back(finding_by(kRightsRule, 0, "", *detail));
  }
  return findings;
}

Finding key_taken(const ObservationSet& observations, std::size_t row, const std::string& holder) {
  return finding_by(kKeyExistsRule, static_cast<std::uint32_t>(row + 1), observations.key_text(row),
                    {"held by submission " + holder, "détenue par l'envoi " + holder});
}

Finding no_second_signature() {
  return finding_by(kSecondSignatureRule, 0, "",
                    {"not a valid signature by a second key of the sender",
                     "pas de signature valable par une seconde clé de l’expéditeur"});
}

}  // namespace rapporteur::rules
