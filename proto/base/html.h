// Pieces of an HTML page made of text that may hold anything.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace rapporteur::html {

[[nodiscard]] inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// `content` is HTML already.
[[nodiscard]] inline std::string element(std::string_view name, std::string_view content) {
  const std::string tag(name);
  return '<' + tag + '>' + std::string(content) + "</" + tag + '>';
}

}  // namespace rapporteur::html
