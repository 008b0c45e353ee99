// A source's rows bound to the hub's key by a mapping, with the way back to file and line.
//
// Units and shapes: rows count from 0; each has one action's worth of meaning: a figure, or a key
// (with holes) to delete. Memory: about 100 bytes a row beside the distinct texts.
// Threads: one at a time; bound figures may be read from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sources/dataset.h"
#include "adapters/sources/findings.h"
#include "adapters/sources/mapping.h"
#include "adapters/sources/source.h"
#include "proto/base/result.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::sources {

enum class UnknownCodes {
  kLeaveOut,  // the row is a finding and is left out
  kKeep,      // the row is a warning and goes on as it came: the hub will judge it
};

struct BindOptions {
  UnknownCodes unknown_codes = UnknownCodes::kLeaveOut;
};

// A row that could not be bound; its finding has the same line. What is known of where it belonged
// is given, "" where it is not.
struct UnboundRow {
  std::uint64_t line = 0;
  std::string dataflow{};
  std::string indicator{};
  std::string ref_area{};
  std::string time_period{};
  std::optional<Releasability> releasability{};
};

// An SDMX delete: the keys that match are taken away. "" in a dimension is every code.
struct BoundDeletion {
  std::uint64_t line = 0;
  std::string dataflow{};
  std::array<std::string, kDimensions> key;
};

// Where the file has the components of the hub.
class FileColumns {
 public:
  // From 1; 0 when no column gives it, or several do.
  [[nodiscard]] std::uint32_t of(std::string_view component) const {
    const auto found = columns_.find(component);
    return found == columns_.end() ? 0 : found->second;
  }

 private:
  friend class Binder;
  std::map<std::string, std::uint32_t, std::less<>> columns_;
};

class BoundFigures {
 public:
  [[nodiscard]] std::size_t rows() const { return values_.size(); }
  [[nodiscard]] const std::string& code(Dimension d, std::size_t row) const {
    return dimensions_[static_cast<std::size_t>(d)].code(row);
  }
  [[nodiscard]] const std::string& code(Attribute a, std::size_t row) const {
    return attributes_[static_cast<std::size_t>(a)].code(row);
  }
  // The codes of the whole column; rows with equal codes have equal numbers.
  [[nodiscard]] const Column& column(Dimension d) const {
    return dimensions_[static_cast<std::size_t>(d)];
  }
  [[nodiscard]] const std::optional<Decimal>& value(std::size_t row) const { return values_[row]; }
  [[nodiscard]] std::uint64_t line(std::size_t row) const { return lines_[row]; }
  [[nodiscard]] const std::string& dataflow(std::size_t row) const {
    return dataflows_[dataflow_of_[row]];
  }
  [[nodiscard]] std::uint32_t dataflow_number(std::size_t row) const { return dataflow_of_[row]; }
  [[nodiscard]] const Releasability& releasability(std::size_t row) const {
    return releasabilities_[releasability_of_[row]];
  }
  [[nodiscard]] Observation observation(std::size_t row) const;
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const FileColumns& columns() const { return columns_; }
  [[nodiscard]] const std::vector<UnboundRow>& unbound() const { return unbound_; }
  [[nodiscard]] const std::vector<BoundDeletion>& deletions() const { return deletions_; }

 private:
  friend class Binder;
  std::string file_;
  FileColumns columns_;
  std::array<Column, kDimensions> dimensions_;
  std::array<Column, kAttributes> attributes_;
  std::vector<std::optional<Decimal>> values_;
  std::vector<std::uint64_t> lines_;
  std::vector<std::string> dataflows_;
  std::vector<std::uint32_t> dataflow_of_;
  std::vector<Releasability> releasabilities_;
  std::vector<std::uint32_t> releasability_of_;
  std::vector<UnboundRow> unbound_;
  std::vector<BoundDeletion> deletions_;
};

// Reads the source to its end and binds each row. Errors: those of Source::read, and kMalformed
// when the mapping does not fit the file (a column that is not there, with the nearest; a dimension
// that nothing gives). What is wrong with single rows is in `findings`.
[[nodiscard]] Result<BoundFigures> bind(Source& source, const Mapping& mapping,
                                        const BindOptions& options, FindingLog& findings);

// Opens, reads and binds one file. `mapping` null: the identity.
[[nodiscard]] Result<BoundFigures> read_figures(const std::string& path, const Mapping* mapping,
                                                const BindOptions& options, FindingLog& findings);

}  // namespace rapporteur::sources
