#include "store/merkle/digest_set.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "store/merkle/frontier.h"
#include "store/merkle/tree.h"

namespace rapporteur::merkle {

DigestSet DigestSet::of(std::vector<Digest> hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return DigestSet(std::move(hashes));
}

Result<DigestSet> DigestSet::parse(std::string_view packed, std::size_t most) {
  constexpr std::size_t kBytes = Digest::kBytes;
  if (packed.size() % kBytes != 0) {
    return fail(ErrorKind::kMalformed, "not hashes of 32 bytes each");
  }
  if (packed.size() / kBytes > most) {
    return fail(ErrorKind::kMalformed, "more than " + std::to_string(most) + " hashes");
  }
  std::vector<Digest> hashes;
  hashes.reserve(packed.size() / kBytes);
  for (; !packed.empty(); packed.remove_prefix(kBytes)) {
    hashes.push_back(*Digest::from(packed.substr(0, kBytes)));
  }
  if (std::adjacent_find(hashes.begin(), hashes.end(), std::greater_equal<>()) != hashes.end()) {
    return fail(ErrorKind::kMalformed, "the hashes do not ascend, each once");
  }
  return DigestSet(std::move(hashes));
}

std::string DigestSet::packed() const {
  std::string out;
  out.reserve(hashes_.size() * Digest::kBytes);
  for (const Digest& hash : hashes_) out += hash.view();
  return out;
}

Digest DigestSet::root() const {
  if (hashes_.empty()) return empty_root();
  Frontier tree;
  for (const Digest& hash : hashes_) {
    tree.append(leaf_hash(hash.span()));
    tree.begin_group();
  }
  return tree.root();
}

}  // namespace rapporteur::merkle
