#include "adapters/agency/file_finding.h"

#include "proto/base/html.h"

namespace rapporteur::agency {

std::string waivers_text(std::span<const std::uint64_t> waivers) {
  std::string out;
  for (const std::uint64_t waiver : waivers) {
    out += (out.empty() ? "" : ", ") + std::to_string(waiver);
  }
  return (waivers.size() == 1 ? "waiver " : "waivers ") + out;
}

std::string FileFinding::what_to_do() const {
  return waived_by.empty() ? remedy : "published already: " + waivers_text(waived_by);
}

std::string_view FileFinding::severity() const {
  return error ? "error" : waived_by.empty() ? "warning" : "waived";
}

std::string FileFinding::sentence(const std::string& file, Paint paint) const {
  std::string out = file;
  if (line > 0) out += ":" + std::to_string(line);
  if (line > 0 && column > 0) out += ":" + std::to_string(column);
  out += ": " + toned(severity(), error ? Tone::kBad : Tone::kWarning, paint) + " " + code;
  if (!field.empty()) out += " " + printable(field, 64);
  if (line == 0 && !key.empty()) out += " " + printable(key, 200);
  out += ": " + printable(what, 600);
  if (const std::string to_do = what_to_do(); !to_do.empty()) {
    out += " (" + printable(to_do, 300) + ")";
  }
  return out;
}

nlohmann::ordered_json FileFinding::json() const {
  return {{"severity", error ? "error" : "warning"},
          {"code", code},
          {"line", line},
          {"more_lines", more_lines},
          {"column", column},
          {"text", text},
          {"field", field},
          {"key", key},
          {"what", what},
          {"remedy", remedy},
          {"waived_by", waived_by}};
}

nlohmann::ordered_json json_of(const std::vector<FileFinding>& findings) {
  auto out = nlohmann::ordered_json::array();
  for (const FileFinding& finding : findings) out.push_back(finding.json());
  return out;
}

void show_findings(const Program& program, const std::string& file,
                   const std::vector<FileFinding>& findings, std::uint64_t not_kept) {
  for (const FileFinding& finding : findings) program.say(finding.sentence(file));
  if (not_kept > 0) program.say(file + ": and " + std::to_string(not_kept) + " more");
}

std::vector<FileFinding> findings_of(const sources::FindingLog& log) {
  std::vector<FileFinding> findings;
  for (const sources::Finding& finding : log.findings()) {
    findings.push_back({.error = finding.severity == sources::Severity::kError,
                        .code = finding.code,
                        .line = finding.line,
                        .column = finding.column,
                        .field = finding.column_name,
                        .key = {},
                        .what = finding.sentence(),
                        .remedy = finding.remedy,
                        .text = finding.text,
                        .more_lines = finding.more_lines});
  }
  return findings;
}

namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#c9d1d9;--bad:#b42318;--good:#1a7f37;--mild:#8a5a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#14181d;--line:#3d444d;--bad:#ff8a80;--good:#7ee29a;--mild:#f0c36d}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:72rem;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem}
th,td{border:1px solid var(--line);padding:.3rem .45rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
td.w{min-width:16rem}
.error,.no{color:var(--bad);font-weight:600}.yes{color:var(--good);font-weight:600}.warning,.waived{color:var(--mild)}
code{overflow-wrap:anywhere}
)";

std::string cell(std::string_view kind, const std::string& content) {
  return "<td class=\"" + std::string(kind) + "\">" + content + "</td>";
}
std::string number(std::uint64_t value) {
  return cell("n", value == 0 ? "" : std::to_string(value));
}

std::string row_of(const FileFinding& finding) {
  using html::element;
  using html::escaped;
  std::string what = escaped(finding.what);
  if (!finding.key.empty()) what += "<br>" + element("code", escaped(finding.key));
  return element("tr", cell(finding.severity(), std::string(finding.severity())) +
                           element("td", element("code", escaped(finding.code))) +
                           number(finding.line) + number(finding.column) +
                           element("td", escaped(finding.field)) +
                           element("td", element("code", escaped(finding.text))) + cell("w", what) +
                           cell("w", escaped(finding.what_to_do()))) +
         "\n";
}

std::string table_of(const FileReport& file) {
  if (file.findings == nullptr || file.findings->empty()) return {};
  std::string out =
      "<div class=\"wide\"><table>\n<tr><th>Severity</th><th>Rule</th><th>Line</th><th>Column</th>"
      "<th>Field</th><th>Text</th><th>What</th><th>What to do</th></tr>\n";
  for (const FileFinding& finding : *file.findings) out += row_of(finding);
  out += "</table></div>\n";
  if (file.findings_not_kept > 0) {
    out += html::element("p", "and " + std::to_string(file.findings_not_kept) + " more") + "\n";
  }
  return out;
}

}  // namespace

std::string findings_html(std::span<const FileReport> files, const std::string& basis) {
  using html::element;
  using html::escaped;
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n" +
      element("title", "What was found") + "\n" + element("style", kStyle) + "\n</head>\n<body>\n" +
      element("h1", "What was found") + "\n";
  if (!basis.empty()) out += element("p", escaped(basis)) + "\n";
  for (const FileReport& file : files) {
    out += element("h2", escaped(file.file)) + "\n<p class=\"" + (file.passes ? "yes" : "no") +
           "\">" + escaped(file.verdict) + "</p>\n" + table_of(file);
  }
  return out + "</body>\n</html>\n";
}

}  // namespace rapporteur::agency
