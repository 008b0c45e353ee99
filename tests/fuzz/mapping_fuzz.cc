// Any bytes as a mapping file: an error with its place, or a mapping that can be used.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/sources/binding.h"
#include "proto/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur::sources;
  const auto mapping = Mapping::parse({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!mapping) {
    RAPPORTEUR_CHECK(mapping.error().where.starts_with("fuzz.toml"));
    return 0;
  }
  FindingLog findings("fuzz.csv");
  const std::string text = "geo,period,value\nAT,05/2006,\"1,5\"\nGR,2006,<5\n";
  auto source = open_source_text("fuzz.csv", text, mapping->open_options(), findings);
  if (source) static_cast<void>(bind(**source, *mapping, {}, findings));
  return 0;
}
