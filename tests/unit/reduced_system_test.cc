// The same optima with fewer variables.
#include "adapters/anonymise/reduced_system.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "adapters/anonymise/solver.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::LinearSystem;
using disclosure::Variable;

constexpr double kNearly = 1e-6;

// Rows and columns with totals, some of the counts known: what is left of a random table.
LinearSystem random_system(std::mt19937& random) {
  const std::size_t rows = 2 + random() % 4;
  const std::size_t columns = 2 + random() % 4;
  std::vector<std::vector<std::int64_t>> counts(rows + 1,
                                                std::vector<std::int64_t>(columns + 1, 0));
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      counts[r][c] = random() % 3 == 0 ? 1 : static_cast<std::int64_t>(random() % 30);
      counts[r][columns] += counts[r][c];
      counts[rows][c] += counts[r][c];
      counts[rows][columns] += counts[r][c];
    }
  }
  LinearSystem system;
  std::vector<std::vector<std::int64_t>> variable(rows + 1, std::vector<std::int64_t>(columns + 1));
  for (std::size_t r = 0; r <= rows; ++r) {
    for (std::size_t c = 0; c <= columns; ++c) {
      variable[r][c] = -1;
      if (random() % 4 == 0) continue;
      variable[r][c] = static_cast<std::int64_t>(system.bounds.size());
      system.bounds.push_back(
          {random() % 2 == 0 ? 0 : std::min<std::int64_t>(1, counts[r][c]), {}});
      if (random() % 5 == 0) {
        system.bounds.back().most = counts[r][c] + static_cast<std::int64_t>(random() % 9);
      }
    }
  }
  const auto add = [&](const std::vector<std::pair<std::size_t, std::size_t>>& parts,
                       std::pair<std::size_t, std::size_t> total) {
    disclosure::Equation equation;
    const auto put = [&](std::pair<std::size_t, std::size_t> cell, std::int32_t factor) {
      const std::int64_t v = variable[cell.first][cell.second];
      if (v >= 0) {
        equation.terms.push_back({static_cast<Variable>(v), factor});
      } else {
        equation.constant -= factor * counts[cell.first][cell.second];
      }
    };
    for (const auto& part : parts) put(part, 1);
    put(total, -1);
    std::ranges::sort(equation.terms, {}, &disclosure::LinearTerm::variable);
    if (!equation.terms.empty()) system.equations.push_back(std::move(equation));
  };
  for (std::size_t r = 0; r <= rows; ++r) {
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    for (std::size_t c = 0; c < columns; ++c) parts.emplace_back(r, c);
    add(parts, {r, columns});
  }
  for (std::size_t c = 0; c <= columns; ++c) {
    std::vector<std::pair<std::size_t, std::size_t>> parts;
    for (std::size_t r = 0; r < rows; ++r) parts.emplace_back(r, c);
    add(parts, {rows, c});
  }
  // So that every program has an end.
  for (disclosure::Bounds& bounds : system.bounds) bounds.most = bounds.most.value_or(10'000);
  return system;
}

std::vector<std::uint32_t> all_of(const LinearSystem& system) {
  std::vector<std::uint32_t> out(system.equations.size());
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

double sum_of(const std::vector<double>& weights, const std::vector<double>& values) {
  return std::inner_product(weights.begin(), weights.end(), values.begin(), 0.0);
}

void expect_fits(const LinearSystem& system, const std::vector<double>& values) {
  for (const disclosure::Equation& equation : system.equations) {
    double sum = 0;
    for (const disclosure::LinearTerm& term : equation.terms) {
      sum += term.factor * values[term.variable];
    }
    EXPECT_NEAR(sum, static_cast<double>(equation.constant), kNearly);
  }
  for (std::size_t v = 0; v < values.size(); ++v) {
    EXPECT_GE(values[v], static_cast<double>(system.bounds[v].least) - kNearly);
    EXPECT_LE(values[v], static_cast<double>(*system.bounds[v].most) + kNearly);
  }
}

// What a kept variable says of one that it replaces.
void expect_of_one(const ReducedSystem& reduced, const std::vector<double>& kept,
                   const std::vector<double>& values) {
  for (std::size_t v = 0; v < values.size(); ++v) {
    const auto& of_one = reduced.of_one()[v];
    if (!of_one) continue;
    EXPECT_NEAR(values[v],
                of_one->factor * kept[of_one->kept] + static_cast<double>(of_one->constant),
                kNearly);
  }
}

TEST(ReducedSystem, HasTheOptimaOfTheWhole) {
  std::mt19937 random{7};  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  std::size_t variables = 0;
  std::size_t kept = 0;
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    const LinearSystem system = random_system(random);
    const ReducedSystem reduced(system, all_of(system));
    variables += system.bounds.size();
    kept += reduced.linear().bounds.size();
    Solver whole(system);
    Solver fewer(reduced.linear());
    ASSERT_EQ(whole.begin(), Solver::Outcome::kOptimal);
    ASSERT_EQ(fewer.begin(), Solver::Outcome::kOptimal);
    const auto middle = middle_of(reduced.linear());
    ASSERT_TRUE(middle);
    expect_fits(system, reduced.expanded(*middle));
    for (int program = 0; program < 4; ++program) {
      std::vector<double> weights(system.bounds.size());
      for (double& weight : weights) weight = static_cast<double>(random() % 7) - 3;
      ASSERT_EQ(whole.maximise(weights), Solver::Outcome::kOptimal);
      ASSERT_EQ(fewer.maximise(reduced.weights_of_kept(weights)), Solver::Outcome::kOptimal);
      const std::vector<double> values = reduced.expanded(fewer.values());
      expect_fits(system, values);
      EXPECT_NEAR(sum_of(weights, values), sum_of(weights, whole.values()), kNearly);
      expect_of_one(reduced, fewer.values(), values);
    }
  }
  EXPECT_LT(kept * 10, variables * 9);
}

TEST(ReducedSystem, BoundsThatContradictEachOtherLeaveNothing) {
  // a + b = 5, both at least 3.
  const LinearSystem system{{{3, 9}, {3, 9}}, {{{{0, 1}, {1, 1}}, 5}}};
  Solver solver(ReducedSystem(system, all_of(system)).linear());
  EXPECT_EQ(solver.begin(), Solver::Outcome::kInfeasible);
}

TEST(Solver, KeepsToALimitInOneProgramAlone) {
  // a + b = 10, and a may be all of it.
  const LinearSystem system{{{0, {}}, {0, {}}}, {{{{0, 1}, {1, 1}}, 10}}};
  Solver solver(system);
  ASSERT_EQ(solver.begin(), Solver::Outcome::kOptimal);
  ASSERT_EQ(solver.maximise(std::vector<double>{-1, 0}), Solver::Outcome::kOptimal);
  const std::vector<Limit> limits{{0, 4, true}};
  ASSERT_EQ(solver.maximise(std::vector<double>{1, 0}, limits), Solver::Outcome::kOptimal);
  EXPECT_NEAR(solver.values()[0], 4, kNearly);
  ASSERT_EQ(solver.maximise(std::vector<double>{1, 0}), Solver::Outcome::kOptimal);
  EXPECT_NEAR(solver.values()[0], 10, kNearly);
}

}  // namespace
}  // namespace rapporteur::anonymise
