#include "proto/codelists/table.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <csv.h>

namespace rapporteur::codelists {

void stop(const std::string& where, const std::string& what) {
  throw std::runtime_error(where + ": " + what);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Table::Table(const std::filesystem::path& file, std::size_t key_columns)
    : file_(file.filename().string()) {
  std::ifstream stream(file, std::ios::binary);
  std::string first_line;
  if (!std::getline(stream, first_line) || !first_line.starts_with("# Source: ")) {
    stop(file_ + ":1", "expected a comment line that names the source");
  }
  std::ostringstream rest;
  rest << stream.rdbuf();
  std::vector<Row> rows = parse(rest.str());
  if (rows.empty()) stop(file_ + ":2", "expected a header line");
  header_ = rows.front();
  rows_.assign(rows.begin() + 1, rows.end());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].size() != header_.size()) {
      stop(file_ + ":" + std::to_string(i + 3), "not as many fields as the header");
    }
  }
  std::sort(rows_.begin(), rows_.end());
  const auto keyed = static_cast<std::ptrdiff_t>(std::min(key_columns, header_.size()));
  for (std::size_t i = 1; i < rows_.size(); ++i) {
    if (std::equal(rows_[i].begin(), rows_[i].begin() + keyed, rows_[i - 1].begin())) {
      stop(at(i), "the code stands twice");
    }
  }
}

const std::string& Table::get(std::size_t row, std::string_view column) const {
  const auto found = std::find(header_.begin(), header_.end(), column);
  if (found == header_.end()) stop(file_, "no column " + std::string(column));
  return rows_[row][static_cast<std::size_t>(found - header_.begin())];
}

const std::string& Table::required(std::size_t row, std::string_view column) const {
  const std::string& text = get(row, column);
  if (text.empty()) stop(at(row), "empty " + std::string(column));
  return text;
}

bool Table::yes(std::size_t row, std::string_view column) const {
  const std::string& text = get(row, column);
  if (text != "yes" && text != "no") stop(at(row), std::string(column) + " is yes or no");
  return text == "yes";
}

bool Table::has(std::string_view code) const {
  return std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return row[0] == code; });
}

std::vector<Table::Row> Table::parse(const std::string& text) const {
  struct Reader {
    std::vector<Row> rows;
    Row row;
  } reader;
  const auto on_field = [](void* field, std::size_t size, void* self) {
    static_cast<Reader*>(self)->row.emplace_back(static_cast<const char*>(field), size);
  };
  const auto on_row = [](int, void* self) {
    auto& out = *static_cast<Reader*>(self);
    out.rows.push_back(std::move(out.row));
    out.row.clear();
  };
  csv_parser parser;
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) stop(file_, "out of memory");
  const std::unique_ptr<csv_parser, decltype(&csv_free)> guard(&parser, &csv_free);
  if (csv_parse(&parser, text.data(), text.size(), on_field, on_row, &reader) != text.size() ||
      csv_fini(&parser, on_field, on_row, &reader) != 0) {
    stop(file_, csv_strerror(csv_error(&parser)));
  }
  return std::move(reader.rows);
}

}  // namespace rapporteur::codelists
