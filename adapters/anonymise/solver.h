// Linear programs over one system: what is fixed stays, the objective changes.
//
// Threads: one at a time. Lifetime: copies what it needs.
// Errors: a program that is not solved to its end says so; its values then mean nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::anonymise {

// A table as far from all bounds as can be: there is room around it for rounding. Values by
// variable; empty if no counts fit, or the solver gave up.
[[nodiscard]] std::optional<std::vector<double>> centre_of(
    const disclosure::LinearSystem& system, std::span<const std::uint32_t> equations);

struct SolverOptions {
  // Equations that count; the others must follow from them.
  std::vector<std::uint32_t> equations;
  // Of these what is above `cap` can be left out of an objective.
  std::vector<disclosure::Variable> capped;
  std::int64_t cap = 0;
  int iterations = 1'000'000;  // of one program
};

// To be made as large as can be, times `weight`.
struct Goal {
  disclosure::Variable variable = 0;
  double weight = 1;
  bool capped = false;  // nothing is gained above the cap
};

class Solver {
 public:
  enum class Outcome { kOptimal, kInfeasible, kGivenUp };

  // Variables whose bounds meet are constants.
  Solver(const disclosure::LinearSystem& system, const SolverOptions& options);
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  [[nodiscard]] Outcome maximise(std::span<const Goal> goals);
  // Of the last program, by variable.
  [[nodiscard]] const std::vector<double>& values() const;
  // Equations that hold its objective where it is, ascending.
  [[nodiscard]] std::vector<std::uint32_t> holding() const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace rapporteur::anonymise
