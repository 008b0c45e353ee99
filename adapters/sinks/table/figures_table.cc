#include "adapters/sinks/table/figures_table.h"

#include <algorithm>
#include <compare>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "adapters/sinks/table/cells.h"
#include "proto/base/result.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sinks {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kLabelWidth = 20;

struct ColumnKey {
  std::string indicator;
  std::string time_period;
  std::string breakdown;
  std::string unit;
  std::string dataflow;
  auto operator<=>(const ColumnKey&) const = default;
};
struct RowKey {
  std::string area;
  std::string sender;
  auto operator<=>(const RowKey&) const = default;
};

struct TableColumn {
  ColumnKey key;
  std::map<RowKey, std::string> cells;
  std::size_t width = 0;
};

std::string area_label(const std::string& area, bool french) {
  const auto* code = codelists::find(codelists::ListId::kArea, area);
  std::string out = printable(area, 32);
  if (code == nullptr) return out;
  const std::string_view label = french ? code->label_fr : code->label_en;
  if (display_width(label) <= kLabelWidth) out += ' ' + std::string(label);
  return out;
}

// What differs between the columns of a table, and so stands above each of them.
struct Varies {
  bool indicator = false;
  bool unit = false;
  bool dataflow = false;
  std::vector<std::string> shared;  // parts that all breakdowns have
};

// "SEX=F AGE=Y_LT18" in its parts.
std::vector<std::string> parts_of(const std::string& breakdown) {
  std::vector<std::string> parts;
  std::istringstream words(breakdown);
  for (std::string part; words >> part;) parts.push_back(part);
  return parts;
}

std::string words_without(const std::vector<std::string>& parts,
                          const std::vector<std::string>& without) {
  std::string text;
  for (const std::string& part : parts) {
    if (std::find(without.begin(), without.end(), part) != without.end()) continue;
    text += (text.empty() ? "" : " ") + part;
  }
  return text;
}

std::vector<std::string> heading(const ColumnKey& key, const Varies& varies) {
  std::vector<std::string> lines;
  if (varies.indicator) lines.push_back(printable(key.indicator, 32));
  lines.push_back(printable(key.time_period, 32));
  if (varies.unit) lines.push_back(printable(key.unit, 32));
  lines.push_back(words_without(parts_of(key.breakdown), varies.shared));
  if (varies.dataflow) lines.push_back(printable(key.dataflow, 64));
  return lines;
}

class TableText {
 public:
  TableText(std::span<const Figure> figures, const TableOptions& options) : options_(options) {
    std::map<ColumnKey, TableColumn> columns;
    for (const auto& figure : figures) {
      const Observation& o = figure.observation;
      const ColumnKey key{o[Dimension::kIndicator], o[Dimension::kTimePeriod], breakdown_text(o),
                          o[Dimension::kUnitMeasure], figure.dataflow};
      TableColumn& column = columns[key];
      column.key = key;
      column.cells[{o[Dimension::kRefArea], figure.sender}] = cell_text(o);
      legend_.note(o);
    }
    if (!columns.empty()) varies_.shared = parts_of(columns.begin()->first.breakdown);
    for (auto& [key, column] : columns) {
      const std::vector<std::string> parts = parts_of(key.breakdown);
      std::erase_if(varies_.shared, [&](const std::string& part) {
        return std::find(parts.begin(), parts.end(), part) == parts.end();
      });
      const ColumnKey& first = columns.begin()->first;
      varies_.indicator = varies_.indicator || key.indicator != first.indicator;
      varies_.unit = varies_.unit || key.unit != first.unit;
      varies_.dataflow = varies_.dataflow || key.dataflow != first.dataflow;
      columns_.push_back(std::move(column));
    }
    for (auto& column : columns_) measure(column);
  }

  std::string text() {
    std::string out = title();
    std::size_t first = 0;
    while (first < columns_.size()) {
      const std::size_t last = end_of_part(first);
      if (!out.empty()) out += '\n';
      append_part(first, last, out);
      first = last;
    }
    const std::string legend = legend_.text(options_.french);
    if (!legend.empty()) out += '\n' + legend;
    return out;
  }

 private:
  // What all columns share; "" where they share nothing.
  [[nodiscard]] std::string title() const {
    if (columns_.empty()) return {};
    std::vector<std::string> shared;
    if (!varies_.indicator) shared.push_back(printable(columns_.front().key.indicator, 32));
    if (!varies_.unit) shared.push_back(printable(columns_.front().key.unit, 32));
    shared.insert(shared.end(), varies_.shared.begin(), varies_.shared.end());
    const std::string text = words_without(shared, {});
    return text.empty() ? text : bold(text, options_.colours) + '\n';
  }

