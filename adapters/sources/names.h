// Names that a format itself gives to codes, for formats that do not write the hub's.
//
// Threads: any. Source: data files beside the formats, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace rapporteur::sources {

struct CodeName {
  std::string_view name;
  std::string_view code;      // "" when no code is right
  std::string_view why_none;  // then, why; one clause
};

// Ascending by name in lower case, each once: a name is found whatever the case of its ASCII
// letters, and nothing else is taken for it.
using CodeNames = std::span<const CodeName>;

// Null when it is none of them.
[[nodiscard]] const CodeName* find_name(CodeNames names, std::string_view text);

}  // namespace rapporteur::sources
