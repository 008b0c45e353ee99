#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "adapters/sinks/table/cells.h"
#include "adapters/sinks/table/figures_table.h"
#include "proto/base/result.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sinks {
namespace {

constexpr std::string_view kBetween = " · ";
constexpr std::size_t kMostPeriods = 2'000;

// Frequencies whose periods can be counted: how many a year, and what stands before the number.
struct Rhythm {
  std::string_view freq;
  int per_year;
  std::string_view mark;
  std::size_t digits;
};
constexpr std::array<Rhythm, 4> kRhythms{
    {{"A", 1, "", 0}, {"S", 2, "-S", 1}, {"Q", 4, "-Q", 1}, {"M", 12, "-", 2}}};

const Rhythm* rhythm_of(std::string_view freq) {
  for (const auto& rhythm : kRhythms) {
    if (rhythm.freq == freq) return &rhythm;
  }
  return nullptr;
}

std::optional<int> number(std::string_view digits) {
  int out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

// Periods since the year 0.
std::optional<int> ordinal(const Rhythm& rhythm, std::string_view period) {
  if (period.size() != 4 + rhythm.mark.size() + rhythm.digits) return std::nullopt;
  const auto year = number(period.substr(0, 4));
  if (!year || period.substr(4, rhythm.mark.size()) != rhythm.mark) return std::nullopt;
  if (rhythm.digits == 0) return *year;
  const auto within = number(period.substr(4 + rhythm.mark.size()));
  if (!within) return std::nullopt;
  return *year * rhythm.per_year + *within - 1;
}

std::string period_at(const Rhythm& rhythm, int at) {
  std::string out = std::to_string(at / rhythm.per_year);
  if (rhythm.digits == 0) return out;
  std::string within = std::to_string(at % rhythm.per_year + 1);
  if (within.size() < rhythm.digits) within.insert(0, rhythm.digits - within.size(), '0');
  return out + std::string(rhythm.mark) + within;
}

// Figures that differ in their period alone.
struct SeriesId {
  std::string dataflow;
  std::string sender;
  std::string area;
  std::string unit;
  std::string breakdown;
  std::string freq;
  auto operator<=>(const SeriesId&) const = default;
};
using Points = std::map<std::string, const Observation*>;  // by period

// From the first to the last; periods that cannot be counted stand as they came.
std::vector<std::string> periods_of(const std::string& freq, const Points& points) {
  std::vector<std::string> out;
  const Rhythm* rhythm = rhythm_of(freq);
  std::vector<int> ordinals;
  for (const auto& [period, observation] : points) {
    out.push_back(period);
    const auto at = rhythm == nullptr ? std::nullopt : ordinal(*rhythm, period);
    if (at) ordinals.push_back(*at);
  }
  if (ordinals.empty() || ordinals.size() != points.size()) return out;
  const auto [first, last] = std::minmax_element(ordinals.begin(), ordinals.end());
  if (static_cast<std::size_t>(*last - *first) >= kMostPeriods) return out;
  out.clear();
  for (int at = *first; at <= *last; ++at) out.push_back(period_at(*rhythm, at));
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) {
    if (!out.empty()) out += kBetween;
    out += text;
  }
  return out;
}

std::string title(const std::string& indicator, const SeriesId& id, bool french) {
  std::string out = printable(indicator, 32) + ' ' + printable(id.area, 32);
  if (const auto* known = codelists::find_indicator(indicator)) {
    out += "  " + std::string(french ? known->label_fr : known->label_en);
  }
  std::string details = printable(id.sender, 40);
  for (const auto& text : {id.unit, id.breakdown}) {
    if (text.empty()) continue;
    details += (details.empty() ? "" : ", ") + printable(text, 64);
  }
  return out + (details.empty() ? "" : "  [" + details + ']');
}

std::string series_text(const std::string& indicator, const SeriesId& id, const Points& points,
                        const TableOptions& options) {
  std::vector<std::string> marks;
  std::vector<std::string> numbers;
  std::vector<std::string> with_number;
  std::vector<std::string> missing;
  Legend legend;
  std::vector<std::string> periods = periods_of(id.freq, points);
  for (auto& period : periods) {
    const auto point = points.find(period);
    const Observation* observation = point == points.end() ? nullptr : point->second;
    if (observation == nullptr) {
      legend.note_nothing_received();
    } else {
      legend.note(*observation);
    }
    marks.push_back(observation == nullptr ? std::string(kNothingReceived)
                                           : cell_text(*observation));
    const bool has_number = observation != nullptr && observation->value.has_value();
    if (has_number) numbers.push_back(number_text(*observation));
    (has_number ? with_number : missing).push_back(period);
    const std::size_t width = std::max(display_width(period), display_width(marks.back()));
    period = right_aligned(period, width);
    marks.back() = right_aligned(marks.back(), width);
  }
  std::string out = bold(title(indicator, id, options.french), options.colours) + '\n';
  out += "  " + joined(periods) + "\n  " + joined(marks) + "\n  " + joined(numbers);
  if (!with_number.empty()) out += " (" + joined(with_number) + ')';
  if (!missing.empty()) {
    out += (options.french ? " ; manquent : " : "; missing: ") + joined(missing);
  }
  return out + '\n' + legend.text(options.french);
}

}  // namespace

std::string figures_series(std::span<const Figure> figures, const SeriesKey& key,
                           const TableOptions& options) {
  std::map<SeriesId, Points> found;
  const auto fits = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  for (const auto& figure : figures) {
    const Observation& o = figure.observation;
    const bool matches =
        o[Dimension::kIndicator] == key.indicator && o[Dimension::kRefArea] == key.ref_area &&
        fits(key.sender, figure.sender) && fits(key.expl_form, o[Dimension::kExplForm]);
    if (!matches) continue;
    const SeriesId id{figure.dataflow,        figure.sender,
                      o[Dimension::kRefArea], o[Dimension::kUnitMeasure],
                      breakdown_text(o),      o[Dimension::kFreq]};
    found[id][o[Dimension::kTimePeriod]] = &o;
  }
  std::string out;
  for (const auto& [id, points] : found) {
    if (!out.empty()) out += '\n';
    out += series_text(key.indicator, id, points, options);
  }
  return out;
}

}  // namespace rapporteur::sinks
