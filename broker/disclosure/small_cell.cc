#include "broker/disclosure/small_cell.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "broker/disclosure/protection.h"
#include "broker/rules/findings.h"
#include "broker/rules/relations.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/result.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Amount;
using rules::Cell;
using rules::CellPool;
using rules::Detail;
using rules::Policy;
using rules::PublishedFigures;
using rules::Submission;

constexpr Amount kZero = Amount::whole(0);

struct MarginKeyHash {
  std::size_t operator()(const MarginKey& key) const {
    std::uint64_t hash = 0;
    for (const std::uint32_t code : key) {
      hash = (hash ^ code) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    return hash;
  }
};

// Why a cell fails.
struct Failure {
  std::optional<Amount> total;  // small, that a zero lies under; empty: the cell's own value
};

// What is public, and which of its cells the rule forbids.
class PublicCells {
 public:
  PublicCells(CellPool pool, const Policy& policy)
      : pool_(std::move(pool)), protection_(pool_, policy), policy_(policy) {
    collect_small_totals();
  }
  PublicCells(const PublicCells&) = delete;
  PublicCells& operator=(const PublicCells&) = delete;

  [[nodiscard]] const CellPool& pool() const { return pool_; }
  [[nodiscard]] const Protection& protection() const { return protection_; }

  [[nodiscard]] std::optional<Failure> failure_of(const Cell& cell) const {
    if (!cell.has_number() || !protection_.is_protected(cell)) return std::nullopt;
    const Interval known = interval_of(cell);
    const std::int64_t k = policy_.k - (sabotaged("sent-below-k-less-one") ? 1 : 0);
    if (known.most && *known.most < Amount::whole(k) && *known.most > kZero) {
      return Failure{};
    }
    if (!known.most || *known.most > kZero) return std::nullopt;
    if (policy_.zeros_sensitive) return Failure{};
    const std::optional<Amount> total = small_total_above(cell);
    if (!total) return std::nullopt;
    return Failure{total};
  }

 private:
  [[nodiscard]] bool is_small(Amount count) const {
    return count > kZero && count < Amount::whole(policy_.k);
  }

  void collect_small_totals() {
    for (const Cell& cell : pool_.cells()) {
      if (!cell.has_number()) continue;
      const std::optional<Amount> most = interval_of(cell).most;
      if (!most || !is_small(*most)) continue;
      const auto [total, is_new] = small_totals_.emplace(protection_.margin_key(cell), *most);
      // Of a key that occurs twice the smaller, whichever comes first.
      if (!is_new) total->second = std::min(total->second, *most);
    }
  }

  // Every margin of the cell: each non-empty choice of the dimensions that break it down.
  [[nodiscard]] std::optional<Amount> small_total_above(const Cell& cell) const {
    if (small_totals_.empty()) return std::nullopt;
    const MarginKey own = protection_.margin_key(cell);
    std::vector<std::size_t> broken_down;
    for (const Dimension d : rules::kPersonalDimensions) {
      if (own[static_cast<std::size_t>(d)] != kMargin) {
        broken_down.push_back(static_cast<std::size_t>(d));
      }
    }
    for (std::uint32_t choice = 1; choice < 1U << broken_down.size(); ++choice) {
      MarginKey margin = own;
      for (std::size_t i = 0; i < broken_down.size(); ++i) {
        if ((choice >> i & 1U) != 0) margin[broken_down[i]] = kMargin;
      }
      const auto found = small_totals_.find(margin);
      if (found != small_totals_.end()) return found->second;
    }
    return std::nullopt;
  }

