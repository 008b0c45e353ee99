// Merkle tree of RFC 6962 with SHA-256: hashes, proofs and their verification. Pure, no I/O.
//
// Units and shapes: `level` 0 is the leaves; subtree (level, i) is complete and covers leaves
// [i * 2^level, (i + 1) * 2^level). Proofs run from the leaf to the root.
// Threads: any.
// Errors: kNotVerified with the reason for every proof that does not hold, too long, too short, or
// out of range; consistency from size 0 to a larger size is an error, as RFC 6962 defines none.
// Source: RFC 6962 section 2.1; RFC 9162 section 2.1.3.2 and 2.1.4.2 for verification.
#pragma once

#include <span>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::merkle {

[[nodiscard]] Digest leaf_hash(ByteSpan entry);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);
[[nodiscard]] Digest empty_root();

[[nodiscard]] Status verify_inclusion(LogIndex index, TreeSize size, const Digest& leaf,
                                      std::span<const Digest> proof, const Digest& root);
[[nodiscard]] Status verify_consistency(TreeSize first, TreeSize second,
                                        std::span<const Digest> proof, const Digest& first_root,
                                        const Digest& second_root);

// Where the hashes of complete subtrees come from.
class HashReader {
 public:
  virtual ~HashReader() = default;
  [[nodiscard]] virtual Result<Digest> subtree(unsigned level, std::uint64_t index) const = 0;
};

// `size` within what the reader holds.
[[nodiscard]] Result<Digest> root(TreeSize size, const HashReader& hashes);
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(LogIndex index, TreeSize size,
                                                          const HashReader& hashes);
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(TreeSize first, TreeSize second,
                                                            const HashReader& hashes);

// Hashes of 32 bytes one after the other, as on the wire.
[[nodiscard]] std::string pack(std::span<const Digest> hashes);
[[nodiscard]] Result<std::vector<Digest>> unpack(std::string_view packed);

}  // namespace rapporteur::merkle
