#include "adapters/anonymise/attack.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>

#include "adapters/anonymise/exact_tables.h"
#include "adapters/anonymise/solver.h"
#include "broker/disclosure/bounds.h"

namespace rapporteur::anonymise {
namespace {

using disclosure::LinearSystem;
using disclosure::Range;
using disclosure::Target;
using disclosure::Variable;
using disclosure::WidthRule;
using disclosure::Witness;

// No program is without an end: counts far beyond any that is asked for are left out.
constexpr std::int64_t kFarAway = 10'000'000;

LinearSystem tightened(const LinearSystem& system, const disclosure::Tightened& known) {
  LinearSystem out = system;
  for (std::size_t v = 0; v < out.bounds.size(); ++v) {
    disclosure::Bounds& bounds = out.bounds[v];
    if (known.bounds[v].most == known.bounds[v].least) bounds = known.bounds[v];
    if (!known.bounds[v].most) bounds.most = bounds.least + kFarAway;
  }
  return out;
}

Error nothing_fits() {
  return {ErrorKind::kRefused,
          "no counts fit what is public",
          {},
          "look for figures that contradict each other"};
}
Error solver_gave_up() {
  return {ErrorKind::kRefused,
          "the solver gave up, so that nothing shows the table to be safe",
          {},
          "split the table, or make it coarser"};
}

class Attacker {
 public:
  Attacker(const LinearSystem& system, const LinearSystem& tight, const ExactTables& exact,
           std::span<const Target> targets, const WidthRule& rule)
      : targets_(targets),
        rule_(rule),
        exact_(exact),
        solver_(tight, options(exact, targets, rule)),
        ranges_(targets.size()),
        shown_(targets.size(), 0),
        is_narrow_(targets.size(), 0),
        equations_of_(system.bounds.size()),
        used_by_(system.equations.size(), 0),
        centre_(centre_of(tight, exact.independent())) {
    for (const std::uint32_t e : exact.independent()) {
      for (const auto& term : system.equations[e].terms) equations_of_[term.variable].push_back(e);
    }
  }

  Result<Attack> run() && {
    if (targets_.empty()) return std::move(out_);
    if (!centre_) return tl::unexpected(nothing_fits());
    if (auto witness = exact_.nearest(*centre_)) use(std::move(*witness));
    std::vector<std::size_t> all(targets_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (auto done = push_up(all); !done) return tl::unexpected(done.error());
    if (auto done = show_in_groups(); !done) return tl::unexpected(done.error());
    std::ranges::sort(out_.narrow, {}, &Narrow::variable);
    return std::move(out_);
  }

 private:
  static SolverOptions options(const ExactTables& exact, std::span<const Target> targets,
                               const WidthRule& rule) {
    SolverOptions out;
    out.equations = exact.independent();
    for (const Target& target : targets) out.capped.push_back(target.variable);
    // A little more than is asked, so that what is rounded is not short of it.
    out.cap = rule.k + 1;
    return out;
  }

  [[nodiscard]] std::vector<std::size_t> open() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (shown_[i] == 0 && is_narrow_[i] == 0) out.push_back(i);
    }
    return out;
  }
  [[nodiscard]] bool wants_more(std::size_t i) const {
    return !targets_[i].small_total && !ranges_[i].leaves_small_counts(targets_[i], rule_);
  }

  // Far apart, so that one has nothing to give up for another: no two in one equation.
  [[nodiscard]] std::vector<std::size_t> far_apart(std::vector<std::size_t> from,
                                                   std::size_t most) {
    for (std::size_t i = from.size(); i > 1; --i) std::swap(from[i - 1], from[random_() % i]);
    ++round_;
    std::vector<std::size_t> group;
    for (const std::size_t i : from) {
      const auto& equations = equations_of_[targets_[i].variable];
      if (std::ranges::any_of(equations, [&](std::uint32_t e) { return used_by_[e] == round_; })) {
        continue;
      }
      for (const std::uint32_t e : equations) used_by_[e] = round_;
      group.push_back(i);
      if (group.size() == most) break;
    }
    return group;
  }

  Status show_in_groups() {
    std::size_t most = targets_.size();
    for (auto left = open(); !left.empty(); left = open()) {
      std::vector<std::size_t> low;
      std::ranges::copy_if(left, std::back_inserter(low),
                           [&](std::size_t i) { return wants_more(i); });
      const bool up = !low.empty();
      const auto group = far_apart(up ? low : left, most);
      if (group.size() == 1) {
        if (auto done = show_one(group.front()); !done) return done;
        most = 2;
        continue;
      }
      if (auto done = up ? push_up(group) : pull_apart(group); !done) return done;
      const auto reached = static_cast<std::size_t>(std::ranges::count_if(
          group, [&](std::size_t i) { return up ? !wants_more(i) : shown_[i] != 0; }));
      most = reached * 3 < group.size() ? (group.size() + 1) / 2 : group.size() * 2;
    }
    return {};
  }

