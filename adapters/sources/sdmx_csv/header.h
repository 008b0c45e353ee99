// The header of an SDMX-CSV file: which column is what.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "adapters/sources/csv/csv_source.h"
#include "adapters/sources/dataset.h"
#include "adapters/sources/findings.h"

namespace rapporteur::sources::sdmx_csv {

// The first column's header and the delimiter after it: STRUCTURE, STRUCTURE[separator], or in 1.0
// DATAFLOW.
struct FirstColumn {
  bool version_1 = false;
  std::string separator;  // "" when it has no brackets
  char delimiter = ',';
};
// Empty when the text begins otherwise.
[[nodiscard]] std::optional<FirstColumn> read_first_column(std::string_view head);

// Columns that say something about the row itself.
struct RowColumns {
  bool dataflow_alone = false;  // 1.0: the first column is the reference of a dataflow
  std::size_t structure = 0;
  std::size_t structure_id = 0;
  std::optional<std::size_t> structure_name;
  std::optional<std::size_t> action;
};

// Fills `dataset` (components, labels, separator, decimal mark). Errors: no STRUCTURE_ID, two
// components of one name.
[[nodiscard]] Result<RowColumns> read_columns(const CsvHeader& header, const FirstColumn& first,
                                              Dataset& dataset, FindingLog& findings);

}  // namespace rapporteur::sources::sdmx_csv
