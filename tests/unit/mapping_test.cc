// Mapping files: what is wrong in them is said with line and nearest name.
#include "adapters/sources/mapping.h"

#include <gtest/gtest.h>

#include "adapters/sources/period_format.h"
#include "tests/support/paths.h"

namespace rapporteur::sources {
namespace {

const std::string kWhole = "[columns]\ngeo = \"REF_AREA\"\n[[measures]]\ncolumn = \"value\"\n";

Error error_of(const std::string& toml) {
  const auto mapping = Mapping::parse(toml, "m.toml");
  EXPECT_FALSE(mapping) << toml;
  return mapping ? Error{} : mapping.error();
}

TEST(MappingFile, AnUnknownKeyIsNamedWithLineAndNearest) {
  const Error error = error_of("ignore = []\nrelesability = \"PUBLIC\"\n" + kWhole);
  EXPECT_EQ(error.kind, ErrorKind::kConfiguration);
  EXPECT_EQ(error.where, "m.toml:2");
  EXPECT_NE(error.what.find("relesability"), std::string::npos);
  EXPECT_NE(error.remedy.find("releasability"), std::string::npos);
  EXPECT_EQ(exit_code(error.kind), 3);
}

TEST(MappingFile, EveryMistakeHasItsLineAndItsRemedy) {
  const struct {
    std::string toml;
    std::string where;
    std::string says;
  } cases[] = {
      {"[columns]\ngeo = \"REF_ARE\"\n", "m.toml:2", "REF_AREA"},
      {"[columns]\ngeo = 7\n", "m.toml:2", "text"},
      {"[columns]\na = \"SEX\"\nb = \"SEX\"\n", "m.toml:1", "two columns"},
      {"[columns]\na = { to = \"SEX\", prefix = \"x\" }\n", "m.toml:2", "prefix"},
      {"[constants]\nSEX = \"X\"\n", "m.toml:2", "SEX"},
      {"[codes.EXPL_FORM]\nforced = \"LABOR\"\n", "m.toml:2", "LAB"},
      {"[codes.EXPL]\na = \"LAB\"\n", "m.toml:1", "EXPL_FORM"},
      {"dataflow = \"RAPPORTEUR:THB\"\n", "m.toml:1", "RAPPORTEUR:THB(1.0)"},
      {"releasability = \"EVERYBODY\"\n", "m.toml:1", "PUBLIC"},
      {"[values]\ndecimal = \";\"\n", "m.toml:1", "decimal"},
      {"[values]\ndecimal = \".\"\nthousands = \".\"\n", "m.toml:1", "both"},
      {"[values]\nblank = \"o\"\n", "m.toml:2", "OBS_STATUS"},
      {"[values.markers]\n\"-\" = \"A\"\n", "m.toml:2", "marker"},
      {"[periods]\nformats = [\"MM/YYYY\"]\n", "m.toml:2", "{YYYY}"},
      {"[csv]\ndelimiter = \"||\"\n", "m.toml:2", "one character"},
      {"[measures]\ncolumn = \"a\"\n", "m.toml:1", "[[measures]]"},
      {"[[measures]]\nSEX = \"F\"\n", "m.toml:1", "no column"},
      {"format = \n", "m.toml:1", "TOML"},
      {"by_name = \"yes\"\n", "m.toml:1", "true or false"},
      {"ignore = [\"a\"]\n", "m.toml", "[columns]"},
  };
  for (const auto& one : cases) {
    const Error error = error_of(one.toml);
    EXPECT_EQ(error.where.substr(0, one.where.size()), one.where) << one.toml;
    EXPECT_NE((error.what + error.remedy).find(one.says), std::string::npos)
        << one.toml << error.line();
  }
}

TEST(MappingFile, ControlCharactersAndOtherEncodingsAreRefusedWithTheirLine) {
  EXPECT_EQ(error_of(kWhole + std::string("[a\0]\n", 5)).where, "m.toml:5");
  EXPECT_EQ(error_of("# \x01\n" + kWhole).where, "m.toml:1");
  EXPECT_EQ(error_of("\n# Cura\xE7\n" + kWhole).where, "m.toml:2");
}

TEST(MappingFile, AFileThatIsNotThereIsAMistakeOfWhoNamedIt) {
  const auto mapping = Mapping::read_file("/nowhere/mapping.toml");
  ASSERT_FALSE(mapping);
  EXPECT_EQ(mapping.error().kind, ErrorKind::kUsage);
}

TEST(MappingFile, ReleasabilityIsAnAudienceOrAList) {
  const auto listed = Mapping::parse(
      "releasability = [\"europol\", \"COLLECTOR\", \"at\", \"at\"]\n" + kWhole, "m.toml");
  ASSERT_TRUE(listed) << listed.error().line();
  EXPECT_EQ(listed->releasability.audience, Releasability::Audience::kListed);
  EXPECT_EQ(listed->releasability.text(), "COLLECTOR at europol");
  EXPECT_EQ(Releasability::parse(listed->releasability.text()), listed->releasability);
  EXPECT_EQ(Mapping::parse(kWhole, "m.toml")->releasability.text(), "PARTICIPANTS");
}

TEST(PeriodFormat, ReadsWhatItDescribesAndNothingElse) {
  EXPECT_EQ(read_period("{MM}/{YYYY}", "5/2006"), "2006-05");
  EXPECT_EQ(read_period("{DD}.{MM}.{YYYY}", "18.10.2007"), "2007-10-18");
  EXPECT_EQ(read_period("{YYYY}Q{Q}", "2006Q3"), "2006-Q3");
  EXPECT_EQ(read_period("S{S} {YYYY}", "S1 2006"), "2006-S1");
  EXPECT_EQ(read_period("{MM}/{YYYY}", "5/2006 "), std::nullopt);
  EXPECT_EQ(read_period("{MM}/{YYYY}", "2006"), std::nullopt);
  EXPECT_FALSE(valid_period_format("{MM}"));
  EXPECT_FALSE(valid_period_format("{YYYY}{YYYY}"));
  EXPECT_FALSE(valid_period_format("{YYYY}{Q}{MM}"));
  EXPECT_FALSE(valid_period_format("{YY}"));
}

}  // namespace
}  // namespace rapporteur::sources
