// Rights come and go while a subscription is read, acknowledged, resumed and restored, in any
// order: whoever keeps only what it has acknowledged has all in the end that its rights admit.
#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "broker/core/subscription.h"
#include "proto/crypto/sha256.h"
#include "tests/support/seed.h"

namespace rapporteur::core {
namespace {

using Numbers = std::vector<std::uint64_t>;

class Course {
 public:
  explicit Course(std::uint64_t seed)
      : random_(seed),
        subscription_({"de", "all"}, {}, LogIndex{0}, {}),
        durable_(subscription_.state()) {}

  // What is missing in the end.
  Numbers missing() {
    const std::uint64_t steps = 20 + below(100);
    for (std::uint64_t i = 0; i < steps; ++i) happen();
    go_back();
    deliver(UINT64_MAX);
    acknowledge(sent_.size());
    Numbers out;
    for (std::uint64_t index = 0; index < size_; ++index) {
      if (rights_admit(rights_, entry(index)) && !kept_.contains(index)) out.push_back(index);
    }
    return out;
  }

 private:
  struct Sent {
    std::uint64_t index;
    DeliveryNumber number;
    Digest delivered;
  };

  std::uint64_t below(std::uint64_t most) { return random_() % most; }

  void happen() {
    switch (below(12)) {
      case 0:
        size_ += below(4);
        break;
      case 1:
      case 2:
        change_rights();
        break;
      case 3:
        durable_ = subscription_.state();
        break;
      case 4:
        if (below(3) == 0) go_back();
        break;
      case 5:
        if (below(3) == 0) restart();
        break;
      case 6:
      case 7:
        acknowledge(below(sent_.size() + 1));
        break;
      default:
        deliver(below(4));
    }
  }

  void change_rights() {
    if (!rights_.empty() && below(2) == 0) {
      rights_.erase(rights_.begin() + static_cast<std::ptrdiff_t>(below(rights_.size())));
    } else {
      v1::ReceiveRight right;
      right.set_dataflow("*");
      right.set_indicator("*");
      right.set_sender(below(4) == 0 ? "*" : sender(below(3)));
      right.set_from_index(below(2) == 0 ? 0 : below(size_ + 1));
      rights_.push_back(std::move(right));
    }
    subscription_.adopt_rights(rights_);
  }

  // Without what it did not acknowledge.
  void go_back() {
    subscription_.resume();
    sent_.clear();
  }
  void restart() {
    auto restored = Subscription::restore(durable_);
    ASSERT_TRUE(restored);
    subscription_ = std::move(*restored);
    subscription_.adopt_rights(rights_);
    sent_.clear();
  }

  void acknowledge(std::size_t count) {
    if (count == 0) return;
    const Sent& last = sent_[count - 1];
    ASSERT_EQ(subscription_.acknowledge(last.number, last.delivered, {}),
              Subscription::Acknowledge::kTaken);
    for (std::size_t i = 0; i < count; ++i) kept_.insert(sent_[i].index);
    sent_.erase(sent_.begin(), sent_.begin() + static_cast<std::ptrdiff_t>(count));
  }

  // As the core does it, until the credit is used up.
  void deliver(std::uint64_t credit) {
    while (const auto scan = subscription_.scan(TreeSize{size_})) {
      std::uint64_t index = scan->from.value;
      for (; index < scan->end.value; ++index) {
        const Item item = entry(index);
        if (!rights_admit(rights_, item) || subscription_.belongs_elsewhere(*scan, item)) continue;
        if (credit == 0) break;
        --credit;
        subscription_.deliver(*scan, item);
        sent_.push_back({index, subscription_.sent().number, subscription_.sent().delivered});
      }
      subscription_.looked_at(*scan, LogIndex{index});
      if (index < scan->end.value) return;
    }
  }

  static std::string sender(std::uint64_t number) {
    return std::vector<std::string>{"at", "no", "fr"}[number % 3];
  }
  static Item entry(std::uint64_t index) {
    Item item;
    item.index = LogIndex{index};
    item.field = "f";
    item.header_sha256 = crypto::sha256(std::to_string(index));
    item.sender = sender(index);
    return item;
  }

  std::mt19937_64 random_;
  std::uint64_t size_ = 0;
  std::vector<v1::ReceiveRight> rights_;
  Subscription subscription_;
  std::string durable_;
  std::vector<Sent> sent_;  // and not acknowledged
  std::set<std::uint64_t> kept_;
};

TEST(SubscriptionRights, ThatComeAndGoLoseNothing) {
  const std::uint64_t first = testing::chosen_seed();
  const std::uint64_t courses = testing::full_run() ? 100'000 : 2'000;
  for (std::uint64_t seed = first; seed < first + courses; ++seed) {
    ASSERT_EQ(Course(seed).missing(), Numbers()) << "RAPPORTEUR_SEED=" << seed;
  }
}

}  // namespace
}  // namespace rapporteur::core
