// Merkle tree of RFC 6962 with SHA-256: hashes, proofs and their verification. Pure, no I/O.
//
// Units and shapes: `level` 0 is the leaves; subtree (level, i) is complete and covers leaves
// [i * 2^level, (i + 1) * 2^level). Proofs run from the leaf to the root.
// Threads: any.
// Errors: kNotVerified with the reason for every proof that does not hold, too long, too short, or
// out of range; consistency from size 0 is an error, also to itself, as RFC 6962 defines none.
// kNotFound for a proof of an index or size that the tree does not have; errors of a HashReader are
// passed on.
// Source: RFC 6962 section 2.1; RFC 9162 section 2.1.3.2 and 2.1.4.2 for verification; FORMAT.md
// for the leaf entry.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::merkle {

// What this log puts into a leaf: the version byte, then record_hash(nonce, record).
using LeafEntry = FixedBytes<struct LeafEntryTag, 33>;
inline constexpr std::byte kLeafEntryVersion{0x01};
[[nodiscard]] LeafEntry leaf_entry(ByteSpan nonce, ByteSpan record);

[[nodiscard]] Digest leaf_hash(ByteSpan entry);
// leaf_hash of leaf_entry.
[[nodiscard]] Digest record_leaf_hash(ByteSpan nonce, ByteSpan record);
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

// The root of the complete tree over `leaves`, whose number is a power of two.
[[nodiscard]] Digest complete_root(std::span<const Digest> leaves);

// Hashes of 32 bytes one after the other, as on the wire. Errors: kMalformed for a length that is
// no multiple of 32 or more than 64 hashes, which no proof has.
[[nodiscard]] std::string pack(std::span<const Digest> hashes);
[[nodiscard]] Result<std::vector<Digest>> unpack(std::string_view packed);

}  // namespace rapporteur::merkle
