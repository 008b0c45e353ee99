// Accepted submissions as they are delivered, and runs of the log that hold them.
//
// Threads: immutable once made; shared by pointer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "rapporteur/v1/envelope.pb.h"

namespace rapporteur::core {

struct Item {
  LogIndex index;
  // The submission as a field of v1.Deliver: tag, length, serialized v1.Delivery. A Deliver is made
  // by putting such fields one after the other.
  std::string field;
  Digest header_sha256;
  std::string dataflow;
  std::string indicator;
  std::string sender;
  // Of dataflow, indicator and sender; for finding, never as proof of equality.
  std::size_t route_hash = 0;
  std::vector<std::string> areas;  // of the observations, and of those it deletes
  rapporteur::v1::Releasability releasability;
};
using ItemPtr = std::shared_ptr<const Item>;

// The deliverable entries of [first, end), by ascending index.
struct Chunk {
  LogIndex first;
  LogIndex end;
  std::vector<ItemPtr> items;
  std::size_t bytes = 0;
};

struct EntryView {
  LogIndex index;
  std::string_view nonce;
  std::string_view record;
  std::string_view salt;
  std::string_view body;
};
// Null for an entry that is not delivered to anybody (a refusal, a change of the directory ...).
// Error: kMalformed for a record or header that cannot be read.
[[nodiscard]] Result<ItemPtr> make_item(const EntryView& entry);

void add(Chunk& chunk, ItemPtr item);
// The same without salt and body.
[[nodiscard]] ItemPtr erased(const Item& item);

}  // namespace rapporteur::core
