// What this agency has seen of the hub's log, so that the log cannot be shortened or forked behind
// its back.
//
// Threads: one at a time; several processes may share the database.
// Durability: the largest checkpoint is kept across restarts.
// Errors: kNotVerified (shorter than what was seen, another root at the same size, a consistency
// proof that does not hold), kStorage, and those of the connection.
// Source: RFC 6962 section 2.1.2; PROTOCOL.md, "Receipts".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "adapters/client/connection.h"
#include "adapters/client/database.h"
#include "adapters/client/envelope.h"
#include "proto/base/result.h"
#include "store/verify/succession.h"

namespace rapporteur::client {

// The hub goes on in a log that continues one this agency has seen.
struct NewLog {
  verify::Predecessor before;  // the one that was seen
  TreeSize seen;               // its size then; what is beyond before.carried is lost there
};

class KnownLog {
 public:
  // Called once, within the transaction that remembers the new log.
  using OnNewLog = std::function<Status(Connection& line, const NewLog& found)>;

  // `state` outlives it, and all that `on_new_log` refers to.
  KnownLog(Database& state, notes::VerifierKey log, OnNewLog on_new_log = {})
      : state_(state), reader_(std::move(log)), on_new_log_(std::move(on_new_log)) {}

  [[nodiscard]] CheckpointReader& reader() { return reader_; }
  // The largest size seen by any process of this agency; 0 before the first.
  [[nodiscard]] Result<TreeSize> seen() const;

  // After hello: the hub's checkpoint continues the largest one seen, proved by the hub. `seen` was
  // read before hello. A log that is met for the first time continues the one that was seen before
  // it, also proved.
  [[nodiscard]] Status follow(Connection& line, TreeSize seen);

  // That a verified checkpoint, smaller or larger, and the largest one seen are of one log, proved
  // by the hub. Remembers it if it is the largest.
  [[nodiscard]] Status tie(Connection& line, const notes::Checkpoint& checkpoint,
                           std::string_view note);

  // A verified checkpoint that came in answer to a question asked when `floor` had been seen.
  // Remembers it if it is the largest.
  [[nodiscard]] Status admit(const notes::Checkpoint& checkpoint, std::string_view note,
                             TreeSize floor);

 private:
  struct Head {
    TreeSize size;
    Digest root;
  };
  [[nodiscard]] Result<std::optional<Head>> head() const;
  [[nodiscard]] Result<std::map<std::string, Head>> heads() const;
  [[nodiscard]] Status begin_new_log(Connection& line, const notes::Checkpoint& now);
  // That `first` is the beginning of `second`.
  [[nodiscard]] static Status prove(Connection& line, const Head& first, const Head& second);
  [[nodiscard]] Status remember(const notes::Checkpoint& checkpoint, std::string_view note);

  Database& state_;
  CheckpointReader reader_;
  OnNewLog on_new_log_;
};

}  // namespace rapporteur::client
