// Keeps conversations with the hub going over a line that may break: connect, hello, check the log,
// talk; when the line breaks, back off and begin again.
//
// Threads: one at a time.
// Errors: those of Connection and KnownLog; a line that cannot be had is tried again until
// `patience` has passed without a hello, then its last error is returned.
#pragma once

#include <chrono>
#include <functional>
#include <span>

#include "adapters/client/connection.h"
#include "adapters/client/known_log.h"
#include "proto/base/clock.h"

namespace rapporteur::client {

// One thing that talks over a line: the courier of the outbox, a subscriber.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // After every hello; what was under way on the line before is lost. `seen` is the size of the log
  // that was known before the hello.
  [[nodiscard]] virtual Status begin(Connection& line) = 0;
  // Says what there is to say now; called after every frame and at least ten times a second.
  [[nodiscard]] virtual Status step(Connection& line, MonotonicTime now) = 0;
  // True when the frame was an answer to this conversation.
  [[nodiscard]] virtual Result<bool> take(Connection& line, const v1::Frame& frame) = 0;
};

class Session {
 public:
  // All referenced objects outlive it.
  Session(const HubAddress& hub, const crypto::CurveKeyPair& keys, const LineOptions& options,
          KnownLog& log, const Clock& clock);

  // A hello waits no longer than what is left of `without_hub`, and at least kLeastHello.
  static constexpr std::chrono::milliseconds kLeastHello{500};
  // Waits between attempts to begin again; doubles from the first to the most.
  struct Patience {
    std::chrono::milliseconds without_hub;  // then the last error is returned
    std::function<bool()> enough;           // asked between any two frames: true ends it
  };
  // Returns when `enough` says so. Calls `trouble` for each failed attempt.
  [[nodiscard]] Status run(std::span<Conversation* const> conversations, const Patience& patience,
                           const std::function<void(const Error&)>& trouble = {});
  // How long it waits after a failed attempt; for `trouble` to tell.
  [[nodiscard]] std::chrono::milliseconds next_try() const { return back_off_; }

 private:
  [[nodiscard]] Status greet(std::span<Conversation* const> conversations, MonotonicTime give_up);
  [[nodiscard]] Status talk(std::span<Conversation* const> conversations,
                            const std::function<bool()>& enough);
  [[nodiscard]] Status hand_on(std::span<Conversation* const> conversations,
                               const v1::Frame& frame);

  const HubAddress& hub_;
  const crypto::CurveKeyPair& keys_;
  LineOptions options_;
  KnownLog& log_;
  const Clock& clock_;
  std::chrono::milliseconds back_off_;
  std::unique_ptr<Connection> line_;
};

}  // namespace rapporteur::client
