#include "adapters/sources/plan.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "proto/statistics/body_codec.h"

namespace rapporteur::sources {
namespace {

using Rows = std::vector<std::size_t>;

struct GroupKey {
  std::string dataflow;
  std::string indicator;
  Releasability releasability;
  auto operator<=>(const GroupKey&) const = default;
};

// What cut a piece out of its group; "" is not cut by it.
struct Piece {
  std::string ref_area;
  std::string time_period;
  Rows rows;
};

class Planner {
 public:
  Planner(const BoundFigures& figures, const PlanOptions& options, FindingLog& findings)
      : figures_(figures), options_(options), findings_(findings), left_out_(figures.unbound()) {}

  Result<SubmissionPlan> plan() {
    const Rows rows = without_duplicates();
    plan_.file = figures_.file();
    plan_.deletions = figures_.deletions();
    plan_.rows_left_out = left_out_.size();
    if (!left_out_.empty() && !options_.skip_refused_rows) {
      return fail(ErrorKind::kRefused,
                  std::to_string(left_out_.size()) + (left_out_.size() == 1 ? " row" : " rows") +
                      " of the file cannot be sent",
                  figures_.file(), "correct them, or push with --skip-refused-rows");
    }
    std::map<GroupKey, Rows> groups;
    for (const std::size_t row : rows) {
      groups[{figures_.dataflow(row), figures_.code(Dimension::kIndicator, row),
              figures_.releasability(row)}]
          .push_back(row);
    }
    for (auto& [key, group] : groups) {
      if (auto cut = cut_group(key, group); !cut) {
        return tl::unexpected<Error>(cut.error());
      }
    }
    plan_.rows_bound = rows.size();
    report_what_goes_nowhere(groups);
    return std::move(plan_);
  }

 private:
  // Numbers of the dictionaries, equal for equal codes within one file.
  [[nodiscard]] std::uint64_t key_hash(std::size_t row) const {
    std::uint64_t hash = figures_.dataflow_number(row);
    for (std::size_t d = 0; d < kDimensions; ++d) {
      hash ^= figures_.column(static_cast<Dimension>(d)).index(row);
      hash *= 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 29U;
    }
    return hash;
  }
  [[nodiscard]] bool same_key(std::size_t a, std::size_t b) const {
    if (figures_.dataflow_number(a) != figures_.dataflow_number(b)) return false;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      const Column& column = figures_.column(static_cast<Dimension>(d));
      if (column.index(a) != column.index(b)) return false;
    }
    return true;
  }

  Rows without_duplicates() {
    std::unordered_multimap<std::uint64_t, std::size_t> first_of;
    std::map<std::size_t, Rows> repeated;  // first row, its repetitions
    std::vector<bool> keep(figures_.rows(), true);
    first_of.reserve(figures_.rows());
    for (std::size_t row = 0; row < figures_.rows(); ++row) {
      const std::uint64_t hash = key_hash(row);
      const auto [begin, end] = first_of.equal_range(hash);
      const auto same =
          std::find_if(begin, end, [&](const auto& entry) { return same_key(entry.second, row); });
      if (same == end) {
        first_of.emplace(hash, row);
      } else {
        repeated[same->second].push_back(row);
      }
    }
    for (const auto& [first, others] : repeated) judge_repetition(first, others, keep);
    Rows rows;
    for (std::size_t row = 0; row < figures_.rows(); ++row) {
      if (keep[row]) rows.push_back(row);
    }
    return rows;
  }

  void judge_repetition(std::size_t first, const Rows& others, std::vector<bool>& keep) {
    const Observation kept = figures_.observation(first);
    const bool all_equal = std::all_of(others.begin(), others.end(), [&](std::size_t row) {
      return figures_.observation(row) == kept &&
             figures_.releasability(row) == figures_.releasability(first);
    });
    Rows refused = others;
    if (!all_equal) refused.insert(refused.begin(), first);
    for (const std::size_t row : refused) {
      keep[row] = false;
      const std::size_t other = row == first ? others.front() : first;
      leave_out(row, other, all_equal);
    }
  }

  void leave_out(std::size_t row, std::size_t other, bool equal) {
    const std::string line = std::to_string(figures_.line(other));
    findings_.add({.severity = equal ? Severity::kWarning : Severity::kError,
                   .code = "DUPLICATE_KEY",
                   .file = figures_.file(),
                   .line = figures_.line(row),
                   .text = figures_.observation(row).key_text(),
                   .what = equal ? "the row says again what line " + line + " says"
                                 : "line " + line + " has the same key and says something else",
                   .remedy = equal ? "delete the row" : "keep the row that is right"});
    if (equal) return;
    left_out_.push_back({figures_.line(row), figures_.dataflow(row),
                         figures_.code(Dimension::kIndicator, row),
                         figures_.code(Dimension::kRefArea, row),
                         figures_.code(Dimension::kTimePeriod, row), figures_.releasability(row)});
  }

