#include "adapters/anonymise/solver.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>

namespace rapporteur::anonymise {
namespace {

using disclosure::Bounds;
using disclosure::Equation;
using disclosure::LinearSystem;
using disclosure::LinearTerm;
using disclosure::Variable;

// A program by rows, as it is put together.
struct Rows {
  CoinPackedMatrix matrix{false, 0, 0};
  std::vector<double> lower;
  std::vector<double> upper;

  void add(const std::vector<int>& places, const std::vector<double>& factors, double least,
           double most) {
    matrix.appendRow(static_cast<int>(places.size()), places.data(), factors.data());
    lower.push_back(least);
    upper.push_back(most);
  }
};

constexpr int kNoColumn = -1;
constexpr double kNotHolding = 1e-7;

}  // namespace

// Each variable is its least count, the room, and something more; the room is made as large as can
// be, but no larger than is of use.
std::optional<std::vector<double>> centre_of(const LinearSystem& system,
                                             std::span<const std::uint32_t> equations) {
  constexpr double kRoomOfUse = 1;
  const auto variables = static_cast<int>(system.bounds.size());
  const int room = variables;
  Rows rows;
  rows.matrix.setDimensions(0, variables + 1);
  const auto is_constant = [&](Variable v) {
    return system.bounds[v].most == system.bounds[v].least;
  };
  for (const std::uint32_t e : equations) {
    auto side = static_cast<double>(system.equations[e].constant);
    double of_room = 0;
    std::vector<int> places;
    std::vector<double> factors;
    for (const LinearTerm& term : system.equations[e].terms) {
      side -= term.factor * static_cast<double>(system.bounds[term.variable].least);
      if (is_constant(term.variable)) continue;
      places.push_back(static_cast<int>(term.variable));
      factors.push_back(term.factor);
      of_room += term.factor;
    }
    if (places.empty()) continue;
    places.push_back(room);
    factors.push_back(of_room);
    rows.add(places, factors, side, side);
  }
  std::vector<double> upper(system.bounds.size() + 1, COIN_DBL_MAX);
  for (Variable v = 0; v < system.bounds.size(); ++v) {
    const Bounds& bounds = system.bounds[v];
    if (is_constant(v)) {
      upper[v] = 0;
    } else if (bounds.most) {
      rows.add({static_cast<int>(v), room}, {1, 2}, -COIN_DBL_MAX,
               static_cast<double>(*bounds.most - bounds.least));
    }
  }
  upper.back() = kRoomOfUse;
  const std::vector<double> lower(upper.size(), 0);
  std::vector<double> objective(upper.size(), 0);
  objective.back() = -1;
  ClpSimplex program;
  program.setLogLevel(0);
  program.loadProblem(rows.matrix, lower.data(), upper.data(), objective.data(), rows.lower.data(),
                      rows.upper.data());
  program.dual();
  if (!program.isProvenOptimal()) return std::nullopt;
  const double* solution = program.primalColumnSolution();
  std::vector<double> values(system.bounds.size());
  for (Variable v = 0; v < values.size(); ++v) {
    values[v] = static_cast<double>(system.bounds[v].least);
    if (!is_constant(v)) values[v] += solution[v] + solution[room];
  }
  return values;
}

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
      const auto least = static_cast<double>(bounds.least);
      const double most = bounds.most ? static_cast<double>(*bounds.most) : COIN_DBL_MAX;
      const auto cap = static_cast<double>(options.cap);
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

  void add_rows(const LinearSystem& system, const SolverOptions& options, Rows& rows) {
    std::vector<int> places;
    std::vector<double> factors;
    for (const std::uint32_t e : options.equations) {
      const Equation& equation = system.equations[e];
      auto side = static_cast<double>(equation.constant);
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
      rows.add(places, factors, side, side);
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
  Rows rows;
  rows.matrix.setDimensions(0, static_cast<int>(lower.size()));
  model_->add_rows(system, options, rows);
  ClpSimplex& program = model_->program;
  program.setLogLevel(0);
  program.loadProblem(rows.matrix, lower.data(), upper.data(), model_->objective.data(),
                      rows.lower.data(), rows.upper.data());
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
