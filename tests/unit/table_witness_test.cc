// Where a witness fits a system, and where it does not.
#include <gtest/gtest.h>

#include "broker/disclosure/witness.h"

namespace rapporteur::disclosure {
namespace {

using Kind = Misfit::Kind;

LinearSystem two_parts() {
  return {{{1, std::nullopt}, {0, 9}}, {{{{0, 1}, {1, 1}}, 18}}};
}

TEST(TableWitness, FitsInsideItsBounds) {
  EXPECT_FALSE(misfit_of(two_parts(), {1, {16, 2}}));
  EXPECT_FALSE(misfit_of(two_parts(), {1, {18, 0}}));
  EXPECT_FALSE(misfit_of(two_parts(), {2, {35, 1}}));
}

TEST(TableWitness, SaysWhereItDoesNot) {
  const auto equation = misfit_of(two_parts(), {1, {16, 3}});
  ASSERT_TRUE(equation);
  EXPECT_EQ(equation->kind, Kind::kEquation);
  const auto above = misfit_of(two_parts(), {1, {8, 10}});
  ASSERT_TRUE(above);
  EXPECT_EQ(above->kind, Kind::kBound);
  EXPECT_EQ(above->at, 1U);
  const auto below = misfit_of(two_parts(), {2, {1, 35}});
  ASSERT_TRUE(below);
  EXPECT_EQ(below->at, 0U);
}

TEST(TableWitness, HasTheShapeOfTheSystem) {
  for (const Witness& witness : {Witness{1, {18}}, Witness{0, {0, 0}}, Witness{-1, {-16, -2}},
                                 Witness{kMaxDenominator + 1, {0, 0}}}) {
    const auto misfit = misfit_of(two_parts(), witness);
    ASSERT_TRUE(misfit);
    EXPECT_EQ(misfit->kind, Kind::kShape);
  }
}

TEST(TableWitness, LargeNumbersDoNotWrap) {
  constexpr std::int64_t kHalf = std::int64_t{1} << 62U;
  const LinearSystem system{{{0, std::nullopt}, {0, std::nullopt}}, {{{{0, 4}, {1, 4}}, 0}}};
  EXPECT_TRUE(misfit_of(system, {1, {kHalf, kHalf}}));
}

}  // namespace
}  // namespace rapporteur::disclosure
