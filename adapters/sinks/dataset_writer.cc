#include "adapters/sinks/dataset_writer.h"

#include <algorithm>
#include <array>

#include "adapters/sinks/sdmx_csv/sdmx_csv_writer.h"

namespace rapporteur::sinks {
namespace {

constexpr std::array<DatasetFormat, 3> kFormats{{
    {"sdmx-csv-1.0", "SDMX-CSV 1.0: figures without actions", ".csv", sdmx_csv_1_0_beginning,
     open_sdmx_csv_1_0},
    {"sdmx-csv-2.0", "SDMX-CSV 2.0", ".csv", sdmx_csv_2_beginning, open_sdmx_csv_2_0},
    {"sdmx-csv-2.1", "SDMX-CSV 2.1: what is missing on purpose is said", ".csv",
     sdmx_csv_2_beginning, open_sdmx_csv_2_1},
}};

}  // namespace

std::span<const DatasetFormat> dataset_formats() {
  return kFormats;
}

const DatasetFormat* dataset_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &DatasetFormat::name);
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace rapporteur::sinks
