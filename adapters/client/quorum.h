// What an agency's own policy says of the checkpoints that a hub shows as cosigned.
//
// Threads: one at a time. Errors: kConfiguration for a policy file; kNotVerified for a checkpoint
// that the policy does not take, or that is not one log with what was seen before.
// Source: PROTOCOL.md, "Witnesses"; C2SP tlog-policy.
#pragma once

#include <filesystem>
#include <functional>

#include "adapters/client/known_log.h"
#include "adapters/client/session.h"
#include "proto/base/clock.h"
#include "store/verify/policy.h"

namespace rapporteur::client {

// Older cosignatures are warned of: the log is withheld, or nobody has it cosigned.
inline constexpr std::chrono::minutes kCosignedWithin{5};

class Quorum {
 public:
  // The policy must name `log`.
  [[nodiscard]] static Result<Quorum> read(const std::filesystem::path& file,
                                           const notes::VerifierKey& log);

  // A checkpoint of this hub's log that the policy takes.
  [[nodiscard]] Result<verify::TrustedHead> open(std::string_view note) const;
  // Whether the policy takes a checkpoint, of whichever log it names: what the log before a
  // restored one had cosigned stays so.
  [[nodiscard]] bool takes(std::string_view note) const { return policy_.open(note).has_value(); }
  // What is wrong with the newest cosigned checkpoint that the hub shows; empty: nothing. By the
  // cosignatures' times, against `now`.
  [[nodiscard]] std::string complaint(std::string_view note, UnixMillis now) const;

 private:
  Quorum(verify::Policy policy, notes::VerifierKey log)
      : policy_(std::move(policy)), log_(std::move(log)) {}
  // Whether those who cosigned it at `time` or later are a quorum.
  [[nodiscard]] bool cosigned_since(std::string_view note, std::chrono::sys_seconds time) const;

  verify::Policy policy_;
  notes::VerifierKey log_;
};

// Looks at the hub's newest cosigned checkpoint after each hello and once a minute, by the
// cosignatures' times and this machine's clock; one that gives no answer is judged by what it
// showed last. What is wrong is said once to `warn`, and an empty text when it is right again. Ends
// the line when the checkpoint is of another history.
class QuorumWatch final : public Conversation {
 public:
  // All referenced objects outlive it.
  QuorumWatch(const Quorum& quorum, KnownLog& log, const Clock& clock,
              std::function<void(const std::string&)> warn)
      : quorum_(quorum), log_(log), clock_(clock), warn_(std::move(warn)) {}

  [[nodiscard]] Status begin(Connection& line) override;
  [[nodiscard]] Status step(Connection& line, MonotonicTime now) override;
  [[nodiscard]] Result<bool> take(Connection& line, const v1::Frame& frame) override;

 private:
  void complain();
  [[nodiscard]] Status look(Connection& line);

  const Quorum& quorum_;
  KnownLog& log_;
  const Clock& clock_;
  std::function<void(const std::string&)> warn_;
  std::string note_;  // the last one that the hub has shown
  std::string said_;
  std::uint64_t question_ = 0;  // 0: none
  MonotonicTime due_;
};

}  // namespace rapporteur::client
