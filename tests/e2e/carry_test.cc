// What push says when the hub has not answered everything: only OVERLOADED is overload.
#include "adapters/agency/carry.h"

#include <gmock/gmock.h>

#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/fake_hub.h"

namespace rapporteur::agency {
namespace {

using testing::EnrolledAgency;
using testing::FakeHub;
using ::testing::HasSubstr;

class Carry : public ::testing::Test {
 protected:
  Carry() {
    hub_.start();
    agency_.emplace(hub_, "at");
    program_.folder = agency_->folder();
    program_.json = true;
    desk_ = Desk::open(program_).value();
  }
  // Of one item, within a second.
  Outcome carry() {
    const client::NewItem item = testing::item_with("body");
    return add_and_carry(program_, *desk_, {&item, 1}, {std::chrono::seconds(1), {}});
  }
  void answer_with(const char* code) {
    hub_.on_submit([code](const v1::Header&) -> std::optional<v1::Frame> {
      v1::Frame frame = FakeHub::fault(code, "later");
      frame.mutable_fault()->set_retry_after_ms(10'000);
      return frame;
    });
  }

  FakeHub hub_;
  std::optional<EnrolledAgency> agency_;
  Program program_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(Carry, AnOverloadedHubIsOverloaded) {
  answer_with("OVERLOADED");
  const auto outcome = carry();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kOverloaded);
  EXPECT_THAT(outcome.error().remedy, HasSubstr("1 submission kept in the outbox"));
}

// Nothing was decided about what it was sent: it is asked again, as one that is overloaded.
TEST_F(Carry, AHubThatCannotWriteIsAskedAgain) {
  answer_with("STORAGE");
  const auto outcome = carry();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kOverloaded);
  EXPECT_THAT(outcome.error().what, HasSubstr("STORAGE"));
  EXPECT_THAT(outcome.error().remedy, HasSubstr("1 submission kept in the outbox"));
}

TEST_F(Carry, AHubThatSaysNothingIsUnreachable) {
  hub_.on_answer([](v1::Frame& frame) { return !frame.has_outcome(); });
  const auto outcome = carry();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnreachable);
  EXPECT_EQ(outcome.error().where, desk_->hub.endpoint);
  EXPECT_THAT(outcome.error().remedy, HasSubstr("'push' or 'run' sends it"));
}

TEST_F(Carry, WhatWaitedBeforeGoesAlong) {
  hub_.on_answer([](v1::Frame& frame) { return !frame.has_outcome(); });
  ASSERT_FALSE(carry());
  hub_.on_answer([](v1::Frame&) { return true; });
  const auto outcome = agency::carry(program_, *desk_, {}, {});
  ASSERT_TRUE(outcome) << outcome.error().line();
  EXPECT_EQ(*outcome, 0);
  EXPECT_EQ(hub_.accepted().size(), 1U);
}

}  // namespace
}  // namespace rapporteur::agency
