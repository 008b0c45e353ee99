// Bounds on what a source file may hold. A file beyond them is refused with one finding.
#pragma once

#include <cstddef>

namespace rapporteur::sources::limits {

inline constexpr std::size_t kReadBytes = 256UL << 10U;   // one read from a file
inline constexpr std::size_t kRecordBytes = 1UL << 20U;   // one record, quoted lines included
inline constexpr std::size_t kColumns = 1'000;            // of one file
inline constexpr std::size_t kBlockRows = 4'096;          // rows handed on at a time
inline constexpr std::size_t kBlockBytes = 1UL << 20U;    // text of a block, plus one record
inline constexpr std::size_t kTitleLines = 10;            // before the header
inline constexpr std::size_t kStructures = 1'000;         // distinct references of one file
inline constexpr std::size_t kFindingsKept = 20'000;      // of one file; the rest is counted
inline constexpr std::size_t kOffendingTextBytes = 80;    // shown in a finding
inline constexpr std::size_t kMappingBytes = 1UL << 20U;  // a mapping file
inline constexpr std::size_t kSubValues = 1'000;          // of one multi-valued cell

}  // namespace rapporteur::sources::limits
