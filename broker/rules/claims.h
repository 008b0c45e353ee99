// Rules that need more than the figures: what the sender was granted, who holds a key already, and
// what the sender's data officer signed.
//
// The gate asks the directory and the log, the adapter what it fetched last; the words are the
// same. Pure. Threads: any. Errors: none; what is wrong is a finding.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/rules/rule_book.h"

namespace rapporteur::rules {

namespace code {
inline constexpr std::string_view kRights = "RIGHTS";
inline constexpr std::string_view kKeyExists = "KEY_EXISTS";
inline constexpr std::string_view kSecondSignature = "SECOND_SIGNATURE";
}  // namespace code

inline constexpr Rule kRightsRule{
    code::kRights,
    Severity::kError,
    "A grant covers dataflow, indicator and area of every observation.",
    "Un droit couvre le flux, l’indicateur et la zone de chaque observation.",
    "Check the area code; if it is right, ask an operator for a grant.",
    "REF_AREA",
    "Vérifier le code de la zone ; s’il est juste, demander un droit à un opérateur."};
inline constexpr Rule kKeyExistsRule{
    code::kKeyExists,
    Severity::kError,
    "No live submission of the sender in the dataflow holds the key.",
    "Aucun envoi en vigueur de l’expéditeur dans ce flux ne détient la clé.",
    "Revise the submission that is named.",
    "key",
    "Réviser l’envoi nommé."};
inline constexpr Rule kSecondSignatureRule{
    code::kSecondSignature,
    Severity::kError,
    "A second signature is valid and by another key of the sender.",
    "Une seconde signature est valable et d’une autre clé de l’expéditeur.",
    "Let the data officer sign again, with an enrolled key that is not the first one.",
    "second_signature",
    "Faire signer de nouveau par le responsable des données, avec une clé inscrite autre que la "
    "première."};

// What a submission is of.
struct Scope {
  std::string_view indicator;
  std::span<const std::string> areas;
};

// `granted` are the area patterns of the sender's grants for the submission's dataflow and
// indicator. One finding for each observation whose area none of them covers.
[[nodiscard]] std::vector<Finding> check_rights(const Submission& submission,
                                                std::span<const std::string> granted);
// The same for what the submission would replace: one for each area, without a row.
[[nodiscard]] std::vector<Finding> check_rights_to_replace(const Scope& replaced,
                                                           std::span<const std::string> granted);
// A row, counted from 0, whose key the submission `holder` (its message id as text) holds.
[[nodiscard]] Finding key_taken(const ObservationSet& observations, std::size_t row,
                                const std::string& holder);
// The second signature does not count.
[[nodiscard]] Finding no_second_signature();
// Its reason reaches every receiver and stays for good, so it is looked through like free text.
[[nodiscard]] std::vector<Finding> check_reason(std::string_view reason);

}  // namespace rapporteur::rules
