#include "adapters/agency/planned_file.h"

#include <algorithm>

#include "adapters/sources/binding.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

void add_rule(const rules::Finding& finding, std::uint64_t line, PlannedFile& out) {
  const bool error = finding.severity == rules::Severity::kError;
  if (error) out.rules_hold = false;
  out.findings.push_back({.error = error,
                          .code = finding.code,
                          .line = line,
                          .column = line == 0 ? 0 : out.columns.of(finding.field),
                          .field = finding.field,
                          .key = finding.key,
                          .what = finding.detail_en,
                          .remedy = finding.remedy,
                          .waived_by = finding.waived_by});
}

// Line of the file for a row counted through all submissions of the plan.
std::uint64_t line_of(const PlannedFile& file, std::size_t row) {
  for (const sources::PlannedSubmission& planned : file.submissions) {
    if (row == 0) return 0;
    if (row <= planned.lines.size()) return planned.lines[row - 1];
    row -= planned.lines.size();
  }
  return 0;
}

Status apply_rules(const LocalCheck& check, PlannedFile& out) {
  out.rules_hold = true;
  const auto first = static_cast<std::ptrdiff_t>(out.findings.size());
  auto judged = check.judge(out.submissions, out.replaces);
  if (!judged) return tl::unexpected(judged.error());
  for (const rules::Finding& finding : check.judge_second()) add_rule(finding, 0, out);
  for (std::size_t i = 0; i < out.submissions.size(); ++i) {
    out.certificates.push_back(std::move((*judged)[i].certificate));
    for (const rules::Finding& finding : (*judged)[i].findings) {
      const auto& lines = out.submissions[i].lines;
      const bool has_line = finding.row > 0 && finding.row <= lines.size();
      add_rule(finding, has_line ? lines[finding.row - 1] : 0, out);
    }
  }
  auto across = check.judge_file(out.submissions, out.replaces);
  if (!across) return tl::unexpected(across.error());
  for (const rules::Finding& finding : *across) add_rule(finding, line_of(out, finding.row), out);
  std::stable_sort(out.findings.begin() + first, out.findings.end(),
                   [](const FileFinding& a, const FileFinding& b) { return a.line < b.line; });
  return {};
}

}  // namespace

FileOptions FileOptions::with_default(const std::string& agency_mapping) const {
  FileOptions out = *this;
  if (out.mapping.empty()) {
    out.mapping = agency_mapping;
    out.mapping_is_default = true;
  }
  return out;
}

void PlannedFile::show(const Program& program) const {
  show_findings(program, file, findings, findings_not_kept);
  if (readable && rows_left_out > 0) {
    program.say(file + ": " + counted(rows_left_out, "row") + " left out; receivers see how many");
  }
}

std::size_t PlannedFile::observations() const {
  std::size_t rows = 0;
  for (const auto& submission : submissions) rows += submission.observations.rows();
  return rows;
}

nlohmann::ordered_json PlannedFile::json() const {
  nlohmann::ordered_json out{{"file", file},
                             {"readable", readable},
                             {"submissions", submissions.size()},
                             {"observations", observations()},
                             {"rows_left_out", rows_left_out}};
  out["findings"] = json_of(findings);
  out["findings_not_kept"] = findings_not_kept;
  return out;
}

Result<sources::BoundFigures> read_by_mapping(const std::string& file, const FileOptions& options,
                                              sources::FindingLog& log) {
  std::optional<sources::Mapping> mapping;
  if (!options.mapping.empty()) {
    auto read = sources::Mapping::read_file(options.mapping);
    if (!read) {
      Error error = read.error();
      if (options.mapping_is_default) error.kind = ErrorKind::kConfiguration;
      return tl::unexpected(error);
    }
    mapping = std::move(*read);
  }
  sources::BindOptions bind;
  if (options.keep_unknown_codes) bind.unknown_codes = sources::UnknownCodes::kKeep;
  return sources::read_figures(file, mapping ? &*mapping : nullptr, bind, log);
}

Result<PlannedFile> plan_file(const std::string& file, const FileOptions& options,
                              const LocalCheck& check, const FindReplaced& find_replaced) {
  PlannedFile out;
  out.file = file;
  sources::FindingLog log(file);
  auto figures = read_by_mapping(file, options, log);
  if (!figures && figures.error().kind != ErrorKind::kMalformed) {
    return tl::unexpected(figures.error());
  }
  if (figures) {
    out.columns = figures->columns();
    sources::PlanOptions planning;
    planning.skip_refused_rows = options.skip_refused_rows;
    auto plan = sources::plan_submissions(*figures, planning, log);
    if (!plan && plan.error().kind == ErrorKind::kRefused) {
      log.add({.code = "ROWS_REFUSED", .what = plan.error().what, .remedy = plan.error().remedy});
    }
    if (plan && !plan->deletions.empty()) {
      log.add({.code = "DELETION",
               .line = plan->deletions.front().line,
               .what = "rows that delete figures are not pushed",
               .remedy = "'revise' the submission with a file that leaves these keys out, or "
                         "'withdraw' it"});
    } else if (plan && plan->submissions.empty()) {
      log.add(
          {.code = "NO_ROWS",
           .what = "no row is left to send: " + counted(plan->rows_left_out, "row") + " left out",
           .remedy = "correct the rows"});
    } else if (plan) {
      out.readable = true;
      out.submissions = std::move(plan->submissions);
      out.rows_left_out = plan->rows_left_out;
    }
  }
  out.findings = findings_of(log);
  out.findings_not_kept = log.not_kept();
  if (out.readable) {
    out.replaces.resize(out.submissions.size());
    if (find_replaced) {
      auto replaces = find_replaced(out.submissions);
      if (!replaces) return tl::unexpected(replaces.error());
      out.replaces = std::move(*replaces);
    }
    if (auto applied = apply_rules(check, out); !applied) {
      return tl::unexpected(applied.error());
    }
  }
  return out;
}

v1::Releasability wire(const sources::Releasability& releasability) {
  v1::Releasability out;
  switch (releasability.audience) {
    case sources::Releasability::Audience::kPublic:
      out.set_audience(v1::AUDIENCE_PUBLIC);
      break;
    case sources::Releasability::Audience::kParticipants:
      out.set_audience(v1::AUDIENCE_PARTICIPANTS);
      break;
    case sources::Releasability::Audience::kListed:
      out.set_audience(v1::AUDIENCE_LISTED);
      for (const auto& id : releasability.participants) out.add_participants(id);
      for (const auto& kind : releasability.kinds) out.add_kinds(kind);
      break;
  }
  return out;
}

std::vector<client::NewItem> items_of(const PlannedFile& file) {
  std::vector<client::NewItem> items;
  for (std::size_t i = 0; i < file.submissions.size(); ++i) {
    const sources::PlannedSubmission& planned = file.submissions[i];
    client::NewItem item;
    item.dataflow = planned.dataflow;
    item.indicator = planned.indicator;
    item.ref_areas = planned.ref_areas;
    item.releasability = wire(planned.releasability);
    item.body = BodyCodec::encode(planned.observations, planned.rows_left_out);
    item.certificate = file.certificates[i];
    item.rows = planned.observations.rows();
    item.source = file.file;
    item.lines = planned.lines;
    if (file.replaces[i]) {
      item.kind = v1::KIND_REVISION;
      item.revises = file.replaces[i];
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace rapporteur::agency
