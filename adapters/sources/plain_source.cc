#include "adapters/sources/plain_source.h"

#include <algorithm>
#include <utility>

#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sources {
namespace {

constexpr std::string_view kLabelMark = ": ";

// Text that may be a code: what stands before a name.
bool may_be_code(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_@$-.").find(c) != std::string_view::npos;
  });
}

bool is_free_text(std::string_view id) {
  return id == name(Attribute::kMethod) || id == name(Attribute::kCommentObs) ||
         id == name(Attribute::kSourceCode);
}

class PlainSource final : public Source {
 public:
  PlainSource(std::unique_ptr<Source> source, std::string_view dataflow)
      : source_(std::move(source)) {
    const Dataset& given = source_->dataset();
    dataset_ = given;
    dataset_.components.clear();
    dataset_.labels = Labels::kId;
    dataset_.formulas_escaped = false;
    dataset_.decimal_mark = '.';
    mark_ = given.decimal_mark;
    if (!dataflow.empty()) {
      dataset_.structures.push_back({StructureKind::kDataflow, std::string(dataflow), {}});
    }
    for (std::size_t i = 0; i < given.components.size(); ++i) {
      const Component& component = given.components[i];
      if (component.role == ComponentRole::kLabel || component.role == ComponentRole::kKey) {
        continue;
      }
      Cell cell{.column = component.column, .names_with_codes = false, .name_column = {}};
      cell.names_with_codes =
          given.labels == Labels::kBoth && component.role != ComponentRole::kMeasure &&
          component.role != ComponentRole::kCustom && !is_free_text(component.id);
      for (const Component& other : given.components) {
        if (other.role == ComponentRole::kLabel && other.label_of == i) {
          cell.name_column = other.column;
        }
      }
      cells_.push_back(cell);
      Component plain = component;
      plain.column = cells_.size() - 1;
      plain.label_of.reset();
      plain.read_from = component.field();
      dataset_.components.push_back(std::move(plain));
    }
  }

  const Dataset& dataset() const override { return dataset_; }
  std::span<const LeftOutRow> left_out() const override { return source_->left_out(); }

  Result<bool> read(RowBlock& block, FindingLog& findings) override {
    auto more = source_->read(given_, findings);
    if (!more || !*more) return more;
    const Dataset& given = source_->dataset();
    dataset_.message = given.message;
    if (structures_taken_ != given.structures.size()) {
      dataset_.structures = given.structures;
      structures_taken_ = given.structures.size();
    }
    take_names();
    block.clear(cells_.size());
    for (std::size_t row = 0; row < given_.rows(); ++row) {
      for (std::size_t i = 0; i < cells_.size(); ++i) block.add_cell(plain(row, i));
      block.keep_row(given_.line(row), given_.action(row), given_.structure(row));
    }
    return true;
  }

 private:
  struct Cell {
    std::size_t column = 0;
    bool names_with_codes = false;
    std::optional<std::size_t> name_column;
  };

  // Names that the source collects itself.
  void take_names() {
    const auto& given = source_->dataset().components;
    std::size_t i = 0;
    for (const Component& component : given) {
      if (component.role == ComponentRole::kLabel || component.role == ComponentRole::kKey)
        continue;
      Component& plain = dataset_.components[i++];
      if (plain.code_labels.size() < component.code_labels.size()) {
        plain.code_labels = component.code_labels;
      }
    }
  }

  // False when the code had another name before.
  bool note_name(Component& component, std::string_view code, std::string_view text) {
    const auto known = component.code_labels.find(code);
    if (known != component.code_labels.end()) return known->second == text;
    component.code_labels.emplace(code, text);
    return true;
  }

  std::string_view plain(std::size_t row, std::size_t i) {
    std::string_view text = given_.cell(row, cells_[i].column);
    Component& component = dataset_.components[i];
    if (component.role == ComponentRole::kMeasure) return with_point(text);
    if (source_->dataset().formulas_escaped && sdmx_csv::has_apostrophe(text)) {
      text.remove_prefix(1);
    }
    if (cells_[i].name_column) {
      const std::string_view called = given_.cell(row, *cells_[i].name_column);
      if (!text.empty() && !called.empty() && !note_name(component, text, called)) {
        text_ = std::string(text) + std::string(kLabelMark) + std::string(called);
        return text_;
      }
      return text;
    }
    const std::size_t mark = text.find(kLabelMark);
    if (!cells_[i].names_with_codes || mark == std::string_view::npos) return text;
    const std::string_view code = text.substr(0, mark);
    if (!may_be_code(code) || !note_name(component, code, text.substr(mark + kLabelMark.size()))) {
      return text;
    }
    return code;
  }

  // The first number with a mark decides for all where the file does not say.
  std::string_view with_point(std::string_view text) {
    const std::size_t mark = text.find_first_of(mark_ == ',' ? "," : ".,");
    if (mark == std::string_view::npos || mark_ == '.') return text;
    if (mark_ == '\0') mark_ = text[mark];
    if (mark_ == '.') return text;
    text_ = text;
    text_[mark] = '.';
    return text_;
  }

  std::unique_ptr<Source> source_;
  Dataset dataset_;
  std::vector<Cell> cells_;
  RowBlock given_;
  std::size_t structures_taken_ = 0;
  std::string text_;  // of a cell that is not as it stood
  char mark_ = '.';
};

}  // namespace

std::unique_ptr<Source> make_plain(std::unique_ptr<Source> source, std::string_view dataflow) {
  return std::make_unique<PlainSource>(std::move(source), dataflow);
}

}  // namespace rapporteur::sources
