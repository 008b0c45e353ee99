#include "adapters/anonymise/cases.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "adapters/anonymise/row_reader.h"
#include "adapters/sources/csv/csv_reader.h"
#include "adapters/sources/csv/csv_source.h"
#include "proto/base/sabotage.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::anonymise {
namespace {

constexpr std::size_t kRefusedRowsKept = 20;

// Findings of the reader may hold text of a row; what is said here does not.
tl::unexpected<Error> cannot_be_read(const sources::FindingLog& findings, const Error& error,
                                     const std::string& file) {
  if (findings.findings().empty()) return tl::unexpected(error);
  const sources::Finding& finding = findings.findings().back();
  return fail(ErrorKind::kMalformed, finding.what, file + ':' + std::to_string(finding.line),
              finding.remedy);
}

class Counting {
 public:
  Counting(const Spec& spec, std::string file) : spec_(spec), file_(std::move(file)) {}

  Result<Cases> run() {
    for (const SpecDimension& dimension : spec_.dimensions) {
      auto hierarchy = Hierarchy::of(dimension);
      if (!hierarchy) return tl::unexpected(hierarchy.error());
      cases_.hierarchies.push_back(std::move(*hierarchy));
    }
    seen_.resize(cases_.hierarchies.size());
    if (spec_.method == Method::kCellKey) {
      auto keys = RecordKeys::read_file(spec_.cell_key.key_file);
      if (!keys) return tl::unexpected(keys.error());
      keys_ = std::move(*keys);
    }
    if (auto read = read_rows(); !read) return tl::unexpected(read.error());
    if (auto same = check_periods(); !same) return tl::unexpected(same.error());
    put_in_order();
    for (const Stated& stated : stated_) {
      if (auto adds = check_total(stated); !adds) return tl::unexpected(adds.error());
    }
    return std::move(cases_);
  }

 private:
  using Place = std::pair<std::string, std::string>;  // area, period
  struct Stated {
    Place place;
    std::vector<std::string> codes;
    std::int64_t count = 0;
    std::uint64_t line = 0;
  };

  Status read_rows() {
    auto input = sources::open_file_input(file_);
    if (!input) return tl::unexpected(input.error());
    const auto head = (*input)->head();
    if (!head) return tl::unexpected(head.error());
    const char delimiter = spec_.delimiter.value_or(sources::guess_delimiter(*head));
    sources::FindingLog findings(file_);
    sources::CsvReader reader(std::move(*input), delimiter);
    auto header = sources::read_header(reader, findings);
    if (!header) return cannot_be_read(findings, header.error(), file_);
    if (header->fields.empty()) {
      return fail(ErrorKind::kMalformed, "the file is empty", file_, "export it again");
    }
    const auto rows = RowReader::of({spec_, cases_.hierarchies, keys_}, header->fields);
    if (!rows) {
      Error error = rows.error();
      error.where = file_ + ':' + std::to_string(header->line);
      return tl::unexpected(error);
    }
    sources::RowBlock block;
    while (true) {
      block.clear(0);
      const auto line = reader.next(block, findings);
      if (!line) return cannot_be_read(findings, line.error(), file_);
      if (!*line) break;
      if (auto counted = count(*rows, block, **line); !counted) return counted;
    }
    if (cases_.rows + cases_.refused > 0) return {};
    return fail(ErrorKind::kMalformed, "there is a header, but no row", file_, "export it again");
  }

  Status count(const RowReader& rows, const sources::RowBlock& block, std::uint64_t line) {
    auto row = rows.read(block);
    if (!row) {
      ++cases_.refused;
      if (cases_.refused_rows.size() < kRefusedRowsKept) {
        cases_.refused_rows.push_back({line, row.error().column, row.error().what});
      }
      return {};
    }
    ++cases_.rows;
    const Place place{row->area, row->period};
    if (spec_.counted && !lines_[place].emplace(row->codes, line).second) {
      return fail(ErrorKind::kMalformed, "the cell stands here for the second time",
                  file_ + ':' + std::to_string(line), "one row for each cell");
    }
    if (keys_ && !cases_seen_[place].insert(row->record_key).second) {
      return fail(ErrorKind::kMalformed, "the case stands here for the second time",
                  file_ + ':' + std::to_string(line),
                  "one row for each case; " + printable(spec_.cell_key.case_column, 80) +
                      " must tell cases apart");
    }
    if (!row->all_leaves) {
      stated_.push_back({place, std::move(row->codes), row->count, line});
      return within_bound(stated_.size());
    }
    Key key;
    for (std::size_t i = 0; i < row->codes.size(); ++i) {
      const auto next = static_cast<std::uint16_t>(seen_[i].size());
      key.push_back(seen_[i].emplace(std::move(row->codes[i]), next).first->second);
    }
    if (keys_) sums_[place][key] += row->record_key;
    auto [atom, is_new] = counts_[place].emplace(std::move(key), 0);
    // A count of nothing is no combination that occurs.
    atom->second += row->count;
    if (is_new) ++combinations_;
    return within_bound(combinations_);
  }

