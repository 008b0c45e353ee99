#include "adapters/sources/sdmx_csv/eurostat.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/sources/sdmx_csv/columns.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sources::sdmx_csv {
namespace {

constexpr std::string_view kLastUpdate = "LAST UPDATE";
constexpr std::string_view kObsFlag = "OBS_FLAG";
constexpr std::string_view kTimePeriod = "TIME_PERIOD";
constexpr std::string_view kNotThere = ":";
constexpr std::string_view kNotSignificantZero = "0n";

struct Flag {
  char letter;
  std::string_view status;           // SDMX CL_OBS_STATUS; "" is none
  std::string_view confidentiality;  // SDMX CL_CONF_STATUS; "" is none
};
// What says most comes first. `r` (revised) has no status; `P` (secret by other law than that of
// statistics) is not for publication in the words of SDMX.
constexpr std::array<Flag, 16> kFlags{{{'m', "M", ""},
                                       {'z', "M", ""},
                                       {'u', "U", ""},
                                       {'b', "B", ""},
                                       {'d', "D", ""},
                                       {'i', "I", ""},
                                       {'s', "I", ""},
                                       {'e', "E", ""},
                                       {'f', "F", ""},
                                       {'p', "P", ""},
                                       {'n', "N", ""},
                                       {'r', "", ""},
                                       {'C', "", "C"},
                                       {'c', "", "C"},
                                       {'N', "", "N"},
                                       {'P', "", "N"}}};

struct Meaning {
  std::string_view status;
  std::string_view confidentiality;
};
std::optional<Meaning> meaning_of(std::string_view flags) {
  const bool known = std::ranges::all_of(flags, [](char letter) {
    return std::ranges::find(kFlags, letter, &Flag::letter) != kFlags.end();
  });
  if (!known) return std::nullopt;
  Meaning out;
  for (const Flag& flag : kFlags) {
    if (flags.find(flag.letter) == std::string_view::npos) continue;
    if (out.status.empty()) out.status = flag.status;
    if (out.confidentiality.empty()) out.confidentiality = flag.confidentiality;
  }
  return out;
}

class Flagged final : public Source {
 public:
  explicit Flagged(std::unique_ptr<Source> source)
      : source_(std::move(source)), dataset_(source_->dataset()) {
    width_ = 0;
    bool in_key = true;
    for (Component& component : dataset_.components) {
      width_ = std::max(width_, component.column + 1);
      if (component.id == kLastUpdate) {
        component.role = ComponentRole::kCustom;
      } else if (component.id == kObsFlag) {
        flag_ = component.column;
        component.role = ComponentRole::kAttribute;
        component.attachment = Attachment::kObservation;
      } else if (component.id == kObsValue) {
        value_ = component.column;
        in_key = false;
      } else if (in_key) {
        component.role = ComponentRole::kDimension;
        in_key = component.id != kTimePeriod;
      }
    }
    for (const Attribute attribute :
         {Attribute::kObsStatus, Attribute::kConfStatus, Attribute::kSourceCode}) {
      if (dataset_.find(rapporteur::name(attribute)) != nullptr) continue;
      dataset_.components.push_back({.id = std::string(rapporteur::name(attribute)),
                                     .role = ComponentRole::kAttribute,
                                     .attachment = Attachment::kObservation,
                                     .column = width_ + added_.size(),
                                     .read_from = flag_.value_or(0)});
      added_.push_back(attribute);
    }
  }

  const Dataset& dataset() const override { return dataset_; }
  std::span<const LeftOutRow> left_out() const override { return left_out_; }

  Result<bool> read(RowBlock& block, FindingLog& findings) override {
    do {
      auto more = source_->read(given_, findings);
      if (!more || !*more) return more;
      dataset_.structures = source_->dataset().structures;
      block.clear(width_ + added_.size());
      const std::size_t before = left_out_.size();
      for (std::size_t row = 0; row < given_.rows(); ++row) add_row(row, block, findings);
      for (; left_out_seen_ < source_->left_out().size(); ++left_out_seen_) {
        left_out_.push_back(source_->left_out()[left_out_seen_]);
      }
      std::ranges::sort(left_out_.begin() + static_cast<std::ptrdiff_t>(before), left_out_.end(),
                        {}, &LeftOutRow::line);
    } while (block.rows() == 0);
    return true;
  }

 private:
  void add_row(std::size_t row, RowBlock& block, FindingLog& findings) {
    const std::string_view flags = flag_ ? given_.cell(row, *flag_) : std::string_view();
    auto meaning = meaning_of(flags);
    if (!meaning) {
      findings.add({.code = "UNKNOWN_FLAG",
                    .line = given_.line(row),
                    .column = static_cast<std::uint32_t>(*flag_ + 1),
                    .column_name = std::string(kObsFlag),
                    .text = std::string(flags),
                    .what = "is no combination of Eurostat's flags",
                    .remedy = "b d e f i m n p u r, C N P; before 2025 also s z c"});
      left_out_.push_back({given_.line(row)});
      return;
    }
    const std::string_view given = value_ ? given_.cell(row, *value_) : std::string_view();
    std::string_view value = given;
    if (given == kNotThere) {
      value = {};
      if (meaning->status.empty()) meaning->status = "O";
    } else if (given == kNotSignificantZero) {
      value = "0";
      if (meaning->status.empty()) meaning->status = "N";
    }
    for (std::size_t i = 0; i < width_; ++i) {
      block.add_cell(i == value_ ? value : given_.cell(row, i));
    }
    for (const Attribute attribute : added_) {
      if (attribute == Attribute::kObsStatus) block.add_cell(meaning->status);
      if (attribute == Attribute::kConfStatus) block.add_cell(meaning->confidentiality);
      if (attribute == Attribute::kSourceCode) block.add_cell(source_code(flags, given, value));
    }
    block.keep_row(given_.line(row), given_.action(row), given_.structure(row));
  }

  static std::string source_code(std::string_view flags, std::string_view given,
                                 std::string_view value) {
    std::string out;
    if (!flags.empty()) out = std::string(kObsFlag) + '=' + std::string(flags);
    if (given != value) {
      if (!out.empty()) out += ' ';
      out += std::string(kObsValue) + '=' + std::string(given);
    }
    return out;
  }

  std::unique_ptr<Source> source_;
  Dataset dataset_;
  std::size_t width_ = 0;
  std::optional<std::size_t> flag_;
  std::optional<std::size_t> value_;
  std::vector<Attribute> added_;
  RowBlock given_;
  std::vector<LeftOutRow> left_out_;
  std::size_t left_out_seen_ = 0;
};

}  // namespace

bool is_eurostat(const Dataset& dataset) {
  return dataset.find(kLastUpdate) != nullptr || dataset.find(kObsFlag) != nullptr;
}

std::unique_ptr<Source> read_flags(std::unique_ptr<Source> source) {
  return std::make_unique<Flagged>(std::move(source));
}

}  // namespace rapporteur::sources::sdmx_csv
