// What goes into the core and what comes out: values, no sockets, no threads.
//
// An event says what happened; an action says what the host is to do. Jobs are handed to threads
// that may block and come back as events. Lifetime: every event and action owns its bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/core/expiry.h"
#include "broker/core/item.h"
#include "broker/directory/directory.h"
#include "proto/base/clock.h"
#include "proto/base/result.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/journal/journal.h"
#include "store/verify/policy.h"

namespace rapporteur::core {

// As the ROUTER socket gave it; at most 255 bytes.
using RoutingId = std::string;

struct Now {
  MonotonicTime steady;
  UnixMillis wall;
};

// Who asked, and what the request holds of the budgets until it is answered.
struct Asker {
  RoutingId connection;
  std::uint64_t epoch = 0;  // tells a connection from a later one with the same routing id
  std::string participant;
  std::uint64_t correlation = 0;
  std::size_t bytes = 0;
};

// ---- events ----

// A message of one part from a peer whose line ZAP has identified.
struct Received {
  RoutingId from;
  std::string user_id;
  std::string frame;
};
// A message that the socket's owner did not take: too many parts, too many bytes.
struct Rejected {
  RoutingId from;
  std::string user_id;
  std::string code;
  std::string message;
};
// The peer is gone: a send found no route.
struct Unreachable {
  RoutingId peer;
};
// The peer's queue is full: what is sent now waits in the host, until Unblocked.
struct Blocked {
  RoutingId peer;
};
struct Unblocked {
  RoutingId peer;
};

enum class AnswerKind { kAccepted, kAdministered, kRefused, kRepeated, kFault, kOther };
// A request's answer, ready to be sent.
struct Answered {
  Asker asker;
  AnswerKind kind = AnswerKind::kOther;
  std::string code;     // kFault
  std::string frame;    // a serialized v1.Frame with the asker's correlation id
  bool to_ask = false;  // answers an Ask
};

// Entries were committed: all of them are on stable storage.
struct LogGrew {
  Chunk added;  // `end` is the size of the log as far as the core is told
  // May cover entries after `end`: those of the same group that come with the next such event.
  std::shared_ptr<const std::string> checkpoint;
  std::shared_ptr<const directory::Directory> directory;  // null: unchanged
  std::string signed_directory;                           // serialized v1.Directory; with directory
  std::vector<Answered> answers;
  std::vector<std::uint64_t> own;  // tokens of proposals of the core
  std::vector<LogIndex> erased;    // bodies that are destroyed now
};
// A proposal of the core's own went stale: nothing of it was written.
struct ProposalDropped {
  std::uint64_t token = 0;
};
struct ExpiredFound {
  std::uint64_t sweep = 0;
  Result<ExpiredPiece> piece;
};
struct StorageFailed {
  Error error;
  std::vector<Answered> answers;
};

struct ChunkRead {
  Chunk chunk;
};
struct ChunkFailed {
  LogIndex first;
  Error error;
};
// An acknowledgement whose signature, key, hub and participant hold.
struct AcknowledgementVerified {
  Asker asker;
  std::string subscription;
  DeliveryNumber number;
  Digest delivered;
  v1::SignedAcknowledgement signed_acknowledgement;
};
// A checkpoint of this log with what witnesses said to it: the signatures that hold.
struct CosignaturesVerified {
  Asker asker;
  std::string note;
  TreeSize size;
  bool quorum = false;
  std::string held;  // that it was merged with
};
struct StartFound {
  std::uint64_t token = 0;
  Result<LogIndex> index;
};
// Handshakes that ZAP turned away since the last such event.
struct HandshakesRefused {
  std::uint64_t count = 0;
};
// TCP lines that ended since the last such event, by whichever side.
struct LinesEnded {
  std::uint64_t count = 0;
};
struct Tick {};
// The hub begins to serve; `started` is its entry.
struct Start {
  journal::Draft started;
};
// Take nothing new, bring what is under way to its end, then emit Drained.
struct Stop {};

using Event = std::variant<Received, Rejected, Unreachable, Blocked, Unblocked, Answered, LogGrew,
                           StorageFailed, ChunkRead, ChunkFailed, AcknowledgementVerified,
                           CosignaturesVerified, StartFound, ProposalDropped, ExpiredFound,
                           HandshakesRefused, LinesEnded, Tick, Start, Stop>;

// ---- actions ----

struct Send {
  RoutingId to;
  std::string frame;
  // False: dropped where it would have to wait. For peers whose unsent bytes nobody counts.
  bool may_wait = true;
};
// Drop what waits for the peer.
struct Forget {
  RoutingId peer;
};
// The envelope is frame[offset, offset + size). Tickets of a lane are consecutive.
struct Judge {
  Asker asker;
  PublicKeyBytes curve_key;
  std::uint64_t ticket = 0;
  std::string frame;
  std::size_t offset = 0;
  std::size_t size = 0;
  MonotonicTime arrived;
};
// A serialized v1.SignedAcknowledgement.
struct VerifyAcknowledgement {
  Asker asker;
  std::string bytes;
};
// A note handed in, to be merged with `held` if both are of one checkpoint.
struct VerifyCosignatures {
  Asker asker;
  std::string note;
  std::string held;
  std::shared_ptr<const verify::Policy> policy;
};
// Items of [first, end) as far as one chunk holds them; answered by ChunkRead or ChunkFailed.
struct ReadChunk {
  LogIndex first;
  LogIndex end;
};
// Where a subscription begins; answered by StartFound. With `time_ms`: the first entry not older.
// Else: past `skip` deliveries that the participant would get from `from` on.
struct FindStart {
  std::uint64_t token = 0;
  std::string participant;
  v1::SubscriptionFilter filter;
  std::optional<std::uint64_t> time_ms;
  LogIndex from;
  std::uint64_t skip = 0;
  TreeSize size;
  std::shared_ptr<const directory::Directory> directory;
};
// A question that needs the journal; answered by Answered. `version` is set for a greeting.
struct Ask {
  Asker asker;
  std::uint32_t hello_version = 0;
  std::string query;  // a serialized v1.Query; empty for a greeting
  std::shared_ptr<const directory::Directory> directory;
};
// An entry, or a state, of the hub itself, in the hub's own lane; answered by its token in LogGrew.
struct Propose {
  std::uint64_t token = 0;
  std::uint64_t ticket = 0;
  journal::Draft draft;
  journal::ReadSet reads;  // without resources it never goes stale
};
// Receipts and greetings say from now on that a verified backup covers what is below `size`.
struct BackedUpTo {
  TreeSize size;
};
// Answer to Stop: nothing is under way any more.
struct Drained {};

using Action = std::variant<Send, Forget, Judge, VerifyAcknowledgement, VerifyCosignatures,
                            ReadChunk, FindStart, FindExpired, Ask, Propose, BackedUpTo, Drained>;
using Actions = std::vector<Action>;

}  // namespace rapporteur::core
