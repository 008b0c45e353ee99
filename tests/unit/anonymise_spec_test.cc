// What is wrong in a spec is said with its line and what to do.
#include <gtest/gtest.h>

#include "adapters/anonymise/hierarchy.h"
#include "adapters/anonymise/spec.h"

namespace rapporteur::anonymise {
namespace {

const std::string kHead =
    "dataflow = \"RAPPORTEUR:THB(1.0)\"\nindicator = \"VIC_IDENT\"\nunit = \"PER\"\n"
    "ref_area = \"AT\"\ntime = \"2024\"\n";
const std::string kSex = "[[dimensions]]\nname = \"SEX\"\ncolumn = \"sex\"\n";
const std::string kAge = "[[dimensions]]\nname = \"AGE\"\ncolumn = \"age\"\n";
const std::string kCitizen = "[[dimensions]]\nname = \"CITIZEN\"\ncolumn = \"c\"\n";

const std::string kCellKey = "[cell_key]\nkey_file = \"k\"\ncase = \"c\"\n";

TEST(AnonymiseSpec, MethodsHaveTheirParametersAndDefaults) {
  const auto plain = Spec::parse(kHead + kSex, "s.toml");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->method, Method::kSuppress);
  const auto keyed = Spec::parse("method = \"cell-key\"\n" + kHead + kSex + kCellKey, "a/s.toml");
  ASSERT_TRUE(keyed) << keyed.error().line();
  EXPECT_EQ(keyed->method, Method::kCellKey);
  EXPECT_EQ(keyed->cell_key.key_file, "a/k");  // beside the spec
  EXPECT_EQ(keyed->cell_key.rule.js, 9);
  EXPECT_EQ(keyed->cell_key.rule.max_deviation, 10);
  EXPECT_TRUE(keyed->looser_than_policy().empty());
  const auto small =
      Spec::parse("method = \"cell-key\"\n" + kHead + kSex + kCellKey + "js = 0\n", "s.toml");
  ASSERT_TRUE(small) << small.error().line();
  EXPECT_EQ(small->cell_key.rule.max_deviation, 5);
  EXPECT_EQ(small->looser_than_policy(), std::vector<std::string>{"js = 0, not 9"});
  const auto round = Spec::parse("method = \"round\"\n" + kHead + kSex, "s.toml");
  ASSERT_TRUE(round) << round.error().line();
  EXPECT_EQ(round->round.base, 5);
  EXPECT_EQ(round->looser_than_policy(), std::vector<std::string>{"base = 5, not 10"});
  const auto least = Spec::parse(
      "method = \"suppress-optimal\"\n" + kHead + kSex + "[optimal]\nweight = \"count\"\n",
      "s.toml");
  ASSERT_TRUE(least) << least.error().line();
  EXPECT_EQ(least->weight, Weight::kCount);
}

TEST(AnonymiseSpec, PolicyOfTheDataflowHoldsUnlessTheSpecSaysOtherwise) {
  const auto plain = Spec::parse(kHead + kSex, "s.toml");
  ASSERT_TRUE(plain) << plain.error().line();
  EXPECT_EQ(plain->rule.k, 10);
  EXPECT_EQ(plain->rule.width, 3);
  EXPECT_TRUE(plain->zeros_public);
  const auto strict =
      Spec::parse("k = 20\nwidth = 5\nzeros = \"sensitive\"\n" + kHead + kSex, "s.toml");
  ASSERT_TRUE(strict) << strict.error().line();
  EXPECT_EQ(strict->rule.k, 20);
  EXPECT_EQ(strict->rule.width, 5);
  EXPECT_FALSE(strict->zeros_public);
}

TEST(AnonymiseSpec, WhatIsLooserThanThePolicyIsNamed) {
  using Said = std::vector<std::string>;
  const auto said = [](const std::string& keys) {
    const auto spec = Spec::parse(keys + kHead + kSex, "s.toml");
    return spec ? spec->looser_than_policy() : Said{spec.error().line()};
  };
  EXPECT_EQ(said(""), Said{});
  EXPECT_EQ(said("k = 11\nwidth = 4\nzeros = \"sensitive\"\n"), Said{});
  EXPECT_EQ(said("k = 9\n"), Said{"k = 9, not 10"});
  EXPECT_EQ(said("width = 1\ndepth_from = 2\n"),
            (Said{"width = 1, not 3", "depth_from = 2, not 1"}));
}

struct Mistake {
  std::string toml;
  std::string where;
  std::string says;
};

void expect_said(const std::vector<Mistake>& mistakes) {
  for (const Mistake& one : mistakes) {
    const auto spec = Spec::parse(one.toml, "s.toml");
    ASSERT_FALSE(spec) << one.toml;
    EXPECT_EQ(spec.error().kind, ErrorKind::kConfiguration);
    EXPECT_EQ(spec.error().where, one.where) << one.toml;
    EXPECT_NE(spec.error().line().find(one.says), std::string::npos) << spec.error().line();
  }
}

TEST(AnonymiseSpec, EveryMistakeHasItsLineAndSaysWhatIsWrong) {
  expect_said({
      {"dataflow = 7", "s.toml:1", "text"},
      {"dataflow = \"RAPPORTEUR:THP(1.0)\"", "s.toml:1", "RAPPORTEUR:THB(1.0)"},
      {"zeroes = \"public\"\n" + kHead + kSex, "s.toml:1", "did you mean zeros"},
      {"zeros = \"hidden\"\n" + kHead + kSex, "s.toml:1", "sensitive"},
      {"input = \"rows\"\n" + kHead + kSex, "s.toml:1", "cases"},
      {"k = 0\n" + kHead + kSex, "s.toml:1", "1 to 1000"},
      {"width = \"3\"\n" + kHead + kSex, "s.toml:1", "whole number"},
      {"delimiter = \";;\"\n" + kHead + kSex, "s.toml:1", "one character"},
      {"depth_from = 9\n" + kHead + kSex, "s.toml:1", "1 to 6"},
      {"ref_area = \"SL9\"", "s.toml:1", "REF_AREA"},
      {"ref_area = { columm = \"x\" }", "s.toml:1", "did you mean column"},
      {"ref_area = { codes = {} }", "s.toml:1", "names no column"},
      {"time = \"2024-13\"", "s.toml:1", "no period"},
      {R"(time = { column = "d", per = "week" })", "s.toml:1", "quarter"},
      {R"(time = { column = "d", formats = ["{MM}"] })", "s.toml:1", "format of a period"},
      {"indicator = \"VIC_IDNT\"", "s.toml:1", "VIC_IDENT"},
      {kHead, "s.toml:1", "no dimensions"},
      {kSex, "s.toml:1", "no dataflow"},
      {kHead + "[[dimensions]]\nname = \"GENDER\"\n", "s.toml:6", "GENDER"},
      {kHead + "[[dimensions]]\nname = \"SEX\"\n", "s.toml:6", "no column"},
      {kHead + kSex + kSex, "s.toml:9", "twice"},
      {kHead + kSex + "codes = { a = \"X\" }\n", "s.toml:6", "no code of SEX"},
      {kHead + kSex + "bands = [\"Y_LT18\"]\n", "s.toml:6", "no bands"},
      {kHead + kSex + "[[keep]]\nAGE = \"Y_LT18\"\n", "s.toml:9", "AGE = Y_LT18"},
      {kHead + kSex + "[[keep]]\nSEX = \"F\"\n[[hide]]\nSEX = \"F\"\n", "s.toml:11",
       "kept, too: SEX=F"},
      {"k = \n", "s.toml:1", "is not TOML"},
  });
}

TEST(AnonymiseSpec, WhatAMethodHasNoUseForOrContradictsItselfIsSaid) {
  expect_said({
      {"method = \"cellkey\"\n" + kHead + kSex, "s.toml:1", "did you mean cell-key"},
      {kHead + kSex + "[round]\nbase = 10\n", "s.toml:9", "method = \"round\""},
      {"method = \"round\"\n" + kHead + kSex + "[cell_key]\nkey_file = \"k\"\ncase = \"c\"\n",
       "s.toml:10", "method = \"cell-key\""},
      {"method = \"round\"\nwidth = 3\n" + kHead + kSex, "s.toml:2", "width is of no use"},
      {"method = \"round\"\n" + kHead + kSex + "[[hide]]\nSEX = \"F\"\n", "s.toml:10",
       "nothing is hidden"},
      {"method = \"round\"\nzeros = \"sensitive\"\n" + kHead + kSex, "s.toml:1",
       "leaves zeros as they are"},
      {"method = \"round\"\nk = 10\n" + kHead + kSex, "s.toml:2", "below k = 10"},
      {"method = \"round\"\n" + kHead + kSex + "[round]\nbase = 1\n", "s.toml:11", "2 to 1000"},
      {"method = \"round\"\n" + kHead + kSex + "[round]\nstep = 1\n", "s.toml:11",
       "did you mean steps"},
      {"method = \"suppress-optimal\"\n" + kHead + kSex + "[optimal]\nweight = \"size\"\n",
       "s.toml:11", "information"},
      {"method = \"cell-key\"\n" + kHead + kSex, "s.toml:1", "no [cell_key]"},
      {"method = \"cell-key\"\n" + kHead + kSex + "[cell_key]\ncase = \"c\"\n", "s.toml:10",
       "key_file"},
      {"method = \"cell-key\"\n" + kHead + kSex + "[cell_key]\nkey_file = \"k\"\n", "s.toml:10",
       "no column of cases"},
      {"method = \"cell-key\"\ninput = \"table\"\n" + kHead + kSex + kCellKey, "s.toml:1",
       "take method = \"round\""},
      {"method = \"cell-key\"\n" + kHead + kSex + kCellKey + "max_deviation = 4\n", "s.toml:10",
       "a count of 1"},
      {"method = \"cell-key\"\n" + kHead + kSex + kCellKey +
           "js = 0\nmax_deviation = 2\n"
           "variance = 5\n",
       "s.toml:10", "above max_deviation"},
      {"method = \"cell-key\"\nk = 10\n" + kHead + kSex + kCellKey + "js = 4\n", "s.toml:11",
       "below k = 10"},
  });
}

TEST(AnonymiseSpec, WhatAnIndicatorDoesNotAllowIsRefused) {
  std::string fund = kHead + kSex;
  fund.replace(fund.find("VIC_IDENT"), 9, "POL_COMP_FUND");
  EXPECT_FALSE(Spec::parse(fund, "s.toml"));
  std::string unit = kHead + kSex;
  unit.replace(unit.find("\"PER\""), 5, "\"CASE\"");
  const auto spec = Spec::parse(unit, "s.toml");
  ASSERT_FALSE(spec);
  EXPECT_NE(spec.error().line().find("PER"), std::string::npos) << spec.error().line();
}

TEST(AnonymiseSpec, ContradictoryHierarchiesAreOneErrorEach) {
  const struct {
    std::string toml;
    std::string says;
  } cases[] = {
      {kCitizen + "groups = { EU27_2020 = [\"AFRICA\"], AFRICA = [\"EU27_2020\"] }\n",
       "holds itself"},
      {kCitizen + "groups = { EU27_2020 = [\"EU27_2020\"] }\n", "holds itself"},
      {kCitizen + "groups = { EU27_2020 = [\"RO\", \"XQ\"] }\n", "no code of CITIZEN: XQ"},
      {kCitizen + "groups = { MYGROUP = [\"RO\"] }\n", "no code of CITIZEN: MYGROUP"},
      {kCitizen + "groups = { EU27_2020 = [] }\n", "no members"},
      {kAge, "AGE has no bands"},
      {kAge + "bands = [\"Y_LT18\", \"Y15T24\", \"Y_GE25\"]\n", "Y15T24 overlap"},
      {kAge + "bands = [\"Y_LT18\", \"Y_LT25\", \"Y_GE25\"]\n", "ages 18 to 24 are missing"},
      {kAge + "bands = [\"minor\"]\n", "no band of ages"},
  };
  for (const auto& one : cases) {
    const auto spec = Spec::parse(kHead + one.toml, "s.toml");
    ASSERT_FALSE(spec) << one.toml;
    EXPECT_EQ(spec.error().where, "s.toml:6");
    EXPECT_NE(spec.error().what.find(one.says), std::string::npos) << spec.error().line();
  }
}

TEST(AnonymiseSpec, BandsThatOverlapAreSumsOfTheNarrowestListed) {
  const auto spec = Spec::parse(
      kHead + kAge + "bands = [\"Y_LT18\", \"Y18T24\", \"Y_LT25\", \"Y_GE25\", \"Y_GE18\"]\n",
      "s.toml");
  ASSERT_TRUE(spec) << spec.error().line();
  const auto hierarchy = Hierarchy::of(spec->dimensions[0]);
  ASSERT_TRUE(hierarchy);
  const std::vector<std::string> leaves = hierarchy->fixed_leaves();
  EXPECT_EQ(leaves, (std::vector<std::string>{"Y18T24", "Y_GE25", "Y_LT18"}));
  const std::map<std::string, std::vector<std::string>> sums{{"Y_GE18", {"Y18T24", "Y_GE25"}},
                                                             {"Y_LT25", {"Y_LT18", "Y18T24"}}};
  EXPECT_EQ(hierarchy->groups, sums);
  const Axis axis = hierarchy->axis(leaves);
  ASSERT_EQ(axis.codes.size(), 6U);
  EXPECT_EQ(axis.codes[*axis.total].leaves, (std::vector<std::uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace rapporteur::anonymise
