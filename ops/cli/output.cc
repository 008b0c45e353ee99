#include "ops/cli/output.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

namespace rapporteur::cli {
namespace {

std::size_t width_of(const std::string& text) {
  const auto begins_code_point = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header) {
  add(std::move(header));
}

void TextTable::add(std::vector<std::string> row) {
  for (auto& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

std::string json_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string time_text(std::uint64_t unix_ms) {
  constexpr std::uint64_t kLastPrintable = 253'402'300'799'999;  // the end of the year 9999
  if (unix_ms > kLastPrintable) return std::to_string(unix_ms) + " ms";
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)), unix_ms % 1000);
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Status all_printed() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  return fail(ErrorKind::kStorage,
              "cannot write all of it: " + std::generic_category().message(errno),
              "standard output", "make room, or write to somewhere else");
}

ProgressBar::ProgressBar(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (shown_percent_ >= 0) std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::advance_to(std::uint64_t done) {
  if (!on_terminal_ || total_ == 0) return;
  const int percent = static_cast<int>(std::min(done, total_) * 100 / total_);
  if (percent == shown_percent_) return;
  shown_percent_ = percent;
  constexpr int kBarWidth = 40;
  const int filled = percent * kBarWidth / 100;
  std::fputs(fmt::format("\r{} [{:#<{}}{:.<{}}] {:3} %", what_, "", filled, "", kBarWidth - filled,
                         percent)
                 .c_str(),
             stderr);
}

}  // namespace rapporteur::cli
