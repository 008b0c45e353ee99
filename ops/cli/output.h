// What a command prints: aligned tables for people, JSON for programs.
//
// Threads: one. Units: widths count code points, so that accented letters line up.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proto/base/result.h"

namespace rapporteur::cli {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  // Columns are separated by two spaces; the last is not padded. Cells are made printable.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// One line of JSON with a final newline; text that is not UTF-8 is replaced, never fatal.
[[nodiscard]] std::string json_line(const nlohmann::json& value);

// "2008-10-17 09:30:00.000Z".
[[nodiscard]] std::string time_text(std::uint64_t unix_ms);

void print(const std::string& text);
// Whether standard output took all of it: a full disk, say, is kStorage.
[[nodiscard]] Status all_printed();

// Progress of long work, on standard error and only if that is a terminal.
class ProgressBar {
 public:
  ProgressBar(std::string what, std::uint64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void advance_to(std::uint64_t done);

 private:
  std::string what_;
  std::uint64_t total_;
  int shown_percent_ = -1;
  bool on_terminal_;
};

}  // namespace rapporteur::cli
