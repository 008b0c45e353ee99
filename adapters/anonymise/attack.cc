#include "adapters/anonymise/attack.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <utility>

#include "adapters/anonymise/exact_tables.h"
#include "adapters/anonymise/reduced_system.h"
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
// A difference that is no more than rounding.
constexpr double kNothing = 1e-7;
// Where a program shows fewer of those that are open they compete.
constexpr std::size_t kFewOf = 8;
// A table that is of use for fewer of those that are open is left out: others serve them, too.
constexpr std::size_t kOfUse = 128;

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

// What is known of the bounds of variables, and the system with what cannot vary as constants.
struct Known {
  LinearSystem system;
  std::vector<char> has_end;  // by variable: its count cannot be as large as you like
};

Result<Known> known_of(const LinearSystem& system, const ExactTables& exact) {
  const disclosure::Tightened tight = disclosure::tighten(system);
  if (tight.contradiction || exact.contradictory()) return tl::unexpected(nothing_fits());
  Known out{system, std::vector<char>(system.bounds.size(), 0)};
  for (std::size_t v = 0; v < out.has_end.size(); ++v) {
    const disclosure::Bounds& bounds = tight.bounds[v];
    if (bounds.most == bounds.least) out.system.bounds[v] = bounds;
    out.has_end[v] = bounds.most ? 1 : 0;
  }
  return out;
}

// Numbered as in `system`.
template <typename HasEnd>
LinearSystem with_ends(LinearSystem system, const HasEnd& has_end) {
  for (std::size_t v = 0; v < system.bounds.size(); ++v) {
    disclosure::Bounds& bounds = system.bounds[v];
    if (!bounds.most && !has_end(v)) bounds.most = bounds.least + kFarAway;
  }
  return system;
}

// The range of a target in the tables so far, and in one that is looked at.
struct Reach {
  double least = std::numeric_limits<double>::max();
  double most = std::numeric_limits<double>::lowest();

  [[nodiscard]] Reach with(double value) const {
    return {std::min(least, value), std::max(most, value)};
  }
};

class Attacker {
 public:
  Attacker(const Known& known, const ExactTables& exact, std::span<const Target> targets,
           const WidthRule& rule)
      : targets_(targets),
        rule_(rule),
        exact_(exact),
        variables_(known.has_end.size()),
        reduced_(known.system, exact.independent()),
        program_(with_ends(reduced_.linear(),
                           [&](std::size_t v) { return known.has_end[reduced_.kept()[v]] != 0; })),
        solver_(program_),
        ranges_(targets.size()),
        reaches_(targets.size()),
        state_(targets.size(), State::kOpen) {}

