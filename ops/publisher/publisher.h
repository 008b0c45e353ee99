// Watches a hub's checkpoints, has them cosigned by the witnesses of a policy, and hands the
// cosignatures to the hub.
//
// A round: the hub's newest checkpoint, checked against what was seen of the log before, is shown
// to every witness that is not busy and not away, each with a proof from its own size on. As soon
// as the quorum has cosigned, and once more when all have answered or the round's time is over,
// what they said goes to the hub. The next round begins when the log has grown, at most once an
// interval; at rest, when the cosignatures are `refresh` old.
//
// Threads: run() on one; one more for each witness. Errors: run() ends for what does not pass by
// itself: kNotVerified when the hub shows another or a shorter log than before, kRefused when it
// does not take this publisher's cosignatures, kStorage.
// Source: PROTOCOL.md, "Witnesses"; ADR 3.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "adapters/client/connection.h"
#include "adapters/client/known_log.h"
#include "ops/publisher/witness_book.h"

namespace spdlog {
class logger;
}

namespace rapporteur::publisher {

struct PublisherOptions {
  std::chrono::milliseconds interval{500};
  std::chrono::milliseconds witness_timeout{3'000};
  std::chrono::milliseconds refresh{60'000};
};

struct PublisherParts {
  const client::HubAddress& hub;
  const crypto::CurveKeyPair& keys;
  const client::LineOptions& line;
  client::KnownLog& log;
  const verify::Policy& policy;
  const Clock& clock;
  spdlog::logger& logger;
};

class Publisher {
 public:
  // `cosigned` is told of each checkpoint with its quorum that the hub has taken. Error:
  // kConfiguration for a witness without a URL. All parts outlive it.
  [[nodiscard]] static Result<std::unique_ptr<Publisher>> make(
      const PublisherParts& parts, const PublisherOptions& options,
      std::function<void(const std::string& note)> cosigned);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Until `stop` says so; asked several times a second.
  [[nodiscard]] Status run(const std::function<bool()>& stop);

 private:
  struct Round {
    std::string checkpoint;  // as the hub gave it
    notes::Note note;        // with the cosignatures gathered
    TreeSize size;
    std::set<std::size_t> waited_for;
    std::set<std::size_t> asked_again;
    std::size_t handed_in = 0;  // signatures, the hub's own with them
    bool changed = false;       // since the quorum was looked at
    bool quorum = false;
    MonotonicTime deadline;
  };

  Publisher(const PublisherParts& parts, const PublisherOptions& options,
            std::function<void(const std::string&)> cosigned);
  [[nodiscard]] Status serve(const std::function<bool()>& stop);
  [[nodiscard]] Status listen();
  [[nodiscard]] Status begin_round();
  [[nodiscard]] Status ask(std::size_t witness);
  [[nodiscard]] Status collect(std::chrono::milliseconds wait);
  [[nodiscard]] Status take(const WitnessReply& reply);
  [[nodiscard]] Status go_on();
  [[nodiscard]] Status hand_in();
  void close_round();
  [[nodiscard]] bool round_is_due() const;

  PublisherParts parts_;
  PublisherOptions options_;
  std::function<void(const std::string&)> cosigned_;
  WitnessBook book_;
  Mailbox mailbox_;
  std::vector<std::unique_ptr<WitnessLine>> lines_;  // null: a key that is not verified here
  std::unique_ptr<client::Connection> hub_;
  std::optional<Round> round_;
  std::uint64_t growth_question_ = 0;  // correlation; 0: not asked
  TreeSize size_;                      // of the newest checkpoint that a round began with
  bool grown_ = true;
  MonotonicTime next_round_;
  MonotonicTime refresh_due_;
  bool without_quorum_ = false;
};

}  // namespace rapporteur::publisher
