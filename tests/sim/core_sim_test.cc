// A whole hub by chance: the real core and its durable state; lines that break, block and reorder,
// jobs that come back in any order, crashes, rights and suspensions that change meanwhile. After
// each run every subscriber has what it is entitled to, in order, and nothing was sent that may
// not.
//
// RAPPORTEUR_SEED plays the runs that begin with it; RAPPORTEUR_FULL=1 plays many.
#include <algorithm>
#include <array>
#include <map>

#include <gtest/gtest.h>

#include "tests/sim/sim_clients.h"
#include "tests/support/seed.h"

namespace rapporteur::sim {
namespace {

// Which changes of rights a run makes, and so what can be said of what has arrived.
enum class Rights { kNever, kAdded, kAddedAndRemoved };

struct Totals {
  std::size_t deliveries = 0;
  std::size_t messages = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;
};

class Course {
 public:
  Course(std::uint64_t seed, Rights rights) : chance_(seed), rights_(rights), hub_(chance_) {
    for (SimSender& sender : senders_) hub_.administer(sender.party().enrolment());
    for (const fakes::Party& party : receivers_) hub_.administer(party.enrolment());
    hub_.administer(fakes::receive_grant("no", "*", "*", "*"));
    hub_.administer(fakes::receive_grant("europol", "*", "CJ_*", "*"));
  }

  std::string play(Totals& totals) {
    const std::uint64_t steps = 300 + chance_.below(700);
    for (std::uint64_t i = 0; i < steps && hub_.wrong().empty(); ++i) disturb(totals);
    calm_down();
    if (hub_.wrong().empty()) check();
    if (hub_.wrong().empty() && !hub_.stop()) hub_.complain("the hub does not stop");
    totals.deliveries += hub_.deliveries();
    totals.faults += hub_.faults();
    for (const SimSender& sender : senders_) totals.messages += sender.messages();
    return hub_.wrong();
  }

