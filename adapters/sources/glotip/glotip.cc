#include "adapters/sources/glotip/glotip.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "adapters/sources/aggregate_csv/aggregate_csv.h"
#include "adapters/sources/csv/csv_reader.h"
#include "adapters/sources/limits.h"
#include "adapters/sources/number.h"
#include "adapters/sources/suggest.h"
#include "proto/base/check.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sources {
namespace {

#include "glotip_names.inc"

// Columns of the file by their place in kGlotipColumns; every edition has the first eight.
enum GlotipColumn : std::size_t {
  kIso3,
  kIndicatorWords,
  kBreakdownWords,
  kCategory,
  kSexWords,
  kAgeWords,
  kYearWords,
  kFigure,
  kUnitWords,
  kSourceWords,
};
constexpr std::size_t kAlwaysThere = 8;
constexpr std::array<std::string_view, 10> kGlotipColumns{
    "Iso3_code", "Indicator", "Dimension",           "Category", "Sex", "Age",
    "Year",      "txtVALUE",  "Unit of measurement", "Source"};
// Said again by Iso3_code.
constexpr std::array<std::string_view, 3> kSaidByArea{"Country", "Region", "Subregion"};

constexpr std::string_view kAll = "Total";
constexpr std::string_view kCounts = "Counts";

// What the categories of a breakdown are; none for the row that is not broken down.
struct Breakdown {
  std::string_view words;
  std::optional<Dimension> dimension;
};
constexpr std::array<Breakdown, 4> kBreakdownsKnown{
    {{kAll, std::nullopt},
     {"by citizenship", Dimension::kCitizen},
     {"by form of exploitation", Dimension::kExplForm},
     {"by country of repatriation", Dimension::kCounterpartArea}}};

const Breakdown* breakdown_of(std::string_view words) {
  const auto found =
      std::find_if(kBreakdownsKnown.begin(), kBreakdownsKnown.end(),
                   [&](const Breakdown& breakdown) { return breakdown.words == words; });
  return found == kBreakdownsKnown.end() ? nullptr : &*found;
}

std::string nearest_breakdown(std::string_view words) {
  std::vector<std::string_view> known;
  for (const Breakdown& breakdown : kBreakdownsKnown) known.push_back(breakdown.words);
  return did_you_mean(words, known);
}

// "1,234" and "<5", which the identity does not read.
const ValueRules& figure_rules() {
  static const ValueRules rules = [] {
    ValueRules made;
    made.thousands = ",";
    made.qualifiers_in_values = true;
    return made;
  }();
  return rules;
}

// Where a column stands in the rows that are read; absent when the edition has it not.
using Places = std::array<std::optional<std::size_t>, kGlotipColumns.size()>;

Places places_of(const Dataset& table) {
  Places places;
  for (std::size_t i = 0; i < kGlotipColumns.size(); ++i) {
    if (const Component* column = table.find(kGlotipColumns[i])) places[i] = column->column;
  }
  return places;
}

// Turns rows of the file into rows of an observation's components.
class GlotipSource final : public Source {
 public:
  explicit GlotipSource(std::unique_ptr<Source> rows)
      : rows_(std::move(rows)),
        places_(places_of(rows_->dataset())),
        numbers_(figure_rules(), '.') {
    dataset_.file = rows_->dataset().file;
    dataset_.format = "glotip";
    dataset_.structures.push_back({StructureKind::kDataflow, "UNODC:GLOTIP(1.0)", std::string()});
    describe();
  }

  [[nodiscard]] const Dataset& dataset() const override { return dataset_; }
  [[nodiscard]] std::span<const LeftOutRow> left_out() const override { return left_out_; }

  [[nodiscard]] Result<bool> read(RowBlock& block, FindingLog& findings) override {
    block.clear(dataset_.components.size());
    while (block.rows() == 0) {
      const auto more = rows_->read(in_, findings);
      if (!more) return tl::unexpected<Error>(more.error());
      const std::size_t left_out_before = left_out_.size();
      const auto unreadable = rows_->left_out().subspan(unreadable_taken_);
      left_out_.insert(left_out_.end(), unreadable.begin(), unreadable.end());
      unreadable_taken_ += unreadable.size();
      for (std::size_t row = 0; row < in_.rows(); ++row) {
        if (!add_row(row, block, findings)) left_out_.push_back({in_.line(row)});
      }
      std::sort(left_out_.begin() + static_cast<std::ptrdiff_t>(left_out_before), left_out_.end(),
                [](const LeftOutRow& a, const LeftOutRow& b) { return a.line < b.line; });
      if (!*more) return block.rows() > 0;
    }
    return true;
  }

