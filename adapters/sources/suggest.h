// Which known name was meant: for findings about names that are not known.
//
// Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapporteur::sources {

// Those that are near, nearest first, at most `most`. Distance: Levenshtein over bytes, upper and
// lower case alike; a name that begins with the text is near.
[[nodiscard]] std::vector<std::string_view> nearest_names(std::string_view text,
                                                          std::span<const std::string_view> known,
                                                          std::size_t most = 3);
// "" when nothing is near, else "did you mean a, b or c?"
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       std::span<const std::string_view> known);
// The name that the text is one slip away from: a letter too many, too few, another one, two that
// changed places, or upper for lower case.
[[nodiscard]] std::optional<std::string_view> one_slip_from(
    std::string_view text, std::span<const std::string_view> known);
// The same sentence for names that are near already.
[[nodiscard]] std::string did_you_mean_one_of(std::span<const std::string_view> near);

}  // namespace rapporteur::sources
