// The breakdowns of a table as it was published: a total with its parts, of what stands there.
//
// Unlike table_equations.h, which reckons with cells that nobody sent, for a sender could still
// send them: by sex with women and men, by age with bands that cover all ages, by another dimension
// with every code that it has anywhere in the table (one area, period and indicator). Codes for
// what is not known count where they stand; where one stands alone, it is all there is of its
// total: whoever is of unknown sex and age is in neither breakdown's other parts.
//
// Pure, exact. Threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "broker/disclosure/cell_lattice.h"
#include "broker/disclosure/protection.h"
#include "broker/disclosure/table_equations.h"

namespace rapporteur::disclosure {

struct Breakdown {
  TableEquation equation;
  // Whether counts of what is published, and no others, can add up.
  bool fits = true;
  // False, too, where parts are taken as all there are, and another breakdown of the table along
  // that dimension shows that they are not.
  bool taken = true;
};

// Of a lattice with margins alone; ordered as equations are. Of `incomplete` indicators some rows
// could not be read: only SEX and AGE, whose parts are known, can be told to be complete.
[[nodiscard]] std::vector<Breakdown> breakdowns_of(
    const CellLattice& lattice, const std::set<std::string, std::less<>>& incomplete);

// What is published of a count; anything from nothing where it has no number.
[[nodiscard]] Interval published_interval(const rules::Cell& cell);

}  // namespace rapporteur::disclosure
