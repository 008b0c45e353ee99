#include "store/tables/cells.h"

#include <optional>

#include "store/tables/table.h"

namespace rapporteur::tables {

std::map<journal::ResourceId, std::vector<std::size_t>> rows_by_table(
    std::string_view dataflow, std::string_view sender, const ObservationSet& observations) {
  // Rows name few tables, mostly one after the other.
  struct TablePlace {
    std::uint32_t indicator, area, period;
    auto operator<=>(const TablePlace&) const = default;
  };
  const Column& indicators = observations.column(Dimension::kIndicator);
  const Column& areas = observations.column(Dimension::kRefArea);
  const Column& periods = observations.column(Dimension::kTimePeriod);
  std::map<journal::ResourceId, std::vector<std::size_t>> tables;
  std::map<TablePlace, std::vector<std::size_t>*> known;
  std::optional<TablePlace> last;
  std::vector<std::size_t>* rows = nullptr;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    const TablePlace place{indicators.index(row), areas.index(row), periods.index(row)};
    if (place != last) {
      last = place;
      std::vector<std::size_t>*& found = known[place];
      if (found == nullptr) {
        found = &tables[table_id({dataflow, sender, indicators.codes[place.indicator],
                                  areas.codes[place.area], periods.codes[place.period]})];
      }
      rows = found;
    }
    rows->push_back(row);
  }
  return tables;
}

}  // namespace rapporteur::tables
