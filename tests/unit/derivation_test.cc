// What follows from small systems, and how.
#include "broker/disclosure/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapporteur::disclosure {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = Derivation::Outcome;

constexpr DerivationBound kPlenty{1'000'000};

LinearSystem system_of(std::size_t variables, std::vector<Equation> equations) {
  return {std::vector<Bounds>(variables), std::move(equations)};
}

// "variable=value" of each.
std::vector<std::string> values(const Derivation& derivation) {
  std::vector<std::string> out;
  for (const Derived& one : derivation.derived) {
    out.push_back(std::to_string(one.variable) + "=" + std::to_string(one.value));
  }
  return out;
}

TEST(Derivation, AnEquationWithOneUnknownGivesIt) {
  const auto found = derive(system_of(2, {{{{1, -1}}, -16}}), kPlenty);
  EXPECT_EQ(found.outcome, Outcome::kDone);
  EXPECT_THAT(values(found), ElementsAre("1=16"));
  EXPECT_THAT(found.derived[0].proof, ElementsAre(ProofTerm{0, -1}));
}

TEST(Derivation, TwoUnknownsProtectEachOther) {
  EXPECT_THAT(derive(system_of(2, {{{{0, 1}, {1, 1}}, 18}}), kPlenty).derived, IsEmpty());
}

TEST(Derivation, OneStepLeadsToTheNext) {
  const auto found =
      derive(system_of(3, {{{{0, 1}, {1, 1}, {2, 1}}, 30}, {{{0, 1}, {1, 1}}, 18}, {{{1, 1}}, 7}}),
             kPlenty);
  EXPECT_THAT(values(found), ElementsAre("0=11", "1=7", "2=12"));
  EXPECT_THAT(found.derived[0].proof, ElementsAre(ProofTerm{1, 1}, ProofTerm{2, -1}));
  EXPECT_THAT(found.derived[2].proof, ElementsAre(ProofTerm{0, 1}, ProofTerm{1, -1}));
}

// a+b, c+d, a+c, b+d give nothing; with a+d, which is no line of a table, all follows.
TEST(Derivation, ARectangleIsSafeUntilACrossSumIsKnown) {
  std::vector<Equation> lines{
      {{{0, 1}, {1, 1}}, 3}, {{{2, 1}, {3, 1}}, 7}, {{{0, 1}, {2, 1}}, 4}, {{{1, 1}, {3, 1}}, 6}};
  EXPECT_THAT(derive(system_of(4, lines), kPlenty).derived, IsEmpty());
  lines.push_back({{{0, 1}, {3, 1}}, 5});
  const auto found = derive(system_of(4, lines), kPlenty);
  EXPECT_THAT(values(found), ElementsAre("0=1", "1=2", "2=3", "3=4"));
  for (const Derived& one : found.derived) {
    EXPECT_EQ(one.divisor, 2);
    EXPECT_FALSE(one.proof.empty());
  }
}

TEST(Derivation, ProofsReachBackThroughWhatWasSolvedFirst) {
  const auto found = derive(
      system_of(4, {{{{3, 2}}, 10}, {{{0, 1}, {1, 1}, {3, 1}}, 8}, {{{0, 1}, {1, 1}, {2, 3}}, 15}}),
      kPlenty);
  EXPECT_THAT(values(found), ElementsAre("2=4", "3=5"));
  EXPECT_EQ(found.derived[0].divisor, 6);
  EXPECT_THAT(found.derived[0].proof,
              ElementsAre(ProofTerm{0, 1}, ProofTerm{1, -2}, ProofTerm{2, 2}));
}

TEST(Derivation, ProofsAreMadeForWhoWantsThem) {
  const auto found = derive(system_of(2, {{{{0, 1}}, 3}, {{{1, 1}}, 30}}), kPlenty,
                            [](Variable, std::int64_t value) { return value < 10; });
  EXPECT_FALSE(found.derived[0].proof.empty());
  EXPECT_TRUE(found.derived[1].proof.empty());
}

TEST(Derivation, AContradictionNamesItsEquations) {
  const auto direct = derive(system_of(1, {{{{0, 1}}, 3}, {{{0, 1}}, 4}}), kPlenty);
  EXPECT_EQ(direct.outcome, Outcome::kContradiction);
  EXPECT_THAT(direct.contradiction, ElementsAre(ProofTerm{0, -1}, ProofTerm{1, 1}));
  EXPECT_THAT(direct.derived, IsEmpty());

  const auto sums = derive(
      system_of(3, {{{{0, 1}, {1, 1}}, 3}, {{{0, 1}, {1, 1}, {2, 1}}, 5}, {{{2, 1}}, 1}}), kPlenty);
  EXPECT_EQ(sums.outcome, Outcome::kContradiction);
  EXPECT_EQ(sums.contradiction.size(), 3U);

  const auto eliminated =
      derive(system_of(2, {{{{0, 1}, {1, 1}}, 3}, {{{0, 2}, {1, 2}}, 7}}), kPlenty);
  EXPECT_EQ(eliminated.outcome, Outcome::kContradiction);
  EXPECT_EQ(eliminated.contradiction.size(), 2U);
}

TEST(Derivation, HalfAPersonIsAContradiction) {
  EXPECT_EQ(derive(system_of(1, {{{{0, 2}}, 3}}), kPlenty).outcome, Outcome::kContradiction);
  const auto both = derive(system_of(2, {{{{0, 1}, {1, 1}}, 3}, {{{0, 1}, {1, -1}}, 2}}), kPlenty);
  EXPECT_EQ(both.outcome, Outcome::kContradiction);
}

TEST(Derivation, AnEquationWithoutUnknownsIsChecked) {
  EXPECT_EQ(derive(system_of(1, {{{}, 0}}), kPlenty).outcome, Outcome::kDone);
  EXPECT_EQ(derive(system_of(1, {{{}, 1}}), kPlenty).outcome, Outcome::kContradiction);
}

TEST(Derivation, TooMuchIsSaid) {
  std::vector<Equation> equations;
  for (Variable v = 0; v + 1 < 200; ++v) equations.push_back({{{v, 1}, {v + 1, 1}}, 10});
  EXPECT_EQ(derive(system_of(200, equations), {100}).outcome, Outcome::kTooComplex);
  EXPECT_EQ(derive(system_of(200, equations), kPlenty).outcome, Outcome::kDone);
}

TEST(Derivation, AProofThatDoesNotFitIsLeftOut) {
  std::vector<Equation> equations{{{{0, 3}}, 3}};
  for (Variable v = 0; v < 60; ++v) equations.push_back({{{v, 1}, {v + 1, 3}}, 4});
  const auto found = derive(system_of(61, equations), kPlenty);
  EXPECT_EQ(found.outcome, Outcome::kDone);
  ASSERT_EQ(found.derived.size(), 61U);
  EXPECT_EQ(found.derived.back().value, 1);
  EXPECT_FALSE(found.derived[10].proof.empty());
  EXPECT_TRUE(found.derived.back().proof.empty());
}

}  // namespace
}  // namespace rapporteur::disclosure
