// A record is the same whether its fields are quoted or not, however the bytes come in.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/sources/csv/csv_reader.h"

namespace rapporteur::sources {
namespace {

using Records = std::vector<std::pair<std::uint64_t, std::vector<std::string>>>;

Records read(const std::string& text, char delimiter) {
  CsvReader reader(make_text_input("t.csv", text), delimiter);
  FindingLog findings("t.csv");
  Records out;
  while (true) {
    RowBlock block;
    block.clear(0);
    const auto line = reader.next(block, findings);
    RC_ASSERT(line.has_value());
    if (!*line) return out;
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < block.open_cells(); ++i) cells.emplace_back(block.open_cell(i));
    out.emplace_back(**line, std::move(cells));
  }
}

RC_GTEST_PROP(CsvLines, QuotedOrNotTheyAreTheSameRecords, ()) {
  const char delimiter = *rc::gen::element(',', ';', '\t', '|');
  const std::string end = *rc::gen::element<std::string>("\n", "\r\n");
  std::string plain;
  std::string quoted;
  Records wanted;
  const auto lines = *rc::gen::inRange<std::size_t>(1, 40);
  for (std::size_t line = 1; line <= lines; ++line) {
    const auto cells = *rc::gen::container<std::vector<std::string>>(
        *rc::gen::inRange<std::size_t>(1, 6),
        rc::gen::element<std::string>("", "a", " b ", "12", "é漢", "x.y"));
    std::string one;
    std::string other;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) one += delimiter;
      if (i > 0) other += delimiter;
      one += cells[i];
      other += '"' + cells[i] + '"';
    }
    // A line without anything is no record, and a quoted nothing is one.
    if (one.empty()) other.clear();
    plain += one + end;
    quoted += other + end;
    if (!one.empty()) wanted.emplace_back(line, cells);
  }
  RC_ASSERT(read(plain, delimiter) == wanted);
  RC_ASSERT(read(quoted, delimiter) == wanted);
}

// Lines stand across the reads of the file.
TEST(CsvLines, RecordsCutByAReadAreWhole) {
  std::string text;
  Records wanted;
  for (std::uint64_t line = 1; line <= 60'000; ++line) {
    const std::string number = std::to_string(line);
    text += number + ",é" + number + ",\n";
    wanted.push_back({line, {number, "é" + number, ""}});
  }
  EXPECT_EQ(read(text, ','), wanted);
}

}  // namespace
}  // namespace rapporteur::sources
