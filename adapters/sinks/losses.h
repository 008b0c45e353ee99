// What a format could not carry of what it was given: nothing is dropped in silence.
//
// Threads: one at a time. Memory: one entry for a component and cause, whatever the number of rows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/sources/findings.h"

namespace rapporteur::sinks {

struct Loss {
  std::uint64_t rows = 0;        // 0: it is about the file as a whole
  std::uint64_t first_line = 0;  // of the source; 0 when it is about the file as a whole
  std::string example{};         // "" is none
};

class Losses {
 public:
  // `component` "": of whole rows, or of the file. `what` is a clause, the same for one cause.
  void add_row(std::string_view component, std::string_view what, std::uint64_t line,
               std::string_view example = {});
  void add_file(std::string_view component, std::string_view what, std::string_view example = {});

  [[nodiscard]] bool empty() const { return losses_.empty(); }
  // By component and cause.
  [[nodiscard]] const std::map<std::pair<std::string, std::string>, Loss>& all() const {
    return losses_;
  }
  // Each as a warning CANNOT_CARRY, and begins anew.
  void report(sources::FindingLog& findings, std::string_view format);

 private:
  std::map<std::pair<std::string, std::string>, Loss> losses_;
};

}  // namespace rapporteur::sinks
