#include "adapters/sinks/sdmx_csv/sdmx_csv_writer.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "adapters/sources/csv/csv_reader.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sinks {
namespace {

namespace columns = sources::sdmx_csv;
using sources::Action;
using sources::Component;
using sources::ComponentRole;
using sources::Dataset;
using sources::Labels;
using sources::RowBlock;
using sources::ValueShape;

constexpr char kDelimiter = ',';
constexpr std::string_view kLabelMark = ": ";

enum class Version : std::uint8_t { k10, k20, k21 };

std::string_view name(Version version) {
  return version == Version::k10   ? "SDMX-CSV 1.0"
         : version == Version::k20 ? "SDMX-CSV 2.0"
                                   : "SDMX-CSV 2.1";
}

// Dimensions before measures before attributes; without a role, on the side of the measures where
// the component stood.
std::vector<std::size_t> in_order(const Dataset& dataset) {
  const auto& components = dataset.components;
  const auto measure = std::ranges::find(components, ComponentRole::kMeasure, &Component::role);
  const auto measure_at = static_cast<std::size_t>(measure - components.begin());
  const auto rank = [&](std::size_t i) {
    switch (components[i].role) {
      case ComponentRole::kDimension:
        return 0;
      case ComponentRole::kMeasure:
        return 1;
      case ComponentRole::kAttribute:
        return 2;
      case ComponentRole::kUnknown:
        return measure == components.end() || i < measure_at ? 0 : 2;
      default:
        return 3;
    }
  };
  std::vector<std::size_t> order(components.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, rank);
  return order;
}

bool has_several_values(const Dataset& dataset) {
  return std::ranges::any_of(dataset.components, [](const Component& component) {
    return component.shape != ValueShape::kSingle;
  });
}

std::string separator_of(const Dataset& dataset) {
  return dataset.sub_field_separator.empty() ? ";" : dataset.sub_field_separator;
}

// ID, ID[], ID[en;fr]
std::string column_name(const Component& component, const Dataset& dataset, Version version) {
  std::string out = component.id;
  if (version == Version::k10 || component.shape == ValueShape::kSingle) return out;
  out += '[';
  for (std::size_t i = 0; i < component.languages.size(); ++i) {
    if (i > 0) out += separator_of(dataset);
    out += component.languages[i];
  }
  return out + ']';
}

void append_cell(std::string& out, std::string_view text) {
  out += kDelimiter;
  sources::append_csv_field(out, text, kDelimiter);
}

std::string header(const Dataset& dataset, Version version, Labels labels) {
  std::string out;
  if (version == Version::k10) {
    out = columns::kDataflow;
  } else {
    out = columns::kStructure;
    if (has_several_values(dataset)) out += '[' + separator_of(dataset) + ']';
    append_cell(out, columns::kStructureId);
    if (labels == Labels::kName) append_cell(out, columns::kStructureName);
    append_cell(out, columns::kAction);
  }
  for (const std::size_t i : in_order(dataset)) {
    const Component& component = dataset.components[i];
    const std::string id = column_name(component, dataset, version);
    const std::string& called = component.label.empty() ? component.id : component.label;
    append_cell(out, labels == Labels::kBoth ? id + std::string(kLabelMark) + called : id);
    if (labels == Labels::kName && component.role != ComponentRole::kCustom) {
      // No two columns have one name.
      append_cell(out, component.label.empty() ? component.id + " (name)" : component.label);
    }
  }
  out += '\n';
  return out;
}

// A sign, digits, a point, an exponent: a spreadsheet takes it for the number it is.
bool is_number(std::string_view text) {
  const auto digits = [&]() {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  const auto sign = [&]() {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  };
  sign();
  std::size_t mantissa = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    sign();
    if (digits() == 0) return false;
  }
  return text.empty();
}

class SdmxCsvWriter final : public DatasetWriter {
 public:
  SdmxCsvWriter(const Dataset& dataset, Output& output, Version version, Labels labels,
                Losses& losses)
      : dataset_(dataset),
        output_(output),
        losses_(losses),
        version_(version),
        labels_(labels),
        order_(in_order(dataset)),
        text_(header(dataset, version, labels)) {
    const auto find = [&](std::string_view id) { return dataset.find(id) != nullptr; };
    says_origin_ = find(columns::kSender) && find(columns::kMessageId) && find(columns::kLogIndex);
    if (const Component* status = dataset.find(rapporteur::name(Attribute::kObsStatus))) {
      status_ = status->column;
    }
  }

  Status write(const RowBlock& block) override {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (version_ == Version::k10 && block.action(row) == Action::kDelete) {
        losses_.add_row("", "a row that deletes", block.line(row));
        continue;
      }
      if (auto begun = begin_row(block, row); !begun) return begun;
      for (const std::size_t i : order_) append_component(block, row, i);
      text_ += '\n';
    }
    auto written = output_.append(text_);
    text_.clear();
    return written;
  }

  Status finish() override {
    report_file_losses();
    return output_.append(std::exchange(text_, {})).and_then([&]() { return output_.commit(); });
  }

