// Every format that is written is read back: what a writer does not call lost has not changed, and
// the hub's figures lose nothing in any of them, one after the other.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/sinks/convert.h"
#include "adapters/sources/bound_source.h"
#include "adapters/sources/plain_source.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sinks {
namespace {

using codelists::ListId;
using sources::Action;
using sources::ComponentRole;
using sources::Dataset;
using sources::RowBlock;

// A dataset in memory, whole.
struct Rows {
  Dataset dataset;
  std::vector<std::vector<std::string>> cells;
  std::vector<Action> actions;
  std::vector<std::string> structures;  // by row

  void add(std::vector<std::string> row, Action action, std::uint32_t structure) {
    cells.push_back(std::move(row));
    actions.push_back(action);
    structures.push_back(dataset.structures[structure].id);
  }
};

class RowsSource final : public sources::Source {
 public:
  explicit RowsSource(const Rows& rows) : rows_(rows) {}
  const Dataset& dataset() const override { return rows_.dataset; }
  std::span<const sources::LeftOutRow> left_out() const override { return {}; }
  Result<bool> read(RowBlock& block, sources::FindingLog&) override {
    block.clear(rows_.dataset.components.size());
    for (; next_ < rows_.cells.size() && block.rows() < 3; ++next_) {
      for (const auto& cell : rows_.cells[next_]) block.add_cell(cell);
      const auto found = std::ranges::find(rows_.dataset.structures, rows_.structures[next_],
                                           &sources::StructureReference::id);
      block.keep_row(next_ + 1, rows_.actions[next_],
                     static_cast<std::uint32_t>(found - rows_.dataset.structures.begin()));
    }
    return block.rows() > 0;
  }

 private:
  const Rows& rows_;
  std::size_t next_ = 0;
};

std::string written(const Rows& rows, const DatasetFormat& format, Losses& losses) {
  RowsSource source(rows);
  TextOutput out;
  sources::FindingLog findings("rows");
  const auto done = convert(source, format, out, {}, losses, findings);
  if (!done) RC_FAIL(std::string(format.name) + ": " + done.error().line());
  RC_ASSERT(done->rows == rows.cells.size());
  return std::move(out.text());
}

Rows read(const std::string& text, const DatasetFormat& format) {
  sources::FindingLog findings(std::string(format.name));
  auto opened = sources::open_source_text(std::string(format.name), text, {}, findings);
  if (!opened) RC_FAIL(std::string(format.name) + ": " + opened.error().line());
  auto source = sources::make_plain(std::move(*opened));
  Rows out;
  RowBlock block;
  while (true) {
    const auto more = source->read(block, findings);
    if (!more) RC_FAIL(std::string(format.name) + ": " + more.error().line());
    if (!*more) break;
    out.dataset = source->dataset();
    for (std::size_t row = 0; row < block.rows(); ++row) {
      std::vector<std::string> cells;
      for (const auto& component : out.dataset.components) {
        cells.emplace_back(block.cell(row, component.column));
      }
      out.add(std::move(cells), block.action(row), block.structure(row));
    }
  }
  RC_ASSERT(source->left_out().empty());
  return out;
}

std::string cell_of(const Rows& rows, std::size_t row, std::string_view id) {
  const auto* component = rows.dataset.find(id);
  return component == nullptr ? "" : rows.cells[row][component->column];
}

// A blank and a number that is missing on purpose are one where the status says so.
std::string figure_or_text(const Rows& rows, std::size_t row, const sources::Component& component) {
  std::string text = cell_of(rows, row, component.id);
  const bool missing = component.role == ComponentRole::kMeasure && text == sources::kNotANumber &&
                       is_status_of_missing(cell_of(rows, row, "OBS_STATUS"));
  return missing ? std::string() : text;
}

// The same rows, and nothing else in the components of `before`.
void expect_same(const Rows& before, const Rows& after, std::string_view format) {
  const std::string where = std::string(format) + ", row ";
  RC_ASSERT(after.cells.size() == before.cells.size());
  for (std::size_t row = 0; row < before.cells.size(); ++row) {
    for (const auto& component : before.dataset.components) {
      const std::string given = figure_or_text(before, row, component);
      const std::string got = figure_or_text(after, row, component);
      if (given != got) {
        RC_FAIL(where + std::to_string(row) + ", " + component.id + ": \"" + given +
                "\" became \"" + got + '"');
      }
    }
    if (before.actions[row] != after.actions[row])
      RC_FAIL(where + std::to_string(row) + ": action");
    if (before.structures[row] != after.structures[row]) {
      RC_FAIL(where + std::to_string(row) + ": structure");
    }
  }
}

rc::Gen<std::string> code_of(ListId list) {
  std::vector<std::string> codes;
  for (const auto& code : codelists::list(list)) codes.emplace_back(code.code);
  return rc::gen::elementOf(codes);
}

std::string free_text() {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "=", "'", "\"", "<", "&", "]]>", ",", ";", "\n", "\t", " ", ": ", "é", "漢", "{", "\\"));
  std::string out;
  for (const auto& piece : pieces) out += piece;
  return out;
}

