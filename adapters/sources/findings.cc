#include "adapters/sources/findings.h"

#include "adapters/sources/limits.h"
#include "proto/base/counted.h"

namespace rapporteur::sources {
namespace {

constexpr std::size_t kLinesShown = 5;

}  // namespace

std::string Finding::to_line() const {
  std::string out = printable(file);
  if (line > 0) out += ':' + std::to_string(line);
  if (line > 0 && column > 0) out += ':' + std::to_string(column);
  if (line == 0 && column > 0) out += " column " + std::to_string(column);
  out += severity == Severity::kError ? ": error " : ": warning ";
  out += code;
  if (!column_name.empty()) out += " in " + printable(column_name);
  out += ": " + sentence();
  if (!remedy.empty()) out += " (" + remedy + ')';
  return out;
}

std::string Finding::sentence() const {
  std::string out = what;
  if (!text.empty()) out += ": \"" + text + '"';
  if (more_rows > 0) {
    out += ", and " + counted(more_rows, "more row");
    for (std::size_t i = 0; i < more_lines.size() && i < kLinesShown; ++i) {
      out += (i == 0 ? ": " : ", ") + std::to_string(more_lines[i]);
    }
    if (more_rows > kLinesShown && !more_lines.empty()) out += " …";
  }
  return out;
}

void FindingLog::add_cause(Finding finding) {
  if (causes_.size() >= limits::kFindingsKept) return add(std::move(finding));
  const auto [known, is_new] = causes_.try_emplace(
      {finding.code, finding.column_name, finding.text}, Cause{findings_.size(), finding.line});
  if (is_new) {
    add(std::move(finding));
    return;
  }
  Cause& cause = known->second;
  // A row of several measures meets its cause several times.
  if (cause.place < findings_.size() && finding.line != cause.last_line) {
    Finding& first = findings_[cause.place];
    ++first.more_rows;
    if (lines_named_ < limits::kFindingsKept) {
      first.more_lines.push_back(finding.line);
      ++lines_named_;
    }
  }
  cause.last_line = finding.line;
}

void FindingLog::add(Finding finding) {
  ++(finding.severity == Severity::kError ? errors_ : warnings_);
  if (findings_.size() >= limits::kFindingsKept) return;
  if (finding.file.empty()) finding.file = file_;
  finding.text = printable(finding.text, limits::kOffendingTextBytes);
  finding.column_name = printable(finding.column_name, limits::kOffendingTextBytes);
  findings_.push_back(std::move(finding));
}

tl::unexpected<Error> FindingLog::stop(Finding finding) {
  if (finding.file.empty()) finding.file = file_;
  std::string where = finding.file;
  if (finding.line > 0) where += ':' + std::to_string(finding.line);
  if (finding.column > 0) where += ':' + std::to_string(finding.column);
  Error error{ErrorKind::kMalformed, finding.what, std::move(where), finding.remedy};
  if (!finding.text.empty()) {
    error.what += ": \"" + printable(finding.text, limits::kOffendingTextBytes) + '"';
  }
  add(std::move(finding));
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace rapporteur::sources