 private:
  void describe() {
    const auto add = [this](std::string_view id, GlotipColumn from, CodeNames names, bool absent) {
      dataset_.components.push_back({.id = std::string(id),
                                     .column = dataset_.components.size(),
                                     .read_from = places_[from],
                                     .names = names,
                                     .blank_is_absent = absent});
    };
    // In the order in which add_row gives the cells. What is not broken down by a component has a
    // blank there.
    add(name(Dimension::kRefArea), kIso3, kNames_REF_AREA, false);
    add(name(Dimension::kIndicator), kIndicatorWords, kNames_INDICATOR, false);
    add(name(Dimension::kExplForm), kCategory, kNames_EXPL_FORM, true);
    add(name(Dimension::kSex), kSexWords, kNames_SEX, true);
    add(name(Dimension::kAge), kAgeWords, kNames_AGE, true);
    add(name(Dimension::kCitizen), kCategory, kNames_CITIZEN, true);
    add(name(Dimension::kCounterpartArea), kCategory, kNames_COUNTERPART_AREA, true);
    add(name(Dimension::kTimePeriod), kYearWords, {}, false);
    add("OBS_VALUE", kFigure, {}, false);
    add(name(Attribute::kValueQualifier), kFigure, {}, false);
    add(name(Attribute::kMethod), kSourceWords, {}, false);
    // What an edition has beside, for a mapping to bind; what none binds is reported.
    for (const Component& column : rows_->dataset().components) {
      if (std::find(kGlotipColumns.begin(), kGlotipColumns.end(), column.id) !=
          kGlotipColumns.end()) {
        continue;
      }
      const bool said =
          std::find(kSaidByArea.begin(), kSaidByArea.end(), column.id) != kSaidByArea.end();
      beside_.push_back(column.column);
      dataset_.components.push_back({.id = column.id,
                                     .role = said ? ComponentRole::kKey : ComponentRole::kUnknown,
                                     .column = dataset_.components.size(),
                                     .read_from = column.column});
    }
  }

  // "" where the edition has no such column.
  [[nodiscard]] std::string_view words(GlotipColumn column, std::size_t row) const {
    return places_[column] ? in_.cell(row, *places_[column]) : std::string_view();
  }

  // Empty, with its finding made, when the row must be left out.
  [[nodiscard]] const Breakdown* judge(std::size_t row, FindingLog& findings) const {
    for (const GlotipColumn column : {kCategory, kSexWords, kAgeWords}) {
      if (!words(column, row).empty()) continue;
      refuse("BLANK_CELL", column, row, "is blank, which does not mean all",
             "say Total where it is meant", findings);
      return nullptr;
    }
    const Breakdown* const breakdown = breakdown_of(words(kBreakdownWords, row));
    if (breakdown == nullptr) {
      refuse("UNKNOWN_BREAKDOWN", kBreakdownWords, row, "is no breakdown that can be read",
             nearest_breakdown(words(kBreakdownWords, row)), findings);
      return nullptr;
    }
    if (!breakdown->dimension && words(kCategory, row) != kAll) {
      refuse("UNKNOWN_CATEGORY", kCategory, row, "is a category, and no breakdown says of what",
             "name the breakdown in the column Dimension", findings);
      return nullptr;
    }
    if (places_[kUnitWords] && words(kUnitWords, row) != kCounts) {
      refuse("UNKNOWN_UNIT", kUnitWords, row, "is no unit that can be read",
             "only counts can be told apart by their indicators", findings);
      return nullptr;
    }
    return breakdown;
  }

  void refuse(std::string code, GlotipColumn column, std::size_t row, std::string what,
              std::string remedy, FindingLog& findings) const {
    findings.add_cause({.code = std::move(code),
                        .line = in_.line(row),
                        .column = static_cast<std::uint32_t>(*places_[column] + 1),
                        .column_name = std::string(kGlotipColumns[column]),
                        .text = std::string(words(column, row)),
                        .what = std::move(what),
                        .remedy = std::move(remedy)});
  }

