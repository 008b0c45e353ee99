// Periods written otherwise than the hub writes them.
//
// A format is text with {YYYY}, {MM}, {DD}, {Q} and {S} in it, each at most once and {YYYY} always:
// "{MM}/{YYYY}" reads 05/2006 as 2006-05. {MM} and {DD} take one or two digits.
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rapporteur::sources {

[[nodiscard]] bool valid_period_format(std::string_view format);

// The hub's form, if the whole text fits the format; whether the date exists is not judged here.
[[nodiscard]] std::optional<std::string> read_period(std::string_view format,
                                                     std::string_view text);

}  // namespace rapporteur::sources
