// A table as a system: which variables, which equations, and the same for any order of rows.
#include "broker/disclosure/table_system.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/figures_csv.h"

namespace rapporteur::testing {
namespace {

using disclosure::Bounds;
using disclosure::CellLattice;
using disclosure::TableSystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kHeader =
    "INDICATOR,REF_AREA,TIME_PERIOD,EXPL_FORM,SEX,AGE,CITIZEN,UNIT_MEASURE,OBS_VALUE,OBS_STATUS,"
    "VALUE_QUALIFIER\n";

using Rows = std::vector<std::string>;

// "EXPL_FORM.SEX.AGE.CITIZEN" of a cell, with the indicator where it is another.
std::string short_key(const TableSystem& table, std::uint32_t cell) {
  const CellLattice& lattice = table.lattice();
  std::string text;
  if (lattice.code(Dimension::kIndicator, cell) != "VIC_REG") {
    text.append(lattice.code(Dimension::kIndicator, cell)).append(":");
  }
  for (const Dimension d :
       {Dimension::kExplForm, Dimension::kSex, Dimension::kAge, Dimension::kCitizen}) {
    text.append(text.empty() || text.back() == ':' ? "" : ".").append(lattice.code(d, cell));
  }
  return text;
}

struct Described {
  Rows variables;  // with bounds
  Rows equations;

