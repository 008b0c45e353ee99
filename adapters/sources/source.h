// Where data comes from: one interface for every format that can be read.
//
// Threads: one at a time.
// Errors: every problem is a finding in the log handed in; an error is returned only where reading
// cannot go on (the file is not what it claims, a bound is passed, the disk fails), and it is in
// the log too. After an error the rows read before must not be sent: a file is taken whole or not
// at all. Rows that cannot be read alone (a missing field, an unknown action) are findings, are
// counted in `rows_left_out` and skipped.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sources/dataset.h"
#include "adapters/sources/findings.h"
#include "adapters/sources/input.h"
#include "proto/base/result.h"

namespace rapporteur::sources {

// A row that was not handed on, and whose finding is in the log.
struct LeftOutRow {
  std::uint64_t line = 0;
};

class Source {
 public:
  virtual ~Source() = default;
  // Known once opened; `structures` grows with the rows.
  [[nodiscard]] virtual const Dataset& dataset() const = 0;
  // Fills the block with the next rows; false when there are none left.
  [[nodiscard]] virtual Result<bool> read(RowBlock& block, FindingLog& findings) = 0;
  // Rows skipped so far, in the order of the file.
  [[nodiscard]] virtual std::span<const LeftOutRow> left_out() const = 0;
};

struct OpenOptions {
  std::string format{};  // "" detects it from the content
  // Only for formats that do not say these themselves.
  std::optional<char> delimiter{};
  // Columns that the header must have: lets lines of title before it be skipped.
  std::vector<std::string> expected_columns{};
};

// One readable format: its name in `--from` and mapping files, and how to recognise and open it.
struct SourceFormat {
  std::string_view name;
  std::string_view description;
  // `head` is the beginning of the content, without byte order mark.
  bool (*recognises)(std::string_view head);
  Result<std::unique_ptr<Source>> (*open)(std::unique_ptr<Input> input, const OpenOptions& options,
                                          FindingLog& findings);
};
// In the order in which they are tried.
[[nodiscard]] std::span<const SourceFormat> source_formats();

// Opens a file of the disk. Errors: kStorage, kUsage (no such file or format, with the nearest),
// kMalformed (no format recognises it; not UTF-8; empty; a header that cannot be read).
[[nodiscard]] Result<std::unique_ptr<Source>> open_source(const std::string& path,
                                                          const OpenOptions& options,
                                                          FindingLog& findings);
// The same from memory; `name` is what findings call it.
[[nodiscard]] Result<std::unique_ptr<Source>> open_source_text(std::string name,
                                                               std::string content,
                                                               const OpenOptions& options,
                                                               FindingLog& findings);

}  // namespace rapporteur::sources
