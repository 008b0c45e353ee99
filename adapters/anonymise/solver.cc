#include "adapters/anonymise/solver.h"

#include <algorithm>
#include <cmath>

#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>

namespace rapporteur::anonymise {
namespace {

using disclosure::Bounds;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::LinearTerm;
using disclosure::Variable;

constexpr int kNoColumn = -1;
constexpr double kNotHolding = 1e-7;

}  // namespace

struct Solver::Model {
  // Up to the cap, and above it where there is one.
  struct Columns {
    int below = kNoColumn;
    int above = kNoColumn;
  };

  std::vector<Columns> columns;  // by variable
  std::vector<std::uint32_t> equation_of_row;
  std::vector<double> objective;
  std::vector<double> values;
  ClpSimplex program;
  bool begun = false;

  void add_columns(const LinearSystem& system, const SolverOptions& options,
                   std::vector<double>& lower, std::vector<double>& upper) {
    std::vector<char> is_capped(system.bounds.size(), 0);
    for (const Variable v : options.capped) is_capped[v] = 1;
    columns.resize(system.bounds.size());
    values.resize(system.bounds.size());
    for (std::size_t v = 0; v < system.bounds.size(); ++v) {
      const Bounds& bounds = system.bounds[v];
      values[v] = static_cast<double>(bounds.least);
      if (bounds.most == bounds.least) continue;
      const double least = static_cast<double>(bounds.least);
      const double most = bounds.most ? static_cast<double>(*bounds.most) : COIN_DBL_MAX;
      const double cap = static_cast<double>(options.cap);
      const bool split = is_capped[v] != 0 && least < cap && most > cap;
      columns[v].below = static_cast<int>(lower.size());
      lower.push_back(least);
      upper.push_back(split ? cap : most);
      if (!split) continue;
      columns[v].above = static_cast<int>(lower.size());
      lower.push_back(0);
      upper.push_back(most == COIN_DBL_MAX ? most : most - cap);
    }
    objective.assign(lower.size(), 0);
  }

  void add_rows(const LinearSystem& system, const SolverOptions& options, CoinPackedMatrix& matrix,
                std::vector<double>& sides) {
    std::vector<int> places;
    std::vector<double> factors;
    for (const std::uint32_t e : options.equations) {
      const Equation& equation = system.equations[e];
      double side = static_cast<double>(equation.constant);
      places.clear();
      factors.clear();
      for (const LinearTerm& term : equation.terms) {
        const Columns& of = columns[term.variable];
        if (of.below == kNoColumn) {
          side -= term.factor * static_cast<double>(system.bounds[term.variable].least);
          continue;
        }
        for (const int column : {of.below, of.above}) {
          if (column == kNoColumn) continue;
          places.push_back(column);
          factors.push_back(term.factor);
        }
      }
      if (places.empty()) continue;
      matrix.appendRow(static_cast<int>(places.size()), places.data(), factors.data());
      sides.push_back(side);
      equation_of_row.push_back(e);
    }
  }

  void read_values() {
    const double* solution = program.primalColumnSolution();
    for (std::size_t v = 0; v < columns.size(); ++v) {
      if (columns[v].below == kNoColumn) continue;
      values[v] = solution[columns[v].below];
      if (columns[v].above != kNoColumn) values[v] += solution[columns[v].above];
    }
  }
};

Solver::Solver(const LinearSystem& system, const SolverOptions& options)
    : model_(std::make_unique<Model>()) {
  std::vector<double> lower;
  std::vector<double> upper;
  model_->add_columns(system, options, lower, upper);
  CoinPackedMatrix matrix(false, 0, 0);
  matrix.setDimensions(0, static_cast<int>(lower.size()));
  std::vector<double> sides;
  model_->add_rows(system, options, matrix, sides);
  ClpSimplex& program = model_->program;
  program.setLogLevel(0);
  program.loadProblem(matrix, lower.data(), upper.data(), model_->objective.data(), sides.data(),
                      sides.data());
  program.setMaximumIterations(options.iterations);
}

Solver::~Solver() = default;

Solver::Outcome Solver::maximise(std::span<const Goal> goals) {
  Model& model = *model_;
  std::ranges::fill(model.objective, 0);
  for (const Goal& goal : goals) {
    const Model::Columns& of = model.columns[goal.variable];
    // The solver makes it as small as can be.
    if (of.below != kNoColumn) model.objective[static_cast<std::size_t>(of.below)] -= goal.weight;
    if (of.above == kNoColumn || goal.capped) continue;
    model.objective[static_cast<std::size_t>(of.above)] -= goal.weight;
  }
  for (std::size_t column = 0; column < model.objective.size(); ++column) {
    model.program.setObjectiveCoefficient(static_cast<int>(column), model.objective[column]);
  }
  // What fits the equations once fits them still; the first time nothing does.
  if (model.begun) {
    model.program.primal(1);
  } else {
    model.program.dual();
    model.begun = true;
  }
  if (model.program.isProvenPrimalInfeasible()) return Outcome::kInfeasible;
  if (!model.program.isProvenOptimal()) return Outcome::kGivenUp;
  model.read_values();
  return Outcome::kOptimal;
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
