#include "ops/bench/report.h"

#include <cstdio>

#include <spdlog/fmt/fmt.h>

namespace rapporteur::bench {

void Report::add(const std::string& figure, double value, const std::string& unit,
                 const std::string& target) {
  rows_.push_back({figure, value, unit, target});
}

void Report::print(bool as_json) const {
  if (as_json) {
    nlohmann::json out{{"run", name_}, {"figures", nlohmann::json::array()}};
    for (const auto& row : rows_) {
      out["figures"].push_back({{"figure", row.figure},
                                {"value", row.value},
                                {"unit", row.unit},
                                {"target", row.target}});
    }
    std::fputs((out.dump() + "\n").c_str(), stdout);
    return;
  }
  std::fputs((name_ + "\n").c_str(), stdout);
  for (const auto& row : rows_) {
    const int digits = row.value >= 1000 ? 0 : 3;
    std::fputs(fmt::format("  {:<44} {:>14.{}f} {:<8} {}\n", row.figure, row.value, digits,
                           row.unit, row.target)
                   .c_str(),
               stdout);
  }
  std::fflush(stdout);
}

}  // namespace rapporteur::bench
