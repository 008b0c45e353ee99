// Rows of a bulk file of GLOTIP, made up, and what becomes of them.
#pragma once

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "adapters/sources/binding.h"
#include "adapters/sources/plan.h"

namespace rapporteur::sources::glotip_test {

inline const std::string kHeader =
    "Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,"
    "Unit of measurement,txtVALUE,Source\n";
inline const std::string kVictims = "Detected trafficking victims";

// The words of one row.
struct RowWords {
  std::string iso3 = "AUT";
  std::string indicator = kVictims;
  std::string dimension = "Total";
  std::string category = "Total";
  std::string sex = "Total";
  std::string age = "Total";
  std::string year = "2019";
  std::string value = "7";
  std::string unit = "Counts";
};

inline std::string line(const RowWords& row) {
  return row.iso3 + ",Land,Continent,Part," + row.indicator + ',' + row.dimension + ",\"" +
         row.category + "\"," + row.sex + ',' + row.age + ',' + row.year + ',' + row.unit + ",\"" +
         row.value + "\",GLOTIP\n";
}

inline std::string citizenship(const std::string& category) {
  return line({.dimension = "by citizenship", .category = category});
}

// A text read, bound and cut into submissions.
struct Read {
  FindingLog log{"g.csv"};
  std::optional<BoundFigures> figures;
  std::optional<SubmissionPlan> plan;

  explicit Read(const std::string& text, const Mapping& mapping = Mapping::identity()) {
    run(text, mapping);
  }
  void run(const std::string& text, const Mapping& mapping) {
    auto source = open_source_text("g.csv", text, mapping.open_options(), log);
    ASSERT_TRUE(source) << source.error().line();
    ASSERT_EQ((*source)->dataset().format, "glotip");
    auto bound = bind(**source, mapping, {}, log);
    ASSERT_TRUE(bound) << bound.error().line();
    figures = std::move(*bound);
    auto planned = plan_submissions(*figures, {.skip_refused_rows = true}, log);
    ASSERT_TRUE(planned) << planned.error().line();
    plan = std::move(*planned);
  }
  [[nodiscard]] std::string codes() const {
    std::string out;
    for (const auto& finding : log.findings()) out += finding.code + ' ';
    return out;
  }
  [[nodiscard]] std::string key(std::size_t row = 0) const {
    return figures->observation(row).key_text();
  }
  [[nodiscard]] const Finding& finding(std::size_t at = 0) const { return log.findings()[at]; }
};

}  // namespace rapporteur::sources::glotip_test