  [[nodiscard]] Status within_bound(std::size_t combinations) const {
    if (combinations <= kMostCombinations) return {};
    return fail(ErrorKind::kRefused,
                "more than " + std::to_string(kMostCombinations) + " combinations of codes occur",
                file_, "make codes coarser, or take a dimension out");
  }

  // Periods within periods would share cases without a total that says so.
  [[nodiscard]] Status check_periods() const {
    std::set<std::string_view> frequencies;
    for (const auto& [place, counts] : counts_) {
      frequencies.insert(TimePeriod::parse(place.second)->freq);
    }
    if (frequencies.size() <= 1) return {};
    return fail(ErrorKind::kMalformed, "periods of different lengths stand in one file", file_,
                "give time.per in " + spec_.file + ", or a file for each length");
  }

  void put_in_order() {
    std::vector<std::vector<std::uint16_t>> places;  // by the order seen
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      std::set<std::string> all;
      for (const std::string& code : cases_.hierarchies[i].fixed_leaves()) all.insert(code);
      for (const auto& [code, number] : seen_[i]) all.insert(code);
      auto& leaves = cases_.leaves.emplace_back(all.begin(), all.end());
      auto& place = places.emplace_back(seen_[i].size());
      if (sabotaged("codes-as-they-came")) {
        std::ranges::sort(leaves, {}, [&](const auto& code) {
          const auto seen = seen_[i].find(code);
          return seen == seen_[i].end() ? UINT16_MAX : seen->second;
        });
      }
      for (const auto& [code, number] : seen_[i]) {
        place[number] =
            static_cast<std::uint16_t>(std::ranges::find(leaves, code) - leaves.begin());
      }
    }
    for (const auto& [place, counts] : counts_) {
      CaseSlice& slice = cases_.slices.emplace_back(CaseSlice{place.first, place.second, {}});
      const auto in_order = [&](Key key) {
        for (std::size_t i = 0; i < key.size(); ++i) key[i] = places[i][key[i]];
        return key;
      };
      for (const auto& [seen, count] : counts) {
        if (count > 0) slice.counts.emplace(in_order(seen), count);
      }
      for (const auto& [seen, sum] : sums_[place]) slice.keys.emplace(in_order(seen), sum);
    }
  }

  [[nodiscard]] std::string text_of(const std::vector<std::string>& codes) const {
    std::string out;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] == "_T") continue;
      if (!out.empty()) out += ' ';
      out.append(name(cases_.hierarchies[i].dimension)).append("=").append(codes[i]);
    }
    return out.empty() ? "the total" : out;
  }

  // A total or group is what its leaves add up to.
  [[nodiscard]] Status check_total(const Stated& stated) const {
    const auto slice = std::ranges::find_if(cases_.slices, [&](const CaseSlice& one) {
      return Place{one.area, one.period} == stated.place;
    });
    std::int64_t sum = 0;
    std::string terms;
    std::size_t parts = 0;
    if (slice != cases_.slices.end()) {
      for (const auto& [key, count] : slice->counts) {
        if (!holds(stated.codes, key)) continue;
        sum += count;
        if (++parts <= 6) terms += (terms.empty() ? "" : " + ") + std::to_string(count);
      }
    }
    if (sum == stated.count) return {};
    if (parts > 6) terms += " + " + std::to_string(parts - 6) + " more";
    if (parts > 1) terms += " = " + std::to_string(sum);
    return fail(ErrorKind::kMalformed,
                text_of(stated.codes) + ": its parts are " + (terms.empty() ? "0" : terms) +
                    ", not " + std::to_string(stated.count),
                file_ + ':' + std::to_string(stated.line), "mend the table");
  }

  [[nodiscard]] bool holds(const std::vector<std::string>& codes, const Key& key) const {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const std::string& leaf = cases_.leaves[i][key[i]];
      if (codes[i] == "_T" || codes[i] == leaf) continue;
      const auto group = cases_.hierarchies[i].groups.find(codes[i]);
      if (group == cases_.hierarchies[i].groups.end()) return false;
      if (std::ranges::find(group->second, leaf) == group->second.end()) return false;
    }
    return true;
  }

  const Spec& spec_;
  std::string file_;
  Cases cases_;
  std::vector<std::map<std::string, std::uint16_t>> seen_;  // leaf codes, in the order they came
  std::map<Place, std::map<Key, std::int64_t>> counts_;
  std::optional<RecordKeys> keys_;
  std::map<Place, std::map<Key, std::uint64_t>> sums_;   // of record keys
  std::map<Place, std::set<std::uint64_t>> cases_seen_;  // by their record keys
  std::map<Place, std::map<std::vector<std::string>, std::uint64_t>> lines_;  // of a table
  std::vector<Stated> stated_;
  std::size_t combinations_ = 0;
};

}  // namespace

std::vector<Axis> Cases::axes() const {
  std::vector<Axis> out;
  for (std::size_t i = 0; i < hierarchies.size(); ++i) {
    out.push_back(hierarchies[i].axis(leaves[i]));
  }
  return out;
}

Result<Cases> read_cases(const Spec& spec, const std::string& file) {
  return Counting(spec, file).run();
}

}  // namespace rapporteur::anonymise
