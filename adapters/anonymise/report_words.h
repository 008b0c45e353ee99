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
inline constexpr Words kLegendCount{"the stronger the colour, the larger the count",
                                    "plus la couleur est forte, plus l’effectif est grand"};
inline constexpr Words kDimensions{"Dimension by dimension", "Dimension par dimension"};
inline constexpr Words kDataflow{"dataflow", "flux de données"};
inline constexpr Words kLeastShown{"least protected count shown (k)",
                                   "plus petit effectif protégé montré (k)"};
inline constexpr Words kWidth{"least range left to a hidden count (width)",
                              "marge minimale laissée à un effectif masqué (width)"};
inline constexpr Words kZeros{"zeros", "zéros"};
inline constexpr Words kZerosPublic{"public", "publics"};
inline constexpr Words kZerosSensitive{"hidden, too", "masqués aussi"};
inline constexpr Words kGuarantees{"What this guarantees", "Ce que cela garantit"};
inline constexpr Words kChanges{"How far counts moved", "De combien les effectifs ont changé"};
inline constexpr Words kPerturbationTable{"How often a count becomes which (p-table)",
                                          "À quelle fréquence un effectif devient quel autre "
                                          "(p-table)"};
inline constexpr Words kCounted{"counted", "compté"};
inline constexpr Words kAndAbove{"and above, likewise", "et au-delà, de même"};
inline constexpr Words kVarianceReached{"variance", "variance"};
inline constexpr Words kBecomes{"becomes, with a probability of",
                                "devient, avec une probabilité de"};
inline constexpr Words kWhatIsCounted{
    "Cells are counts that are not zero. A hidden cell may be small, or hidden so that a small one "
    "cannot be worked out: nobody can tell which. The information kept weighs cells by their "
    "counts. If too much is hidden, take coarser codes or longer periods, change the spec and run "
    "it again.",
    "Les cellules sont les effectifs non nuls. Une cellule masquée peut être petite, ou masquée "
    "pour qu’on ne calcule pas une petite : rien ne dit laquelle. L’information conservée pondère "
    "les cellules par leur effectif. Si trop de cellules sont masquées, prendre des codes plus "
    "larges ou des périodes plus longues, changer la spécification et recommencer."};
}  // namespace words

// "87 %"; "–" of nothing.
[[nodiscard]] inline std::string percent(const Detail& of, double share) {
  return of.cells == 0 ? "–" : std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

// "sex"; the name of the component where it has no other.
[[nodiscard]] std::string_view label_of(Dimension dimension, Language language);
// "under 18"; empty for what is no band.
[[nodiscard]] std::string age_label(std::string_view code, Language language);

[[nodiscard]] inline std::string_view name_of(Dimension coarser, Language language) {
  return (coarser == Dimension::kAge ? words::kCoarserAges : words::kCoarserCitizens).in(language);
}

}  // namespace rapporteur::anonymise