  [[nodiscard]] bool add_row(std::size_t row, RowBlock& block, FindingLog& findings) {
    const Breakdown* const breakdown = judge(row, findings);
    if (breakdown == nullptr) return false;
    const auto category = [&](Dimension dimension) {
      return breakdown->dimension == dimension ? words(kCategory, row) : std::string_view();
    };
    const auto unless_all = [&](GlotipColumn column) {
      return words(column, row) == kAll ? std::string_view() : words(column, row);
    };
    block.add_cell(words(kIso3, row));
    add_indicator(row, *breakdown, block);
    block.add_cell(category(Dimension::kExplForm));
    block.add_cell(unless_all(kSexWords));
    block.add_cell(unless_all(kAgeWords));
    block.add_cell(category(Dimension::kCitizen));
    block.add_cell(category(Dimension::kCounterpartArea));
    block.add_cell(words(kYearWords, row));
    add_figure(words(kFigure, row), block);
    block.add_cell(words(kSourceWords, row));
    for (const std::size_t column : beside_) block.add_cell(in_.cell(row, column));
    block.keep_row(in_.line(row), Action::kInformation, 0);
    return true;
  }

  // Victims by the country they were taken back to are counted for another indicator than those
  // detected: the breakdown is part of its name.
  void add_indicator(std::size_t row, const Breakdown& breakdown, RowBlock& block) {
    indicator_ = words(kIndicatorWords, row);
    if (breakdown.dimension == Dimension::kCounterpartArea && !indicator_.empty()) {
      indicator_ += ' ';
      indicator_ += breakdown.words;
    }
    block.add_cell(indicator_);
  }

  // What cannot be read goes on as it stands, so that its finding says what row it was.
  void add_figure(std::string_view cell, RowBlock& block) {
    const auto read = numbers_.read(cell);
    const bool number = read && read->number;
    block.add_cell(number ? read->number->text() : std::string(cell));
    block.add_cell(number ? read->qualifier : std::string_view());
  }

  std::unique_ptr<Source> rows_;
  Places places_;
  NumberReader numbers_;
  Dataset dataset_;
  std::vector<std::size_t> beside_;
  RowBlock in_;
  std::string indicator_;
  std::vector<LeftOutRow> left_out_;
  std::size_t unreadable_taken_ = 0;
};

bool has_every_column(std::string_view line) {
  const char delimiter = guess_delimiter(line);
  std::array<bool, kAlwaysThere> seen{};
  while (true) {
    const std::size_t end = std::min(line.find(delimiter), line.size());
    std::string_view field = line.substr(0, end);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
      field = field.substr(1, field.size() - 2);
    }
    for (std::size_t i = 0; i < kAlwaysThere; ++i) seen[i] = seen[i] || field == kGlotipColumns[i];
    if (end == line.size()) break;
    line.remove_prefix(end + 1);
  }
  return std::all_of(seen.begin(), seen.end(), [](bool one) { return one; });
}

// Empty when none of the first lines is one.
std::string_view header_line(std::string_view head) {
  for (std::size_t lines = 0; lines <= limits::kTitleLines && !head.empty(); ++lines) {
    const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
    if (has_every_column(line)) return line;
    head.remove_prefix(line.size());
    const std::size_t next = head.find_first_not_of("\r\n");
    head.remove_prefix(std::min(next, head.size()));
  }
  return {};
}

}  // namespace

bool recognises_glotip(std::string_view head) {
  return !header_line(head).empty();
}

Result<std::unique_ptr<Source>> open_glotip(std::unique_ptr<Input> input,
                                            const OpenOptions& options, FindingLog& findings) {
  const auto head = input->head();
  if (!head) return tl::unexpected<Error>(head.error());
  OpenOptions of_table;
  of_table.expected_columns.assign(kGlotipColumns.begin(), kGlotipColumns.begin() + kAlwaysThere);
  of_table.delimiter = options.delimiter;
  // A title may have more of another delimiter than the header has of its own.
  if (const std::string_view line = header_line(*head); !of_table.delimiter && !line.empty()) {
    of_table.delimiter = guess_delimiter(line);
  }
  auto rows = open_aggregate_csv(std::move(input), of_table, findings);
  if (!rows) return tl::unexpected<Error>(rows.error());
  return std::make_unique<GlotipSource>(std::move(*rows));
}

}  // namespace rapporteur::sources