  Status push_up(std::span<const std::size_t> group) {
    std::vector<Goal> goals;
    for (const std::size_t i : group) goals.push_back({targets_[i].variable, 1, true});
    return solve(goals);
  }
  Status pull_apart(std::span<const std::size_t> group) {
    for (const double weight : {-1.0, 1.0}) {
      std::vector<Goal> goals;
      for (const std::size_t i : group) {
        if (shown_[i] == 0) goals.push_back({targets_[i].variable, weight, false});
      }
      if (goals.empty()) return {};
      if (auto done = solve(goals); !done) return done;
    }
    return {};
  }

  // Both ends; then it is shown, or narrow.
  Status show_one(std::size_t i) {
    const Variable variable = targets_[i].variable;
    Narrow narrow{variable, 0, 0, {}};
    for (const double weight : {1.0, -1.0}) {
      const std::vector<Goal> goals{{variable, weight, false}};
      if (auto done = solve(goals); !done) return done;
      if (shown_[i] != 0) return {};
      (weight > 0 ? narrow.most : narrow.least) = solver_.values()[variable];
      const auto holding = solver_.holding();
      narrow.equations.insert(narrow.equations.end(), holding.begin(), holding.end());
    }
    std::ranges::sort(narrow.equations);
    narrow.equations.erase(std::unique(narrow.equations.begin(), narrow.equations.end()),
                           narrow.equations.end());
    out_.narrow.push_back(std::move(narrow));
    is_narrow_[i] = 1;
    return {};
  }

  Status solve(std::span<const Goal> goals) {
    ++out_.programs;
    const Solver::Outcome outcome = solver_.maximise(goals);
    if (outcome == Solver::Outcome::kInfeasible) return tl::unexpected(nothing_fits());
    if (outcome == Solver::Outcome::kGivenUp) return tl::unexpected(solver_gave_up());
    const std::vector<double>& values = solver_.values();
    // An optimum lies on many bounds, where rounding oversteps one: a little towards the middle.
    for (const double step : {0.0, 1.0 / 4096, 1.0 / 256, 1.0 / 32}) {
      std::vector<double> inside(values.size());
      for (std::size_t v = 0; v < values.size(); ++v) {
        inside[v] = (1 - step) * values[v] + step * (*centre_)[v];
      }
      auto witness = exact_.nearest(inside);
      if (!witness) continue;
      use(std::move(*witness));
      break;
    }
    return {};
  }

  void use(Witness witness) {
    bool of_use = false;
    std::vector<Range> wider = ranges_;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (shown_[i] != 0) continue;
      wider[i].include(witness.numerators[targets_[i].variable], witness.denominator);
      of_use = of_use || !(wider[i] == ranges_[i]);
    }
    if (!of_use) return;
    ranges_ = std::move(wider);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (ranges_[i].shows(targets_[i], rule_)) shown_[i] = 1;
    }
    out_.witnesses.push_back(std::move(witness));
  }

  std::span<const Target> targets_;
  WidthRule rule_;
  const ExactTables& exact_;
  Solver solver_;
  std::vector<Range> ranges_;
  std::vector<char> shown_;
  std::vector<char> is_narrow_;
  std::vector<std::vector<std::uint32_t>> equations_of_;  // by variable
  std::vector<std::uint32_t> used_by_;                    // by equation: the last round
  std::optional<std::vector<double>> centre_;
  std::uint32_t round_ = 0;
  // The same at every run, so that the same table gives the same answer.
  std::mt19937_64 random_{1};  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  Attack out_;
};

}  // namespace

Result<Attack> attack(const LinearSystem& system, std::span<const Target> targets,
                      const WidthRule& rule) {
  const disclosure::Tightened known = disclosure::tighten(system);
  const ExactTables exact(system);
  if (known.contradiction || exact.contradictory()) return tl::unexpected(nothing_fits());
  const LinearSystem tight = tightened(system, known);
  return Attacker(system, tight, exact, targets, rule).run();
}

Result<std::vector<Ends>> ends_of(const LinearSystem& system, std::span<const Variable> variables) {
  const disclosure::Tightened known = disclosure::tighten(system);
  const ExactTables exact(system);
  if (known.contradiction || exact.contradictory()) return tl::unexpected(nothing_fits());
  const LinearSystem tight = tightened(system, known);
  Solver solver(tight, {exact.independent(), {}, 0});
  std::vector<Ends> out;
  for (const Variable variable : variables) {
    Ends ends;
    for (const double weight : {1.0, -1.0}) {
      const std::vector<Goal> goals{{variable, weight, false}};
      const Solver::Outcome outcome = solver.maximise(goals);
      if (outcome == Solver::Outcome::kInfeasible) return tl::unexpected(nothing_fits());
      if (outcome == Solver::Outcome::kGivenUp) return tl::unexpected(solver_gave_up());
      (weight > 0 ? ends.most : ends.least) = solver.values()[variable];
    }
    out.push_back(ends);
  }
  return out;
}

}  // namespace rapporteur::anonymise
