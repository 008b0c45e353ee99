#include "broker/admission/gate_rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "broker/rules/claims.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/check.h"
#include "proto/base/limits.h"

namespace rapporteur::admission {
namespace {

using rules::Rule;
using enum rules::Severity;

constexpr std::array kGateRules{
    Rule{code::kBody, kError, "The body is a SubmissionBody in canonical form.",
         "Le corps est un SubmissionBody sous sa forme canonique.",
         "Use a release of the adapter that this hub's protocol version knows.", "body",
         "Utiliser une version de l’adaptateur que connaît la version du protocole de ce "
         "concentrateur."},
    rules::kRightsRule,
    rules::kKeyExistsRule,
    Rule{code::kTableFull, kError, "A table of one area and period has room for the cells.",
         "Un tableau d’une zone et d’une période a de la place pour les cellules.",
         "Send a coarser breakdown.", "TIME_PERIOD", "Envoyer une ventilation moins fine."},
    Rule{code::kErased, kError,
         "What is published of one area and period is known, so that a new submission can be "
         "judged beside it.",
         "Ce qui est publié d’une zone et d’une période est connu, pour qu’un nouvel envoi puisse "
         "être jugé à côté.",
         "Revise or withdraw the submission that was erased first.", "TIME_PERIOD",
         "Réviser ou retirer d’abord l’envoi qui a été effacé."},
    Rule{
        code::kNotFound, kError,
        "What is revised or withdrawn is an accepted submission of the sender, of the same "
        "dataflow and indicator.",
        "Ce qui est révisé ou retiré est un envoi accepté de l’expéditeur, du même flux et du même "
        "indicateur.",
        "Look up the message id in the outbox or the ledger.", "revises",
        "Chercher l’identifiant dans la boîte d’envoi ou le registre."},
    Rule{code::kConflict, kError, "What is revised or withdrawn is the head of its chain.",
         "Ce qui est révisé ou retiré est la tête de sa chaîne.",
         "Revise or withdraw the head that is named, if the change is still right.", "revises",
         "Réviser ou retirer la tête nommée, si le changement reste juste."},
    Rule{code::kWithdrawn, kError, "What is revised or withdrawn has not been withdrawn.",
         "Ce qui est révisé ou retiré n’a pas été retiré.", "Send the figures as a new submission.",
         "revises", "Envoyer les chiffres comme un nouvel envoi."},
    Rule{code::kNotEmpty, kError, "A withdrawal holds no observations.",
         "Un retrait ne contient pas d’observations.", "Withdraw without a body, or revise.",
         "body", "Retirer sans corps, ou réviser."},
    Rule{code::kReleasability, kError,
         "The participants listed are enrolled, and a withdrawal goes to whom the submission went.",
         "Les participants énumérés sont inscrits, et un retrait va à ceux que l’envoi a visés.",
         "Correct the list of receivers and sign again.", "releasability",
         "Corriger la liste des destinataires et signer de nouveau."},
    Rule{code::kCertificate, kError,
         "A certificate comes with the SHA-256 that the header states, or neither is there.",
         "Un certificat a l’empreinte SHA-256 donnée par l’en-tête, ou aucun des deux n’est là.",
         "Send the certificate that was signed for.", "certificate_sha256",
         "Envoyer le certificat pour lequel on a signé."},
    rules::kSecondSignatureRule,
};

const Rule& rule_named(std::string_view name) {
  const auto own = std::find_if(kGateRules.begin(), kGateRules.end(),
                                [&](const Rule& rule) { return rule.code == name; });
  const Rule* rule = own != kGateRules.end() ? &*own : rules::find_rule(name);
  RAPPORTEUR_CHECK(rule != nullptr);
  return *rule;
}

auto place_of(const rules::Finding& finding) {
  return std::tie(finding.row, finding.field, finding.code, finding.key, finding.detail_en);
}

}  // namespace

std::span<const Rule> gate_rules() {
  return kGateRules;
}

std::size_t FindingList::limit() {
  return limits::kFindings;
}

void FindingList::put(std::string_view name, Place place, Detail detail) {
  const Rule& rule = rule_named(name);
  findings_.push_back({std::string(rule.code), rule.severity, std::string(place.field), place.row,
                       std::move(place.key), std::move(detail.en), std::move(detail.fr),
                       std::string(rule.remedy_en)});
}

void FindingList::add_all(std::vector<rules::Finding> findings) {
  std::move(findings.begin(), findings.end(), std::back_inserter(findings_));
}

std::vector<rules::Finding> FindingList::take() && {
  const auto by_place = [](const auto& a, const auto& b) { return place_of(a) < place_of(b); };
  std::sort(findings_.begin(), findings_.end(), by_place);
  const std::size_t found = findings_.size() + left_out_;
  if (found > limits::kFindings) {
    std::stable_partition(findings_.begin(), findings_.end(),
                          [](const rules::Finding& finding) { return finding.severity == kError; });
    findings_.resize(limits::kFindings - 1);
    const std::string more = std::to_string(found - findings_.size());
    put(rules::code::kMoreFindings, {},
        {more + " more findings are not listed", more + " autres constats ne sont pas énumérés"});
    std::sort(findings_.begin(), findings_.end(), by_place);
  }
  return std::move(findings_);
}

}  // namespace rapporteur::admission
