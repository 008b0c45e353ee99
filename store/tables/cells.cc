#include "store/tables/cells.h"

#include <optional>

#include "store/tables/table.h"

namespace rapporteur::tables {

std::map<journal::ResourceId, TableRows> rows_by_table(std::string_view dataflow,
                                                       std::string_view sender,
                                                       const ObservationSet& observations) {
  // Rows name few tables, mostly one after the other.
  struct TablePlace {
    std::uint32_t indicator, area, period;
    auto operator<=>(const TablePlace&) const = default;
  };
  const Column& indicators = observations.column(Dimension::kIndicator);
  const Column& areas = observations.column(Dimension::kRefArea);
  const Column& periods = observations.column(Dimension::kTimePeriod);
  std::map<journal::ResourceId, TableRows> tables;
  std::map<TablePlace, TableRows*> known;
  std::optional<TablePlace> last;
  TableRows* found_last = nullptr;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    const TablePlace place{indicators.index(row), areas.index(row), periods.index(row)};
    if (place != last) {
      last = place;
      TableRows*& found = known[place];
      if (found == nullptr) {
        const TableName name{dataflow, sender, indicators.codes[place.indicator],
                             areas.codes[place.area], periods.codes[place.period]};
        found = &tables[table_id(name)];
        found->ended = ended_id(name);
      }
      found_last = found;
    }
    found_last->rows.push_back(row);
  }
  return tables;
}

std::vector<std::uint64_t> counted_keys(const ObservationSet& observations,
                                        const std::vector<std::size_t>& rows) {
  std::vector<std::uint64_t> hashes;
  for (const std::size_t row : rows) {
    if (observations.has_count(row)) hashes.push_back(observations.key_hash(row));
  }
  return hashes;
}

}  // namespace rapporteur::tables
