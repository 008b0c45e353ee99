#include "adapters/sinks/hub_dataset.h"

#include <algorithm>
#include <array>

#include "adapters/sinks/dataset_writer.h"
#include "adapters/sources/bound_source.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/base/check.h"

namespace rapporteur::sinks {
namespace {

namespace columns = sources::sdmx_csv;
using sources::Action;
using sources::ComponentRole;
using sources::Dataset;
using sources::RowBlock;

constexpr std::array kCustom{columns::kSender,      columns::kMessageId,    columns::kLogIndex,
                             columns::kKind,        columns::kRevises,      columns::kReleasability,
                             columns::kRowsLeftOut, columns::kOfficerReason};

std::string_view name(SubmissionKind kind) {
  switch (kind) {
    case SubmissionKind::kNew:
      return "NEW";
    case SubmissionKind::kRevision:
      return "REVISION";
    case SubmissionKind::kWithdrawal:
      return "WITHDRAWAL";
  }
  return "";
}

void append_key(const ObservationSet& set, std::size_t row, RowBlock& block) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    block.add_cell(set.code(static_cast<Dimension>(d), row));
  }
}

void append_observation(const ObservationSet& set, std::size_t row, RowBlock& block) {
  append_key(set, row, block);
  block.add_cell(set.value(row) ? set.value(row)->text() : "");
  for (std::size_t a = 0; a < kAttributes; ++a) {
    block.add_cell(set.code(static_cast<Attribute>(a), row));
  }
}

std::array<std::string, kCustom.size()> custom_cells(const ReceivedSubmission& submission) {
  return {submission.sender,
          uuid_text(submission.message_id),
          std::to_string(submission.log_index.value),
          std::string(name(submission.kind)),
          submission.revises ? uuid_text(*submission.revises) : "",
          submission.releasability.text(),
          std::to_string(submission.rows_left_out),
          submission.officer_reason};
}

// Index of the structure, which is added if need be.
std::uint32_t structure_of(std::string_view dataflow, Dataset& dataset) {
  auto& structures = dataset.structures;
  const auto found = std::ranges::find(structures, dataflow, &sources::StructureReference::id);
  const auto index = static_cast<std::uint32_t>(found - structures.begin());
  if (found == structures.end()) {
    structures.push_back({sources::StructureKind::kDataflow, std::string(dataflow), {}});
  }
  return index;
}

}  // namespace

void append_rows(const ObservationSet& observations, RowBlock& block) {
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    append_observation(observations, row, block);
    block.keep_row(0, Action::kInformation, 0);
  }
}

Dataset received_dataset() {
  Dataset out = sources::hub_dataset();
  for (const auto custom : kCustom) sources::add_component(out, custom, ComponentRole::kCustom);
  return out;
}

void append_rows(const ReceivedSubmission& submission, Dataset& dataset, RowBlock& block) {
  const std::uint32_t structure = structure_of(submission.dataflow, dataset);
  const auto last = custom_cells(submission);
  const auto end_row = [&](Action action) {
    for (const auto& cell : last) block.add_cell(cell);
    block.keep_row(submission.log_index.value, action, structure);
  };
  const bool revision = submission.kind == SubmissionKind::kRevision;
  for (std::size_t row = 0; row < submission.observations.rows(); ++row) {
    append_observation(submission.observations, row, block);
    end_row(revision ? Action::kReplace : Action::kInformation);
  }
  for (std::size_t row = 0; row < submission.deleted.rows(); ++row) {
    append_key(submission.deleted, row, block);
    for (std::size_t i = 0; i < 1 + kAttributes; ++i) block.add_cell({});
    end_row(Action::kDelete);
  }
}

std::string sdmx_csv_of(std::string_view dataflow, const ObservationSet& observations) {
  Dataset dataset = sources::hub_dataset();
  structure_of(dataflow, dataset);
  RowBlock block;
  block.clear(dataset.components.size());
  append_rows(observations, block);
  TextOutput out;
  Losses losses;
  auto writer = dataset_format("sdmx-csv-2.0")->open(dataset, out, {}, losses);
  RAPPORTEUR_CHECK(writer.has_value());
  RAPPORTEUR_CHECK((*writer)->write(block).has_value());
  RAPPORTEUR_CHECK((*writer)->finish().has_value());
  return std::move(out.text());
}

}  // namespace rapporteur::sinks