// Figures as the hub has them.
Rows any_figures() {
  Rows out;
  out.dataset = sources::hub_dataset();
  out.dataset.structures.push_back({sources::StructureKind::kDataflow, "RAPPORTEUR:THB(1.0)", {}});
  const auto rows = *rc::gen::inRange<std::size_t>(1, 8);
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<std::string> cells;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      cells.push_back(d == static_cast<std::size_t>(Dimension::kTimePeriod)
                          ? *rc::gen::element<std::string>("2006", "2006-S1", "2006-05")
                          : *rc::gen::element<std::string>("AT", "_T", "_Z", "CJ_INV", "Y_LT18"));
    }
    cells.push_back(
        *rc::gen::element<std::string>("", "0", "12", "-5", "0.10", "9007199254740993"));
    cells.resize(cells.size() + kAttributes);
    const std::size_t first = kDimensions + 1;
    cells[first + static_cast<std::size_t>(Attribute::kObsStatus)] = *code_of(ListId::kObsStatus);
    cells[first + static_cast<std::size_t>(Attribute::kConfStatus)] =
        *rc::gen::element<std::string>("", "F", "C");
    cells[first + static_cast<std::size_t>(Attribute::kValueQualifier)] =
        *rc::gen::element<std::string>("", "<", "=");
    cells[first + static_cast<std::size_t>(Attribute::kCommentObs)] = free_text();
    out.add(std::move(cells), Action::kInformation, 0);
  }
  return out;
}

// A comment that a spreadsheet could take for a formula changes in a text file, which says so.
bool has_risky_text(const Losses& losses) {
  return std::ranges::all_of(losses.all(), [](const auto& loss) {
    return loss.first.first == "COMMENT_OBS" && loss.second.rows > 0;
  });
}

RC_GTEST_PROP(FormatRoundTrip, TheHubsFiguresSurviveEveryFormatAfterEveryOther, ()) {
  const Rows figures = any_figures();
  for (const DatasetFormat& first : dataset_formats()) {
    Losses losses;
    const std::string text = written(figures, first, losses);
    if (!losses.empty()) {
      RC_ASSERT(has_risky_text(losses));
      continue;
    }
    const Rows once = read(text, first);
    expect_same(figures, once, first.name);
    for (const DatasetFormat& second : dataset_formats()) {
      Losses lost_again;
      const std::string again = written(once, second, lost_again);
      if (!lost_again.empty()) {
        RC_ASSERT(has_risky_text(lost_again));
        continue;
      }
      expect_same(figures, read(again, second),
                  std::string(first.name) + " and " + std::string(second.name));
    }
  }
}

// What generic data sets have beyond: other structures, actions, attributes of the data set.
RC_GTEST_PROP(FormatRoundTrip, WhatIsNotCalledLostHasNotChanged, ()) {
  Rows rows;
  const auto add = [&](std::string_view id, ComponentRole role, sources::Attachment attachment) {
    sources::add_component(rows.dataset, id, role);
    rows.dataset.components.back().attachment = attachment;
  };
  using sources::Attachment;
  add("GEO", ComponentRole::kDimension, Attachment::kUnknown);
  add("TIME_PERIOD", ComponentRole::kDimension, Attachment::kUnknown);
  add("OBS_VALUE", ComponentRole::kMeasure, Attachment::kUnknown);
  add("OBS_STATUS", ComponentRole::kAttribute, Attachment::kObservation);
  add("NOTE", ComponentRole::kAttribute, Attachment::kObservation);
  add("SOURCE", ComponentRole::kAttribute, Attachment::kDataset);
  if (*rc::gen::arbitrary<bool>()) rows.dataset.components[0].code_labels["AT"] = "Austria";
  if (*rc::gen::arbitrary<bool>())
    rows.dataset.message = {"M1", "2026-01-01T00:00:00Z", "AT", "", true};
  const auto structures = *rc::gen::inRange<std::size_t>(1, 3);
  for (std::size_t i = 0; i < structures; ++i) {
    rows.dataset.structures.push_back({*rc::gen::element(sources::StructureKind::kDataflow,
                                                         sources::StructureKind::kDataStructure),
                                       "A:B" + std::to_string(i) + "(1.0)",
                                       {}});
  }
  const std::string source = *rc::gen::element<std::string>("", "register", "<&>");
  const auto count = *rc::gen::inRange<std::size_t>(1, 7);
  for (std::size_t i = 0; i < count; ++i) {
    const Action action =
        *rc::gen::element(Action::kInformation, Action::kAppend, Action::kReplace, Action::kDelete);
    const bool deletes = action == Action::kDelete;
    std::vector<std::string> cells{
        *rc::gen::element<std::string>("AT", "BE", "EL"),
        std::to_string(2000 + i),
        deletes ? "" : *rc::gen::element<std::string>("1", "NaN", "2.50"),
        deletes ? "" : *rc::gen::element<std::string>("A", "O"),
        deletes ? "" : free_text(),
        deletes ? "" : source};
    rows.add(std::move(cells), action,
             static_cast<std::uint32_t>(*rc::gen::inRange<std::size_t>(0, structures)));
  }
  for (const DatasetFormat& format : dataset_formats()) {
    Losses losses;
    const std::string text = written(rows, format, losses);
    if (losses.empty()) expect_same(rows, read(text, format), format.name);
  }
}

}  // namespace
}  // namespace rapporteur::sinks