  bool operator==(const Described&) const = default;
};

Described described(const TableSystem& table) {
  Described out;
  for (disclosure::Variable v = 0; v < table.linear().bounds.size(); ++v) {
    const Bounds& bounds = table.linear().bounds[v];
    out.variables.push_back(short_key(table, table.number_of(v)) + " " +
                            std::to_string(bounds.least) + ".." +
                            (bounds.most ? std::to_string(*bounds.most) : ""));
  }
  for (std::uint32_t e = 0; e < table.linear().equations.size(); ++e) {
    const auto& members = table.origin_of(e).members;
    std::string text = short_key(table, members.front().cell);
    for (std::size_t i = 1; i < members.size(); ++i) {
      text += (i == 1 ? " = " : " + ") + short_key(table, members[i].cell);
    }
    out.equations.push_back(text);
  }
  return out;
}

Described system_of(const Rows& rows, const std::string& policy = "k=10") {
  std::string text = "# policy: " + policy + "\n" + std::string(kHeader);
  for (const std::string& row : rows) text += row + "\n";
  const FiguresFile file = parse_figures(text);
  rules::CellPool pool;
  pool.add(file.parts[0].observations, 0);
  pool.settle_repeated();
  auto lattice = CellLattice::of(std::move(pool), 10'000);
  if (!lattice) return {};
  return described(TableSystem(std::move(*lattice), file.policy));
}

std::string row(const std::string& sex, const std::string& age, const std::string& value,
                const std::string& status = "A", const std::string& qualifier = "",
                const std::string& indicator = "VIC_REG", const std::string& citizen = "_T",
                const std::string& form = "_T") {
  return indicator + ",LV,2007," + form + "," + sex + "," + age + "," + citizen + ",PER," + value +
         "," + status + "," + qualifier;
}

TEST(TableSystem, HiddenPartsAreVariablesOfOneOrMore) {
  const auto found =
      system_of({row("_T", "_T", "18"), row("M", "_T", "", "Q"), row("F", "_T", "16")});
  EXPECT_THAT(found.variables, ElementsAre("_T.M._T._T 1.."));
  EXPECT_THAT(found.equations, ElementsAre("_T._T._T._T = _T.F._T._T + _T.M._T._T"));
}

TEST(TableSystem, ZeroIsPossibleWhereZerosAreHiddenToo) {
  const Rows parts{row("F", "_T", "", "Q"), row("M", "_T", "", "Q")};
  const auto with_total = [&](const std::string& total, const std::string& qualifier,
                              const std::string& policy) {
    Rows rows = parts;
    rows.push_back(row("_T", "_T", total, "A", qualifier));
    return system_of(rows, policy).variables.front();
  };
  EXPECT_EQ(with_total("18", "", "k=10"), "_T.F._T._T 1..");
  EXPECT_EQ(with_total("7", "", "k=10"), "_T.F._T._T 0..");
  EXPECT_EQ(with_total("18", "", "zeros_sensitive=yes"), "_T.F._T._T 0..");
  EXPECT_EQ(with_total("8", "<", "k=10"), "_T.F._T._T 0..");
}

TEST(TableSystem, WhatIsMissingOrQualified) {
  const auto found = system_of({row("F", "_T", "", "O"), row("M", "_T", "20", "A", "<"),
                                row("_U", "_T", "20", "A", ">"), row("_O", "_T", "20", "A", "~")});
  EXPECT_THAT(found.variables, ElementsAre("_T.F._T._T 0..", "_T.M._T._T 0..19", "_T._O._T._T 0..",
                                           "_T._T._T._T 0..", "_T._U._T._T 21.."));
  EXPECT_THAT(found.equations,
              ElementsAre("_T._T._T._T = _T.F._T._T + _T.M._T._T + _T._O._T._T + _T._U._T._T"));
}

TEST(TableSystem, WhatCannotExistIsNoVariable) {
  EXPECT_THAT(system_of({row("_T", "_T", "18"), row("F", "_T", "", "Q"), row("M", "_T", "", "M")})
                  .variables,
              ElementsAre("_T.F._T._T 1.."));
}

TEST(TableSystem, TheRequiredPartThatWasNotSent) {
  EXPECT_THAT(system_of({row("_T", "_T", "18"), row("F", "_T", "16")}).variables,
              ElementsAre("_T.M._T._T 0.."));
  EXPECT_THAT(system_of({row("_T", "_T", "18")}).variables, IsEmpty());
}

TEST(TableSystem, MarginsOfWhatIsThereAndNoDenseCross) {
  const auto found = system_of({row("_T", "_T", "12", "A", "", "VIC_REG", "RO", "LAB"),
                                row("_T", "_T", "15", "A", "", "VIC_REG", "BG", "SEX")});
  EXPECT_THAT(found.variables,
              ElementsAre("LAB._T._T._T 0..", "SEX._T._T._T 0..", "_T._T._T.BG 0..",
                          "_T._T._T.RO 0..", "_T._T._T._T 0.."));
}

TEST(TableSystem, TwoChainsOfAges) {
  const auto found =
      system_of({row("_T", "_T", "100"), row("_T", "Y_LT18", "30"), row("_T", "Y_GE18", "70"),
                 row("_T", "Y_LT16", "", "Q"), row("_T", "Y_GE16", "", "Q")});
  EXPECT_THAT(found.variables,
              ElementsAre("_T._T.Y16T17._T 0..", "_T._T.Y_GE16._T 1..", "_T._T.Y_LT16._T 1.."));
  EXPECT_THAT(found.equations,
              ElementsAre("_T._T.Y_GE16._T = _T._T.Y16T17._T + _T._T.Y_GE18._T",
                          "_T._T.Y_LT18._T = _T._T.Y_LT16._T + _T._T.Y16T17._T",
                          "_T._T._T._T = _T._T.Y16T17._T + _T._T.Y_GE18._T + _T._T.Y_LT16._T"));
}

TEST(TableSystem, IndicatorsAddUpAsTheCatalogueSays) {
  const auto found = system_of({row("F", "_T", "30"), row("F", "_T", "", "Q", "", "VIC_IDENT"),
                                row("F", "_T", "", "Q", "", "VIC_PRES")});
  EXPECT_THAT(found.equations, Contains("_T.F._T._T = VIC_IDENT:_T.F._T._T + VIC_PRES:_T.F._T._T"));
}

TEST(TableSystem, CountriesAndGroupsOfThemGiveNoEquation) {
  const auto citizen = [](const std::string& code, const std::string& value) {
    return row("_T", "_T", value, value.empty() ? "Q" : "A", "", "VIC_REG", code);
  };
  EXPECT_THAT(
      system_of({citizen("_T", "50"), citizen("RO", ""), citizen("EU27_2007", "30")}).equations,
      IsEmpty());
  EXPECT_THAT(system_of({citizen("_T", "50"), citizen("RO", ""), citizen("BG", "30")}).equations,
              ElementsAre("_T._T._T._T = _T._T._T.BG + _T._T._T.RO"));
}

TEST(TableSystem, AnEquationThatIsViolatedLeavesWithItsGroup) {
  const Rows wrong{row("_T", "Y_LT18", "50"), row("F", "Y_LT18", "20"), row("M", "Y_LT18", "20")};
  const Rows open{row("_T", "Y_GE18", "50"), row("F", "Y_GE18", "20"), row("M", "Y_GE18", "", "Q")};
  Rows both = wrong;
  both.insert(both.end(), open.begin(), open.end());
  EXPECT_THAT(system_of(open).equations,
              Contains("_T._T.Y_GE18._T = _T.F.Y_GE18._T + _T.M.Y_GE18._T"));
  for (const std::string& equation : system_of(both).equations) {
    EXPECT_EQ(equation.find("_T.F.Y_LT18._T + _T.M"), std::string::npos) << equation;
    EXPECT_EQ(equation.find("_T.F.Y_GE18._T + _T.M"), std::string::npos) << equation;
  }
}

TEST(TableSystem, TheOrderOfRowsDoesNotMatter) {
  Rows rows{row("_T", "_T", "100"),
            row("F", "_T", "60"),
            row("M", "_T", "", "Q"),
            row("F", "Y_LT18", "", "Q"),
            row("F", "Y_GE18", "40"),
            row("_T", "Y12T17", "11"),
            row("_T", "Y_LT12", "", "O"),
            row("M", "_T", "12", "A", "<", "VIC_REG", "RO"),
            row("F", "_T", "", "Q", "", "VIC_IDENT"),
            row("_T", "_T", "14", "A", "", "VIC_REG", "_T", "LAB")};
  std::sort(rows.begin(), rows.end());
  const Described wanted = system_of(rows);
  EXPECT_FALSE(wanted.equations.empty());
  for (int i = 0; i < 50; ++i) {
    std::next_permutation(rows.begin(), rows.end());
    std::rotate(rows.begin(), rows.begin() + 3, rows.end());
    ASSERT_EQ(system_of(rows), wanted);
  }
}

}  // namespace
}  // namespace rapporteur::testing
