// Linear programs over one system: what is fixed stays, the objective changes.
//
// Threads: one at a time. Lifetime: copies what it needs.
// Errors: a program that is not solved to its end says so; its values then mean nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::anonymise {

// A table as far from all bounds as can be, or nearly: there is room around it for rounding. Values
// by variable; empty if no counts fit, or the solver gave up.
[[nodiscard]] std::optional<std::vector<double>> middle_of(const disclosure::LinearSystem& system);

// What a program comes by on its way to an optimum: values by variable, a table that fits nearly.
using OnTheWay = std::function<void(std::span<const double> values)>;

// That a count shall not be above, or below, in one program. The last table has to keep to it.
struct Limit {
  disclosure::Variable variable = 0;
  double at = 0;
  bool is_above = true;
};

class Solver {
 public:
  enum class Outcome { kOptimal, kInfeasible, kGivenUp };

  explicit Solver(const disclosure::LinearSystem& system);
  // Of `system` only the `equations` named count; the others must follow from them.
  Solver(const disclosure::LinearSystem& system, std::span<const std::uint32_t> equations);
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  // A table that fits: the first program.
  [[nodiscard]] Outcome begin();
  // Makes the weighted sum of all variables as large as can be, from the last table on. After
  // begin().
  [[nodiscard]] Outcome maximise(std::span<const double> weights,
                                 std::span<const Limit> limits = {},
                                 const OnTheWay& on_the_way = {});
  // Of the last program, by variable.
  [[nodiscard]] const std::vector<double>& values() const;
  // Equations that hold its objective where it is, ascending.
  [[nodiscard]] std::vector<std::uint32_t> holding() const;

 private:
  struct Model;
  std::unique_ptr<Model> model_;
};

}  // namespace rapporteur::anonymise
