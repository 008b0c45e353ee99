#include "adapters/anonymise/cell_key/perturbation_table.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "proto/base/check.h"
#include "proto/base/sabotage.h"

namespace rapporteur::anonymise {
namespace {

// Weights of a row add up to about as much: 2^32.
constexpr std::int64_t kWhole = std::int64_t{1} << 32U;
// How near to the ends of what a row can have its variance comes: at the ends nothing but two
// deviations would be left, and no exponential law.
constexpr double kFromTheEnds = 0.02;
constexpr int kMostHalvings = 30;      // of one step of it
constexpr int kMostNewtonSteps = 500;  // of Newton's method; some ten are enough

using Deviations = std::vector<std::int64_t>;

Deviations deviations_of(std::int64_t count, const PerturbationRule& rule) {
  Deviations out;
  for (std::int64_t to = std::max<std::int64_t>(0, count - rule.max_deviation);
       to <= count + rule.max_deviation; ++to) {
    if (to == 0 || to > rule.js) out.push_back(to - count);
  }
  return out;
}

// The exponential law p(d) = exp(a d + b d^2) / z over the deviations: of all with the same mean
// and variance it has the most entropy (Jaynes 1957). `a` and `b` minimise a convex function.
class Law {
 public:
  Law(const Deviations& deviations, double variance) {
    scale_ = static_cast<double>(std::max(-deviations.front(), deviations.back()));
    for (const std::int64_t d : deviations) places_.push_back(static_cast<double>(d) / scale_);
    target_ = variance / (scale_ * scale_);
    look();
  }

  std::vector<double> probabilities() && {
    for (int step = 0; step < kMostNewtonSteps && !there(); ++step) move();
    return std::move(chances_);
  }

 private:
  struct Moments {
    double one = 0, two = 0, three = 0, four = 0;
  };

  [[nodiscard]] bool there() const {
    return std::abs(moments_.one) < 1e-13 && std::abs(moments_.two - target_) < 1e-13;
  }

  // ln z, less what is asked for; and the moments where it stands.
  void look() {
    double highest = -HUGE_VAL;
    for (const double x : places_) highest = std::max(highest, a_ * x + b_ * x * x);
    double z = 0;
    chances_.clear();
    for (const double x : places_)
      z += chances_.emplace_back(std::exp(a_ * x + b_ * x * x - highest));
    moments_ = {};
    for (std::size_t i = 0; i < places_.size(); ++i) {
      chances_[i] /= z;
      const double x = places_[i];
      moments_.one += chances_[i] * x;
      moments_.two += chances_[i] * x * x;
      moments_.three += chances_[i] * x * x * x;
      moments_.four += chances_[i] * x * x * x * x;
    }
    value_ = highest + std::log(z) - b_ * target_;
  }

  void move() {
    const double slope_a = moments_.one;
    const double slope_b = moments_.two - target_;
    const double aa = moments_.two - moments_.one * moments_.one + 1e-15;
    const double ab = moments_.three - moments_.one * moments_.two;
    const double bb = moments_.four - moments_.two * moments_.two + 1e-15;
    const double size = aa * bb - ab * ab;
    const double step_a = -(bb * slope_a - ab * slope_b) / size;
    const double step_b = -(aa * slope_b - ab * slope_a) / size;
    const double from_a = a_;
    const double from_b = b_;
    const double from_value = value_;
    double length = 1;
    for (int halved = 0; halved < kMostHalvings; ++halved) {
      a_ = from_a + length * step_a;
      b_ = from_b + length * step_b;
      look();
      if (value_ <= from_value) return;
      length /= 2;
    }
  }

