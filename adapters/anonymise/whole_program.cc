#include "adapters/anonymise/whole_program.h"

#include <cmath>

#include <coin/CbcHeuristicFPump.hpp>
#include <coin/CbcModel.hpp>
#include <coin/CglGomory.hpp>
#include <coin/CglKnapsackCover.hpp>
#include <coin/CglMixedIntegerRounding2.hpp>
#include <coin/CglProbing.hpp>
#include <coin/CoinPackedMatrix.hpp>
#include <coin/OsiClpSolverInterface.hpp>

namespace rapporteur::anonymise {
namespace {

constexpr double kSame = 1e-5;

void load(const WholeProgram& program, OsiClpSolverInterface& solver) {
  CoinPackedMatrix matrix(false, 0, 0);
  matrix.setDimensions(0, static_cast<int>(program.columns.size()));
  std::vector<double> row_least;
  std::vector<double> row_most;
  for (const WholeProgram::Row& row : program.rows) {
    matrix.appendRow(static_cast<int>(row.columns.size()), row.columns.data(), row.factors.data());
    row_least.push_back(row.least);
    row_most.push_back(row.most);
  }
  std::vector<double> least;
  std::vector<double> most;
  std::vector<double> cost;
  for (const WholeProgram::Column& column : program.columns) {
    least.push_back(column.least);
    most.push_back(column.most);
    cost.push_back(column.cost);
  }
  solver.loadProblem(matrix, least.data(), most.data(), cost.data(), row_least.data(),
                     row_most.data());
  for (std::size_t i = 0; i < program.columns.size(); ++i) {
    if (program.columns[i].whole) solver.setInteger(static_cast<int>(i));
  }
}

}  // namespace

WholeSolution solve(const WholeProgram& program, const WholeLimits& limits) {
  WholeSolution out;
  OsiClpSolverInterface solver;
  solver.messageHandler()->setLogLevel(0);
  solver.getModelPtr()->setLogLevel(0);
  load(program, solver);
  CbcModel model(solver);
  model.setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  model.setRandomSeed(1);
  model.setMaximumNodes(limits.nodes);
  model.setMaximumSeconds(limits.seconds);
  model.setAllowableGap(limits.gap);
  CglProbing probing;
  probing.setUsingObjective(1);
  CglGomory gomory;
  CglKnapsackCover covers;
  CglMixedIntegerRounding2 rounding;
  model.addCutGenerator(&probing, -1, "probing");
  model.addCutGenerator(&gomory, -1, "gomory");
  model.addCutGenerator(&covers, -1, "covers");
  model.addCutGenerator(&rounding, -1, "rounding");
  CbcHeuristicFPump pump(model);
  model.addHeuristic(&pump);
  // Costs that differ do so by more than this.
  if (limits.below < kNoLimit) model.setCutoff(limits.below - kSame);
  model.initialSolve();
  if (model.solver()->isProvenPrimalInfeasible() || model.solver()->isDualObjectiveLimitReached()) {
    out.outcome = WholeSolution::Outcome::kInfeasible;
    return out;
  }
  if (!model.solver()->isProvenOptimal()) return out;
  model.branchAndBound();
  if (model.isProvenInfeasible()) {
    out.outcome = WholeSolution::Outcome::kInfeasible;
    return out;
  }
  const double* best = model.bestSolution();
  const bool enough = model.isProvenOptimal() ||
                      (limits.any && model.isNodeLimitReached() && !model.isSecondsLimitReached());
  if (best == nullptr || !enough) return out;
  out.outcome = WholeSolution::Outcome::kDone;
  out.cost = model.getObjValue();
  for (std::size_t i = 0; i < program.columns.size(); ++i) {
    out.values.push_back(program.columns[i].whole ? std::round(best[i]) : best[i]);
  }
  return out;
}

}  // namespace rapporteur::anonymise
