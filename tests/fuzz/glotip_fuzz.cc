// Any bytes through the GLOTIP source: findings, never a crash; and every row is accounted for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/sources/binding.h"
#include "adapters/sources/glotip/glotip.h"
#include "adapters/sources/plan.h"
#include "proto/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur::sources;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(recognises_glotip(bytes));
  // Once as a whole file, once as rows, since few inputs have the header.
  const std::string header =
      "Iso3_code,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,txtVALUE\n";
  for (const std::string& text : {bytes, header + bytes}) {
    FindingLog findings("fuzz.csv");
    auto source = open_source_text("fuzz.csv", text, {.format = "glotip"}, findings);
    if (!source) continue;
    const auto figures = bind(**source, Mapping::identity(), {}, findings);
    if (!figures) continue;
    RAPPORTEUR_CHECK(figures->unbound().empty() || findings.errors() + findings.warnings() > 0);
    const auto lines = (*source)->left_out();
    RAPPORTEUR_CHECK(std::is_sorted(lines.begin(), lines.end(),
                                    [](const auto& a, const auto& b) { return a.line < b.line; }));
    const auto plan = plan_submissions(*figures, {.skip_refused_rows = true}, findings);
    if (!plan) continue;
    RAPPORTEUR_CHECK(plan->rows_bound + plan->rows_left_out <=
                     figures->rows() + figures->unbound().size());
    for (const auto& finding : findings.findings()) RAPPORTEUR_CHECK(!finding.to_line().empty());
  }
  return 0;
}
