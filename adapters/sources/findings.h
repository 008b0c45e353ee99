// What a source, a mapping or a sink has to say about its input: where, what, and what to do.
//
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "proto/base/result.h"

namespace rapporteur::sources {

enum class Severity { kError, kWarning };

// Shapes: `line` and `column` from 1, 0 when the finding is about the whole file; `line` is the
// physical line where the record begins, `column` the position of the field in its record.
struct Finding {
  Severity severity = Severity::kError;
  std::string code{};  // UPPER_CASE, stable: UNKNOWN_CODE, BAD_NUMBER, RAGGED_ROW ...
  std::string file{};
  std::uint64_t line = 0;
  std::uint32_t column = 0;
  std::string column_name{};  // header of the column, or the component it is bound to
  std::string text{};         // the offending text, printable and cut short; "" is "none"
  std::string what{};         // one sentence
  std::string remedy{};
  std::uint64_t more_rows = 0;  // that have the same cause
  // Lines of those; of all findings together the first limits::kFindingsKept.
  std::vector<std::uint64_t> more_lines{};

  // What, the offending text, how many more rows there are and where the first of them stand.
  [[nodiscard]] std::string sentence() const;
  // "file:line:column: error CODE in NAME: what: "text" (remedy)"; "file column 3: ..." where the
  // finding is about a whole column.
  [[nodiscard]] std::string to_line() const;
};

// Collects findings in the order they were made. Keeps the first limits::kFindingsKept and counts
// the rest, so that a bad file of any size costs bounded memory.
class FindingLog {
 public:
  explicit FindingLog(std::string file = {}) : file_(std::move(file)) {}

  // Fills in the file's name if it has none, and makes the text printable.
  void add(Finding finding);
  // For a cause that rows share: kept once, at its first row, with the number of the others.
  // Findings are of one cause when code, column name and text are equal.
  void add_cause(Finding finding);
  // For what ends the reading: adds the finding and gives it back as an error (kMalformed).
  [[nodiscard]] tl::unexpected<Error> stop(Finding finding);

  [[nodiscard]] std::span<const Finding> findings() const { return findings_; }
  [[nodiscard]] std::uint64_t errors() const { return errors_; }
  [[nodiscard]] std::uint64_t warnings() const { return warnings_; }
  [[nodiscard]] std::uint64_t not_kept() const { return errors_ + warnings_ - findings_.size(); }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string file_;
  struct Cause {
    std::size_t place;  // in findings_, or beyond them
    std::uint64_t last_line;
  };
  std::vector<Finding> findings_;
  std::map<std::tuple<std::string, std::string, std::string>, Cause> causes_;
  std::uint64_t errors_ = 0;
  std::uint64_t warnings_ = 0;
  std::size_t lines_named_ = 0;  // in more_lines
};

}  // namespace rapporteur::sources
