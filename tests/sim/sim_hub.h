// The real core over a net, a disk and a clock that are made of chance: everything that goes out as
// a job comes back in any order that the real hub allows, lines lose what is on them, and the hub
// dies and begins again with what was durable.
//
// Threads: one. The same seed gives the same run.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "broker/core/core.h"
#include "tests/fakes/memory_journal.h"
#include "tests/fakes/party.h"

namespace rapporteur::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  [[nodiscard]] bool percent(std::uint64_t of_hundred) { return below(100) < of_hundred; }
  // 0 to `most` - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t most) { return random_() % most; }

 private:
  std::mt19937_64 random_;
};

// What a client and the hub say to each other over one connection. A line that is closed carries
// nothing any more.
struct Line {
  core::RoutingId routing;
  const fakes::Party* party = nullptr;
  bool open = true;
  bool known = false;  // the hub has sent to it, and has not forgotten it since
  bool blocked = false;
  std::deque<std::string> to_hub;
  std::deque<v1::Frame> to_client;
  // As the client counts: what it has granted, and what has come.
  std::map<std::string, std::int64_t> credit;
  std::map<std::string, std::int64_t> credit_bytes;
};

class SimHub {
 public:
  explicit SimHub(Chance& chance);

  [[nodiscard]] std::shared_ptr<Line> connect(const fakes::Party& party);
  // Something happens: a frame arrives, a job is done, a group is written, time passes.
  void step();
  // All that is under way is brought to its end.
  void settle();
  void crash();
  // Asks the hub to stop; true when it says that it is drained.
  [[nodiscard]] bool stop();
  // A change of the directory, as one entry.
  void administer(const v1::AdministrativeAction& action);

  [[nodiscard]] const directory::Directory& directory() const { return *directory_; }
  // As each change left it, in the order of the log; the first is that of the beginning.
  [[nodiscard]] const std::vector<std::shared_ptr<const directory::Directory>>& directories()
      const {
    return directories_;
  }
  // Of the entry; null where nothing is delivered.
  [[nodiscard]] const core::ItemPtr& item(LogIndex index);
  [[nodiscard]] TreeSize size() const { return journal_.size(); }
  // Whatever was wrong: the first of it.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  void complain(const std::string& what);
  [[nodiscard]] std::size_t deliveries() const { return deliveries_; }
  [[nodiscard]] std::size_t faults() const { return faults_; }

  const fakes::Party op{"op"};
  core::CoreOptions options;

 private:
  void open();
  void take(core::Event event);
  void obey(core::Action action);
  void check_send(const core::Send& send, Line& line);
  [[nodiscard]] bool frame_arrives();
  [[nodiscard]] bool job_is_done();
  void do_job(core::Action job);
  [[nodiscard]] bool group_is_written();
  [[nodiscard]] bool group_is_told();
  // What the gate would make of it; a repeated message is answered with its entry.
  [[nodiscard]] journal::Draft judged(const core::Judge& job) const;
  [[nodiscard]] std::shared_ptr<Line> line_of(const core::RoutingId& routing) const;

  struct Waiting {
    std::optional<core::Judge> judge;
    std::optional<core::Propose> propose;
  };

  Chance& chance_;
  fakes::MemoryJournal journal_;
  std::shared_ptr<const directory::Directory> directory_;  // as the core knows it
  std::vector<std::shared_ptr<const directory::Directory>> directories_;
  std::unique_ptr<core::Core> core_;
  core::Now now_;
  std::vector<core::ItemPtr> items_;  // by log index, as far as they were looked at
  std::vector<std::shared_ptr<Line>> lines_;
  std::uint32_t routings_ = 0;
  // By lane, in the order of tickets.
  std::map<std::string, std::deque<Waiting>> lanes_;
  std::vector<core::Action> jobs_;
  std::deque<core::LogGrew> told_;
  bool drained_ = false;
  std::string wrong_;
  std::size_t deliveries_ = 0;
  std::size_t faults_ = 0;
};

}  // namespace rapporteur::sim