  void measure(TableColumn& column) const {
    for (const auto& line : heading(column.key, varies_)) {
      column.width = std::max(column.width, display_width(line));
    }
    for (const auto& [row, cell] : column.cells) {
      column.width = std::max(column.width, display_width(cell));
    }
  }

  [[nodiscard]] std::size_t stub_width(const std::set<RowKey>& rows, bool senders) const {
    std::size_t width = 0;
    for (const auto& row : rows) {
      const std::string text =
          senders ? printable(row.sender, 40) : area_label(row.area, options_.french);
      width = std::max(width, display_width(text));
    }
    return width;
  }

  [[nodiscard]] std::set<RowKey> rows_of(std::size_t first, std::size_t last) const {
    std::set<RowKey> rows;
    for (std::size_t i = first; i < last; ++i) {
      for (const auto& [row, cell] : columns_[i].cells) rows.insert(row);
    }
    return rows;
  }

  // At least one, whatever its width.
  [[nodiscard]] std::size_t columns_that_fit(std::size_t first) const {
    std::size_t last = first;
    std::size_t used = 0;
    while (last < columns_.size()) {
      const auto rows = rows_of(first, last + 1);
      const std::size_t stub = stub_width(rows, false) + kGap.size() + stub_width(rows, true);
      used += kGap.size() + columns_[last].width;
      if (last > first && stub + used > options_.width) break;
      ++last;
    }
    return last;
  }

  // What fits, without the beginning of a period that does not fit as a whole.
  [[nodiscard]] std::size_t end_of_part(std::size_t first) const {
    const std::size_t fits = columns_that_fit(first);
    if (fits == columns_.size()) return fits;
    const auto same_period = [&](std::size_t at) {
      return columns_[at].key.indicator == columns_[fits].key.indicator &&
             columns_[at].key.time_period == columns_[fits].key.time_period;
    };
    std::size_t last = fits;
    while (last > first && same_period(last - 1)) --last;
    return last > first ? last : fits;
  }

  void append_part(std::size_t first, std::size_t last, std::string& out) {
    const auto rows = rows_of(first, last);
    const std::size_t areas = stub_width(rows, false);
    const std::size_t senders = stub_width(rows, true);
    append_heading(first, last, areas + kGap.size() + senders, out);
    for (const auto& row : rows) {
      std::string line = left_aligned(area_label(row.area, options_.french), areas);
      line += kGap;
      line += left_aligned(printable(row.sender, 40), senders);
      for (std::size_t i = first; i < last; ++i) {
        const auto cell = columns_[i].cells.find(row);
        const bool received = cell != columns_[i].cells.end();
        if (!received) legend_.note_nothing_received();
        line += kGap;
        line += right_aligned(received ? std::string_view(cell->second) : kNothingReceived,
                              columns_[i].width);
      }
      out += line + '\n';
    }
  }

  void append_heading(std::size_t first, std::size_t last, std::size_t stub,
                      std::string& out) const {
    std::vector<std::vector<std::string>> headings;
    for (std::size_t i = first; i < last; ++i) {
      headings.push_back(heading(columns_[i].key, varies_));
    }
    for (std::size_t line = 0; line < headings.front().size(); ++line) {
      const bool blank = std::all_of(headings.begin(), headings.end(),
                                     [&](const auto& texts) { return texts[line].empty(); });
      if (blank) continue;
      std::string text(stub, ' ');
      for (std::size_t i = first; i < last; ++i) {
        text += kGap;
        text += right_aligned(headings[i - first][line], columns_[i].width);
      }
      out += bold(text, options_.colours) + '\n';
    }
  }

  const TableOptions& options_;
  std::vector<TableColumn> columns_;
  Varies varies_;
  Legend legend_;
};

}  // namespace

void append_figures(const ReceivedSubmission& submission, std::vector<Figure>& out) {
  for (std::size_t row = 0; row < submission.observations.rows(); ++row) {
    out.push_back(
        {submission.sender, submission.dataflow, submission.observations.observation(row)});
  }
}

std::string figures_table(std::span<const Figure> figures, const TableOptions& options) {
  return TableText(figures, options).text();
}

}  // namespace rapporteur::sinks
