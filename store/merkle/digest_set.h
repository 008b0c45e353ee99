// A set of hashes, and the root of the tree over them in ascending order.
//
// Units and shapes: packed, the hashes of 32 bytes each one after the other, ascending, each once;
// a leaf of the tree is leaf_hash of one hash. Threads: immutable; any. Errors: kMalformed.
// Source: RFC 6962 section 2.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::merkle {

class DigestSet {
 public:
  // In any order, also repeated.
  [[nodiscard]] static DigestSet of(std::vector<Digest> hashes);
  // At most `most` of them.
  [[nodiscard]] static Result<DigestSet> parse(std::string_view packed, std::size_t most);

  [[nodiscard]] std::size_t size() const { return hashes_.size(); }
  // Ascending.
  [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }
  [[nodiscard]] std::string packed() const;
  [[nodiscard]] Digest root() const;

 private:
  explicit DigestSet(std::vector<Digest> hashes) : hashes_(std::move(hashes)) {}

  std::vector<Digest> hashes_;
};

}  // namespace rapporteur::merkle
