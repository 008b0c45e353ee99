// A cell of figures: a number, a number with its qualifier, a marker, or a blank.
//
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/sources/mapping.h"
#include "proto/base/decimal.h"
#include "proto/base/result.h"

namespace rapporteur::sources {

struct ReadValue {
  std::optional<Decimal> number;
  std::string_view qualifier;  // "<", ">", "~" where it stood in the cell; else ""
  std::string_view status;     // what a marker says; "" otherwise
};

class NumberReader {
 public:
  // `decimal_mark` 0: the first number that has one decides for all.
  NumberReader(const ValueRules& rules, char decimal_mark);

  // Errors: kMalformed with what is wrong and what to do.
  [[nodiscard]] Result<ReadValue> read(std::string_view cell);

 private:
  [[nodiscard]] Result<Decimal> number(std::string_view text);
  [[nodiscard]] Status drop_thousands(std::string_view whole);

  const ValueRules& rules_;
  char decimal_mark_;
  std::string plain_;  // the number as Decimal reads it
};

}  // namespace rapporteur::sources
