// Records of a character-separated file, one at a time, with the line each begins at. The only
// file pair that knows libcsv.
//
// Accepts RFC 4180 with any one-byte delimiter, LF, CRLF or CR, blanks kept, a UTF-8 byte order
// mark skipped, blank lines skipped. Refuses, as a finding that ends the reading: bytes that are
// not UTF-8, NUL, quotes inside unquoted fields, text after a
// closing quote, a quote that never closes, records and field counts beyond limits.h.
// Threads: one at a time. Memory: one read plus one record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/sources/dataset.h"
#include "adapters/sources/findings.h"
#include "adapters/sources/input.h"
#include "proto/base/result.h"

namespace rapporteur::sources {

class CsvReader {
 public:
  CsvReader(std::unique_ptr<Input> input, char delimiter);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // Adds the cells of the next record to the open row of the block, as many as there are, and gives
  // the line where it begins; empty at the end.
  [[nodiscard]] Result<std::optional<std::uint64_t>> next(RowBlock& block, FindingLog& findings);

 private:
  struct Parser;

  [[nodiscard]] Result<bool> fill(FindingLog& findings);
  [[nodiscard]] bool is_plain_record(std::string_view piece) const;
  [[nodiscard]] Status split(std::string_view piece, RowBlock& block, FindingLog& findings);
  [[nodiscard]] Status feed(std::string_view piece, RowBlock& block, FindingLog& findings);
  [[nodiscard]] Status within_bounds(const RowBlock& block, FindingLog& findings);
  [[nodiscard]] Status finish(RowBlock& block, FindingLog& findings);
  [[nodiscard]] std::string_view next_piece() const;
  [[nodiscard]] tl::unexpected<Error> broken_quotes(const RowBlock& block, FindingLog& findings);

  std::unique_ptr<Input> input_;
  std::unique_ptr<Parser> parser_;
  std::string buffer_;
  std::string_view rest_;      // of the buffer, checked but not yet fed
  std::size_t held_back_ = 0;  // bytes at the buffer's end: a character cut by the read
  bool at_start_ = true;
  bool ended_ = false;
  bool finished_ = false;
  bool after_cr_ = false;
  std::uint64_t line_ = 1;  // of the next byte to feed
  std::uint64_t record_line_ = 1;
  std::size_t record_bytes_ = 0;
};

// The delimiter that occurs most often outside quotes in the first line: one of , ; tab |
[[nodiscard]] char guess_delimiter(std::string_view head);

// `text` as a field: quoted where it must be.
void append_csv_field(std::string& out, std::string_view text, char delimiter);

}  // namespace rapporteur::sources
