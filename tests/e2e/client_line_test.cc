// One line to a hub over real sockets: hello, pins, keys, breaks.
#include <gmock/gmock.h>

#include "adapters/client/connection.h"
#include "adapters/client/line_socket.h"
#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"
#include "tests/fakes/enrolled_agency.h"
#include "tests/fakes/fake_hub.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using testing::EnrolledAgency;
using testing::FakeHub;
using ::testing::HasSubstr;
using testing::quick_line;

class ClientLine : public ::testing::Test {
 protected:
  ClientLine() { hub_.start(); }
  FakeHub hub_;
};

v1::Frame directory_question() {
  v1::Frame frame;
  frame.mutable_query()->mutable_directory();
  return frame;
}

TEST_F(ClientLine, HelloSaysWhoTheHubTakesUsFor) {
  const EnrolledAgency at(hub_, "at");
  auto line = client::Connection::open(hub_.address(), at.curve(), quick_line()).value();
  const auto welcome = line->hello();
  ASSERT_TRUE(welcome) << welcome.error().line();
  EXPECT_EQ(welcome->participant(), "at");
  EXPECT_EQ(welcome->version(), 1U);
}

TEST_F(ClientLine, AKeyThatTheHubDoesNotKnowIsToldSo) {
  auto line =
      client::Connection::open(hub_.address(), crypto::generate_curve_key_pair(), quick_line())
          .value();
  const auto welcome = line->hello();
  ASSERT_FALSE(welcome);
  EXPECT_EQ(welcome.error().kind, ErrorKind::kRefused) << welcome.error().line();
  EXPECT_THAT(welcome.error().line(), HasSubstr("turns this key away"));
}

TEST_F(ClientLine, AnotherServerKeyIsNotTalkedTo) {
  const EnrolledAgency at(hub_, "at");
  client::HubAddress address = hub_.address();
  address.curve_key = crypto::generate_curve_key_pair().public_key;
  auto options = quick_line();
  options.answer_timeout = 500ms;
  auto line = client::Connection::open(address, at.curve(), options).value();
  const auto welcome = line->hello();
  ASSERT_FALSE(welcome);
  EXPECT_EQ(welcome.error().kind, ErrorKind::kUnreachable) << welcome.error().line();
}

TEST_F(ClientLine, AnotherHubNameOrLogKeyIsRefused) {
  const EnrolledAgency at(hub_, "at");
  client::HubAddress other_name = hub_.address();
  other_name.hub = "other";
  client::HubAddress other_log = hub_.address();
  other_log.log_verifier_key = testing::FakeLog().verifier_key().text();
  for (const auto& address : {other_name, other_log}) {
    auto line = client::Connection::open(address, at.curve(), quick_line()).value();
    const auto welcome = line->hello();
    ASSERT_FALSE(welcome);
    EXPECT_EQ(welcome.error().kind, ErrorKind::kNotVerified);
  }
}

TEST_F(ClientLine, NobodyThereIsUnreachableAfterTheTimeout) {
  const EnrolledAgency at(hub_, "at");
  hub_.stop();
  auto options = quick_line();
  options.answer_timeout = 200ms;
  auto line = client::Connection::open(hub_.address(), at.curve(), options).value();
  const auto welcome = line->hello();
  ASSERT_FALSE(welcome);
  EXPECT_EQ(exit_code(welcome.error().kind), 4);
  EXPECT_THAT(welcome.error().line(), HasSubstr(hub_.address().endpoint));
}

TEST_F(ClientLine, ALineThatBreaksSaysSoAndIsTakenUpByHello) {
  const EnrolledAgency at(hub_, "at");
  auto line = client::Connection::open(hub_.address(), at.curve(), quick_line()).value();
  ASSERT_TRUE(line->hello());
  hub_.stop();
  const auto broken = line->receive(5s);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::kUnreachable);
  hub_.start();
  const auto welcome = line->hello();
  ASSERT_TRUE(welcome) << welcome.error().line();
  v1::Frame question = directory_question();
  EXPECT_TRUE(line->ask(question));
}

TEST_F(ClientLine, AskKeepsWhatIsNotItsAnswer) {
  const EnrolledAgency at(hub_, "at");
  auto line = client::Connection::open(hub_.address(), at.curve(), quick_line()).value();
  ASSERT_TRUE(line->hello());
  v1::Frame first = directory_question();
  const auto correlation = line->send(first);
  ASSERT_TRUE(correlation);
  v1::Frame second = directory_question();
  const auto answer = line->ask(second);
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->correlation(), *correlation);
  const auto kept = line->receive(1s);
  ASSERT_TRUE(kept && kept->has_value());
  EXPECT_EQ((*kept)->correlation(), *correlation);
}

TEST_F(ClientLine, AFaultIsAnErrorWithItsCode) {
  const EnrolledAgency at(hub_, "at");
  hub_.on_submit([](const v1::Header&) {
    v1::Frame frame = FakeHub::fault("OVERLOADED", "too much");
    frame.mutable_fault()->set_retry_after_ms(7);
    return frame;
  });
  auto line = client::Connection::open(hub_.address(), at.curve(), quick_line()).value();
  ASSERT_TRUE(line->hello());
  v1::Frame frame;
  frame.set_submit(at.envelope(1, "x").SerializeAsString());
  const auto answer = line->ask(frame);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kOverloaded);
  EXPECT_THAT(answer.error().line(), HasSubstr("OVERLOADED: too much"));
  EXPECT_EQ(answer.error().where, hub_.address().endpoint);
  EXPECT_EQ(answer.error().remedy, "try again in 7 ms");
}

TEST(ClientFault, SaysWhereAndWhatToDo) {
  client::HubAddress hub;
  hub.endpoint = "tcp://hub.example:5570";
  for (const auto& [code, remedy] : faults::kRemedies) {
    v1::Fault fault;
    fault.set_code(std::string(code));
    const Error error = client::error_of(fault, hub);
    EXPECT_EQ(error.where, hub.endpoint);
    EXPECT_EQ(error.remedy, remedy);
  }
  v1::Fault later;
  later.set_code("OF_A_LATER_VERSION");
  EXPECT_EQ(client::error_of(later, hub).remedy, "");
}

TEST(ClientSocket, WhatLibzmqLeavesOffOrUnboundedIsSet) {
  zmq::context_t context;
  const client::LineOptions options;
  auto line = client::line_socket(context, {}, crypto::generate_curve_key_pair(), options);
  namespace so = zmq::sockopt;
  EXPECT_EQ(line.get(so::immediate), 1) << "else messages pile up for a line that is not there";
  EXPECT_EQ(line.get(so::reconnect_ivl), 500);
  EXPECT_EQ(line.get(so::reconnect_ivl_max), 30'000);
  EXPECT_EQ(line.get(so::heartbeat_ivl), 5'000);
  EXPECT_EQ(line.get(so::heartbeat_timeout), 15'000);
  EXPECT_EQ(line.get(so::heartbeat_ttl), 15'000);
  EXPECT_EQ(line.get(so::linger), 1'000);
  EXPECT_EQ(line.get(so::sndhwm), 1'000) << "0 is unlimited";
  EXPECT_EQ(line.get(so::rcvhwm), 10'000);
  EXPECT_EQ(line.get(so::maxmsgsize), static_cast<std::int64_t>(limits::kFrameBytes));
  EXPECT_EQ(line.get(so::ipv6), 1);
  EXPECT_EQ(line.get(so::mechanism), ZMQ_CURVE);
}

}  // namespace
}  // namespace rapporteur
