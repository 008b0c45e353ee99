// The bulk file of the UNODC Global Report on Trafficking in Persons: one figure a row, in words.
//
// Hands out the columns of an observation, so that the identity binds them; their words are given
// their codes by names.csv. What is no breakdown is left blank, to be _T or _Z by the indicator. A
// row is left out here, with its finding, when nobody can say which component its category is of,
// or a word that must be there is blank; all else is judged when it is bound.
//
// Indicators, the nearest of the catalogue: "detected" victims are VIC_REG, since States count
// identified victims, presumed ones or both; those by country of repatriation are VIC_RETURN, the
// one indicator of persons taken to a country; "formal contact" is CJ_SUSP; recorded offences are
// CJ_CASE_REC, not CJ_INV, since nobody says that an offence was investigated.
// Source: AGENCY.md, "A bulk file of GLOTIP".
#pragma once

#include "adapters/sources/source.h"

namespace rapporteur::sources {

// By the columns of the header, which is one of the first lines: titles may stand before it.
[[nodiscard]] bool recognises_glotip(std::string_view head);
// Options: the delimiter; the columns are those of the format.
[[nodiscard]] Result<std::unique_ptr<Source>> open_glotip(std::unique_ptr<Input> input,
                                                          const OpenOptions& options,
                                                          FindingLog& findings);

}  // namespace rapporteur::sources
