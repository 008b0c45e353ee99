// The adapters' generic dataset: named components and rows with values as received.
//
// A source describes its file once (`Dataset`) and hands out rows in blocks of bounded size
// (`RowBlock`); nothing here knows the hub's dimensions, that is what a mapping is for.
// Source: SDMX 3.0 information model; SDMX-CSV 2.0 field guide for actions and multiple values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sources/names.h"
#include "proto/base/result.h"

namespace rapporteur::sources {

enum class StructureKind : std::uint8_t { kDataflow, kDataStructure, kDataProvision };
[[nodiscard]] std::string_view name(StructureKind kind);

// What the rows are about: AGENCY:ID(VERSION), or AGENCY:ID where it has no version.
struct StructureReference {
  StructureKind kind = StructureKind::kDataflow;
  std::string id;
  std::string label;  // localised name; "" when the file gives none
  bool operator==(const StructureReference&) const = default;
};

// AGENCY:ID or AGENCY:ID(VERSION).
[[nodiscard]] bool is_structure_reference(std::string_view text);

enum class ComponentRole : std::uint8_t {
  kDimension,
  kMeasure,
  kAttribute,
  kUnknown,  // a component whose role the format does not say
  kLabel,    // the localised names of the component `label_of`
  kKey,      // SERIES_KEY, OBS_KEY: said again by the dimensions
  kCustom,   // an extra column
};

// What one value of an attribute is about, where the format says so. Readers repeat the value in
// every row it holds for; writers of formats with a place for it put it there, once.
enum class Attachment : std::uint8_t { kUnknown, kObservation, kSeries, kDataset };

enum class ValueShape : std::uint8_t {
  kSingle,
  kMultiple,      // ID[]: values joined by the sub-field separator
  kMultilingual,  // ID[en;fr]: language:value, or several of these, each quoted
};

struct Component {
  std::string id{};     // as in the header, without brackets and label
  std::string label{};  // localised name; "" when not given
  ComponentRole role = ComponentRole::kUnknown;
  Attachment attachment = Attachment::kUnknown;  // of an attribute
  ValueShape shape = ValueShape::kSingle;
  std::vector<std::string> languages{};   // of a multilingual component, in the header's order
  std::optional<std::size_t> label_of{};  // index in Dataset::components
  std::size_t column = 0;                 // cell of a RowBlock that holds it
  // The field of the file it was read from, where a source does not hand on fields as they stand.
  std::optional<std::size_t> read_from{};
  // Names that the file gives to codes of this component; may grow while rows are read.
  std::map<std::string, std::string, std::less<>> code_labels{};
  CodeNames names{};             // the texts of the format; empty when it writes codes
  bool blank_is_absent = false;  // a blank says no more than if there were no such column

  [[nodiscard]] std::size_t field() const { return read_from.value_or(column); }
};

enum class Labels : std::uint8_t { kId, kName, kBoth };

// Who made a message and when, as written; "" where the file does not say.
struct MessageHeader {
  std::string id{};
  std::string prepared{};
  std::string sender{};
  std::string receiver{};
  bool test = false;
  bool operator==(const MessageHeader&) const = default;
};

// Cells that say on purpose that there is no value.
inline constexpr std::string_view kNotANumber = "NaN";     // of a measure
inline constexpr std::string_view kNotAvailable = "#N/A";  // of an attribute
// A dimension that a row is not about.
inline constexpr std::string_view kSwitchedOff = "~";

struct Dataset {
  std::string file{};
  std::string format{};  // name of the source format
  MessageHeader message{};
  std::vector<Component> components{};
  // Grows while rows are read; RowBlock::structure is an index into it. Empty for formats without.
  std::vector<StructureReference> structures{};
  Labels labels = Labels::kId;        // kBoth: cells of coded components are "CODE: Label"
  std::string sub_field_separator{};  // "" when the file has no multiple values
  // '.' or ','; 0 when the file does not say and each number may use either, but all the same one.
  char decimal_mark = '.';
  // kNotANumber and kNotAvailable are no values: SDMX from 3.1 on.
  bool marks_missing = false;
  // Cells that begin like a formula were written with an apostrophe before them.
  bool formulas_escaped = false;

  [[nodiscard]] const Component* find(std::string_view id) const;
};

// SDMX actions. Information, append, merge and replace all give the observation; delete takes it
// away, and an empty dimension of a delete row stands for every code.
enum class Action : std::uint8_t { kInformation, kAppend, kReplace, kDelete, kMerge };
[[nodiscard]] std::optional<Action> action_of(std::string_view letter);
[[nodiscard]] char letter(Action action);

// Rows as they stand in the source: one text, one end per cell.
// Units and shapes: `width` cells a row; line numbers from 1.
// Lifetime: views stay valid until the block is cleared, filled again or destroyed.
class RowBlock {
 public:
  [[nodiscard]] std::size_t rows() const { return lines_.size(); }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t text_bytes() const { return text_.size(); }
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const {
    const std::size_t at = row * width_ + column;
    const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
    return std::string_view(text_).substr(begin, ends_[at] - begin);
  }
  [[nodiscard]] std::uint64_t line(std::size_t row) const { return lines_[row]; }
  [[nodiscard]] Action action(std::size_t row) const { return actions_[row]; }
  // Index into Dataset::structures; 0 where the format has none.
  [[nodiscard]] std::uint32_t structure(std::size_t row) const { return structures_[row]; }

  // For sources. A row is begun, given exactly `width` cells, and kept or dropped.
  void clear(std::size_t width);
  void add_cell(std::string_view text) {
    text_ += text;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
  [[nodiscard]] std::size_t open_cells() const { return ends_.size() - rows() * width_; }
  [[nodiscard]] std::string_view open_cell(std::size_t column) const;
  void keep_row(std::uint64_t line, Action action, std::uint32_t structure);
  // Takes cells beyond `cells` off the row that is open.
  void cut_row(std::size_t cells);
  void drop_row();

 private:
  std::size_t width_ = 0;
  std::string text_;
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint64_t> lines_;
  std::vector<Action> actions_;
  std::vector<std::uint32_t> structures_;
};

// One value of a cell; `language` is "" unless the component is multilingual.
struct LocalisedValue {
  std::string language;
  std::string text;
  bool operator==(const LocalisedValue&) const = default;
};
// A cell of a multi-valued or multilingual component; outer: values, inner: its languages or the
// values of a nested branch. A value without any is a position left empty on purpose.
using MultipleValues = std::vector<std::vector<LocalisedValue>>;

// Errors: kMalformed (quotes that do not close, text after a closing quote, a multilingual value
// without "xx:", more than limits::kSubValues).
[[nodiscard]] Result<MultipleValues> split_values(const Component& component,
                                                  std::string_view separator,
                                                  std::string_view cell);
// The cell that split_values() takes apart into these.
[[nodiscard]] std::string join_values(const Component& component, std::string_view separator,
                                      const MultipleValues& values);

}  // namespace rapporteur::sources
