// One thing found in a file, by reading or by a rule, and how a person or a program reads it.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "adapters/agency/program.h"
#include "adapters/sources/findings.h"

namespace rapporteur::agency {

// "waiver 12", "waivers 12, 40": by their entries.
[[nodiscard]] std::string waivers_text(std::span<const std::uint64_t> waivers);

struct FileFinding {
  bool error = true;
  std::string code;
  std::uint64_t line = 0;    // of the file; 0 when it is about the whole
  std::uint32_t column = 0;  // of the line, from 1; 0 when it is about no single field
  std::string field;
  std::string key;
  std::string what;
  std::string remedy;
  std::string text = {};                       // the offending one; "" is none
  std::vector<std::uint64_t> more_lines = {};  // that have the same cause
  std::vector<std::uint64_t> waived_by = {};   // an error but for these waivers

  // "file:line:column: error CODE: what (remedy)"
  [[nodiscard]] std::string sentence(const std::string& file, Paint paint = Paint::kScreen) const;
  [[nodiscard]] nlohmann::ordered_json json() const;
  // The remedy, or why none is needed.
  [[nodiscard]] std::string what_to_do() const;
  [[nodiscard]] std::string_view severity() const;  // error, warning, waived
};
[[nodiscard]] nlohmann::ordered_json json_of(const std::vector<FileFinding>& findings);
// For a person; `not_kept` were made and are not among them.
void show_findings(const Program& program, const std::string& file,
                   const std::vector<FileFinding>& findings, std::uint64_t not_kept);
[[nodiscard]] std::vector<FileFinding> findings_of(const sources::FindingLog& log);

// One file's part of a report.
struct FileReport {
  std::string file;
  std::string verdict;  // one line
  bool passes = false;
  const std::vector<FileFinding>* findings = nullptr;  // null: it could not be read
  std::uint64_t findings_not_kept = 0;
};
// A page for a person: no script, no font, no address that a browser would call. `basis` says what
// the findings rest on, "" for nothing but the files.
[[nodiscard]] std::string findings_html(std::span<const FileReport> files,
                                        const std::string& basis);

}  // namespace rapporteur::agency
