// From one text of a source to one code of the hub.
//
// Threads: any.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/sources/dataset.h"
#include "adapters/sources/mapping.h"

namespace rapporteur::sources {

struct ResolvedCode {
  std::string code{};    // "" where the text is blank
  std::string source{};  // the code as received, where it became another; else ""
  // What is wrong; `code` is then the text as it came.
  std::string problem{};  // code of the finding; "" is none
  std::string what{};
  std::string remedy{};
};

class CodeResolver {
 public:
  CodeResolver(const Mapping& mapping, const Dataset& dataset);

  // `component`: the column of the file; `prefix`: what the mapping puts before its text.
  [[nodiscard]] ResolvedCode resolve(const Target& target, const Component& component,
                                     std::string_view prefix, std::string_view cell) const;

 private:
  [[nodiscard]] ResolvedCode resolve_dimension(Dimension dimension, std::string_view text) const;
  [[nodiscard]] ResolvedCode resolve_attribute(Attribute attribute, std::string_view prefix,
                                               std::string_view text) const;
  [[nodiscard]] static ResolvedCode resolve_name(const Target& target, CodeNames names,
                                                 std::string_view text);

  const Mapping& mapping_;
  const Dataset& dataset_;
};

}  // namespace rapporteur::sources