 private:
  Status begin_row(const RowBlock& block, std::size_t row) {
    const std::uint32_t number = block.structure(row);
    if (number >= dataset_.structures.size()) {
      return fail(ErrorKind::kMalformed,
                  "the rows do not say which dataflow they belong to, and " +
                      std::string(name(version_)) + " must",
                  dataset_.file, "name it: --dataflow 'AGENCY:ID(VERSION)'");
    }
    const sources::StructureReference& structure = dataset_.structures[number];
    const std::string id = labels_ == Labels::kBoth && !structure.label.empty()
                               ? structure.id + std::string(kLabelMark) + structure.label
                               : structure.id;
    if (version_ == Version::k10) {
      sources::append_csv_field(text_, id, kDelimiter);
      if (structure.kind != sources::StructureKind::kDataflow) {
        losses_.add_row("", "that the structure is named by no dataflow", block.line(row),
                        structure.id);
      }
      if (block.action(row) != Action::kInformation) {
        losses_.add_row("", "the action of a row", block.line(row),
                        std::string(1, sources::letter(block.action(row))));
      }
      return {};
    }
    text_ += sources::name(structure.kind);
    append_cell(text_, id);
    if (labels_ == Labels::kName) append_cell(text_, structure.label);
    append_cell(text_, std::string(1, sources::letter(block.action(row))));
    if (labels_ == Labels::kId && !structure.label.empty()) names_left_out_ = true;
    return {};
  }

  void append_component(const RowBlock& block, std::size_t row, std::size_t i) {
    const Component& component = dataset_.components[i];
    const std::string_view given = block.cell(row, component.column);
    const std::string_view text = carried(component, block, row, given);
    const auto called = component.code_labels.find(text);
    const bool has_name = called != component.code_labels.end();
    names_left_out_ = names_left_out_ || (has_name && labels_ == Labels::kId);
    if (labels_ == Labels::kBoth && has_name) {
      append_text(component, std::string(text) + std::string(kLabelMark) + called->second,
                  block.line(row));
    } else {
      append_text(component, text, block.line(row));
    }
    if (labels_ == Labels::kName && component.role != ComponentRole::kCustom) {
      append_text(component, has_name ? called->second : "", block.line(row));
    }
  }

  // A blank where the version has no way to say it.
  std::string_view carried(const Component& component, const RowBlock& block, std::size_t row,
                           std::string_view text) {
    if (version_ == Version::k21) return text;
    const bool dimension = component.role == ComponentRole::kDimension;
    if (dimension && text == sources::kSwitchedOff) {
      losses_.add_row(component.id, "that the dimension is switched off", block.line(row));
      return {};
    }
    const bool measure = component.role == ComponentRole::kMeasure;
    if (dimension || text != (measure ? sources::kNotANumber : sources::kNotAvailable)) return text;
    const bool status_says = measure && status_ && is_status_of_missing(block.cell(row, *status_));
    if (!status_says) {
      losses_.add_row(component.id, "that the value is missing on purpose", block.line(row));
    }
    return {};
  }

  void append_text(const Component& component, std::string_view text, std::uint64_t line) {
    std::string changed;
    if (text.find('\0') != std::string_view::npos) {
      losses_.add_row(component.id, "NUL in a text, for which a blank stands", line, text);
      changed = text;
      std::ranges::replace(changed, '\0', ' ');
      text = changed;
    }
    if (version_ == Version::k10 && component.shape != ValueShape::kSingle && !text.empty()) {
      losses_.add_row(component.id, "that the cell holds several values", line, text);
    }
    if (!columns::needs_apostrophe(text) || is_number(text)) {
      append_cell(text_, text);
      return;
    }
    if (!says_origin_) {
      losses_.add_row(component.id,
                      "a text that begins like a formula, which got an apostrophe before it", line,
                      text);
    }
    append_cell(text_, '\'' + std::string(text));
  }

  void report_file_losses() {
    const sources::MessageHeader message =
        says_origin_ ? sources::MessageHeader() : dataset_.message;
    if (!message.id.empty()) losses_.add_file("", "the id of the message", message.id);
    if (!message.prepared.empty()) {
      losses_.add_file("", "when the message was prepared", message.prepared);
    }
    if (!message.sender.empty()) losses_.add_file("", "who sent the message", message.sender);
    if (!message.receiver.empty()) losses_.add_file("", "whom it was sent to", message.receiver);
    if (message.test) losses_.add_file("", "that the message is a test", "");
    if (labels_ == Labels::kId && names_left_out_) {
      losses_.add_file("", "names of codes, which --labels both keeps", "");
    }
  }

  const Dataset& dataset_;
  Output& output_;
  Losses& losses_;
  Version version_;
  Labels labels_;
  std::vector<std::size_t> order_;  // of components
  std::string text_;
  std::optional<std::size_t> status_;  // column of OBS_STATUS
  bool says_origin_ = false;           // in columns of its own
  bool names_left_out_ = false;
};

Result<std::unique_ptr<DatasetWriter>> open(const Dataset& dataset, Output& output, Version version,
                                            const WriterOptions& options, Losses& losses) {
  return std::make_unique<SdmxCsvWriter>(dataset, output, version, options.labels, losses);
}

}  // namespace

std::string sdmx_csv_1_0_beginning(const Dataset& dataset) {
  return header(dataset, Version::k10, Labels::kId);
}
std::string sdmx_csv_2_beginning(const Dataset& dataset) {
  return header(dataset, Version::k20, Labels::kId);
}

Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_1_0(const Dataset& dataset, Output& output,
                                                         const WriterOptions& options,
                                                         Losses& losses) {
  return open(dataset, output, Version::k10, options, losses);
}
Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_2_0(const Dataset& dataset, Output& output,
                                                         const WriterOptions& options,
                                                         Losses& losses) {
  return open(dataset, output, Version::k20, options, losses);
}
Result<std::unique_ptr<DatasetWriter>> open_sdmx_csv_2_1(const Dataset& dataset, Output& output,
                                                         const WriterOptions& options,
                                                         Losses& losses) {
  return open(dataset, output, Version::k21, options, losses);
}

}  // namespace rapporteur::sinks