  CellPool pool_;
  Protection protection_;
  Policy policy_;
  std::unordered_map<MarginKey, Amount, MarginKeyHash> small_totals_;
};

void add_tables(CellPool& pool, const Submission& submission, const PublishedFigures& published) {
  for (const rules::TableKey& table : rules::tables_touched(submission)) {
    published.visit(table,
                    [&](const ObservationSet& set, Rows rows) { pool.add_published(set, rows); });
  }
}

// What was public before, by key, of the cells that failed already.
std::unordered_map<std::string, Interval> failed_before(const Submission& submission,
                                                        const Policy& policy,
                                                        const PublishedFigures& before) {
  CellPool pool;
  add_tables(pool, submission, before);
  const PublicCells cells(std::move(pool), policy);
  std::unordered_map<std::string, Interval> failed;
  for (const Cell& cell : cells.pool().cells()) {
    if (cells.failure_of(cell)) failed.emplace(cells.pool().key_text(cell), interval_of(cell));
  }
  return failed;
}

std::string shown(const Cell& cell) {
  switch (cell.state) {
    case rules::CellState::kBelow:
      return "<" + cell.amount.text();
    case rules::CellState::kAbout:
      return "~" + cell.amount.text();
    default:
      return cell.amount.text();
  }
}

Detail detail_of(const PublicCells& cells, const Cell& cell, const Failure& failure,
                 const Policy& policy) {
  const std::string figure =
      printable(cells.protection().breakdown_text(cell)) + ": " + shown(cell);
  const std::string threshold = "k = " + std::to_string(policy.k);
  if (failure.total) {
    const std::string total = failure.total->text();
    return {figure + " under a total of " + total + ", below " + threshold,
            figure + " sous un total de " + total + ", inférieur à " + threshold};
  }
  if (interval_of(cell).most == kZero) {
    return {figure + ", and zeros are sensitive", figure + ", et les zéros sont sensibles"};
  }
  return {figure + " is below " + threshold, figure + " est inférieur à " + threshold};
}

// At a glance: each number is a whole one above k, and no multiplier makes it less.
bool all_large(const ObservationSet& set, const Policy& policy) {
  const auto& multipliers = set.column(Attribute::kUnitMult).codes;
  if (std::any_of(multipliers.begin(), multipliers.end(),
                  [](const std::string& code) { return code.starts_with('-'); })) {
    return false;
  }
  for (std::size_t row = 0; row < set.rows(); ++row) {
    const auto& value = set.value(row);
    if (value && (value->scale() > 0 || value->mantissa() <= policy.k)) return false;
  }
  return true;
}

// Nothing else can fail.
bool has_small_number(const CellPool& pool, const Policy& policy) {
  const Protection protection(pool, policy);
  return std::any_of(pool.cells().begin(), pool.cells().end(), [&](const Cell& cell) {
    if (!cell.has_number() || !protection.is_protected(cell)) return false;
    const Interval known = interval_of(cell);
    return known.most && *known.most < Amount::whole(policy.k);
  });
}

}  // namespace

std::vector<rules::Finding> check_small_cells(const Submission& submission, const Policy& policy,
                                              const PublishedFigures& published,
                                              const PublishedFigures& before) {
  if (sabotaged("small-cell-off")) return {};
  // Nothing protected pays nothing.
  if (!has_protected_indicator(submission) || all_large(submission.observations, policy)) return {};
  CellPool pool;
  pool.add(submission.observations, 0);
  if (!has_small_number(pool, policy)) return {};
  add_tables(pool, submission, published);
  const PublicCells cells(std::move(pool), policy);

  rules::FindingSink sink;
  std::optional<std::unordered_map<std::string, Interval>> failed;
  for (const Cell& cell : cells.pool().cells()) {
    if (cell.published()) continue;
    const std::optional<Failure> failure = cells.failure_of(cell);
    if (!failure) continue;
    if (!failed) failed = failed_before(submission, policy, before);
    const auto earlier = failed->find(cells.pool().key_text(cell));
    const bool nothing_new =
        earlier != failed->end() && !interval_of(cell).strictly_inside(earlier->second);
    const auto detail = [&] { return detail_of(cells, cell, *failure, policy); };
    if (nothing_new) {
      sink.add_at(rules::code::kAlreadyPublic, "OBS_VALUE", submission.observations, cell.row,
                  detail);
    } else {
      sink.add_at(rules::code::kSmallCell, "OBS_VALUE", submission.observations, cell.row, detail,
                  submission.waived_by(std::span(&cell.row, 1)));
    }
  }
  return std::move(sink).take();
}

std::vector<rules::Finding> check_small_cells(const Submission& submission, const Policy& policy,
                                              const PublishedFigures& published) {
  return check_small_cells(submission, policy, published, published);
}

}  // namespace rapporteur::disclosure
