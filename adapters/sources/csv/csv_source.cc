#include "adapters/sources/csv/csv_source.h"

#include "adapters/sources/limits.h"

namespace rapporteur::sources {

tl::unexpected<Error> empty_file(FindingLog& findings) {
  return findings.stop({.code = "EMPTY_FILE",
                        .what = "the file is empty",
                        .remedy = "a table needs a header line and at least one row"});
}

Result<CsvHeader> read_header(CsvReader& reader, FindingLog& findings) {
  RowBlock block;
  block.clear(0);
  const auto line = reader.next(block, findings);
  if (!line) return tl::unexpected<Error>(line.error());
  CsvHeader header;
  if (!*line) return header;
  header.line = **line;
  for (std::size_t i = 0; i < block.open_cells(); ++i) {
    header.fields.emplace_back(block.open_cell(i));
  }
  return header;
}

bool CsvSource::has_its_fields(RowBlock& block, std::uint64_t line, FindingLog& findings) {
  const std::size_t wanted = header_.fields.size();
  const std::size_t had = block.open_cells();
  bool surplus_is_blank = had > wanted;
  for (std::size_t i = wanted; i < had; ++i) surplus_is_blank &= block.open_cell(i).empty();
  if (had == wanted) return true;
  if (surplus_is_blank) {
    // The field guide's own examples end delete rows with delimiters too many.
    block.cut_row(wanted);
    return true;
  }
  findings.add({.code = "RAGGED_ROW",
                .line = line,
                .what = "the row has " + std::to_string(had) + " fields, the header " +
                        std::to_string(wanted),
                .remedy = "quote fields that hold the delimiter; give every field, blank or not"});
  return false;
}

Result<bool> CsvSource::read(RowBlock& block, FindingLog& findings) {
  block.clear(header_.fields.size());
  while (!ended_ && block.rows() < limits::kBlockRows && block.text_bytes() < limits::kBlockBytes) {
    const auto line = reader_->next(block, findings);
    if (!line) return tl::unexpected<Error>(line.error());
    if (!*line) {
      ended_ = true;
      break;
    }
    any_row_ = true;
    std::optional<Meaning> meaning;
    if (has_its_fields(block, **line, findings)) meaning = meaning_of(block, **line, findings);
    if (!meaning) {
      block.drop_row();
      left_out_.push_back({**line});
      continue;
    }
    block.keep_row(**line, meaning->action, meaning->structure);
  }
  if (ended_ && !any_row_) {
    return findings.stop({.code = "NO_ROWS",
                          .line = header_.line,
                          .what = "there is a header, but no row",
                          .remedy = "export the file again, with its rows"});
  }
  return block.rows() > 0;
}

}  // namespace rapporteur::sources
