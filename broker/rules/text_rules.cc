// Rules on free text.
#include <algorithm>
#include <array>
#include <string>

#include "broker/rules/checks.h"
#include "broker/rules/claims.h"
#include "broker/rules/personal_text.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/limits.h"

namespace rapporteur::rules {
namespace {

struct TextAttribute {
  Attribute attribute;
  bool is_comment;  // what a dataflow without free text does not take
};
constexpr std::array kTextAttributes{
    TextAttribute{Attribute::kCommentObs, true}, TextAttribute{Attribute::kMethod, true},
    TextAttribute{Attribute::kSourceCode, false}, TextAttribute{Attribute::kConfRedist, false}};

struct KindName {
  std::string_view code;
  std::string_view en;
  std::string_view fr;
};
// In the order of PersonalKind.
constexpr std::array kKindNames{
    KindName{code::kTextEmail, "an e-mail address", "une adresse électronique"},
    KindName{code::kTextTelephone, "a telephone number", "un numéro de téléphone"},
    KindName{code::kTextBirthDate, "a date of birth", "une date de naissance"},
    KindName{code::kTextCaseNumber, "a case or identity number",
             "un numéro d’affaire ou d’identité"},
    KindName{code::kTextUrl, "a link", "un lien"}};

struct TextProblem {
  std::string_view code;
  Detail detail;
};

// Texts repeat over rows: each is looked at once.
std::vector<TextProblem> problems_of(std::string_view text, bool allowed) {
  std::vector<TextProblem> problems;
  if (text.empty()) return problems;
  if (!allowed) {
    problems.push_back({code::kTextNotAllowed,
                        {"the dataflow takes no free text", "le flux n’admet pas de texte libre"}});
    return problems;
  }
  const PlainText plain = make_plain(text);
  if (plain.characters > limits::kFreeTextCharacters) {
    const std::string length = std::to_string(plain.characters);
    problems.push_back(
        {code::kTextTooLong,
         {"the text has " + length + " characters", "le texte compte " + length + " caractères"}});
  }
  if (!plain.printable) {
    problems.push_back({code::kTextUnprintable,
                        {"the text holds control characters or is not UTF-8",
                         "le texte contient des caractères de contrôle ou n’est pas en UTF-8"}});
  }
  for (const PersonalText& found : find_personal_text(plain)) {
    const KindName& kind = kKindNames[static_cast<std::size_t>(found.kind)];
    const std::string first = std::to_string(found.first);
    const std::string last = std::to_string(found.last);
    problems.push_back(
        {kind.code,
         {"characters " + first + " to " + last + " look like " + std::string(kind.en),
          "les caractères " + first + " à " + last + " ressemblent à " + std::string(kind.fr)}});
  }
  return problems;
}

}  // namespace

void check_text(const ObservationSet& observations, codelists::FreeText free_text,
                FindingSink& sink) {
  for (const TextAttribute& text : kTextAttributes) {
    const Column& column = observations.column(text.attribute);
    const bool allowed = !text.is_comment || free_text == codelists::FreeText::kScanned;
    std::vector<std::vector<TextProblem>> problems;
    problems.reserve(column.codes.size());
    for (const std::string& code : column.codes) problems.push_back(problems_of(code, allowed));
    const bool none = std::all_of(problems.begin(), problems.end(),
                                  [](const auto& list) { return list.empty(); });
    if (none) continue;
    for (std::size_t row = 0; row < observations.rows(); ++row) {
      for (const TextProblem& problem : problems[column.index(row)]) {
        sink.add_at(problem.code, name(text.attribute), observations, row,
                    [&] { return problem.detail; });
      }
    }
  }
}

std::vector<Finding> check_reason(std::string_view reason) {
  FindingSink sink;
  for (const TextProblem& problem : problems_of(reason, true)) {
    sink.add(problem.code, kSecondSignatureRule.field, 0, "", [&] { return problem.detail; });
  }
  return std::move(sink).take();
}

}  // namespace rapporteur::rules
