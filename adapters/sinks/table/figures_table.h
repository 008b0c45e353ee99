// Figures for a person at a terminal: a table of areas by indicator and period, and one series.
//
// Every kind of absence has its mark: ":" nothing was received, ":O" missing, ":L" not collected,
// ":M" cannot exist, ":K" counted elsewhere, ":Q" and ":H" held back; a zero is 0. A legend names
// the marks that were used. Widths are those of UTF-8 text on a terminal; digits are grouped by a
// blank.
// Threads: any.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sinks/received.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::sinks {

// One figure and who sent it.
struct Figure {
  std::string sender;
  std::string dataflow;
  Observation observation;
};
void append_figures(const ReceivedSubmission& submission, std::vector<Figure>& out);

struct TableOptions {
  bool colours = false;
  std::size_t width = 100;  // in columns; wide tables are cut into several
  bool french = false;
};

// Areas down, (indicator, period, breakdown) across; rows of two senders stand side by side. What
// all columns share stands once above; a cut falls between two periods, unless one alone is too
// wide.
[[nodiscard]] std::string figures_table(std::span<const Figure> figures,
                                        const TableOptions& options);

struct SeriesKey {
  std::string indicator;
  std::string ref_area;
  std::string sender;     // "" any
  std::string expl_form;  // "" any
};
// The periods of one frequency from the first to the last, with gaps as missing; below it one line
// with the numbers alone: "195 · 453 (2001 · 2003); missing: 2002". Empty when nothing matches.
[[nodiscard]] std::string figures_series(std::span<const Figure> figures, const SeriesKey& key,
                                         const TableOptions& options);

// Columns that UTF-8 text takes on a terminal.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace rapporteur::sinks
