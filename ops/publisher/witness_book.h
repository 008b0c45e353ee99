// What is known of each witness of a policy: how far it has seen the log, whether it answers, and
// when it is asked again.
//
// Threads: one. Errors: none; what is wrong with a witness is said once, to `report`, and once more
// when it is right again.
// Source: C2SP tlog-witness, "add-checkpoint".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ops/publisher/witness_line.h"
#include "proto/base/clock.h"
#include "store/verify/policy.h"

namespace rapporteur::publisher {

class WitnessBook {
 public:
  // `problem` is empty when it is right again.
  using Report = std::function<void(const std::string& witness, const std::string& problem)>;
  WitnessBook(const verify::Policy& policy, Report report);

  [[nodiscard]] std::size_t count() const { return known_.size(); }
  // May be asked now.
  [[nodiscard]] bool free(std::size_t witness, MonotonicTime now) const;
  // The size of the last checkpoint it cosigned, as far as is known.
  [[nodiscard]] TreeSize size(std::size_t witness) const { return known_[witness].size; }
  void asked(std::size_t witness) { known_[witness].busy = true; }
  // For a witness that cannot be asked, because the hub proves nothing from its size on.
  void contradicted(std::size_t witness, const std::string& problem, MonotonicTime now);

  // What to do with its reply.
  struct Taken {
    std::optional<notes::NoteSignature> cosignature;  // verified
    bool ask_again = false;                           // its size was another one, and is known now
  };
  [[nodiscard]] Taken take(const WitnessReply& reply, MonotonicTime now);

 private:
  struct Known {
    std::string name;
    std::optional<notes::VerifierKey> key;
    TreeSize size;
    bool busy = false;
    std::string problem;
    MonotonicTime next_try;
    std::chrono::milliseconds back_off{0};
  };
  [[nodiscard]] Taken cosigned(Known& known, const WitnessReply& reply, MonotonicTime now);
  [[nodiscard]] Taken conflict(Known& known, const WitnessReply& reply, MonotonicTime now);
  Taken fail_with(Known& known, const std::string& problem, MonotonicTime now);
  void say(Known& known, const std::string& problem);

  Report report_;
  std::vector<Known> known_;
};

}  // namespace rapporteur::publisher