  std::vector<double> places_;
  double scale_ = 1;
  double target_ = 0;
  double a_ = 0;
  double b_ = 0;
  double value_ = 0;
  Moments moments_;
  std::vector<double> chances_;
};

// Two neighbours that nothing lies between, and what they have to make up for.
struct Rest {
  std::size_t lower = 0;
  std::int64_t weight = 0;
  std::int64_t sum = 0;
};

// Whole weights of mean zero. What rounding leaves is given to the likeliest pair of neighbours:
// x + y = weight, d x + (d + gap) y = sum.
std::optional<PerturbationRow> in_whole_weights(const Deviations& deviations,
                                                const std::vector<double>& chances) {
  std::size_t lower = 0;
  for (std::size_t i = 1; i + 1 < deviations.size(); ++i) {
    const auto gap = [&](std::size_t at) { return deviations[at + 1] - deviations[at]; };
    const auto least = [&](std::size_t at) { return std::min(chances[at], chances[at + 1]); };
    if (gap(i) < gap(lower) || (gap(i) == gap(lower) && least(i) > least(lower))) lower = i;
  }
  const std::int64_t gap = deviations[lower + 1] - deviations[lower];
  const std::int64_t whole = kWhole / gap * gap;
  std::vector<std::int64_t> weights;
  Rest rest{lower, whole, sabotaged("perturbation-biased") ? gap : 0};
  for (std::size_t i = 0; i < deviations.size(); ++i) {
    const bool fixed = i != lower && i != lower + 1;
    weights.push_back(fixed ? std::llround(chances[i] * static_cast<double>(whole)) : 0);
    rest.weight -= weights.back();
    rest.sum -= weights.back() * deviations[i];
  }
  const std::int64_t above = rest.sum - rest.weight * deviations[lower];
  if (above % gap != 0) return std::nullopt;
  weights[lower + 1] = above / gap;
  weights[lower] = rest.weight - weights[lower + 1];
  PerturbationRow row;
  row.whole = static_cast<std::uint64_t>(whole);
  for (std::size_t i = 0; i < deviations.size(); ++i) {
    if (weights[i] < 0) return std::nullopt;
    if (weights[i] == 0) continue;
    row.steps.push_back({deviations[i], static_cast<std::uint64_t>(weights[i])});
  }
  return row;
}

std::optional<PerturbationRow> row_of(std::int64_t count, const PerturbationRule& rule) {
  const Deviations deviations = deviations_of(count, rule);
  if (deviations.empty() || deviations.front() > 0 || deviations.back() < 0) return std::nullopt;
  const auto next = std::ranges::lower_bound(deviations, 0);
  if (deviations.size() == 1 ||
      (*next == 0 && (next == deviations.begin() || next + 1 == deviations.end()))) {
    return PerturbationRow{{{0, kWhole}}, kWhole};
  }
  const double least = *next == 0 ? 0 : static_cast<double>(-*(next - 1) * *next);
  const auto most = static_cast<double>(-deviations.front() * deviations.back());
  const double room = kFromTheEnds * (most - least);
  const double variance = std::clamp(static_cast<double>(rule.variance), least + room, most - room);
  return in_whole_weights(deviations, Law(deviations, variance).probabilities());
}

}  // namespace

double variance_of(const PerturbationRow& row) {
  double sum = 0;
  for (const PerturbationRow::Step& step : row.steps) {
    sum += static_cast<double>(step.deviation * step.deviation) * static_cast<double>(step.weight);
  }
  return sum / static_cast<double>(row.whole);
}

Result<PerturbationTable> PerturbationTable::of(const PerturbationRule& rule) {
  PerturbationTable out(rule);
  // From here on no deviation leads to what may not appear.
  const std::int64_t last = rule.max_deviation + rule.js + 1;
  for (std::int64_t count = 1; count <= last; ++count) {
    auto row = row_of(count, rule);
    if (!row) {
      return fail(ErrorKind::kConfiguration,
                  "no perturbation of mean zero takes a count of " + std::to_string(count) +
                      " away from 1 to js within max_deviation",
                  {}, "a max_deviation above js, or a smaller js");
    }
    out.rows_.push_back(std::move(*row));
  }
  return out;
}

std::int64_t PerturbationTable::perturbed(std::int64_t count, std::uint64_t cell_key) const {
  RAPPORTEUR_CHECK(count >= 0);
  if (count == 0) return 0;
  const auto at = std::min(static_cast<std::size_t>(count), rows_.size()) - 1;
  const PerturbationRow& row = rows_[at];
  __extension__ using Wide = unsigned __int128;
  auto left = static_cast<std::uint64_t>((static_cast<Wide>(cell_key) * row.whole) >> 64U);
  for (const PerturbationRow::Step& step : row.steps) {
    if (left < step.weight) return count + step.deviation;
    left -= step.weight;
  }
  RAPPORTEUR_CHECK(false);
  return count;
}

}  // namespace rapporteur::anonymise
