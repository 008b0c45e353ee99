// The tree as RFC 6962 section 2.1 writes it down, by recursion over all leaves: slow and obvious.
#pragma once

#include <span>
#include <vector>

#include "store/merkle/tree.h"

namespace rapporteur::testing {

[[nodiscard]] Digest naive_root(std::span<const Digest> leaves);
[[nodiscard]] std::vector<Digest> naive_inclusion(std::size_t index,
                                                  std::span<const Digest> leaves);
[[nodiscard]] std::vector<Digest> naive_consistency(std::size_t first,
                                                    std::span<const Digest> leaves);
// Distinct leaf hashes.
[[nodiscard]] std::vector<Digest> numbered_leaves(std::size_t count);

}  // namespace rapporteur::testing
