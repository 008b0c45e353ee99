#include "adapters/anonymise/row_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "adapters/sources/period_format.h"
#include "adapters/sources/suggest.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::anonymise {
namespace {

using Per = SpecTime::Per;

// No population is larger.
constexpr std::int64_t kLargestCount = 1'000'000'000;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

tl::unexpected<RefusedRow> refused(const std::string& column, std::string what) {
  return tl::unexpected<RefusedRow>({0, column, std::move(what)});
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The part of the year that holds the day.
std::string part_of(int day, Per per) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  std::string year = std::to_string(static_cast<int>(date.year()));
  year.insert(0, 4 - std::min<std::size_t>(4, year.size()), '0');
  const unsigned month = static_cast<unsigned>(date.month());
  switch (per) {
    case Per::kHalfYear:
      return year + "-S" + std::to_string((month - 1) / 6 + 1);
    case Per::kQuarter:
      return year + "-Q" + std::to_string((month - 1) / 3 + 1);
    case Per::kMonth:
      return year + (month < 10 ? "-0" : "-") + std::to_string(month);
    default:
      return year;
  }
}

}  // namespace

Result<RowReader> RowReader::of(const Wanted& wanted, const std::vector<std::string>& header) {
  const Spec& spec = wanted.spec;
  RowReader out(wanted);
  out.fields_ = header.size();
  std::optional<Error> missing;
  const auto place = [&](const std::string& column) -> std::size_t {
    const auto found = std::ranges::find(header, column);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
    const std::vector<std::string_view> names(header.begin(), header.end());
    const std::string near = sources::did_you_mean(column, names);
    if (!missing) {
      missing = Error{ErrorKind::kMalformed,
                      "there is no column " + printable(column, 80),
                      {},
                      near.empty() ? "name a column of the header in " + spec.file : near};
    }
    return 0;
  };
  if (!spec.ref_area.column.empty()) out.area_ = place(spec.ref_area.column);
  if (!spec.time.column.empty()) out.time_ = place(spec.time.column);
  if (spec.counted) out.count_ = place(spec.count_column);
  if (wanted.keys) out.case_ = place(spec.cell_key.case_column);
  for (const Hierarchy& one : wanted.hierarchies) out.columns_.push_back(place(one.column));
  if (missing) return tl::unexpected(*missing);
  return out;
}

RowReader::Text RowReader::area_of(const sources::RowBlock& block) const {
  const SpecPlace& place = spec_.ref_area;
  if (place.column.empty()) return place.constant;
  const std::string_view text = trimmed(block.open_cell(area_));
  if (const auto mapped = place.codes.find(std::string(text)); mapped != place.codes.end()) {
    return mapped->second;
  }
  const std::string code(codelists::area_alias(text).value_or(text));
  if (codelists::valid(Dimension::kRefArea, code)) return code;
  return refused(place.column, "no code of REF_AREA, and none is given for it");
}

RowReader::Text RowReader::period_of(const sources::RowBlock& block) const {
  const SpecTime& time = spec_.time;
  if (time.column.empty()) return time.constant;
  std::string text(trimmed(block.open_cell(time_)));
  for (const std::string& format : time.formats) {
    if (auto read = sources::read_period(format, text)) {
      text = std::move(*read);
      break;
    }
  }
  const auto period = TimePeriod::parse(text);
  if (!period || period->freq == "_U") {
    return refused(time.column, "no single period or date as the spec's formats say");
  }
  if (time.per == Per::kAsWritten) return text;
  std::string first = part_of(*period->first_day, time.per);
  if (first == part_of(*period->last_day, time.per)) return first;
  return refused(time.column, "a period longer than the table's");
}

RowReader::Text RowReader::code_of(const Hierarchy& hierarchy, std::string_view text) const {
  if (const auto mapped = hierarchy.codes.find(std::string(text));
      mapped != hierarchy.codes.end()) {
    return mapped->second;
  }
  if (const auto age = hierarchy.bands.empty() ? std::nullopt : whole(text)) {
    for (const LeafBand& band : hierarchy.bands) {
      if (*age >= band.first && *age <= band.last) return band.code;
    }
    return refused(hierarchy.column, "an age that no band holds");
  }
  const bool area = hierarchy.dimension == Dimension::kCitizen ||
                    hierarchy.dimension == Dimension::kCounterpartArea;
  const auto alias = area ? codelists::area_alias(text) : std::nullopt;
  const std::string code(alias.value_or(text));
  if (hierarchy.kind_of(code) != Hierarchy::Kind::kNone) return code;
  return refused(hierarchy.column, "no code of " + std::string(name(hierarchy.dimension)) +
                                       ", and none is given for it");
}

tl::expected<std::int64_t, RefusedRow> RowReader::count_of(const sources::RowBlock& block) const {
  if (!spec_.counted) return 1;
  const auto count = whole(trimmed(block.open_cell(count_)));
  if (count && *count >= 0 && *count <= kLargestCount) return *count;
  return refused(spec_.count_column,
                 "no count: a whole number from 0 to " + std::to_string(kLargestCount));
}

tl::expected<CountedRow, RefusedRow> RowReader::read(const sources::RowBlock& block) const {
  if (block.open_cells() != fields_) {
    return refused({}, "the row has " + std::to_string(block.open_cells()) +
                           " fields, the header " + std::to_string(fields_));
  }
  CountedRow row;
  auto area = area_of(block);
  if (!area) return tl::unexpected(area.error());
  row.area = std::move(*area);
  auto period = period_of(block);
  if (!period) return tl::unexpected(period.error());
  row.period = std::move(*period);
  for (std::size_t i = 0; i < hierarchies_.size(); ++i) {
    auto code = code_of(hierarchies_[i], trimmed(block.open_cell(columns_[i])));
    if (!code) return tl::unexpected(code.error());
    const auto kind = hierarchies_[i].kind_of(*code);
    if (kind != Hierarchy::Kind::kLeaf) {
      row.all_leaves = false;
      if (!spec_.counted) {
        return refused(hierarchies_[i].column, "a total or a group, which no case is");
      }
    }
    row.codes.push_back(std::move(*code));
  }
  const auto count = count_of(block);
  if (!count) return tl::unexpected(count.error());
  row.count = *count;
  if (keys_) {
    const std::string_view name = trimmed(block.open_cell(case_));
    if (name.empty()) return refused(spec_.cell_key.case_column, "no case is named");
    row.record_key = keys_->key_of(name);
  }
  return row;
}

}  // namespace rapporteur::anonymise
