// Logs that continue a lost one: what the first entry says of the log before, and whether it holds.
//
// Two such trees differ in one leaf, the first, so the inclusion path of the first entry at a size
// that was carried is the same in both: with the old leaf it gives the old root.
//
// Threads: any. Errors: kNotVerified with the reason.
// Source: FORMAT.md, "A log that continues another"; ops/adr/0022-a-restored-log-is-a-new-one.md.
#pragma once

#include <span>
#include <vector>

#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::verify {

// A log before this one.
struct Predecessor {
  notes::VerifierKey log;
  notes::Checkpoint checkpoint;  // signed by it; not larger than `carried`
  Digest first_leaf;             // of it
  TreeSize carried;              // entries below it are this log's too, all but the first
  std::uint64_t restored_ms = 0;
};

// The logs before the one that `started` founds, the newest first; none for a log that continues
// none. What an entry tells of itself is checked here, that the entries are those is not.
[[nodiscard]] Result<std::vector<Predecessor>> predecessors(const v1::Started& started);

// The root of a tree whose first leaf has this inclusion path.
[[nodiscard]] Digest root_by_first(const Digest& leaf, std::span<const Digest> path);

// Whether the entries of a log are those of the logs before it, as far as their checkpoints go.
class CarriedEntries {
 public:
  explicit CarriedEntries(std::vector<Predecessor> logs);

  [[nodiscard]] const std::vector<Predecessor>& logs() const { return logs_; }
  // In order, from index 0; what is not carried any more is passed over.
  [[nodiscard]] Status add(LogIndex index, const Digest& leaf);
  // Of a log of that size.
  [[nodiscard]] Status finish(TreeSize size) const;

 private:
  std::vector<Predecessor> logs_;
  std::vector<merkle::Frontier> trees_;
};

}  // namespace rapporteur::verify
