// A linear program some of whose variables are whole numbers: it is made as cheap as can be.
//
// Threads: any; one solver a call. Deterministic: one thread, fixed seeds; whether an answer comes
// within the seconds depends on the machine, which answer never does.
// Errors: what is not solved to its end says so; its values then mean nothing.
// Source: CBC (coin-or.org).
#pragma once

#include <cstdint>
#include <vector>

namespace rapporteur::anonymise {

struct WholeProgram {
  struct Column {
    double least = 0;
    double most = 1;
    double cost = 0;
    bool whole = true;
  };
  // The sum of factor times column lies between the two.
  struct Row {
    std::vector<int> columns;
    std::vector<double> factors;
    double least = 0;
    double most = 0;
  };
  std::vector<Column> columns;
  std::vector<Row> rows;

  // Its number.
  int add(const Column& column) {
    columns.push_back(column);
    return static_cast<int>(columns.size()) - 1;
  }
};
inline constexpr double kNoLimit = 1e30;

struct WholeLimits {
  int nodes = 20'000;  // of the tree that is searched
  double seconds = 120;
  double gap = 0;    // a cost by which the cheapest may be missed
  bool any = false;  // where the nodes are used up, the cheapest so far is good enough
  // What does not cost less is of no use: kInfeasible where nothing does.
  double below = kNoLimit;
};

struct WholeSolution {
  enum class Outcome : std::uint8_t { kDone, kInfeasible, kGivenUp } outcome = Outcome::kGivenUp;
  double cost = 0;
  std::vector<double> values;  // by column; whole ones are rounded
};
[[nodiscard]] WholeSolution solve(const WholeProgram& program, const WholeLimits& limits);

}  // namespace rapporteur::anonymise
