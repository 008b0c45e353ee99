#include "adapters/anonymise/report_method.h"

#include <algorithm>

#include "adapters/anonymise/report_words.h"

namespace rapporteur::anonymise {
namespace {

constexpr Words kMethod{"method", "méthode"};
constexpr Words kWeightLeast{"what is least (weight)", "ce qui est minimal (weight)"};
constexpr Words kMaxDeviation{"largest change of a count (max_deviation)",
                              "plus grand changement d’un effectif (max_deviation)"};
constexpr Words kVariance{"variance of the changes (variance)",
                          "variance des changements (variance)"};
constexpr Words kNeverAppear{"counts that never appear, from 1 to (js)",
                             "effectifs qui n’apparaissent jamais, de 1 à (js)"};
constexpr Words kBase{"multiples of (base)", "multiples de (base)"};
constexpr Words kSteps{"multiples between which a count may move (steps)",
                       "multiples entre lesquels un effectif peut se déplacer (steps)"};

constexpr Words kHides{
    "Protected counts from 1 to k-1 are hidden, and others beside them, so that no hidden "
    "protected "
    "count follows from what is published (G1), nor can be told more closely than the width (G2).",
    "Les effectifs protégés de 1 à k-1 sont masqués, et d’autres avec eux, pour qu’aucun effectif "
    "protégé masqué ne découle de ce qui est publié (G1) ni ne soit connu plus précisément que la "
    "marge (G2)."};
constexpr Words kLeast{
    "Of all patterns that guarantee this, the one that loses least, by the weight that was chosen.",
    "De tous les masquages qui le garantissent, celui qui perd le moins, selon le poids choisi."};
constexpr Words kPerturbs{
    "Every count above zero may have been changed: at random, on average by nothing, by "
    "max_deviation at the most. Counts from 1 to js are never shown; a zero may be one of them.",
    "Tout effectif non nul a pu être changé : au hasard, de zéro en moyenne, de max_deviation au "
    "plus. Les effectifs de 1 à js ne sont jamais montrés ; un zéro peut en être un."};
constexpr Words kSameKey{
    "The same cases have the same figure in every table that is made with the same key; so adding "
    "up many tables does not take the changes off. Who has the key and the cases can undo them: "
    "the key stays with the agency.",
    "Les mêmes cas ont le même chiffre dans tout tableau fait avec la même clé ; additionner de "
    "nombreux tableaux n’enlève donc pas les changements. Qui détient la clé et les cas peut les "
    "défaire : la clé reste dans l’organisme."};
constexpr Words kNoSums{
    "Sums do not hold any more. No range of what a count may be is guaranteed beyond this: who "
    "adds "
    "up parts and totals can narrow some.",
    "Les sommes ne tombent plus juste. Aucune marge n’est garantie au-delà : en additionnant "
    "parties "
    "et totaux, on peut en resserrer certaines."};
constexpr Words kRounds{
    "Every count is a multiple of the base, less than base times steps from what was counted, and "
    "every sum holds.",
    "Tout effectif est un multiple de la base, à moins de base fois steps de ce qui a été compté, "
    "et toute somme tombe juste."};
constexpr Words kWholeRange{
    "From all figures of this table together nobody can tell a count more closely than from its "
    "own "
    "figure alone. Another rounding of the same cases, or of some of them, can: publish one.",
    "De tous les chiffres de ce tableau réunis, on ne peut pas connaître un effectif plus "
    "précisément "
    "que par son seul chiffre. Un autre arrondi des mêmes cas, ou d’une partie, le permet : n’en "
    "publier qu’un."};

}  // namespace

std::vector<std::pair<std::string_view, std::string>> parameters_of(const Spec& spec,
                                                                    Language language) {
  std::vector<std::pair<std::string_view, std::string>> out;
  const auto add = [&](const Words& name, std::string value) {
    out.emplace_back(name.in(language), std::move(value));
  };
  add(words::kDataflow, spec.dataflow);
  add(kMethod, std::string(name(spec.method)));
  if (hides(spec.method)) {
    add(words::kLeastShown, std::to_string(spec.rule.k));
    add(words::kWidth, std::to_string(spec.rule.width));
    const Words& zeros = spec.zeros_public ? words::kZerosPublic : words::kZerosSensitive;
    add(words::kZeros, std::string(zeros.in(language)));
  }
  if (spec.method == Method::kSuppressOptimal) {
    add(kWeightLeast, std::string(name(spec.weight)));
  } else if (spec.method == Method::kCellKey) {
    add(kMaxDeviation, std::to_string(spec.cell_key.rule.max_deviation));
    add(kVariance, std::to_string(spec.cell_key.rule.variance));
    add(kNeverAppear, std::to_string(spec.cell_key.rule.js));
  } else if (spec.method == Method::kRound) {
    add(kBase, std::to_string(spec.round.base));
    add(kSteps, std::to_string(spec.round.steps));
  }
  return out;
}

std::vector<std::string> guarantees_of(const Spec& spec, Language language) {
  std::vector<const Words*> sentences;
  switch (spec.method) {
    case Method::kSuppress:
      sentences = {&kHides};
      break;
    case Method::kSuppressOptimal:
      sentences = {&kHides, &kLeast};
      break;
    case Method::kCellKey:
      sentences = {&kPerturbs, &kSameKey, &kNoSums};
      break;
    case Method::kRound:
      sentences = {&kRounds, &kWholeRange};
      break;
  }
  std::vector<std::string> out;
  for (const Words* one : sentences) out.emplace_back(one->in(language));
  return out;
}

Deviation deviation_of(const Release& release) {
  Deviation out;
  for (const ReleasedSlice& slice : release.slices) {
    const Deviation& one = slice.deviation;
    out.cells += one.cells;
    out.sum += one.sum;
    out.largest = std::max(out.largest, one.largest);
    out.sums += one.sums;
    out.sums_broken += one.sums_broken;
  }
  return out;
}

std::string deviation_text(const Deviation& deviation, Language language) {
  const bool french = language == Language::kFrench;
  const auto cells = std::max<std::int64_t>(1, static_cast<std::int64_t>(deviation.cells));
  const std::int64_t tenths = (deviation.sum * 10 + cells / 2) / cells;
  std::string mean = std::to_string(tenths / 10);
  mean.append(french ? "," : ".").append(std::to_string(tenths % 10));
  const std::string most = std::to_string(deviation.largest);
  const std::string broken = std::to_string(deviation.sums_broken);
  const std::string sums = std::to_string(deviation.sums);
  std::string out = std::to_string(deviation.cells) + " ";
  out.append(words::kCells.in(language));
  if (french) {
    return out + ", changées de " + mean + " en moyenne, de " + most + " au plus ; " + broken +
           " sommes sur " + sums + " ne tombent plus juste";
  }
  return out + ", changed by " + mean + " on average, by " + most + " at most; " + broken + " of " +
         sums + " sums do not hold any more";
}

}  // namespace rapporteur::anonymise
