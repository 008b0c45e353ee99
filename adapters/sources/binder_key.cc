// What completes a key: frequency, unit, and the dimensions that no column gives.
#include <algorithm>

#include "adapters/sources/binder.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::sources {
namespace {

bool counts_persons(std::string_view unit) {
  return unit == "PER" || unit == "PER_YR";
}

}  // namespace

void Binder::derive_frequency(Row& row) {
  if (row.dimensions[kFreq] != kNotGiven || row.dimensions[kTime] == kNotGiven) return;
  const std::uint32_t time = row.dimensions[kTime];
  if (frequency_of_.size() <= time) frequency_of_.resize(time + 1, kNotGiven);
  if (frequency_of_[time] == kNotGiven) {
    const auto period = TimePeriod::parse(dimensions_[kTime].codes.text(time));
    if (!period) return;
    frequency_of_[time] = dimensions_[kFreq].codes.intern(period->freq);
  }
  row.dimensions[kFreq] = frequency_of_[time];
}

Binder::AbsentCodes Binder::absent_codes(const std::string& indicator, const std::string& unit) {
  AbsentCodes out;
  out.fill(kNotGiven);
  const codelists::Indicator* known = codelists::find_indicator(indicator);
  for (std::size_t d = kCounterpart; d < kUnit; ++d) {
    if (d == kIndicator) continue;
    const auto dimension = static_cast<Dimension>(d);
    const bool broken_down =
        known != nullptr && std::find(known->dimensions.begin(), known->dimensions.end(),
                                      dimension) != known->dimensions.end();
    const bool total = broken_down || (d != kCounterpart && counts_persons(unit));
    const bool as_total = total && codelists::valid(dimension, "_T");
    out[d] = dimensions_[d].codes.intern(as_total ? "_T" : "_Z");
  }
  return out;
}

// Components that no column gives: the unit of an indicator that has one, and _T or _Z where the
// indicator may or may not be broken down.
void Binder::fill_absent(Row& row) {
  if (row.dimensions[kIndicator] == kNotGiven) return;
  const std::string& indicator = dimensions_[kIndicator].codes.text(row.dimensions[kIndicator]);
  if (row.dimensions[kUnit] == kNotGiven && !has_column_[kUnit]) {
    const codelists::Indicator* known = codelists::find_indicator(indicator);
    if (known != nullptr && known->units.size() == 1) {
      row.dimensions[kUnit] = dimensions_[kUnit].codes.intern(known->units.front());
    }
  }
  if (row.dimensions[kUnit] == kNotGiven) return;
  const auto key = std::pair(row.dimensions[kIndicator], row.dimensions[kUnit]);
  auto found = absent_.find(key);
  if (found == absent_.end()) {
    const std::string unit = dimensions_[kUnit].codes.text(row.dimensions[kUnit]);
    found = absent_.emplace(key, absent_codes(indicator, unit)).first;
  }
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (row.dimensions[d] == kNotGiven && !has_column_[d]) row.dimensions[d] = found->second[d];
  }
}

bool Binder::has_whole_key(Row& row) {
  // An indicator that was refused already cannot tell its unit.
  const std::uint32_t indicator = row.dimensions[kIndicator];
  const bool tells_unit =
      indicator != kNotGiven &&
      !(row.refused &&
        codelists::find_indicator(dimensions_[kIndicator].codes.text(indicator)) == nullptr);
  std::string missing;
  bool by_a_blank = false;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    if (row.dimensions[d] != kNotGiven) continue;
    // FREQ and what an indicator decides follow from components that are themselves missing.
    const bool follows = !has_column_[d] && d != kRefArea && d != kIndicator && d != kTime &&
                         (d != kUnit || !tells_unit);
    if (follows) continue;
    by_a_blank = by_a_blank || has_column_[d];
    missing += (missing.empty() ? "" : " ") + std::string(kDimensionNames[d]);
  }
  if (missing.empty()) return true;
  Finding finding{.code = "MISSING_DIMENSION",
                  .line = row.line,
                  .column_name = missing,
                  .what = "nothing gives these dimensions, so the row has no whole key",
                  .remedy = R"(bind a column, give a constant, or map the blank: "" = "_T")"};
  // Without a column no row has them.
  if (by_a_blank) {
    findings_.add(std::move(finding));
  } else {
    findings_.add_cause(std::move(finding));
  }
  return false;
}

}  // namespace rapporteur::sources