  Status cut_group(const GroupKey& key, const Rows& rows) {
    if (auto whole = build(key, {"", "", rows})) {
      plan_.submissions.push_back(std::move(*whole));
      return {};
    }
    std::map<std::string, Rows> areas;
    for (const std::size_t row : rows) {
      areas[figures_.code(Dimension::kRefArea, row)].push_back(row);
    }
    for (auto& [area, area_rows] : areas) {
      if (auto one = build(key, {area, "", area_rows})) {
        plan_.submissions.push_back(std::move(*one));
        continue;
      }
      if (auto cut = cut_area(key, area, area_rows); !cut) return cut;
    }
    return {};
  }

  Status cut_area(const GroupKey& key, const std::string& area, const Rows& rows) {
    std::map<std::string, Rows> periods;
    for (const std::size_t row : rows) {
      periods[figures_.code(Dimension::kTimePeriod, row)].push_back(row);
    }
    for (auto& [period, period_rows] : periods) {
      auto one = build(key, {area, period, period_rows});
      if (!one) {
        std::string piece = key.indicator;
        piece.append(" ").append(area).append(" ").append(period);
        return findings_.stop({.code = "SUBMISSION_TOO_LARGE",
                               .file = figures_.file(),
                               .line = figures_.line(period_rows.front()),
                               .text = std::move(piece),
                               .what = "one indicator, area and period alone is more than a "
                                       "submission may hold",
                               .remedy = "coarsen the breakdown"});
      }
      plan_.submissions.push_back(std::move(*one));
    }
    return {};
  }

  // Empty when the piece is beyond a limit.
  std::optional<PlannedSubmission> build(const GroupKey& key, const Piece& piece) {
    if (piece.rows.size() > options_.most_observations) return std::nullopt;
    PlannedSubmission out;
    std::set<std::string> areas;
    ObservationSetBuilder builder;
    for (const std::size_t row : piece.rows) {
      areas.insert(figures_.code(Dimension::kRefArea, row));
      builder.add(figures_.observation(row));
      out.lines.push_back(figures_.line(row));
    }
    if (areas.size() > options_.most_areas) return std::nullopt;
    out.dataflow = key.dataflow;
    out.indicator = key.indicator;
    out.releasability = key.releasability;
    out.ref_areas.assign(areas.begin(), areas.end());
    out.observations = builder.build();
    out.rows_left_out = rows_left_out(key, piece);
    const auto bytes = BodyCodec::encode(out.observations, out.rows_left_out).size();
    if (bytes > options_.most_body_bytes) return std::nullopt;
    return out;
  }

  // Whether the row would have gone into the piece, as far as anybody can tell.
  [[nodiscard]] static bool may_belong(const UnboundRow& row, const GroupKey& key,
                                       const Piece& piece) {
    const auto differs = [](const std::string& known, const std::string& wanted) {
      return !known.empty() && !wanted.empty() && known != wanted;
    };
    return !differs(row.dataflow, key.dataflow) && !differs(row.indicator, key.indicator) &&
           !(row.releasability && *row.releasability != key.releasability) &&
           !differs(row.ref_area, piece.ref_area) && !differs(row.time_period, piece.time_period);
  }
  [[nodiscard]] std::uint32_t rows_left_out(const GroupKey& key, const Piece& piece) const {
    return static_cast<std::uint32_t>(
        std::count_if(left_out_.begin(), left_out_.end(),
                      [&](const UnboundRow& row) { return may_belong(row, key, piece); }));
  }

  // A group of which no row is left makes no submission, so that nobody is told but here.
  void report_what_goes_nowhere(const std::map<GroupKey, Rows>& groups) {
    for (const auto& row : left_out_) {
      const bool told = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
        return may_belong(row, group.first, {});
      });
      if (told) continue;
      findings_.add_cause({.severity = Severity::kWarning,
                           .code = "NOTHING_LEFT",
                           .file = figures_.file(),
                           .line = row.line,
                           .text = row.indicator,
                           .what =
                               "no row of this indicator can be sent, so that no receiver is told "
                               "of this one",
                           .remedy = "correct the row"});
    }
  }

  const BoundFigures& figures_;
  const PlanOptions& options_;
  FindingLog& findings_;
  std::vector<UnboundRow> left_out_;
  SubmissionPlan plan_;
};

}  // namespace

Result<SubmissionPlan> plan_submissions(const BoundFigures& figures, const PlanOptions& options,
                                        FindingLog& findings) {
  return Planner(figures, options, findings).plan();
}

}  // namespace rapporteur::sources
