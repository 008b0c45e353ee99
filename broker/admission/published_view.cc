#include "broker/admission/published_view.h"

#include <algorithm>

#include "proto/statistics/body_codec.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/tables/message_state.h"

namespace rapporteur::admission {
namespace {

// The positions of a table's components in the columns of a set; empty: no row is of the table.
struct TablePositions {
  std::uint32_t indicator, area, period;

  static std::optional<TablePositions> in(const ObservationSet& set, const rules::TableKey& key) {
    const auto position = [&](Dimension d,
                              const std::string& code) -> std::optional<std::uint32_t> {
      const auto& codes = set.column(d).codes;
      const auto found = std::find(codes.begin(), codes.end(), code);
      if (found == codes.end()) return std::nullopt;
      return static_cast<std::uint32_t>(found - codes.begin());
    };
    const auto indicator = position(Dimension::kIndicator, key.indicator);
    const auto area = position(Dimension::kRefArea, key.ref_area);
    const auto period = position(Dimension::kTimePeriod, key.time_period);
    if (!indicator || !area || !period) return std::nullopt;
    return TablePositions{*indicator, *area, *period};
  }
  [[nodiscard]] bool hold(const ObservationSet& set, std::size_t row) const {
    return set.column(Dimension::kTimePeriod).index(row) == period &&
           set.column(Dimension::kRefArea).index(row) == area &&
           set.column(Dimension::kIndicator).index(row) == indicator;
  }
};

// Those of the table that are `wanted`, if there are any.
template <typename Wanted>
void use_rows(const ObservationSet& set, const rules::TableKey& table,
              const rules::PublishedFigures::Use& use, const Wanted& wanted) {
  const auto positions = TablePositions::in(set, table);
  if (!positions) return;
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < set.rows(); ++row) {
    if (positions->hold(set, row) && wanted(row)) rows.push_back(row);
  }
  if (!rows.empty()) use(set, rows);
}

Result<std::unique_ptr<Holder>> read_holder(const journal::JournalReader& reader, LogIndex index) {
  const auto stored = reader.entry(index);
  if (!stored) return tl::unexpected(stored.error());
  const auto damaged = [&] {
    return fail(ErrorKind::kStorage, "entry " + std::to_string(index.value) + " cannot be read", {},
                "run `rapporteur audit fsck`");
  };
  v1::Record record;
  if (!record.ParseFromString(stored->record)) return damaged();
  if (!record.has_accepted()) return nullptr;
  auto holder = std::make_unique<Holder>();
  if (!holder->header.ParseFromString(record.header())) return damaged();
  holder->erased = stored->state == journal::BodyState::kErased;
  if (!holder->erased) {
    auto body = BodyCodec::decode(bytes_of(stored->body));
    if (!body) return damaged();
    holder->observations = std::move(body->observations);
  }
  holder->keys = std::make_unique<KeyIndex>(holder->observations);
  return holder;
}

}  // namespace

KeyIndex::KeyIndex(const ObservationSet& observations) : observations_(observations) {
  rows_.reserve(observations.rows());
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    rows_.emplace_back(observations.key_hash(row), row);
  }
  std::sort(rows_.begin(), rows_.end());
}

bool KeyIndex::holds(const ObservationSet& other, std::size_t row) const {
  const std::uint64_t hash = other.key_hash(row);
  const auto first = std::lower_bound(rows_.begin(), rows_.end(), std::pair(hash, std::size_t{0}));
  const auto last =
      std::find_if(first, rows_.end(), [&](const auto& r) { return r.first != hash; });
  return std::any_of(first, last,
                     [&](const auto& r) { return observations_.same_key(r.second, other, row); });
}

Result<const tables::Table*> PublishedView::table(const journal::ResourceId& id) const {
  if (const auto known = tables_.find(id); known != tables_.end()) return &known->second;
  reads_.resources.push_back(id);
  const auto stored = reader_.table(id);
  if (!stored) return tl::unexpected(stored.error());
  auto table = tables::Table::parse(*stored);
  if (!table) return tl::unexpected(table.error());
  return &tables_.emplace(id, std::move(*table)).first->second;
}

Result<const Holder*> PublishedView::holder(LogIndex index) const {
  if (index.value >= reads_.as_of.value) return nullptr;
  if (const auto known = holders_.find(index); known != holders_.end()) return known->second.get();
  auto holder = read_holder(reader_, index);
  if (!holder) return tl::unexpected(holder.error());
  return holders_.emplace(index, std::move(*holder)).first->second.get();
}

Result<bool> PublishedView::ended(const Holder& holder) const {
  const auto id = MessageId::from(holder.header.message_id());
  if (!id) return fail(ErrorKind::kStorage, "a table names what is no submission");
  const journal::ResourceId head = tables::head_id({holder.header.sender(), *id});
  reads_.resources.push_back(head);
  const auto stored = reader_.table(head);
  if (!stored) return tl::unexpected(stored.error());
  return !stored->empty();
}

Status PublishedView::visit_table(std::optional<LogIndex> skipped, const rules::TableKey& key,
                                  const Use& use) const {
  const auto published = table(
      tables::table_id({key.dataflow, key.sender, key.indicator, key.ref_area, key.time_period}));
  if (!published) return tl::unexpected(published.error());
  for (const LogIndex index : (*published)->holders()) {
    if (index == skipped) continue;
    const auto found = holder(index);
    if (!found) return tl::unexpected(found.error());
    if (*found == nullptr) continue;
    use_rows((*found)->observations, key, use, [](std::uint32_t) { return true; });
  }
  return {};
}

Status PublishedView::visit_counts(LogIndex index, const rules::TableKey& key,
                                   const tables::Table* newest, const Use& use) const {
  const auto found = holder(index);
  if (!found) return tl::unexpected(found.error());
  if (*found == nullptr) return {};
  const ObservationSet& set = (*found)->observations;
  use_rows(set, key, use, [&](std::uint32_t row) {
    return set.has_count(row) && (newest == nullptr || newest->holds(set.key_hash(row), index));
  });
  return {};
}

Status PublishedView::visit_ended_before(const rules::TableKey& key, const Use& use) const {
  if (error_) return {};
  const auto ended = table(
      tables::ended_id({key.dataflow, key.sender, key.indicator, key.ref_area, key.time_period}));
  if (!ended) return tl::unexpected(ended.error());
  std::vector<LogIndex> holders = (*ended)->holders();
  std::reverse(holders.begin(), holders.end());
  for (const LogIndex index : holders) {
    if (auto visited = visit_counts(index, key, *ended, use); !visited) return visited;
  }
  return {};
}

void PublishedView::visit_ended(const rules::TableKey& table, const Use& use) const {
  if (replaced_ && !error_) note(visit_counts(*replaced_, table, nullptr, use));
  note(visit_ended_before(table, use));
}

void PublishedView::note(const Status& done) const {
  if (!done && !error_) error_ = done.error();
}

void PublishedView::visit_but(std::optional<LogIndex> skipped, const rules::TableKey& table,
                              const Use& use) const {
  if (!error_) note(visit_table(skipped, table, use));
}

void PublishedView::visit(const rules::TableKey& table, const Use& use) const {
  visit_but(replaced_, table, use);
}

}  // namespace rapporteur::admission
