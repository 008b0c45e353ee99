// A count with its noun: "1 entry", "2 entries".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rapporteur {

// `what` is one of them: an English noun with a plural by the rule.
[[nodiscard]] inline std::string counted(std::uint64_t number, std::string_view what) {
  constexpr std::string_view kVowels = "aeiou";
  std::string out = std::to_string(number) + " ";
  if (number == 1) return out.append(what);
  const bool to_ies = what.size() > 1 && what.back() == 'y' &&
                      kVowels.find(what[what.size() - 2]) == std::string_view::npos;
  if (to_ies) return out.append(what.substr(0, what.size() - 1)).append("ies");
  return out.append(what).append(what.ends_with('s') ? "es" : "s");
}

}  // namespace rapporteur
