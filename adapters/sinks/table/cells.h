// How one figure looks in a terminal table.
//
// Threads: any.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "adapters/sinks/table/figures_table.h"

namespace rapporteur::sinks {

inline constexpr std::string_view kNothingReceived = ":";

// "1 060", "<5", "~500 000 (E)", ":O". Letters in brackets: status other than A, confidentiality
// other than F.
[[nodiscard]] std::string cell_text(const Observation& observation);
// The number alone, digits grouped by a blank.
[[nodiscard]] std::string number_text(const Observation& observation);

// Breakdown codes that are neither _T nor _Z: "SEX=F AGE=Y_LT18"; "" for the whole.
[[nodiscard]] std::string breakdown_text(const Observation& observation);

// Which marks were used, to be explained below a table.
class Legend {
 public:
  void note(const Observation& observation);
  void note_nothing_received() { nothing_received_ = true; }
  // One line a mark; "" when there is nothing to explain.
  [[nodiscard]] std::string text(bool french) const;

 private:
  std::map<std::string, bool> statuses_;  // whether it stood without a number
  std::map<std::string, bool> confidentiality_;
  bool nothing_received_ = false;
};

// Blanks before, so that the text ends at `width`; or after it.
[[nodiscard]] std::string right_aligned(std::string_view text, std::size_t width);
[[nodiscard]] std::string left_aligned(std::string_view text, std::size_t width);

[[nodiscard]] std::string bold(std::string_view text, bool colours);

}  // namespace rapporteur::sinks
