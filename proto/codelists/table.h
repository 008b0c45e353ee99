// The data files that are compiled in, as the programs read them that turn them into arrays.
//
// A file is a comment line that names its source ("# Source: "), a header line, and rows as wide.
// Threads: one at a time. Errors: std::runtime_error, one line with file and row; the build stops.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rapporteur::codelists {

[[noreturn]] void stop(const std::string& where, const std::string& what);
[[nodiscard]] std::vector<std::string> words_of(const std::string& text);
// As C++ writes it, with its quotes.
[[nodiscard]] std::string literal(std::string_view text);

// Rows are ordered; their first `key_columns` fields together stand once.
class Table {
 public:
  explicit Table(const std::filesystem::path& file, std::size_t key_columns = 1);

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const std::string& get(std::size_t row, std::string_view column) const;
  // Not empty.
  [[nodiscard]] const std::string& required(std::size_t row, std::string_view column) const;
  [[nodiscard]] bool yes(std::size_t row, std::string_view column) const;
  // Whether a row has this code in its first field.
  [[nodiscard]] bool has(std::string_view code) const;
  // File and row, as errors name it.
  [[nodiscard]] std::string at(std::size_t row) const { return file_ + ": " + rows_[row][0]; }

 private:
  using Row = std::vector<std::string>;
  [[nodiscard]] std::vector<Row> parse(const std::string& text) const;

  std::string file_;
  Row header_;
  std::vector<Row> rows_;
};

}  // namespace rapporteur::codelists
