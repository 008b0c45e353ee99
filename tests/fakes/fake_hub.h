// A hub in a thread: a real ROUTER with CURVE and ZAP and a real log in memory, scripted by the
// test. It accepts everything that is not scripted otherwise and judges nothing.
//
// Threads: all functions may be called from the test's thread while the hub runs; the hooks run on
// the hub's thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/client/connection.h"
#include "proto/crypto/ed25519.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/notes/signed_note.h"
#include "tests/fakes/fake_log.h"

namespace rapporteur::testing {

struct FakeParticipant {
  std::string id;
  PublicKeyBytes curve_key;
  PublicKeyBytes signing_key;
};

class FakeHub {
 public:
  FakeHub();
  // Stops.
  ~FakeHub();
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;

  // Binds (to the same port as before) and serves. Sessions, credit and what was not yet answered
  // are forgotten by stop(); the log is not.
  void start();
  void stop();

  [[nodiscard]] client::HubAddress address() const;
  // While it does not serve, or in a hook.
  [[nodiscard]] const FakeLog& log() const { return log_; }
  [[nodiscard]] std::size_t log_size() const;
  void enrol(const FakeParticipant& participant);

  // Asked for each envelope before it is taken: a frame to answer instead, or nothing.
  using SubmitHook = std::function<std::optional<v1::Frame>(const v1::Header&)>;
  void on_submit(SubmitHook hook);
  // Findings that refuse the message; none accepts it.
  using JudgeHook = std::function<std::vector<v1::Finding>(const v1::Header&)>;
  void on_judge(JudgeHook hook);
  // May change an answer, or drop it by returning false.
  using AnswerHook = std::function<bool(v1::Frame&)>;
  void on_answer(AnswerHook hook);

  [[nodiscard]] static v1::Frame fault(const std::string& code, const std::string& message);

  // What happened so far.
  [[nodiscard]] std::vector<v1::Header> accepted() const;
  [[nodiscard]] std::size_t submissions_received() const;
  [[nodiscard]] std::uint64_t acknowledged(const std::string& participant,
                                           const std::string& subscription) const;
  [[nodiscard]] std::size_t acknowledgements() const;
  [[nodiscard]] std::uint64_t next_sequence(const KeyId& key) const;
  // Appends as if `participant` had sent it.
  void publish(const v1::Envelope& envelope);
  void lose_everything_after(std::size_t entries);
  void deliver_at_once(std::size_t most);
  // Nobody has a right to this entry; before start().
  void withhold(std::optional<std::size_t> entry) { withheld_ = entry; }
  // Acknowledgements of a higher number get lost on their way; before start().
  void take_acknowledgements_up_to(std::uint64_t number) { acknowledged_most_ = number; }

 private:
  struct Subscription {
    std::string participant;
    std::string name;
    v1::SubscriptionFilter filter;
    std::vector<std::size_t> acknowledged;  // entries of numbers 1, 2, 3 ...
    Digest acknowledged_hash;
    std::vector<std::size_t> under_way;  // sent after these
    std::size_t acknowledged_next = 0;   // the first entry not looked at
    std::size_t next = 0;
    std::uint64_t credit = 0;
    std::uint64_t credit_bytes = 0;
    std::string route;
  };
  struct Sockets;

  void serve(std::stop_token stop);
  void admit(Sockets& sockets);
  void take(Sockets& sockets);
  void answer(Sockets& sockets, const std::string& route, v1::Frame frame);
  void handle(Sockets& sockets, const std::string& route, const std::string& participant,
              const v1::Frame& frame);
  [[nodiscard]] v1::Frame submit(const std::string& bytes);
  [[nodiscard]] v1::Frame outcome_of(std::size_t index) const;
  [[nodiscard]] v1::Frame welcome(const std::string& participant) const;
  [[nodiscard]] v1::Frame answer_query(const v1::Query& query, const std::string& participant);
  [[nodiscard]] v1::Frame subscribe(const std::string& route, const std::string& participant,
                                    const v1::Subscribe& request);
  // Empty when it got lost.
  [[nodiscard]] std::optional<v1::Frame> acknowledge(
      const v1::SignedAcknowledgement& acknowledgement);
  // The next entry that the subscription gets, from `from` on; the log's size if there is none.
  [[nodiscard]] std::size_t next_for(const Subscription& to, std::size_t from) const;
  void deliver(Sockets& sockets);

  mutable std::mutex mutex_;
  crypto::CurveKeyPair curve_;
  FakeLog log_;
  std::string endpoint_ = "tcp://127.0.0.1:*";
  std::map<std::string, FakeParticipant> participants_;
  std::map<std::string, std::uint64_t> next_sequence_;
  std::map<std::string, std::size_t> by_message_;
  std::map<std::string, Subscription> subscriptions_;
  std::set<std::string> greeted_;  // routes
  SubmitHook on_submit_;
  JudgeHook on_judge_;
  AnswerHook on_answer_;
  std::size_t received_ = 0;
  std::size_t acknowledgements_ = 0;
  std::size_t batch_ = 8;
  std::optional<std::size_t> withheld_;
  std::uint64_t acknowledged_most_ = UINT64_MAX;
  std::jthread thread_;
};

// Stops the hub and starts it again whenever it is asked to; for hooks, which run on the hub's own
// thread and cannot.
class HubRestarter {
 public:
  explicit HubRestarter(FakeHub& hub)
      : thread_([this, &hub](const std::stop_token& stop) {
          for (asked_.acquire(); !stop.stop_requested(); asked_.acquire()) {
            hub.stop();
            hub.start();
          }
        }) {}
  ~HubRestarter() { finish(); }
  HubRestarter(const HubRestarter&) = delete;
  HubRestarter& operator=(const HubRestarter&) = delete;
  void restart() { asked_.release(); }
  // When it returns the hub runs, and nothing restarts it any more.
  void finish() {
    thread_.request_stop();
    asked_.release();
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::counting_semaphore<> asked_{0};
  std::jthread thread_;
};

}  // namespace rapporteur::testing
