// Numbers and names as the published view writes them; for the files of this folder.
#pragma once

#include <initializer_list>

#include "store/journal/journal.h"

namespace rapporteur::tables {

inline constexpr std::size_t kNumberBytes = 8;

// Big-endian, in `bytes` bytes.
void append_number(std::string& out, std::uint64_t value, std::size_t bytes);
[[nodiscard]] std::uint64_t read_number(const char* at, std::size_t bytes);
// XXH3-128 over the parts, each behind its length in 4 bytes, so that no two lists of parts give
// the same bytes.
[[nodiscard]] journal::ResourceId named_id(std::initializer_list<std::string_view> parts);

}  // namespace rapporteur::tables
