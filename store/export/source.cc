#include "store/export/source.h"

namespace rapporteur::exports {
namespace {

constexpr std::size_t kLeavesBytesAtOnce = 8UL << 20U;

}  // namespace

Result<std::vector<merkle::LeafEntry>> JournalSource::leaves(LogIndex first, std::size_t count) {
  const auto entries = reader_.entries(first, count, kLeavesBytesAtOnce, /*bodies=*/false);
  if (!entries) return tl::unexpected(entries.error());
  std::vector<merkle::LeafEntry> out;
  out.reserve(entries->size());
  for (const journal::StoredEntry& entry : *entries) {
    out.push_back(merkle::leaf_entry(bytes_of(entry.nonce), bytes_of(entry.record)));
  }
  return out;
}

Result<std::vector<Digest>> JournalSource::consistency_proof(TreeSize first, TreeSize second) {
  return reader_.consistency_proof(first, second);
}

Result<std::vector<journal::StoredEntry>> JournalSource::entries(LogIndex first, std::size_t count,
                                                                 std::size_t most_bytes) {
  return reader_.entries(first, count, most_bytes, /*bodies=*/true);
}

Status JournalSource::checkpoints(const std::function<bool(TreeSize, const std::string&)>& use) {
  return reader_.checkpoints(use);
}

}  // namespace rapporteur::exports
