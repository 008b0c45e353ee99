// A whole hub on a journal whose appends wait at a gate: what stands in one group is decided here.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "broker/core/entries.h"
#include "broker/hub.h"
#include "proto/base/fault_codes.h"
#include "tests/fakes/gated_journal.h"
#include "tests/fakes/hub_stage.h"

namespace rapporteur {
namespace {

using fakes::figure;
using fakes::RawPeer;
using fakes::Sender;

class HubGroup : public ::testing::Test {
 protected:
  HubGroup() {
    v1::Started founding;
    founding.set_hub(fakes::kHub);
    founding.set_origin("example.org/log");
    founding.set_operator_id(op_.party.id);
    founding.set_operator_curve_key(op_.party.curve.string());
    founding.set_operator_signing_key(op_.party.signing.public_key().string());
    journal::Draft draft = core::started_draft(founding);
    EXPECT_TRUE(journal_.memory().append(std::span(&draft, 1)).has_value());
    journal_.open_gate();
    HubOptions options;
    options.started = founding;
    options.socket.endpoint = "tcp://127.0.0.1:*";
    options.workers = 1;  // judges what one line sends in its order
    hub_ = Hub::start({journal_, log_key_, {curve_key_}, observer_, clock_}, options).value();
    auto line = greeted(op_);
    for (const auto& action :
         {at_.party.enrolment(), no_.party.enrolment(), fakes::submit_grant("at", "*", "*", "AT"),
          fakes::receive_grant("no", "*", "*", "*")}) {
      EXPECT_TRUE(line->submit(op_.administration(action).SerializeAsString()).accepted());
    }
  }
  ~HubGroup() override { journal_.open_gate(); }

  std::unique_ptr<RawPeer> greeted(const Sender& sender) {
    fakes::RawPeerOptions with;
    with.endpoint = hub_->endpoint();
    with.hub_key = crypto::curve_public_key(curve_key_);
    auto peer = std::make_unique<RawPeer>(with, fakes::secret_named(sender.party.id + "/curve"));
    static_cast<void>(peer->hello());
    return peer;
  }
  std::string submission(const std::string& period) {
    return at_.submission({figure("VIC_REG", "AT", period, 12)}).SerializeAsString();
  }

  Sender op_{"hub-op"};
  Sender at_{"at"};
  Sender no_{"no"};
  SystemClock clock_;
  fakes::CountingObserver observer_;
  crypto::SecretBytes curve_key_ = fakes::secret_named("hub/curve");
  crypto::SigningKey log_key_ = crypto::SigningKey::from_seed(fakes::secret_named("log"));
  fakes::GatedJournal journal_;
  std::unique_ptr<Hub> hub_;
};

// The descriptors this process may have, from the next free one on, while it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t free) {
    const int next = ::dup(0);
    EXPECT_GE(next, 0);
    ::close(next);
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit few{static_cast<rlim_t>(next) + free, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(HubGroup, AStartWithoutDescriptorsIsOneLineWithARemedy) {
  HubOptions options;
  options.socket.endpoint = "tcp://127.0.0.1:*";
  // None for the inbox; then none for the sockets' context.
  for (const rlim_t free : {0U, 1U}) {
    const FewDescriptors few(free);
    const auto second = Hub::start({journal_, log_key_, {curve_key_}, observer_, clock_}, options);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::kConfiguration);
    EXPECT_NE(second.error().remedy.find("LimitNOFILE"), std::string::npos)
        << second.error().line();
  }
}

TEST_F(HubGroup, WhatStandsInOneGroupAroundARepeatReachesASubscriberThatHadEverything) {
  auto sender = greeted(at_);
  const std::string first = submission("1990");
  ASSERT_TRUE(sender->submit(first).accepted());
  auto receiver = greeted(no_);
  v1::Frame frame;
  frame.mutable_subscribe()->set_subscription("all");
  ASSERT_TRUE(receiver->ask(frame).has_position());
  frame.mutable_credit()->set_subscription("all");
  frame.mutable_credit()->set_deliveries(10);
  frame.mutable_credit()->set_bytes(1U << 20U);
  receiver->send(frame);

  // Years that no warning compares, so that no verdict reads what another writes.
  const std::size_t before = journal_.close_gate();
  sender->send(RawPeer::submit_frame(submission("2000")));
  journal_.wait_for_append(before + 1);
  for (const std::string& envelope : {submission("2010"), first, submission("2020")}) {
    sender->send(RawPeer::submit_frame(envelope));
  }
  // Answered by the one worker when all before it are with the sequencer.
  v1::Frame unsigned_one;
  unsigned_one.mutable_acknowledge()->set_statement("nothing");
  EXPECT_EQ(sender->fault(unsigned_one).code(), faults::kMalformed);
  journal_.let_one_through();
  journal_.wait_for_append(before + 2);
  ASSERT_EQ(journal_.groups().back(), 2U) << "two entries in one group, and a repeat between them";
  journal_.open_gate();

  for (std::uint64_t number = 1; number <= 3;) {
    const auto batch = receiver->receive();
    ASSERT_TRUE(batch && batch->has_deliver()) << "after " << number - 1 << " deliveries";
    EXPECT_EQ(batch->deliver().first_number(), number);
    number += static_cast<std::uint64_t>(batch->deliver().deliveries_size());
  }
}

}  // namespace
}  // namespace rapporteur
