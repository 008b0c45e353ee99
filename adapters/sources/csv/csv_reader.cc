#include "adapters/sources/csv/csv_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <csv.h>

#include "adapters/sources/csv/text_check.h"
#include "adapters/sources/limits.h"
#include "proto/base/check.h"

namespace rapporteur::sources {
namespace {

// SDMX-CSV and RFC 4180: blanks are part of a field.
int never_space(unsigned char) {
  return 0;
}

// csv_parser::pstate between two records.
constexpr int kRecordNotBegun = 0;

// What the callbacks of one record write to.
struct RecordInProgress {
  RowBlock* block = nullptr;
  std::size_t cells = 0;
  bool complete = false;
};

void on_field_of(std::string_view text, RecordInProgress& record) {
  if (++record.cells > limits::kColumns) return;
  record.block->add_cell(text);
}

void on_field(void* text, std::size_t bytes, void* context) {
  on_field_of({static_cast<const char*>(text), bytes}, *static_cast<RecordInProgress*>(context));
}

void on_record(int, void* context) {
  static_cast<RecordInProgress*>(context)->complete = true;
}

}  // namespace

struct CsvReader::Parser {
  csv_parser state{};
  RecordInProgress record;
  char delimiter;

  explicit Parser(char separator) : delimiter(separator) {
    RAPPORTEUR_CHECK(csv_init(&state, CSV_STRICT | CSV_STRICT_FINI) == 0);
    csv_set_delim(&state, static_cast<unsigned char>(delimiter));
    csv_set_space_func(&state, never_space);
    csv_set_blk_size(&state, 4'096);
  }
  ~Parser() { csv_free(&state); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
};

CsvReader::CsvReader(std::unique_ptr<Input> input, char delimiter)
    : input_(std::move(input)),
      parser_(std::make_unique<Parser>(delimiter)),
      buffer_(limits::kReadBytes, '\0') {}

CsvReader::~CsvReader() = default;

Result<bool> CsvReader::fill(FindingLog& findings) {
  const std::string_view unread(buffer_);
  std::copy(unread.end() - static_cast<std::ptrdiff_t>(held_back_), unread.end(), buffer_.begin());
  buffer_.resize(limits::kReadBytes);
  const auto got = input_->read(std::span(buffer_).subspan(held_back_));
  if (!got) return tl::unexpected<Error>(got.error());
  buffer_.resize(held_back_ + *got);
  ended_ = *got == 0;
  std::string_view fresh(buffer_);
  held_back_ = ended_ ? 0 : unfinished_tail(fresh);
  fresh.remove_suffix(held_back_);
  if (at_start_ && fresh.substr(0, kUtf8Mark.size()) == kUtf8Mark) {
    fresh.remove_prefix(kUtf8Mark.size());
  }
  at_start_ = false;
  if (const auto fault = find_text_fault(fresh)) {
    const auto before = fresh.substr(0, fault->offset);
    const auto line =
        line_ + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    if (fault->is_nul) {
      return findings.stop({.code = "NUL_BYTE",
                            .line = line,
                            .what = "a NUL byte stands in the text",
                            .remedy = "export the file again as text"});
    }
    return findings.stop({.code = "BAD_ENCODING",
                          .line = line,
                          .text = std::string(fresh.substr(fault->offset, 1)),
                          .what = "the file is not UTF-8; it may be Latin-1 or Windows-1252",
                          .remedy = "save it as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8"});
  }
  rest_ = fresh;
  return !rest_.empty();
}

// Up to the end of the line, or what there is of it.
std::string_view CsvReader::next_piece() const {
  const auto* newline = static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
  const std::size_t most =
      newline == nullptr ? rest_.size() : static_cast<std::size_t>(newline - rest_.data()) + 1;
  const auto* cr = static_cast<const char*>(std::memchr(rest_.data(), '\r', most));
  if (cr == nullptr || cr + 1 == newline) return rest_.substr(0, most);
  return rest_.substr(0, static_cast<std::size_t>(cr - rest_.data()) + 1);
}

tl::unexpected<Error> CsvReader::broken_quotes(const RowBlock& block, FindingLog& findings) {
  return findings.stop(
      {.code = "UNBALANCED_QUOTES",
       .line = record_line_,
       .column = static_cast<std::uint32_t>(block.open_cells() + 1),
       .what = "quotation marks of the record that begins here do not balance, so nobody can tell "
               "where its fields end",
       .remedy = "enclose the field in quotation marks and double those inside it"});
}

// A whole record on one line without a quotation mark: nothing in it has to be parsed.
bool CsvReader::is_plain_record(std::string_view piece) const {
  return record_bytes_ == 0 && parser_->state.pstate == kRecordNotBegun && piece.size() > 2 &&
         piece.back() == '\n' && std::memchr(piece.data(), '"', piece.size()) == nullptr;
}

Status CsvReader::split(std::string_view piece, RowBlock& block, FindingLog& findings) {
  record_line_ = line_++;
  record_bytes_ = piece.size();
  after_cr_ = false;
  piece.remove_suffix(piece[piece.size() - 2] == '\r' ? 2 : 1);
  RecordInProgress& record = parser_->record;
  while (true) {
    const std::size_t end = std::min(piece.find(parser_->delimiter), piece.size());
    on_field_of(piece.substr(0, end), record);
    if (end == piece.size()) break;
    piece.remove_prefix(end + 1);
  }
  record.complete = true;
  return within_bounds(block, findings);
}

Status CsvReader::feed(std::string_view piece, RowBlock& block, FindingLog& findings) {
  if (parser_->record.cells == 0 && record_bytes_ == 0) record_line_ = line_;
  const std::size_t eaten =
      csv_parse(&parser_->state, piece.data(), piece.size(), on_field, on_record, &parser_->record);
  if (eaten != piece.size()) return broken_quotes(block, findings);
  record_bytes_ += piece.size();
  const bool line_feed = piece.back() == '\n';
  const bool second_half = line_feed && piece.size() == 1 && after_cr_;
  after_cr_ = piece.back() == '\r';
  if ((line_feed || after_cr_) && !second_half) ++line_;
  // A blank line is no record; the next one begins after it.
  if (parser_->state.pstate == kRecordNotBegun && !parser_->record.complete) record_bytes_ = 0;
  return within_bounds(block, findings);
}

Status CsvReader::within_bounds(const RowBlock& block, FindingLog& findings) {
  if (parser_->record.cells > limits::kColumns) {
    return findings.stop(
        {.code = "TOO_MANY_COLUMNS",
         .line = record_line_,
         .what = "a record has more than " + std::to_string(limits::kColumns) + " fields",
         .remedy = "check the delimiter; cut the table into narrower ones"});
  }
  if (record_bytes_ > limits::kRecordBytes) {
    return findings.stop(
        {.code = "RECORD_TOO_LONG",
         .line = record_line_,
         .column = static_cast<std::uint32_t>(block.open_cells() + 1),
         .what = "a record is longer than " + std::to_string(limits::kRecordBytes) + " bytes",
         .remedy = "look for a quotation mark that opens here and never closes"});
  }
  return {};
}

Status CsvReader::finish(RowBlock& block, FindingLog& findings) {
  finished_ = true;
  if (csv_fini(&parser_->state, on_field, on_record, &parser_->record) != 0) {
    return broken_quotes(block, findings);
  }
  return within_bounds(block, findings);
}

Result<std::optional<std::uint64_t>> CsvReader::next(RowBlock& block, FindingLog& findings) {
  parser_->record = {&block, 0, false};
  record_bytes_ = 0;
  while (!parser_->record.complete) {
    if (rest_.empty()) {
      if (finished_) return std::nullopt;
      auto more = fill(findings);
      if (!more) return tl::unexpected<Error>(more.error());
      if (!*more && ended_) {
        if (auto done = finish(block, findings); !done) {
          return tl::unexpected<Error>(done.error());
        }
        if (!parser_->record.complete) return std::nullopt;
      }
      continue;
    }
    const std::string_view piece = next_piece();
    auto fed =
        is_plain_record(piece) ? split(piece, block, findings) : feed(piece, block, findings);
    if (!fed) return tl::unexpected<Error>(fed.error());
    rest_.remove_prefix(piece.size());
  }
  return record_line_;
}

char guess_delimiter(std::string_view head) {
  constexpr std::array<char, 4> kCandidates{',', ';', '\t', '|'};
  std::array<std::size_t, kCandidates.size()> seen{};
  bool quoted = false;
  for (const char c : head) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    for (std::size_t i = 0; i < kCandidates.size(); ++i) seen[i] += c == kCandidates[i] ? 1 : 0;
  }
  const auto most = std::max_element(seen.begin(), seen.end());
  return kCandidates[static_cast<std::size_t>(most - seen.begin())];
}

void append_csv_field(std::string& out, std::string_view text, char delimiter) {
  const std::string special{delimiter, '"', '\n', '\r'};
  const bool blank_at_an_end =
      !text.empty() && (text.front() == ' ' || text.back() == ' ' || text.front() == '\t');
  if (text.find_first_of(special) == std::string_view::npos && !blank_at_an_end) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace rapporteur::sources
