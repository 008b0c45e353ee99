// Any bytes as a source of unknown format, bound by name; multi-valued cells are taken apart.
#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/sources/binding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur::sources;
  const std::string text(reinterpret_cast<const char*>(data), size);
  FindingLog findings("fuzz.csv");
  if (auto source = open_source_text("fuzz.csv", text, {}, findings)) {
    RowBlock block;
    while (true) {
      const auto more = (*source)->read(block, findings);
      if (!more || !*more) break;
      const Dataset& dataset = (*source)->dataset();
      for (std::size_t row = 0; row < block.rows(); ++row) {
        for (const auto& component : dataset.components) {
          static_cast<void>(split_values(component, dataset.sub_field_separator,
                                         block.cell(row, component.column)));
        }
      }
    }
  }
  if (auto source = open_source_text("fuzz.csv", text, {}, findings)) {
    static_cast<void>(
        bind(**source, Mapping::identity(), {.unknown_codes = UnknownCodes::kKeep}, findings));
  }
  for (const auto& finding : findings.findings()) static_cast<void>(finding.to_line());
  return 0;
}
