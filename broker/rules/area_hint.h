// Which area was meant by a code that the sender may not use: SL is Sierra Leone, SI Slovenia.
//
// Threads: any. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rapporteur::rules {

struct AreaHint {
  std::string_view code;    // the allowed area that was probably meant
  std::string sentence_en;  // "SL is Sierra Leone; Slovenia is SI"
  std::string sentence_fr;
};

// Whether one of these patterns covers the area.
[[nodiscard]] bool is_allowed(std::string_view code, std::span<const std::string> allowed);

// `allowed` are codes or patterns (`*`, `|`) of the sender's grants. Looks at well-known
// confusions, then at aliases, then at codes and labels that are near. Empty when nothing allowed
// is near, or when the code is allowed.
[[nodiscard]] std::optional<AreaHint> area_hint(std::string_view code,
                                                std::span<const std::string> allowed);

}  // namespace rapporteur::rules
