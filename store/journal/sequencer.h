// Decides order: takes judged messages, checks that what their verdict read still holds, and
// appends them to the journal in groups.
//
// A verdict names what it read as resources and the log size it read at (`ReadSet`). If an entry
// since then wrote one of them, the verdict is stale and goes back to be judged again; after
// limits::kStaleVerdicts times the message is judged in order, with nothing uncommitted beside it.
// Within a lane (one participant) proposals are taken in ticket order; a lane that waits for a slow
// judgement holds up no other lane.
//
// Threads: `submit` from any thread, never blocks; all callbacks of the host run on the sequencer's
// own thread and must not block.
// Durability: `committed` is called after the synced write.
// Errors: `submit` returns false when the queue is full (the caller answers OVERLOADED) or stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "proto/base/clock.h"
#include "store/journal/journal.h"

namespace rapporteur::journal {

struct ReadSet {
  TreeSize as_of;                     // taken before the first read
  std::vector<ResourceId> resources;  // empty: it depends on nothing and is never stale
};

struct SequenceUse {
  KeyId key;
  Sequence number;
};

// What the caller needs back; owned by the proposal.
class Context {
 public:
  virtual ~Context() = default;
};

struct Entry {
  Draft draft;
  ReadSet reads;
  std::optional<SequenceUse> sequence;
};
// Nothing enters the log; the context goes back in lane order.
struct NoEntry {};

struct Proposal {
  std::string lane;
  std::uint64_t ticket = 0;  // 0, 1, 2, ... within the lane
  std::variant<NoEntry, Entry> content;
  std::unique_ptr<Context> context;
  int stale = 0;  // how often a verdict on it went stale; kept by the sequencer
};

struct Committed {
  std::unique_ptr<Context> context;
  std::optional<Appended> entry;  // empty for state-only drafts
  TreeSize tree_size;             // of the log with the whole group
  std::shared_ptr<const std::string> checkpoint;
};

class SequencerHost {
 public:
  virtual ~SequencerHost() = default;
  // What is on disk now, in order of taking; the entries of one call have consecutive indices, and
  // the next call begins where they end. A group comes in several calls where answers of another
  // kind stand between its entries: `tree_size` and `checkpoint` are those of the whole group in
  // each of them, and say nothing about how far the call reaches.
  virtual void committed(std::vector<Committed> run) = 0;
  virtual void passed(std::unique_ptr<Context> context) = 0;  // NoEntry, in its turn
  // Judge again and submit with the same lane and ticket.
  virtual void stale(Proposal proposal) = 0;
  // Judge now: nothing is uncommitted. The new content may be NoEntry.
  virtual void judge_in_order(Proposal& proposal) = 0;
  // `expected` is the next number of that key. The number was not used.
  virtual void out_of_sequence(std::unique_ptr<Context> context, Sequence expected) = 0;
  virtual void storage_failed(std::unique_ptr<Context> context, const Error& error) = 0;
};

struct SequencerOptions {
  std::size_t group_entries;
  std::size_t group_bytes;
  std::size_t queue;
};

class Sequencer {
 public:
  // `journal` and `host` outlive it. Starts its thread.
  Sequencer(Journal& journal, SequencerHost& host, SequencerOptions options);
  // Stops as stop() does.
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // False: the proposal is left with the caller and its ticket is closed, so that its lane goes on
  // without it. A proposal that comes back from `stale` is always taken, and so is one whose turn
  // in its lane has come: beyond the queue's length at most one a lane.
  [[nodiscard]] bool submit(Proposal&& proposal);
  // Commits what was submitted and whose turn has come, then ends the thread. What still waits for
  // an earlier ticket, or is out to be judged again, is dropped with its context.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapporteur::journal
