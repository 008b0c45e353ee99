// Waits until checkpoints that a quorum cosigned cover receipted messages, and puts them into their
// receipts.
//
// Threads: one at a time. Durability: an upgraded receipt takes the place of the first one at once,
// and is on disk when `upgraded` is told.
// Errors: kNotVerified for an answer that does not hold; those of KnownLog, Receipts and
// Connection. What the hub does not have yet, or the own policy does not take yet, is asked for
// again. Source: PROTOCOL.md, "Witnesses".
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "adapters/client/quorum.h"
#include "adapters/client/receipts.h"

namespace rapporteur::client {

struct Receipted {
  MessageId message_id;
  LogIndex index;
};

class QuorumWait final : public Conversation {
 public:
  // All referenced objects outlive it.
  QuorumWait(const Quorum& quorum, KnownLog& log, const Receipts& receipts,
             std::vector<Receipted> waiting,
             std::function<void(const Receipted&, const verify::TrustedHead&)> upgraded);

  [[nodiscard]] Status begin(Connection& line) override;
  [[nodiscard]] Status step(Connection& line, MonotonicTime now) override;
  [[nodiscard]] Result<bool> take(Connection& line, const v1::Frame& frame) override;

  [[nodiscard]] const std::vector<Receipted>& waiting() const { return waiting_; }
  // Why the last answer was not enough; empty before the first.
  [[nodiscard]] const std::string& because() const { return because_; }

 private:
  [[nodiscard]] Status upgrade(Connection& line, const v1::Cosigned& answer);

  const Quorum& quorum_;
  KnownLog& log_;
  const Receipts& receipts_;
  // The last is asked for: the lowest index, which a checkpoint covers first.
  std::vector<Receipted> waiting_;
  std::function<void(const Receipted&, const verify::TrustedHead&)> upgraded_;
  std::uint64_t question_ = 0;  // 0: none
  MonotonicTime now_;
  MonotonicTime again_;
  std::string because_;
};

}  // namespace rapporteur::client
