// The rule table: every rule, once.
#include <array>
#include <string>

#include "broker/rules/rule_book.h"
#include "broker/rules/rule_codes.h"

namespace rapporteur::rules {
namespace {

using enum Severity;

// Errors in the order in which a submission is read, then warnings.
constexpr std::array kRules{
    Rule{code::kUnknownDataflow, kError, "The dataflow is in no list of this hub.",
         "Le flux de données ne figure dans aucune liste de ce concentrateur.",
         "Name a dataflow as AGENCY:ID(VERSION) from the list of dataflows.", "dataflow",
         "Nommer un flux sous la forme AGENCE:ID(VERSION), pris dans la liste des flux."},
    Rule{code::kNoObservations, kError, "A submission holds at least one observation.",
         "Un envoi contient au moins une observation.",
         "Send the observations, or withdraw the earlier submission.", "OBS_VALUE",
         "Envoyer les observations, ou retirer l’envoi précédent."},
    Rule{code::kHeaderIndicator, kError,
         "The indicator of the signed header is the indicator of the observations.",
         "L’indicateur de l’en-tête signé est celui des observations.",
         "Write the indicator of the observations into the header and sign again.", "indicator",
         "Inscrire dans l’en-tête l’indicateur des observations et signer de nouveau."},
    Rule{code::kHeaderAreas, kError,
         "The areas of the signed header are those of the observations, ascending, each once.",
         "Les zones de l’en-tête signé sont celles des observations, en ordre croissant, chacune "
         "une fois.",
         "Write exactly the areas of the observations into the header and sign again.", "ref_areas",
         "Inscrire dans l’en-tête exactement les zones des observations et signer de nouveau."},
    Rule{code::kMixedIndicators, kError, "All observations of a submission share one indicator.",
         "Toutes les observations d’un envoi portent sur un seul indicateur.",
         "Split the submission: one for each indicator.", "INDICATOR",
         "Diviser l’envoi : un par indicateur."},
    Rule{code::kUnknownCode, kError, "A code is in the code list of its component.",
         "Un code figure dans la liste de codes de sa composante.",
         "Use a code of the list; map the source's own codes in the mapping file.", "component",
         "Utiliser un code de la liste ; convertir les codes de la source dans le fichier de "
         "correspondance."},
    Rule{code::kBadAge, kError,
         "AGE is _T, _U, _Z, Y_LTn, Y_GEn or YnTm in completed years, both ends in.",
         "AGE est _T, _U, _Z, Y_LTn, Y_GEn ou YnTm, en années révolues, bornes comprises.",
         "Write the band like Y_LT18, Y18T24 or Y_GE65.", "AGE",
         "Écrire la tranche comme Y_LT18, Y18T24 ou Y_GE65."},
    Rule{code::kBadTimePeriod, kError,
         "TIME_PERIOD is a year, half-year, quarter, month or day, two of them joined by '/', "
         "\"from\" and one of them, or _U.",
         "TIME_PERIOD est une année, un semestre, un trimestre, un mois ou un jour, deux d’entre "
         "eux joints par « / », « from » et l’un d’eux, ou _U.",
         "Write the period like 2006, 2006-S1, 2006-Q3, 2006-05, 2007-10-18, 2006/2007, from 2006.",
         "TIME_PERIOD",
         "Écrire la période comme 2006, 2006-S1, 2006-Q3, 2006-05, 2007-10-18, 2006/2007, from "
         "2006."},
    Rule{code::kFreqMismatch, kError,
         "FREQ follows from TIME_PERIOD: A S Q M D for single periods, _U for spans and _U.",
         "FREQ découle de TIME_PERIOD : A S Q M D pour une période simple, _U pour les "
         "intervalles et _U.",
         "Set FREQ to what the period says.", "FREQ", "Donner à FREQ ce que dit la période."},
    Rule{code::kDimensionNotApplicable, kError,
         "An indicator is broken down only by the dimensions of the catalogue; any other is _T or "
         "_Z.",
         "Un indicateur n’est ventilé que selon les dimensions du catalogue ; toute autre est _T "
         "ou _Z.",
         "Set the dimension to _T or _Z, or use an indicator that has it.", "dimension",
         "Mettre la dimension à _T ou _Z, ou utiliser un indicateur qui la possède."},
    Rule{code::kUnitMismatch, kError, "The unit is one the catalogue gives for the indicator.",
         "L’unité est l’une de celles que le catalogue donne pour l’indicateur.",
         "Use the indicator's unit, or the indicator that counts in this unit.", "UNIT_MEASURE",
         "Utiliser l’unité de l’indicateur, ou l’indicateur qui compte dans cette unité."},
    Rule{code::kDuplicateKey, kError, "A key occurs once in a submission.",
         "Une clé figure une seule fois dans un envoi.",
         "Keep one of the rows, or tell them apart by a dimension.", "key",
         "Garder une des lignes, ou les distinguer par une dimension."},
    Rule{code::kStatusMissing, kError, "Every observation has a status.",
         "Toute observation a un statut.", "Give the status; that of a plain number is A.",
         "OBS_STATUS", "Donner le statut ; celui d’un nombre ordinaire est A."},
    Rule{code::kValueMissing, kError, "An observation without a number says why: O L M K Q or H.",
         "Une observation sans nombre dit pourquoi : O L M K Q ou H.",
         "If there were none, send 0 with status A; if unknown, leave the value out with status O.",
         "OBS_VALUE",
         "S’il n’y en a pas eu, envoyer 0 avec le statut A ; si l’on ne sait pas, laisser vide "
         "avec le statut O."},
    Rule{code::kValueWithMissingStatus, kError,
         "A number does not carry a status that says that it is missing (O L M K Q H).",
         "Un nombre ne porte pas un statut qui le dit manquant (O L M K Q H).",
         "Keep the number with status A (or E, P, U), or leave the number out.", "OBS_STATUS",
         "Garder le nombre avec le statut A (ou E, P, U), ou omettre le nombre."},
    Rule{code::kQualifierWithoutValue, kError, "A qualifier qualifies a number.",
         "Un qualificatif qualifie un nombre.",
         "Give the number (\"fewer than 5\" is 5 with '<'), or leave the qualifier out.",
         "VALUE_QUALIFIER",
         "Donner le nombre (« moins de 5 » est 5 avec « < »), ou omettre le qualificatif."},
    Rule{code::kQualifierImpossible, kError,
         "A qualifier leaves at least one possible value, and a yes or no has none.",
         "Un qualificatif laisse au moins une valeur possible, et un oui ou non n’en a pas.",
         "Give the number itself.", "VALUE_QUALIFIER", "Donner le nombre lui-même."},
    Rule{code::kMultiplierNotApplicable, kError,
         "Yes or no, years and percentages have no multiplier.",
         "Les oui ou non, les années et les pourcentages n’ont pas de multiplicateur.",
         "Leave UNIT_MULT out.", "UNIT_MULT", "Omettre UNIT_MULT."},
    Rule{code::kValueOutOfRange, kError, "A value times its multiplier can be held exactly.",
         "Une valeur multipliée par son multiplicateur se représente exactement.",
         "Give the value in units, without a multiplier.", "OBS_VALUE",
         "Donner la valeur en unités, sans multiplicateur."},
    Rule{code::kNegativeValue, kError, "No figure of the catalogue is below zero.",
         "Aucun chiffre du catalogue n’est inférieur à zéro.",
         "Correct the value; a missing one is left out with its status.", "OBS_VALUE",
         "Corriger la valeur ; une valeur manquante est omise avec son statut."},
    Rule{code::kNotWhole, kError, "What is counted is a whole number.",
         "Ce qui se compte est un nombre entier.",
         "Give the count itself, not a share or an average.", "OBS_VALUE",
         "Donner le nombre lui-même, ni une part ni une moyenne."},
    Rule{code::kNotYesOrNo, kError, "A yes or no is 1 or 0.", "Un oui ou non est 1 ou 0.",
         "Send 1 for yes, 0 for no, or no value with status O.", "OBS_VALUE",
         "Envoyer 1 pour oui, 0 pour non, ou pas de valeur avec le statut O."},
    Rule{code::kImplausibleYear, kError, "A year is a whole number from 1800 to 2100.",
         "Une année est un nombre entier de 1800 à 2100.", "Correct the year.", "OBS_VALUE",
         "Corriger l’année."},
    Rule{code::kPercentRange, kError, "A percentage is from 0 to 100.",
         "Un pourcentage va de 0 à 100.", "Give the share in percent.", "OBS_VALUE",
         "Donner la part en pour cent."},
    Rule{code::kTextNotAllowed, kError, "The dataflow takes no free text.",
         "Le flux n’admet pas de texte libre.", "Leave the text out.", "attribute",
         "Omettre le texte."},
    Rule{code::kTextTooLong, kError, "Free text has at most 500 characters.",
         "Un texte libre compte au plus 500 caractères.", "Shorten the text.", "attribute",
         "Raccourcir le texte."},
    Rule{code::kTextUnprintable, kError,
         "Free text is printable UTF-8 without control or bidirectional characters.",
         "Un texte libre est en UTF-8 imprimable, sans caractère de contrôle ni bidirectionnel.",
         "Remove the control characters.", "attribute", "Retirer les caractères de contrôle."},
    Rule{code::kTextEmail, kError, "Free text holds no e-mail address.",
         "Un texte libre ne contient pas d’adresse électronique.",
         "Remove it; contact points belong to the participant's entry.", "attribute",
         "La retirer ; les points de contact figurent dans la fiche du participant."},
    Rule{code::kTextTelephone, kError, "Free text holds no telephone number.",
         "Un texte libre ne contient pas de numéro de téléphone.",
         "Remove it; contact points belong to the participant's entry.", "attribute",
         "Le retirer ; les points de contact figurent dans la fiche du participant."},
    Rule{code::kTextBirthDate, kError, "Free text holds no date of birth.",
         "Un texte libre ne contient pas de date de naissance.",
         "Remove it: nothing personal passes.", "attribute",
         "La retirer : rien de personnel ne passe."},
    Rule{code::kTextCaseNumber, kError,
         "Free text holds no case, file, identity or account number.",
         "Un texte libre ne contient pas de numéro d’affaire, de dossier, d’identité ou de compte.",
         "Remove it: nothing that leads to a case passes.", "attribute",
         "Le retirer : rien de ce qui mène à une affaire ne passe."},
    Rule{code::kTextUrl, kError, "Free text holds no link.",
         "Un texte libre ne contient pas de lien.", "Name the document instead.", "attribute",
         "Nommer plutôt le document."},
    Rule{code::kNonAdditive, kError,
         "Where a total and all its parts are present they add up exactly, and no part is above "
         "its total.",
         "Lorsqu’un total et toutes ses parties sont présents, ils s’additionnent exactement, et "
         "aucune partie ne dépasse son total.",
         "Correct the figure that is wrong, or send the residual (_O, _U) that is missing.",
         "dimension", "Corriger le chiffre erroné, ou envoyer le résidu (_O, _U) qui manque."},
    Rule{code::kNotSummable, kError,
         "Figures that count the same cases are not sent side by side: cases investigated, and "
         "cases investigated or prosecuted.",
         "Des chiffres qui comptent les mêmes affaires ne se côtoient pas : affaires instruites, "
         "et affaires instruites ou poursuivies.",
         "Keep the separate figure and withdraw the mixed one.", "INDICATOR",
         "Garder le chiffre distinct et retirer le chiffre mêlé."},
    Rule{code::kSmallCell, kError,
         "A protected count below the threshold k is not published in a breakdown, nor a zero "
         "beside it under a total below k (minimum frequency rule).",
         "Un nombre protégé inférieur au seuil k n’est pas publié dans une ventilation, ni un "
         "zéro voisin sous un total inférieur à k (règle de fréquence minimale).",
         "Hide the figure and what gives it away (no value, status Q; under a small total the "
         "whole breakdown), or coarsen it.",
         "OBS_VALUE",
         "Masquer le chiffre et ce qui le révèle (pas de valeur, statut Q ; sous un petit total "
         "toute la ventilation), ou la rendre plus grossière."},
    Rule{code::kLinearExact, kError,
         "No hidden count, and no protected count below the threshold k, follows exactly from the "
         "sums of what is public (totals, parts, earlier releases).",
         "Aucun nombre masqué, ni aucun nombre protégé inférieur au seuil k, ne découle exactement "
         "des sommes de ce qui est public (totaux, parties, publications antérieures).",
         "Hide one more cell of the equation (status Q), or coarsen the breakdown; `anonymise` "
         "chooses which.",
         "OBS_VALUE",
         "Masquer une cellule de plus de l’équation (statut Q), ou rendre la ventilation plus "
         "grossière ; `anonymise` choisit laquelle."},
    Rule{code::kDifferenceWith, kError,
         "No protected count follows from what is public together with figures that were public "
         "and are in force no more.",
         "Aucun nombre protégé ne découle de ce qui est public joint à des chiffres qui l’ont été "
         "et "
         "ne sont plus en vigueur.",
         "Hide one more cell of the equation (status Q), or coarsen the breakdown.", "OBS_VALUE",
         "Masquer une cellule de plus de l’équation (statut Q), ou rendre la ventilation plus "
         "grossière."},
    Rule{code::kSmallChange, kError,
         "The correction of a protected count is not itself a count of 1 to k-1 persons.",
         "La correction d’un nombre protégé n’est pas elle-même un nombre de 1 à k-1 personnes.",
         "Collect corrections in one release, or coarsen the breakdown; or let the data officer "
         "sign, too, and say why.",
         "OBS_VALUE",
         "Réunir les corrections en une publication, ou rendre la ventilation plus grossière ; ou "
         "faire signer aussi le responsable des données, avec le motif."},
    Rule{
        code::kTooComplex, kError,
        "What follows from a submission and what is public beside it can be worked out within a "
        "fixed bound.",
        "Ce qui découle d’un envoi et de ce qui est public à côté se calcule dans une limite fixe.",
        "Send one area and one period at a time, with the totals beside their parts.", "OBS_VALUE",
        "Envoyer une zone et une période à la fois, les totaux avec leurs parties."},
    Rule{code::kInterval, kError,
         "What is public leaves each hidden protected count a range of at least the policy's "
         "width that does not lie within 1 to k-1; under a known total below that width, the "
         "whole range from 0 to the total.",
         "Ce qui est public laisse à chaque nombre protégé masqué un intervalle d’au moins la "
         "largeur fixée, qui ne tient pas entre 1 et k-1 ; sous un total connu inférieur à cette "
         "largeur, tout l’intervalle de 0 au total.",
         "Hide one more cell of the equations (status Q), or coarsen the breakdown; `anonymise` "
         "chooses which.",
         "OBS_VALUE",
         "Masquer une cellule de plus des équations (statut Q), ou rendre la ventilation plus "
         "grossière ; `anonymise` choisit laquelle."},
    Rule{code::kNeedsCertificate, kError,
         "A submission that hides protected counts comes with a certificate that they cannot be "
         "told.",
         "Un envoi qui masque des nombres protégés s’accompagne d’un certificat montrant qu’ils "
         "restent inconnus.",
         "Send it with the adapter, which makes the certificate.", "certificate",
         "L’envoyer avec l’adaptateur, qui établit le certificat."},
    Rule{code::kBadCertificate, kError,
         "A certificate is canonical, and its witnesses fit every sum and bound of what is public.",
         "Un certificat est sous sa forme canonique, et ses témoins satisfont toutes les sommes et "
         "bornes de ce qui est public.",
         "Send it with the adapter, which makes the certificate.", "certificate",
         "L’envoyer avec l’adaptateur, qui établit le certificat."},
    Rule{code::kStaleLedger, kError,
         "A certificate was made against what is public beside the submission now, under the "
         "dataflow's policy.",
         "Un certificat a été établi avec ce qui est public à côté de l’envoi à ce jour, sous la "
         "politique du flux.",
         "Run `sync`, then push the file anew: the certificate is then made anew.", "certificate",
         "Lancer `sync`, puis envoyer le fichier de nouveau : le certificat est alors refait."},

    Rule{code::kAlreadyPublic, kWarning, "The cell is below the threshold, and was public before.",
         "La cellule est sous le seuil, et était déjà publique.", "Hide it in the next revision.",
         "OBS_VALUE", "La masquer lors de la prochaine révision."},
    Rule{code::kAssistWithoutFigure, kWarning,
         "An area said to assist many victims has a figure of victims assisted.",
         "Une zone dite aider de nombreuses victimes a un chiffre de victimes aidées.",
         "Send VIC_ASSIST for the area, or say that it is missing.", "REF_AREA",
         "Envoyer VIC_ASSIST pour la zone, ou dire qu’il manque."},
    Rule{code::kBreakdownMissing, kWarning,
         "A figure comes with the breakdowns by sex and age that the catalogue expects.",
         "Un chiffre s’accompagne des ventilations par sexe et par âge que le catalogue attend.",
         "Send the breakdown, or its cells without value and with the status that says why.",
         "dimension",
         "Envoyer la ventilation, ou ses cellules sans valeur avec le statut qui dit pourquoi."},
    Rule{code::kContradiction, kWarning, "The facts of one sender do not contradict each other.",
         "Les faits d’un même expéditeur ne se contredisent pas.",
         "Check which of the two holds, or mark it unreliable (status U).", "OBS_VALUE",
         "Vérifier lequel des deux est exact, ou le marquer peu fiable (statut U)."},
    Rule{code::kIdenticalFigures, kWarning,
         "Two areas seldom have the very same figure of 100 or more.",
         "Deux zones ont rarement exactement le même chiffre de 100 ou plus.",
         "Check for a slip of the row.", "REF_AREA", "Vérifier un décalage de ligne."},
    Rule{code::kImplausibleJump, kWarning,
         "A figure seldom grows or falls fivefold, and by 50 or more, within one year.",
         "Un chiffre est rarement multiplié ou divisé par cinq, et de 50 ou plus, en un an.",
         "Check the figure; explain the break in COMMENT_OBS (status B).", "OBS_VALUE",
         "Vérifier le chiffre ; expliquer la rupture dans COMMENT_OBS (statut B)."},
    Rule{code::kMixedInvestigations, kWarning, "Investigations and prosecutions are counted apart.",
         "Les enquêtes et les poursuites se comptent séparément.",
         "Send CJ_INV and CJ_PROS instead of CJ_INV_PROS where the source tells them apart.",
         "INDICATOR",
         "Envoyer CJ_INV et CJ_PROS au lieu de CJ_INV_PROS si la source les distingue."},
    Rule{code::kMoreFindings, kWarning, "There are more findings than are reported at once.",
         "Il y a plus de constats qu’il n’en est rapporté à la fois.",
         "Correct those reported and submit again.", "",
         "Corriger ceux qui sont rapportés et soumettre de nouveau."},
    Rule{code::kSameFigureTwice, kWarning,
         "Two indicators of one area seldom have the very same figure of 100 or more.",
         "Deux indicateurs d’une zone ont rarement exactement le même chiffre de 100 ou plus.",
         "Check whether one was copied from the other.", "INDICATOR",
         "Vérifier que l’un n’est pas copié de l’autre."},
    Rule{code::kSilentYears, kWarning, "A yearly series says of each year what it knows.",
         "Une série annuelle dit de chaque année ce qu’elle sait.",
         "Send the silent years without value, with the status that says why.", "TIME_PERIOD",
         "Envoyer les années muettes sans valeur, avec le statut qui dit pourquoi."},
    Rule{
        code::kSmallChangeReleased, kWarning,
        "A correction of a protected count by 1 to k-1 persons was released by the sender's data "
        "officer.",
        "La correction d’un nombre protégé de 1 à k-1 personnes a été autorisée par le responsable "
        "des données de l’expéditeur.",
        "Nothing: the reason stands beside the second signature.", "OBS_VALUE",
        "Rien : le motif figure à côté de la seconde signature."},
    Rule{code::kUnreliable, kWarning, "The sender marks the figure as unreliable (status U).",
         "L’expéditeur signale le chiffre comme peu fiable (statut U).",
         "Nothing to do; receivers see the mark.", "OBS_STATUS",
         "Rien à faire ; les destinataires voient la marque."},
};

std::string_view name_of(Severity severity) {
  return severity == kError ? "ERROR" : "WARNING";
}

}  // namespace

std::span<const Rule> rules() {
  return kRules;
}

const Rule* find_rule(std::string_view code) {
  for (const Rule& rule : kRules) {
    if (rule.code == code) return &rule;
  }
  return nullptr;
}

std::string rule_table_markdown(std::span<const Rule> table) {
  std::string out =
      "| code | | field | rule | règle | what to do |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const Rule& rule : table) {
    out.append("| `").append(rule.code).append("` | ").append(name_of(rule.severity));
    out.append(" | ").append(rule.field).append(" | ").append(rule.sentence_en);
    out.append(" | ").append(rule.sentence_fr).append(" | ").append(rule.remedy_en);
    out.append(" |\n");
  }
  return out;
}

}  // namespace rapporteur::rules
