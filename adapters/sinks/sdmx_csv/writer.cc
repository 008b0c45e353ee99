#include "adapters/sinks/sdmx_csv/writer.h"

#include <algorithm>
#include <array>

#include "adapters/sources/csv/csv_reader.h"
#include "adapters/sources/dataset.h"
#include "adapters/sources/sdmx_csv/columns.h"

namespace rapporteur::sinks {
namespace {

namespace columns = sources::sdmx_csv;
using sources::Action;

constexpr char kDelimiter = ',';
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

void append_cell(std::string& out, std::string_view text) {
  out += kDelimiter;
  sources::append_csv_field(out, text, kDelimiter);
}

void append_text(std::string& out, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    std::string without(text);
    std::replace(without.begin(), without.end(), '\0', ' ');
    append_text(out, without);
    return;
  }
  if (columns::needs_apostrophe(text)) {
    append_cell(out, '\'' + std::string(text));
  } else {
    append_cell(out, text);
  }
}

// The columns that are the same in every row of a submission.
std::string first_cells(std::string_view dataflow, Action action) {
  std::string out(sources::name(sources::StructureKind::kDataflow));
  append_cell(out, dataflow);
  append_cell(out, std::string(1, sources::letter(action)));
  return out;
}
std::string last_cells(const ReceivedSubmission& submission) {
  std::string out;
  append_text(out, submission.sender);
  append_cell(out, uuid_text(submission.message_id));
  append_cell(out, std::to_string(submission.log_index.value));
  append_cell(out, name(submission.kind));
  append_cell(out, submission.revises ? uuid_text(*submission.revises) : "");
  append_cell(out, submission.releasability.text());
  append_cell(out, std::to_string(submission.rows_left_out));
  append_text(out, submission.officer_reason);
  out += '\n';
  return out;
}

void append_key(const ObservationSet& set, std::size_t row, std::string& out) {
  for (std::size_t d = 0; d < kDimensions; ++d) {
    append_text(out, set.code(static_cast<Dimension>(d), row));
  }
}

void append_observation(const ObservationSet& set, std::size_t row, std::string& out) {
  append_key(set, row, out);
  append_cell(out, set.value(row) ? set.value(row)->text() : "");
  for (std::size_t a = 0; a < kAttributes; ++a) {
    append_text(out, set.code(static_cast<Attribute>(a), row));
  }
}

// Up to the attributes.
std::string observation_columns() {
  std::string out(columns::kStructure);
  append_cell(out, columns::kStructureId);
  append_cell(out, columns::kAction);
  for (const auto dimension : kDimensionNames) append_cell(out, dimension);
  append_cell(out, columns::kObsValue);
  for (const auto attribute : kAttributeNames) append_cell(out, attribute);
  return out;
}

}  // namespace

bool sdmx_csv_can_carry(const ReceivedSubmission& submission, sources::FindingLog& findings) {
  bool all = true;
  for (std::size_t a = 0; a < kAttributes; ++a) {
    const auto attribute = static_cast<Attribute>(a);
    for (const auto& code : submission.observations.column(attribute).codes) {
      if (code.find('\0') == std::string::npos) continue;
      findings.add({.severity = sources::Severity::kWarning,
                    .code = "CANNOT_CARRY",
                    .column_name = std::string(rapporteur::name(attribute)),
                    .text = code,
                    .what = "a text file cannot hold the NUL in this text; a blank stands for it",
                    .remedy = "look the submission up in the log: entry " +
                              std::to_string(submission.log_index.value)});
      all = false;
    }
  }
  return all;
}

std::string sdmx_csv_header() {
  std::string out = observation_columns();
  for (const auto custom : kCustom) append_cell(out, custom);
  out += '\n';
  return out;
}

std::string sdmx_csv_of(std::string_view dataflow, const ObservationSet& observations) {
  std::string out = observation_columns() + '\n';
  const std::string first = first_cells(dataflow, Action::kInformation);
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    out += first;
    append_observation(observations, row, out);
    out += '\n';
  }
  return out;
}

void append_sdmx_csv_rows(const ReceivedSubmission& submission, std::string& out) {
  const bool revision = submission.kind == SubmissionKind::kRevision;
  const std::string last = last_cells(submission);
  const std::string given =
      first_cells(submission.dataflow, revision ? Action::kReplace : Action::kInformation);
  const ObservationSet& set = submission.observations;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    out += given;
    append_observation(set, row, out);
    out += last;
  }
  const std::string taken = first_cells(submission.dataflow, Action::kDelete);
  for (std::size_t row = 0; row < submission.deleted.rows(); ++row) {
    out += taken;
    append_key(submission.deleted, row, out);
    out.append(1 + kAttributes, kDelimiter);
    out += last;
  }
}

}  // namespace rapporteur::sinks
