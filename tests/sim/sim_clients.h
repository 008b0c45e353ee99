// Agencies as the protocol wants them, which lose their lines, send twice and fall silent by
// chance.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/sim_hub.h"

namespace rapporteur::sim {

// Sends each message again until it is answered.
class SimSender {
 public:
  explicit SimSender(const std::string& id) : party_(id) {}
  // One thing by chance; with `calm` it loses no line and begins nothing new.
  void act(SimHub& hub, Chance& chance, bool calm);
  [[nodiscard]] const fakes::Party& party() const { return party_; }
  [[nodiscard]] bool done() const { return unanswered_.empty(); }
  [[nodiscard]] std::size_t messages() const { return made_; }

 private:
  void hear(SimHub& hub);
  void make(Chance& chance);

  const fakes::Party party_;
  std::shared_ptr<Line> line_;
  bool greeted_ = false;
  int silent_ = 0;  // how often there was nothing to hear
  std::uint64_t correlations_ = 0;
  std::size_t made_ = 0;
  std::map<std::string, v1::Header> unanswered_;  // by message id
  std::map<std::uint64_t, std::string> sent_;     // message id by correlation
};

// Receives one subscription from the beginning and keeps what it got over every break, by log
// index; each line goes on from the number and running hash of the hub's Position.
class SimSubscriber {
 public:
  SimSubscriber(const std::string& id, std::string name, const std::string& indicator);
  void act(SimHub& hub, Chance& chance, bool calm);
  [[nodiscard]] const fakes::Party& party() const { return party_; }
  [[nodiscard]] const v1::SubscriptionFilter& filter() const { return filter_; }
  // Log index of each entry, in the order in which they came first.
  [[nodiscard]] const std::vector<std::uint64_t>& got() const { return got_; }

 private:
  void connect(SimHub& hub);
  void say(v1::Frame frame);
  void hear(SimHub& hub);
  void take(SimHub& hub, const v1::Position& position, std::uint64_t correlation);
  void take(SimHub& hub, const v1::Deliver& batch);
  void grant(std::uint32_t deliveries, std::uint64_t bytes);
  void acknowledge();

  const fakes::Party party_;
  const std::string name_;
  v1::SubscriptionFilter filter_;
  std::shared_ptr<Line> line_;
  std::uint64_t correlations_ = 0;
  std::uint64_t subscribing_ = 0;  // correlation; 0: not asked
  bool receiving_ = false;
  int silent_ = 0;
  // On this line: the last number that came, the running hash there, the last one acknowledged.
  std::uint64_t number_ = 0;
  Digest delivered_;
  std::uint64_t acknowledged_ = 0;
  std::map<std::uint64_t, std::uint64_t> asked_;  // number acknowledged, by correlation
  // What the hub confirmed last; each number and running hash acknowledged from there on.
  std::uint64_t confirmed_ = 0;
  std::set<std::pair<std::uint64_t, std::string>> places_{{0, Digest{}.string()}};
  std::vector<std::uint64_t> got_;
  std::set<std::uint64_t> known_;
};

}  // namespace rapporteur::sim
