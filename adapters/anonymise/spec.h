// What an agency wants of its cases: which columns count, along which codes, and what is hidden.
//
// A TOML file. Keys of the whole: dataflow, indicator, unit, ref_area and time (a text, or a table
// with a column), input ("cases" or "table"), count (the column of a table's counts), delimiter, k,
// width, zeros ("public" or "sensitive"), depth_from, [[dimensions]], [[keep]], [[hide]]; method
// ("suppress", "suppress-optimal", "cell-key" or "round") with a table of its own: [cell_key]
// (key_file, case, max_deviation, variance, js), [round] (base, steps), [optimal] (weight). Of a
// dimension: name, column, codes, bands, groups, total. What the policy of the dataflow says holds
// where k, width, zeros and depth_from are not given.
//
// Errors: kConfiguration with file:line; what contradicts itself is one of them. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/anonymise/method.h"
#include "broker/disclosure/width.h"
#include "proto/base/result.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::anonymise {

// A constant, or a column with what its texts mean.
struct SpecPlace {
  std::string constant{};
  std::string column{};
  std::map<std::string, std::string> codes{};  // text of the file to code
};

struct SpecTime {
  enum class Per : std::uint8_t { kAsWritten, kYear, kHalfYear, kQuarter, kMonth };
  std::string constant{};
  std::string column{};
  std::vector<std::string> formats{};  // period_format.h
  Per per = Per::kAsWritten;
};

struct SpecDimension {
  Dimension dimension = Dimension::kSex;
  std::string column{};
  std::map<std::string, std::string> codes{};                // text of the file to code
  std::vector<std::string> bands{};                          // of a column of ages in years
  std::map<std::string, std::vector<std::string>> groups{};  // of codes or of groups
  bool total = true;
};

// A cell by its codes; dimensions that are not named are at their total.
using SpecCell = std::map<Dimension, std::string>;
// "SEX=F AGE=Y_LT18"; "_T" of the total.
[[nodiscard]] std::string text_of(const SpecCell& cell);

struct Spec {
  std::string file;
  std::string dataflow;
  std::string indicator;
  std::string unit;
  SpecPlace ref_area;
  SpecTime time;
  bool counted = false;  // input = "table"
  std::string count_column = "count";
  std::optional<char> delimiter;
  disclosure::WidthRule rule;
  bool zeros_public = true;
  std::uint32_t depth_from = 1;
  std::vector<SpecDimension> dimensions;  // in the order of the key
  std::vector<SpecCell> keep;
  std::vector<SpecCell> hide;
  Method method = Method::kSuppress;
  CellKeyOptions cell_key;
  RoundOptions round;
  Weight weight = Weight::kInformation;

  [[nodiscard]] static Result<Spec> parse(std::string_view toml, std::string file);
  [[nodiscard]] static Result<Spec> read_file(const std::string& path);

  [[nodiscard]] const SpecDimension* dimension(Dimension wanted) const;
  // What hides less than the policy that the dataflow has by default: "k = 5, not 10".
  [[nodiscard]] std::vector<std::string> looser_than_policy() const;
};

}  // namespace rapporteur::anonymise