 private:
  void disturb(Totals& totals) {
    const std::uint64_t what = chance_.below(1'000);
    if (what < 4) {
      hub_.crash();
      ++totals.crashes;
    } else if (what < 14) {
      change_rights();
    } else if (what < 20) {
      const bool suspend = chance_.percent(50);
      hub_.administer(fakes::state_change(somebody(), suspend ? v1::SUSPENDED : v1::ACTIVE));
    } else if (what < 300) {
      senders_[chance_.below(senders_.size())].act(hub_, chance_, false);
    } else if (what < 550) {
      subscribers_[chance_.below(subscribers_.size())].act(hub_, chance_, false);
    } else {
      hub_.step();
    }
  }

  [[nodiscard]] std::string somebody() {
    const std::vector<std::string> all{"at", "de", "no", "europol"};
    return all[chance_.below(all.size())];
  }

  void change_rights() {
    if (rights_ == Rights::kNever) return;
    const std::string who = chance_.percent(50) ? "no" : "europol";
    v1::AdministrativeAction action = fakes::receive_grant(
        who, "*", chance_.percent(50) ? "*" : "VIC_*", chance_.percent(50) ? "at" : "de");
    if (rights_ == Rights::kAddedAndRemoved && chance_.percent(50)) {
      const v1::Grant grant = action.add_grant();
      *action.mutable_remove_grant() = grant;
    }
    hub_.administer(action);
  }

  [[nodiscard]] std::vector<std::uint64_t> due(const SimSubscriber& subscriber) {
    std::vector<std::uint64_t> indices;
    for (std::uint64_t i = 0; i < hub_.size().value; ++i) {
      const core::ItemPtr& item = hub_.item(LogIndex{i});
      if (item != nullptr && core::filter_admits(subscriber.filter(), *item) &&
          core::entitled(hub_.directory(), subscriber.party().id, *item)) {
        indices.push_back(i);
      }
    }
    return indices;
  }
  [[nodiscard]] bool has_all(const SimSubscriber& subscriber) {
    auto got = subscriber.got();
    std::ranges::sort(got);
    return std::ranges::includes(got, due(subscriber));
  }
  // By which change the subscriber came to be entitled to the entry.
  [[nodiscard]] std::size_t available_since(const SimSubscriber& subscriber, std::uint64_t index) {
    const core::ItemPtr& item = hub_.item(LogIndex{index});
    const auto& all = hub_.directories();
    return static_cast<std::size_t>(
        std::ranges::find_if(all,
                             [&](const auto& directory) {
                               return core::entitled(*directory, subscriber.party().id, *item);
                             }) -
        all.begin());
  }
  // No entry comes after a later one that it was available with, or before.
  [[nodiscard]] bool in_order(const SimSubscriber& subscriber) {
    // The entry that came last in the log, of those available since a change.
    std::map<std::size_t, std::uint64_t> latest;
    for (const std::uint64_t index : subscriber.got()) {
      const std::size_t since = available_since(subscriber, index);
      for (auto other = latest.lower_bound(since); other != latest.end(); ++other) {
        if (other->second > index) return false;
      }
      std::uint64_t& last = latest[since];
      last = std::max(last, index);
    }
    return true;
  }

  // Nothing breaks any more, and everybody asks for more.
  void calm_down() {
    for (const char* who : {"at", "de", "no", "europol"}) {
      hub_.administer(fakes::state_change(who, v1::ACTIVE));
    }
    for (int round = 0; round < 500 && hub_.wrong().empty(); ++round) {
      for (SimSender& sender : senders_) sender.act(hub_, chance_, true);
      for (SimSubscriber& subscriber : subscribers_) subscriber.act(hub_, chance_, true);
      hub_.settle();
      const auto sent = [](const SimSender& sender) { return sender.done(); };
      const auto got = [&](const SimSubscriber& subscriber) { return has_all(subscriber); };
      if (std::ranges::all_of(senders_, sent) && std::ranges::all_of(subscribers_, got)) return;
    }
    hub_.complain("somebody waits in vain");
  }

  void check() {
    std::set<std::string> ids;
    std::size_t accepted = 0;
    for (std::uint64_t i = 0; i < hub_.size().value; ++i) {
      const core::ItemPtr& item = hub_.item(LogIndex{i});
      if (item == nullptr) continue;
      ++accepted;
      ids.insert(item->header_sha256.string());
    }
    std::size_t made = 0;
    for (const SimSender& sender : senders_) made += sender.messages();
    if (accepted != made || ids.size() != made)
      hub_.complain("a message is missing or there twice");
    for (const SimSubscriber& subscriber : subscribers_) {
      auto got = subscriber.got();
      if (rights_ == Rights::kNever && got != due(subscriber)) {
        hub_.complain(subscriber.party().id + " did not get all in the order of the log, once");
      }
      if (rights_ == Rights::kAdded && !in_order(subscriber)) {
        hub_.complain(subscriber.party().id + " got something too late");
      }
      std::ranges::sort(got);
      if (rights_ == Rights::kAdded && got != due(subscriber)) {
        hub_.complain(subscriber.party().id + " got what is not its");
      }
    }
  }

  Chance chance_;
  const Rights rights_;
  SimHub hub_;
  std::array<SimSender, 2> senders_{SimSender("at"), SimSender("de")};
  const std::array<fakes::Party, 2> receivers_{fakes::Party("no"), fakes::Party("europol")};
  std::array<SimSubscriber, 3> subscribers_{SimSubscriber("no", "all", ""),
                                            SimSubscriber("no", "cases", "CJ_*"),
                                            SimSubscriber("europol", "all", "")};
};

class CoreSim : public ::testing::TestWithParam<Rights> {};

TEST_P(CoreSim, EverybodyGetsWhatIsTheirsAndNothingElse) {
  const std::uint64_t first = testing::chosen_seed();
  const std::uint64_t runs = testing::full_run() ? 5'000 : 100;
  Totals totals;
  for (std::uint64_t seed = first; seed < first + runs; ++seed) {
    ASSERT_EQ(Course(seed, GetParam()).play(totals), "") << "RAPPORTEUR_SEED=" << seed;
  }
  EXPECT_GT(totals.deliveries, runs);
  EXPECT_GT(totals.crashes, 0U);
  EXPECT_GT(totals.faults, 0U);
  std::cout << runs << " runs, " << totals.messages << " messages, " << totals.deliveries
            << " deliveries, " << totals.crashes << " crashes, " << totals.faults << " faults\n";
}

INSTANTIATE_TEST_SUITE_P(Changes, CoreSim,
                         ::testing::Values(Rights::kNever, Rights::kAdded,
                                           Rights::kAddedAndRemoved),
                         [](const ::testing::TestParamInfo<Rights>& rights) -> std::string {
                           switch (rights.param) {
                             case Rights::kNever:
                               return "NoRightChanges";
                             case Rights::kAdded:
                               return "RightsAreAdded";
                             case Rights::kAddedAndRemoved:
                               return "RightsComeAndGo";
                           }
                           return "Unknown";
                         });

}  // namespace
}  // namespace rapporteur::sim
