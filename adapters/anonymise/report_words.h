// Sentences of the report, in both languages. Threads: any.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "adapters/anonymise/report.h"

namespace rapporteur::anonymise {

struct Words {
  std::string_view en;
  std::string_view fr;
  [[nodiscard]] std::string_view in(Language language) const {
    return language == Language::kFrench ? fr : en;
  }
};

namespace words {
inline constexpr Words kTitle{"What may be published", "Ce qui peut être publié"};
inline constexpr Words kCells{"cells", "cellules"};
inline constexpr Words kPublished{"published", "publiées"};
inline constexpr Words kHidden{"hidden", "masquées"};
inline constexpr Words kInformation{"of the information", "de l’information"};
inline constexpr Words kAsAsked{"as asked for", "comme demandé"};
inline constexpr Words kCoarserAges{"with coarser age bands",
                                    "avec des tranches d’âge plus larges"};
inline constexpr Words kCoarserCitizens{"with coarser citizenship",
                                        "avec des nationalités regroupées"};
inline constexpr Words kCannot{"cannot be protected", "ne peut pas être protégé"};
inline constexpr Words kPrimary{"for their own sake", "pour elles-mêmes"};
inline constexpr Words kSecondary{"to protect these", "pour protéger celles-ci"};
inline constexpr Words kOnlyHere{"said here alone, in no file",
                                 "dit ici seulement, dans aucun fichier"};
inline constexpr Words kLeftOut{"rows left out", "lignes laissées de côté"};
inline constexpr Words kBy{"by", "par"};
inline constexpr Words kTotal{"total", "total"};
inline constexpr Words kNoCell{"no cell", "pas de cellule"};
inline constexpr Words kVariant{"table", "tableau"};
inline constexpr Words kCellShare{"cells published", "cellules publiées"};
inline constexpr Words kInformationShare{"information kept", "information conservée"};
inline constexpr Words kParameters{"Parameters", "Paramètres"};
inline constexpr Words kCompare{"Compare", "Comparer"};
inline constexpr Words kDimension{"dimension", "dimension"};
inline constexpr Words kLegendHidden{"hidden (hatched, ×)", "masquée (hachures, ×)"};
inline constexpr Words kLegendCount{"the darker, the larger the count",
                                    "plus c’est foncé, plus l’effectif est grand"};
}  // namespace words

// "87 %"
[[nodiscard]] inline std::string percent(double share) {
  return std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

[[nodiscard]] inline std::string_view name_of(Dimension coarser, Language language) {
  return (coarser == Dimension::kAge ? words::kCoarserAges : words::kCoarserCitizens).in(language);
}

}  // namespace rapporteur::anonymise
