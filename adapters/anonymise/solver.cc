#include "adapters/anonymise/solver.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <coin/ClpEventHandler.hpp>
#include <coin/ClpSimplex.hpp>
#include <coin/ClpSolve.hpp>
#include <coin/CoinPackedMatrix.hpp>

namespace rapporteur::anonymise {
namespace {

using disclosure::Bounds;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::LinearTerm;

constexpr int kMostIterations = 1'000'000;  // of one program
// Vertices one after the other differ little.
constexpr int kIterationsBetweenLooks = 32;
constexpr double kNotHolding = 1e-7;
constexpr int kGoOn = -1;

// Called by the solver after each iteration. The solver keeps a copy.
class Looker : public ClpEventHandler {
 public:
  explicit Looker(const OnTheWay& on_the_way) : on_the_way_(&on_the_way) {}

  int event(Event which) override {
    if (which != endOfIteration || model_->numberPrimalInfeasibilities() > 0) return kGoOn;
    if (++iterations_ % kIterationsBetweenLooks == 0) {
      const auto columns = static_cast<std::size_t>(model_->numberColumns());
      (*on_the_way_)({model_->solutionRegion(), columns});
    }
    return kGoOn;
  }
  [[nodiscard]] ClpEventHandler* clone() const override { return new Looker(*this); }

 private:
  const OnTheWay* on_the_way_;
  int iterations_ = 0;
};

// The smallest sum of all variables times `weight`.
void load(ClpSimplex& program, const LinearSystem& system, std::span<const std::uint32_t> equations,
          double weight) {
  std::vector<double> lower;
  std::vector<double> upper;
  for (const Bounds& bounds : system.bounds) {
    lower.push_back(static_cast<double>(bounds.least));
    upper.push_back(bounds.most ? static_cast<double>(*bounds.most) : COIN_DBL_MAX);
  }
  CoinPackedMatrix matrix(false, 0, 0);
  matrix.setDimensions(0, static_cast<int>(lower.size()));
  std::vector<double> sides;
  std::vector<int> places;
  std::vector<double> factors;
  for (const std::uint32_t e : equations) {
    places.clear();
    factors.clear();
    for (const LinearTerm& term : system.equations[e].terms) {
      places.push_back(static_cast<int>(term.variable));
      factors.push_back(term.factor);
    }
    matrix.appendRow(static_cast<int>(places.size()), places.data(), factors.data());
    sides.push_back(static_cast<double>(system.equations[e].constant));
  }
  const std::vector<double> objective(lower.size(), weight);
  program.setLogLevel(0);
  program.loadProblem(matrix, lower.data(), upper.data(), objective.data(), sides.data(),
                      sides.data());
}

std::vector<std::uint32_t> all_of(const LinearSystem& system) {
  std::vector<std::uint32_t> out(system.equations.size());
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

std::vector<double> middles_of(const std::vector<Bounds>& all) {
  std::vector<double> out;
  out.reserve(all.size());
  for (const Bounds& bounds : all) {
    const auto least = static_cast<double>(bounds.least);
    out.push_back(bounds.most ? (least + static_cast<double>(*bounds.most)) / 2 : least + 1);
  }
  return out;
}

std::vector<double> solution_of(const ClpSimplex& program) {
  const double* solution = program.primalColumnSolution();
  return {solution, solution + program.numberColumns()};
}

}  // namespace

// What a method of inner points comes to when nothing is to be made large or small.
std::optional<std::vector<double>> middle_of(const LinearSystem& system) {
  if (system.equations.empty()) return middles_of(system.bounds);
  ClpSimplex program;
  load(program, system, all_of(system), 0);
  ClpSolve how;
  how.setSolveType(ClpSolve::useBarrierNoCross);
  program.initialSolve(how);
  if (!program.isProvenOptimal()) return std::nullopt;
  return solution_of(program);
}

struct Solver::Model {
  std::vector<std::uint32_t> equation_of_row;
  std::vector<double> values;
  std::vector<double> lower;  // bounds, by variable
  std::vector<double> upper;
  ClpSimplex program;

  Outcome outcome() {
    if (program.isProvenPrimalInfeasible()) return Outcome::kInfeasible;
    if (!program.isProvenOptimal()) return Outcome::kGivenUp;
    values = solution_of(program);
    return Outcome::kOptimal;
  }
};

Solver::Solver(const LinearSystem& system) : Solver(system, all_of(system)) {}

Solver::Solver(const LinearSystem& system, std::span<const std::uint32_t> equations)
    : model_(std::make_unique<Model>()) {
  ClpSimplex& program = model_->program;
  // Any objective would do for a beginning; this one has an end.
  load(program, system, equations, 1);
  model_->equation_of_row.assign(equations.begin(), equations.end());
  model_->lower.assign(program.columnLower(), program.columnLower() + program.numberColumns());
  model_->upper.assign(program.columnUpper(), program.columnUpper() + program.numberColumns());
  program.setMaximumIterations(kMostIterations);
  // Factors are 1 and -1, nearly all: scaling only rounds.
  program.scaling(0);
}

Solver::~Solver() = default;

Solver::Outcome Solver::begin() {
  model_->program.dual();
  return model_->outcome();
}

Solver::Outcome Solver::maximise(std::span<const double> weights, std::span<const Limit> limits,
                                 const OnTheWay& on_the_way) {
  ClpSimplex& program = model_->program;
  // The solver makes it as small as can be.
  for (std::size_t v = 0; v < weights.size(); ++v) {
    program.setObjectiveCoefficient(static_cast<int>(v), -weights[v]);
  }
  for (const Limit& limit : limits) {
    const auto column = static_cast<int>(limit.variable);
    if (limit.is_above) program.setColumnUpper(column, limit.at);
    if (!limit.is_above) program.setColumnLower(column, limit.at);
  }
  Looker looker(on_the_way);
  ClpEventHandler none;
  program.passInEventHandler(on_the_way ? &looker : &none);
  // What fitted the equations fits them still.
  program.primal(1);
  for (const Limit& limit : limits) {
    const auto column = static_cast<int>(limit.variable);
    if (limit.is_above) program.setColumnUpper(column, model_->upper[limit.variable]);
    if (!limit.is_above) program.setColumnLower(column, model_->lower[limit.variable]);
  }
  return model_->outcome();
}

const std::vector<double>& Solver::values() const {
  return model_->values;
}

std::vector<std::uint32_t> Solver::holding() const {
  std::vector<std::uint32_t> out;
  const double* prices = model_->program.dualRowSolution();
  for (std::size_t row = 0; row < model_->equation_of_row.size(); ++row) {
    if (std::abs(prices[row]) > kNotHolding) out.push_back(model_->equation_of_row[row]);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace rapporteur::anonymise
