#include "broker/disclosure/earlier.h"

#include <numeric>
#include <utility>
#include <vector>

#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

// The same keys, of which nothing is said.
ObservationSet without_figures(const ObservationSet& set) {
  ObservationSetBuilder builder;
  for (std::size_t row = 0; row < set.rows(); ++row) {
    Observation one;
    one.key = set.observation(row).key;
    one[Attribute::kObsStatus] = "O";
    builder.add(one);
  }
  return builder.build();
}

KnownCounts known_in(const JudgedTable* judged, const Earlier::Keys& keys) {
  KnownCounts known;
  if (judged == nullptr) return known;
  const TableSystem& table = judged->table();
  const auto put = [&](const rules::Cell& cell, std::int64_t count, bool failed) {
    std::string key = table.key_text(cell);
    if (keys.contains(key)) known.emplace(std::move(key), KnownCount{count, failed});
  };
  for (const rules::Cell& cell : table.lattice().cells()) {
    if (const auto count = exact_count(cell)) put(cell, *count, judged->is_small(*count));
  }
  for (const Derived& one : judged->derived()) {
    put(table.cell_of(one.variable), one.value, judged->fails(one.variable, one.value));
  }
  return known;
}

}  // namespace

void add_published(rules::CellPool& pool, const rules::Submission& submission,
                   const rules::PublishedFigures& published) {
  if (sabotaged("ledger-forgotten")) return;
  for (const rules::TableKey& table : rules::tables_added_up(submission)) {
    published.visit(table,
                    [&](const ObservationSet& set, Rows rows) { pool.add_published(set, rows); });
    published.visit_ended(table,
                          [&](const ObservationSet& set, Rows rows) { pool.add_ended(set, rows); });
  }
}

const JudgedTable* Earlier::table() {
  if (!std::exchange(asked_, true)) table_ = judged(nullptr);
  return table_.get();
}

KnownCounts Earlier::known(const Keys& keys) {
  return known_in(table(), keys);
}

KnownCounts Earlier::surely_known(const Keys& keys) {
  KnownCounts counts = known(keys);
  if (counts.empty() || sabotaged("parts-taken-for-all")) return counts;
  const ObservationSet sent = without_figures(submission_.observations);
  const auto wider = judged(&sent);
  const KnownCounts still = known_in(wider.get(), keys);
  std::erase_if(counts, [&](const auto& one) { return !still.contains(one.first); });
  return counts;
}

std::unique_ptr<JudgedTable> Earlier::judged(const ObservationSet* beside) const {
  rules::CellPool pool;
  add_published(pool, submission_, before_);
  if (pool.cells().empty()) return nullptr;
  pool.settle_repeated();
  if (beside != nullptr) {
    std::vector<std::uint32_t> rows(beside->rows());
    std::iota(rows.begin(), rows.end(), 0U);
    pool.add_published(*beside, rows);
  }
  auto lattice = CellLattice::of(std::move(pool), bound_.cells);
  if (!lattice) return nullptr;
  auto table = std::make_unique<JudgedTable>(std::move(*lattice), policy_);
  if (!table->judge({bound_.multiplications})) return nullptr;
  return table;
}

}  // namespace rapporteur::disclosure
