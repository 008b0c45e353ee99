// A whole hub in this process: a real log in a folder of its own, real sockets on a free loopback
// port, an operator and some bodies.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "broker/hub.h"
#include "store/rocks/local_journal.h"
#include "tests/fakes/raw_peer.h"
#include "tests/fakes/sender.h"
#include "tests/support/paths.h"

namespace rapporteur::fakes {

class CountingObserver final : public admission::Observer {
 public:
  void receipt(std::chrono::nanoseconds) override {}
  void refused_by(std::string_view, std::size_t) override {}
  void waived(std::string_view, std::size_t) override {}
  void stale_verdict() override {}
  void group(std::size_t, std::chrono::nanoseconds) override {}
};

// The machine's clock, whose date a test can put forward.
class ShiftedClock final : public Clock {
 public:
  void pass(std::chrono::milliseconds time) { shift_ += time.count(); }
  [[nodiscard]] UnixMillis now() const override {
    return system_.now() + std::chrono::milliseconds(shift_.load());
  }
  [[nodiscard]] MonotonicTime monotonic() const override { return system_.monotonic(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> shift_ = 0;
};

class HubStage {
 public:
  HubStage();
  ~HubStage();

  // Starts the hub on the folder; again after stop().
  void start();
  void stop();

  [[nodiscard]] std::unique_ptr<RawPeer> line(const Sender& sender, RawPeerOptions options = {});
  // The same to the hub's next key; needs options.socket.next_endpoint.
  [[nodiscard]] std::unique_ptr<RawPeer> next_line(const Sender& sender);
  // The line with hello said.
  [[nodiscard]] std::unique_ptr<RawPeer> greeted(const Sender& sender);
  void administer(const v1::AdministrativeAction& action);
  // Enrols; with `area` it may submit all of that area, and it may receive everything.
  void enrol(const Sender& sender, const std::string& area = {});

  HubOptions options;
  Sender op{"hub-op"};
  Sender at{"at"};
  Sender no{"no"};
  ShiftedClock clock;
  std::unique_ptr<rocks::LocalJournal> journal;
  std::unique_ptr<Hub> hub;

 private:
  testing::TempDir folder_;
  CountingObserver observer_;
  crypto::SecretBytes log_seed_;
  crypto::SecretBytes curve_key_;
  crypto::SecretBytes next_curve_key_;
  crypto::SigningKey log_key_;
  std::unique_ptr<RawPeer> operator_line_;
};

}  // namespace rapporteur::fakes
