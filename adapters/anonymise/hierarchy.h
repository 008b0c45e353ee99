// The codes of a dimension and which of them add up to which.
//
// Threads: any; pure. Errors: kRefused, one sentence without a place: who calls knows it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/anonymise/case_table.h"
#include "adapters/anonymise/spec.h"
#include "proto/base/result.h"

namespace rapporteur::anonymise {

// A band of ages; both ends in.
struct LeafBand {
  std::string code;
  int first = 0;
  int last = 0;
};

// Bands that hold no other, ascending, and of the others which of these they are the sum of.
struct Bands {
  std::vector<LeafBand> leaves;
  std::map<std::string, std::vector<std::string>> groups;
};
// Refused where two bands overlap and nothing listed says how.
[[nodiscard]] Result<Bands> bands_of(const std::vector<std::string>& codes);
// Y_LT18, Y18T24, Y_GE65.
[[nodiscard]] std::string band_code(int first, int last);

// Groups with their members spelled out to the last. Refused where one holds itself.
[[nodiscard]] Result<std::map<std::string, std::vector<std::string>>> spelled_out(
    const std::map<std::string, std::vector<std::string>>& groups);

// What of a dimension can be counted: bands and groups ready for use.
struct Hierarchy {
  Dimension dimension = Dimension::kSex;
  std::string column{};
  std::map<std::string, std::string> codes{};                // text of the file to code
  std::vector<LeafBand> bands{};                             // ages that are counted
  std::map<std::string, std::vector<std::string>> groups{};  // of leaf codes
  bool total = true;

  [[nodiscard]] static Result<Hierarchy> of(const SpecDimension& spec);

  enum class Kind { kNone, kLeaf, kGroup, kTotal };
  [[nodiscard]] Kind kind_of(std::string_view code) const;
  // Codes that stand whether a case has them or not, ascending.
  [[nodiscard]] std::vector<std::string> fixed_leaves() const;
  // `leaves` ascending. Groups of which no leaf is there are left out.
  [[nodiscard]] Axis axis(const std::vector<std::string>& leaves) const;
};

}  // namespace rapporteur::anonymise
