#include "broker/disclosure/bounds.h"

#include <numeric>
#include <utility>

namespace rapporteur::disclosure {
namespace {

__extension__ using Wide = __int128;

Wide floor_of(Wide number, Wide divisor) {
  if (divisor == 1) return number;  // nearly always, and a division is dear
  const Wide quotient = number / divisor;
  return number % divisor != 0 && (number < 0) != (divisor < 0) ? quotient - 1 : quotient;
}
Wide ceiling_of(Wide number, Wide divisor) {
  return -floor_of(-number, divisor);
}

// The least or most that an equation's terms can add up to; terms without an end are counted.
struct End {
  Wide sum = 0;
  std::uint32_t endless = 0;
};

class Tightening {
 public:
  explicit Tightening(const LinearSystem& system)
      : system_(system), equations_of_(system.bounds.size()), waits_(system.equations.size(), 1) {
    out_.bounds = system.bounds;
    out_.most_from.resize(system.bounds.size());
    for (std::uint32_t e = 0; e < system.equations.size(); ++e) {
      for (const LinearTerm& term : system.equations[e].terms) {
        equations_of_[term.variable].push_back(e);
      }
    }
    queue_.resize(system.equations.size());
    std::iota(queue_.begin(), queue_.end(), 0U);
  }

  Tightened run(std::uint64_t steps) && {
    // The queue grows at its end; what was looked at is not taken out.
    for (std::size_t next = 0; next < queue_.size() && !out_.contradiction; ++next) {
      const std::uint32_t e = queue_[next];
      waits_[e] = 0;
      const std::size_t terms = system_.equations[e].terms.size();
      if (steps < terms) break;
      steps -= terms;
      look_at(e);
    }
    return std::move(out_);
  }

 private:
  // Of factor times variable.
  [[nodiscard]] std::optional<Wide> end_of(const LinearTerm& term, bool upper) const {
    const Bounds& bounds = out_.bounds[term.variable];
    if (upper == (term.factor > 0)) {
      if (!bounds.most) return std::nullopt;
      return Wide{term.factor} * *bounds.most;
    }
    return Wide{term.factor} * bounds.least;
  }

  [[nodiscard]] End end_of(const Equation& equation, bool upper) const {
    End end;
    for (const LinearTerm& term : equation.terms) {
      const auto one = end_of(term, upper);
      if (one) {
        end.sum += *one;
      } else {
        ++end.endless;
      }
    }
    return end;
  }

  void look_at(std::uint32_t e) {
    const Equation& equation = system_.equations[e];
    End least = end_of(equation, false);
    End most = end_of(equation, true);
    if ((least.endless == 0 && least.sum > equation.constant) ||
        (most.endless == 0 && most.sum < equation.constant)) {
      out_.contradiction = e;
      return;
    }
    for (const LinearTerm& term : equation.terms) {
      // factor * x = constant - the others.
      const bool has_moved = bound_by(e, term, least, true);
      if (!bound_by(e, term, most, false) && !has_moved) continue;
      least = end_of(equation, false);
      most = end_of(equation, true);
    }
  }

  // The others' least bounds factor * x from above, their most from below. Whether that is news.
  bool bound_by(std::uint32_t e, const LinearTerm& term, const End& end, bool from_above) {
    const auto own = end_of(term, !from_above);
    if (end.endless > (own ? 0U : 1U)) return false;
    const Wide others = end.sum - own.value_or(0);
    const Wide limit = Wide{system_.equations[e].constant} - others;
    Bounds& bounds = out_.bounds[term.variable];
    if (from_above == (term.factor > 0)) {
      const Wide most = floor_of(limit, term.factor);
      if (most > kAsGoodAsUnbounded || (bounds.most && most >= *bounds.most)) return false;
      bounds.most = static_cast<std::int64_t>(most);
      out_.most_from[term.variable] = e;
    } else {
      const Wide lowest = ceiling_of(limit, term.factor);
      if (lowest <= bounds.least || lowest > kAsGoodAsUnbounded) return false;
      bounds.least = static_cast<std::int64_t>(lowest);
    }
    if (bounds.most && bounds.least > *bounds.most) {
      out_.contradiction = e;
      return true;
    }
    for (const std::uint32_t other : equations_of_[term.variable]) {
      if (waits_[other] != 0) continue;
      waits_[other] = 1;
      queue_.push_back(other);
    }
    return true;
  }

  const LinearSystem& system_;
  std::vector<std::vector<std::uint32_t>> equations_of_;
  std::vector<char> waits_;
  std::vector<std::uint32_t> queue_;
  Tightened out_;
};

}  // namespace

Tightened tighten(const LinearSystem& system, std::uint64_t steps) {
  return Tightening(system).run(steps);
}

}  // namespace rapporteur::disclosure
