// Whether witnesses show that a hidden count cannot be told.
//
// A target is shown to be safe by two witnesses in which its counts differ by at least `width` and
// are not both among 1 to k-1. Under a total below k that nothing beside is known of, the whole
// range from 0 to that total is enough.
//
// Threads: any; pure; exact. Source: ADR 26.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "broker/disclosure/witness.h"

namespace rapporteur::disclosure {

struct WidthRule {
  std::int64_t width = 3;
  std::int64_t k = 10;
};

struct Target {
  Variable variable = 0;
  std::optional<std::int64_t> small_total;  // below k; that it lies under
};

// The counts of one target in all witnesses so far, as numerators over one denominator each.
class Range {
 public:
  bool operator==(const Range&) const = default;
  void include(std::int64_t numerator, std::int64_t denominator);
  [[nodiscard]] bool is_wide(const Target& target, const WidthRule& rule) const;
  // The highest is at least k, or the lowest is nothing.
  [[nodiscard]] bool leaves_small_counts(const Target& target, const WidthRule& rule) const;
  [[nodiscard]] bool shows(const Target& target, const WidthRule& rule) const {
    return is_wide(target, rule) && leaves_small_counts(target, rule);
  }
  // Reaches from one bound to the other; false where there is none above.
  [[nodiscard]] bool covers(const Bounds& bounds) const;
  // From the lowest to the highest, rounded down; 0 where nothing was included.
  [[nodiscard]] std::int64_t whole_width() const;

  struct Ratio {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
    bool operator==(const Ratio&) const = default;
  };
  // Empty where nothing was included.
  [[nodiscard]] const std::optional<Ratio>& least() const { return least_; }
  [[nodiscard]] const std::optional<Ratio>& most() const { return most_; }

 private:
  std::optional<Ratio> least_;
  std::optional<Ratio> most_;
};

// By target. Witnesses have a numerator for each.
[[nodiscard]] std::vector<Range> ranges_of(std::span<const Target> targets,
                                           std::span<const Witness> witnesses);
// The least whole width; 0 where there are none.
[[nodiscard]] std::int64_t narrowest_of(std::span<const Range> ranges);

// Positions (in `targets`) of those that the witnesses do not show to be safe. Witnesses fit.
[[nodiscard]] std::vector<std::size_t> not_shown(std::span<const Target> targets,
                                                 std::span<const Witness> witnesses,
                                                 const WidthRule& rule);

}  // namespace rapporteur::disclosure
