#include "adapters/anonymise/report_words.h"

#include "proto/codelists/code_lists.h"

namespace rapporteur::anonymise {

std::string_view label_of(Dimension dimension, Language language) {
  switch (dimension) {
    case Dimension::kExplForm:
      return Words{"form of exploitation", "forme d’exploitation"}.in(language);
    case Dimension::kSex:
      return Words{"sex", "sexe"}.in(language);
    case Dimension::kAge:
      return Words{"age", "âge"}.in(language);
    case Dimension::kCitizen:
      return Words{"citizenship", "nationalité"}.in(language);
    case Dimension::kRegOrg:
      return Words{"registering organisation", "organisme d’enregistrement"}.in(language);
    case Dimension::kCounterpartArea:
      return Words{"counterpart", "contrepartie"}.in(language);
    default:
      return name(dimension);
  }
}

std::string age_label(std::string_view code, Language language) {
  const auto band = codelists::parse_age_band(code);
  if (!band) return {};
  const bool french = language == Language::kFrench;
  const std::string first = std::to_string(band->first);
  if (band->last == codelists::AgeBand::kNoUpperEnd) {
    return first + (french ? " ans et plus" : " and over");
  }
  if (band->first == 0) {
    const std::string end = std::to_string(band->last + 1);
    return french ? "moins de " + end + " ans" : "under " + end;
  }
  if (band->first == band->last) return first + (french ? " ans" : "");
  return first + (french ? " à " : " to ") + std::to_string(band->last) + (french ? " ans" : "");
}

}  // namespace rapporteur::anonymise
