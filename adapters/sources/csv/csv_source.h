// What all character-separated sources share: a header that names columns, and rows of its width.
//
// Threads, errors: as Source.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sources/csv/csv_reader.h"
#include "adapters/sources/source.h"

namespace rapporteur::sources {

// The fields of a header, and the line it stands on.
struct CsvHeader {
  std::vector<std::string> fields;
  std::uint64_t line = 0;
};
// The next record as a header; no fields at the end of the file. A field without text that ends the
// record (a delimiter too many) stays.
[[nodiscard]] Result<CsvHeader> read_header(CsvReader& reader, FindingLog& findings);

[[nodiscard]] tl::unexpected<Error> empty_file(FindingLog& findings);

class CsvSource : public Source {
 public:
  [[nodiscard]] const Dataset& dataset() const override { return dataset_; }
  [[nodiscard]] Result<bool> read(RowBlock& block, FindingLog& findings) override;
  [[nodiscard]] std::span<const LeftOutRow> left_out() const override { return left_out_; }

 protected:
  struct Meaning {
    Action action = Action::kInformation;
    std::uint32_t structure = 0;
  };
  CsvSource(std::unique_ptr<CsvReader> reader, CsvHeader header, Dataset dataset)
      : reader_(std::move(reader)), header_(std::move(header)), dataset_(std::move(dataset)) {}

  // What the open row of the block says about itself; empty when it must be left out, with its
  // finding made.
  [[nodiscard]] virtual std::optional<Meaning> meaning_of(const RowBlock& block, std::uint64_t line,
                                                          FindingLog& findings) = 0;
  [[nodiscard]] const CsvHeader& header() const { return header_; }
  [[nodiscard]] Dataset& described() { return dataset_; }

 private:
  [[nodiscard]] bool has_its_fields(RowBlock& block, std::uint64_t line, FindingLog& findings);

  std::unique_ptr<CsvReader> reader_;
  CsvHeader header_;
  Dataset dataset_;
  std::vector<LeftOutRow> left_out_;
  bool any_row_ = false;
  bool ended_ = false;
};

}  // namespace rapporteur::sources
