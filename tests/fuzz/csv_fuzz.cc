// Any bytes through the CSV source and a mapping: findings, never a crash; and rows are counted.
#include <cstddef>
#include <cstdint>
#include <string>

#include "adapters/sources/binding.h"
#include "adapters/sources/plan.h"
#include "proto/base/check.h"

namespace {

using namespace rapporteur::sources;

const Mapping& mapping() {
  static const Mapping read = *Mapping::parse(R"toml(
    format = "aggregate_csv"
    dataflow = "RAPPORTEUR:THB(1.0)"
    by_name = true
    [columns]
    geo = "REF_AREA"
    period = "TIME_PERIOD"
    note = "COMMENT_OBS"
    [constants]
    INDICATOR = "VIC_REG"
    [[measures]]
    column = "value"
    [periods]
    formats = ["{MM}/{YYYY}"]
    [values]
    thousands = ","
    qualifiers = true
    [values.markers]
    ":" = "O"
    "-" = "0"
  )toml",
                                              "fuzz.toml");
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The header is given, so that most inputs reach the rows.
  std::string text = "geo,period,value,note,SEX,SOURCE_CODE\n";
  text.append(reinterpret_cast<const char*>(data), size);
  FindingLog findings("fuzz.csv");
  auto source = open_source_text("fuzz.csv", text, mapping().open_options(), findings);
  if (!source) return 0;
  auto figures = bind(**source, mapping(), {}, findings);
  if (!figures) return 0;
  RAPPORTEUR_CHECK(figures->unbound().empty() || findings.errors() + findings.warnings() > 0);
  const auto plan = plan_submissions(*figures, {.skip_refused_rows = true}, findings);
  if (!plan) return 0;
  for (const auto& submission : plan->submissions) {
    RAPPORTEUR_CHECK(submission.lines.size() == submission.observations.rows());
  }
  for (const auto& finding : findings.findings()) RAPPORTEUR_CHECK(!finding.to_line().empty());
  return 0;
}