  Result<Attack> run() && {
    if (targets_.empty()) return std::move(out_);
    if (auto done = begin(); !done) return tl::unexpected(done.error());
    bool one_by_one = false;
    for (auto left = open(); !left.empty(); left = open()) {
      if (one_by_one || left.size() == 1) {
        if (auto done = show_one(left.front()); !done) return tl::unexpected(done.error());
        one_by_one = state_[left.front()] == State::kNarrow;
      } else {
        if (auto done = show_some(left); !done) return tl::unexpected(done.error());
        use_best(left.size() / kOfUse);
        const std::size_t shown = left.size() - open().size();
        they_compete_ = they_compete_ || shown * kFewOf < left.size();
        one_by_one = shown == 0;
      }
    }
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (state_[i] == State::kNarrow) out_.narrow.push_back(targets_[i].variable);
    }
    std::ranges::sort(out_.narrow);
    return std::move(out_);
  }

 private:
  enum class State : std::uint8_t { kOpen, kShown, kNarrow };

  // A table on the way of a program, and the targets that it would be of use for.
  struct Candidate {
    std::vector<double> values;
    std::vector<std::size_t> of_use_for;
  };

  [[nodiscard]] std::vector<std::size_t> open() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (state_[i] == State::kOpen) out.push_back(i);
    }
    return out;
  }

  Status solved(Solver::Outcome outcome) {
    ++out_.programs;
    if (outcome == Solver::Outcome::kInfeasible) return tl::unexpected(nothing_fits());
    if (outcome == Solver::Outcome::kGivenUp) return tl::unexpected(solver_gave_up());
    return {};
  }

  // A first table, and the middle.
  Status begin() {
    const auto middle = middle_of(program_);
    if (auto done = solved(solver_.begin()); !done) return done;
    if (!middle) return tl::unexpected(solver_gave_up());
    middle_ = reduced_.expanded(*middle);
    look(solver_.values());
    use_best(0);
    return {};
  }

  // Towards an optimum of some, chosen at random; what lies on the way serves others, too. Where
  // they compete nobody gets more than is of use.
  Status show_some(std::span<const std::size_t> left) {
    std::vector<double> weights(variables_, 0);
    std::vector<Limit> limits;
    for (const std::size_t i : left) {
      const std::uint64_t random = random_();
      if (random % 2 == 0) continue;
      const bool low = !leaves_small(targets_[i], reaches_[i]);
      weights[targets_[i].variable] = low || random % 4 == 3 ? 1 : -1;
      if (!low || !they_compete_) continue;
      if (const auto limit = limit_of(targets_[i].variable)) limits.push_back(*limit);
    }
    return optimise(std::move(weights), limits);
  }

  // A little more than is asked, so that what is moved towards the middle is not short of it.
  [[nodiscard]] std::optional<Limit> limit_of(Variable variable) const {
    const auto& of_one = reduced_.of_one()[variable];
    if (!of_one || std::abs(of_one->factor) != 1) return std::nullopt;
    const auto enough = static_cast<double>(of_one->factor * (rule_.k + 1 - of_one->constant));
    const double now = solver_.values()[of_one->kept];
    const bool is_above = of_one->factor > 0;
    return Limit{of_one->kept, is_above ? std::max(enough, now) : std::min(enough, now), is_above};
  }

  // Both ends; then it is shown, or narrow.
  Status show_one(std::size_t i) {
    for (const double weight : {1.0, -1.0}) {
      std::vector<double> weights(variables_, 0);
      weights[targets_[i].variable] = weight;
      if (auto done = optimise(std::move(weights)); !done) return done;
      use_best(0);
      if (state_[i] == State::kShown) return {};
      // It is not enough, but how far it goes is to be shown, too.
      auto end = exact_near(reduced_.expanded(solver_.values()));
      if (end) use(std::move(*end));
    }
    state_[i] = State::kNarrow;
    return {};
  }

  Status optimise(std::vector<double> weights, std::span<const Limit> limits = {}) {
    const auto of_kept = reduced_.weights_of_kept(std::move(weights));
    const auto outcome =
        solver_.maximise(of_kept, limits, [this](std::span<const double> values) { look(values); });
    if (auto done = solved(outcome); !done) return done;
    look(solver_.values());
    return {};
  }

  void look(std::span<const double> kept) {
    Candidate candidate{reduced_.expanded(kept), {}};
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (state_[i] == State::kOpen && is_of_use(i, candidate.values)) {
        candidate.of_use_for.push_back(i);
      }
    }
    if (!candidate.of_use_for.empty()) candidates_.push_back(std::move(candidate));
  }

  [[nodiscard]] bool leaves_small(const Target& target, const Reach& reach) const {
    return reach.least < kNothing ||
           (!target.small_total && reach.most > static_cast<double>(rule_.k) - kNothing);
  }
  [[nodiscard]] bool is_wide(const Target& target, const Reach& reach) const {
    const std::int64_t width = std::min(rule_.width, target.small_total.value_or(rule_.width));
    return reach.most - reach.least > static_cast<double>(width) - kNothing;
  }
  [[nodiscard]] bool is_of_use(std::size_t i, std::span<const double> values) const {
    const Target& target = targets_[i];
    const Reach& before = reaches_[i];
    const Reach after = before.with(values[target.variable]);
    return leaves_small(target, after) && (is_wide(target, after) || !leaves_small(target, before));
  }

  // Of the candidates those that are of use for most, until nothing is left that one is of use for.
  // Those that are of use for no more than `least` are left out.
  void use_best(std::size_t least) {
    while (true) {
      const auto best = std::ranges::max_element(
          candidates_, {}, [](const Candidate& one) { return one.of_use_for.size(); });
      if (best == candidates_.end() || best->of_use_for.size() <= least) break;
      const Candidate chosen = std::exchange(*best, {});
      if (auto witness = exact_near(chosen.values)) use(std::move(*witness));
      for (Candidate& one : candidates_) {
        std::erase_if(one.of_use_for, [&](std::size_t i) {
          return state_[i] != State::kOpen || !is_of_use(i, one.values);
        });
      }
    }
    candidates_.clear();
  }

  // A vertex lies on many bounds, where rounding oversteps one: a little towards the middle.
  [[nodiscard]] std::optional<Witness> exact_near(const std::vector<double>& values) const {
    for (const double step : {0.0, 1.0 / 4096, 1.0 / 256, 1.0 / 32}) {
      std::vector<double> inside(values.size());
      for (std::size_t v = 0; v < values.size(); ++v) {
        inside[v] = (1 - step) * values[v] + step * middle_[v];
      }
      if (auto witness = exact_.nearest(inside)) return witness;
    }
    return std::nullopt;
  }

  void use(Witness witness) {
    bool is_of_use = false;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (state_[i] != State::kOpen) continue;
      const Range before = ranges_[i];
      const std::int64_t numerator = witness.numerators[targets_[i].variable];
      ranges_[i].include(numerator, witness.denominator);
      reaches_[i] = reaches_[i].with(static_cast<double>(numerator) /
                                     static_cast<double>(witness.denominator));
      is_of_use = is_of_use || !(ranges_[i] == before);
      if (ranges_[i].shows(targets_[i], rule_)) state_[i] = State::kShown;
    }
    if (is_of_use) out_.witnesses.push_back(std::move(witness));
  }

  std::span<const Target> targets_;
  WidthRule rule_;
  const ExactTables& exact_;
  std::size_t variables_;
  ReducedSystem reduced_;
  LinearSystem program_;  // reduced, each variable with an end
  Solver solver_;
  std::vector<Range> ranges_;
  std::vector<Reach> reaches_;  // the same, nearly
  std::vector<State> state_;
  std::vector<Candidate> candidates_;  // of the program that runs
  bool they_compete_ = false;
  std::vector<double> middle_;
  // The same at every run, so that the same table gives the same answer.
  std::mt19937_64 random_{1};  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  Attack out_;
};

}  // namespace

