// What a TOML library says of a text that is none, for people.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur {

// `place` is file and line. Error: kConfiguration.
[[nodiscard]] inline tl::unexpected<Error> toml_fault(std::string_view description,
                                                      std::string place) {
  constexpr std::string_view kLead = "Error while parsing ";
  if (description.starts_with(kLead)) description.remove_prefix(kLead.size());
  const bool text = description.find("string") != std::string_view::npos;
  // The end of a line within a text is a control character to the library.
  if (text && description.find("control character") != std::string_view::npos) {
    description = "a text does not end on its line, or has a control character in it";
  }
  return fail(ErrorKind::kConfiguration, "no TOML: " + printable(description), std::move(place),
              text ? "a text begins and ends with the same quotation mark, on one line"
                   : "correct the line: it reads KEY = VALUE or [SECTION]");
}

}  // namespace rapporteur
