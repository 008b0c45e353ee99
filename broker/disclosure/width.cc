#include "broker/disclosure/width.h"

#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

__extension__ using Product = __int128;

// a/b < c/d; denominators are positive.
bool less(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return Product{a} * d < Product{c} * b;
}

// For tests alone: what is near counts as far enough.
float as_float(const Range::Ratio& ratio) {
  return static_cast<float>(ratio.numerator) / static_cast<float>(ratio.denominator);
}

}  // namespace

void Range::include(std::int64_t numerator, std::int64_t denominator) {
  if (!least_ || less(numerator, denominator, least_->numerator, least_->denominator)) {
    least_ = {numerator, denominator};
  }
  if (!most_ || less(most_->numerator, most_->denominator, numerator, denominator)) {
    most_ = {numerator, denominator};
  }
}

bool Range::is_wide(const Target& target, const WidthRule& rule) const {
  if (!least_) return false;
  if (target.small_total && *target.small_total < rule.width) {
    return least_->numerator <= 0 &&
           !less(most_->numerator, most_->denominator, *target.small_total, 1);
  }
  // most - least >= width, over the product of the denominators, which are at most 2^40 each: the
  // width is less than 2^20, so nothing overflows 128 bits.
  const Product most = Product{most_->numerator} * least_->denominator;
  const Product least = Product{least_->numerator} * most_->denominator;
  if (sabotaged("width-compared-in-floating-point")) {
    return as_float(*most_) - as_float(*least_) >= static_cast<float>(rule.width);
  }
  const std::int64_t width = rule.width - (sabotaged("width-less-one") ? 1 : 0);
  return most - least >= Product{width} * least_->denominator * most_->denominator;
}

bool Range::leaves_small_counts(const Target& target, const WidthRule& rule) const {
  if (!least_) return false;
  if (target.small_total) return least_->numerator <= 0;
  if (sabotaged("small-range-taken")) return true;
  return least_->numerator <= 0 || !less(most_->numerator, most_->denominator, rule.k, 1);
}

bool Range::covers(const Bounds& bounds) const {
  return least_ && bounds.most && !less(bounds.least, 1, least_->numerator, least_->denominator) &&
         !less(most_->numerator, most_->denominator, *bounds.most, 1);
}

std::int64_t Range::whole_width() const {
  if (!least_) return 0;
  const Product most = Product{most_->numerator} * least_->denominator;
  const Product least = Product{least_->numerator} * most_->denominator;
  return static_cast<std::int64_t>((most - least) /
                                   (Product{least_->denominator} * most_->denominator));
}

std::vector<Range> ranges_of(std::span<const Target> targets, std::span<const Witness> witnesses) {
  std::vector<Range> ranges(targets.size());
  for (const Witness& witness : witnesses) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      ranges[i].include(witness.numerators[targets[i].variable], witness.denominator);
    }
  }
  return ranges;
}

std::int64_t narrowest_of(std::span<const Range> ranges) {
  std::optional<std::int64_t> narrowest;
  for (const Range& range : ranges) {
    const std::int64_t width = range.whole_width();
    if (!narrowest || width < *narrowest) narrowest = width;
  }
  return narrowest.value_or(0);
}

std::vector<std::size_t> not_shown(std::span<const Target> targets,
                                   std::span<const Witness> witnesses, const WidthRule& rule) {
  const std::vector<Range> ranges = ranges_of(targets, witnesses);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!ranges[i].shows(targets[i], rule)) out.push_back(i);
  }
  return out;
}

}  // namespace rapporteur::disclosure