Result<Attack> attack(const LinearSystem& system, std::span<const Target> targets,
                      const WidthRule& rule) {
  const ExactTables exact(system);
  const auto known = known_of(system, exact);
  if (!known) return tl::unexpected(known.error());
  return Attacker(*known, exact, targets, rule).run();
}

Result<std::vector<Ends>> ends_of(const LinearSystem& system, std::span<const Variable> variables) {
  const ExactTables exact(system);
  const auto known = known_of(system, exact);
  if (!known) return tl::unexpected(known.error());
  Solver solver(with_ends(known->system, [&](std::size_t v) { return known->has_end[v] != 0; }),
                exact.independent());
  Solver::Outcome outcome = solver.begin();
  std::vector<Ends> out;
  for (const Variable variable : variables) {
    Ends ends;
    for (const double weight : {1.0, -1.0}) {
      std::vector<double> weights(system.bounds.size(), 0);
      weights[variable] = weight;
      if (outcome == Solver::Outcome::kOptimal) outcome = solver.maximise(weights);
      if (outcome == Solver::Outcome::kInfeasible) return tl::unexpected(nothing_fits());
      if (outcome == Solver::Outcome::kGivenUp) return tl::unexpected(solver_gave_up());
      (weight > 0 ? ends.most : ends.least) = solver.values()[variable];
      std::vector<std::uint32_t> both;
      std::ranges::set_union(ends.equations, solver.holding(), std::back_inserter(both));
      ends.equations = std::move(both);
    }
    out.push_back(std::move(ends));
  }
  return out;
}

}  // namespace rapporteur::anonymise
