// What libzmq leaves open, closed: one test for each trap, on real sockets on loopback.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.hpp>

#include "broker/net/router_socket.h"
#include "broker/net/zap.h"
#include "proto/base/fault_codes.h"
#include "tests/fakes/hub_stage.h"

namespace rapporteur {
namespace {

using namespace std::chrono_literals;
using fakes::HubStage;
using fakes::Party;
using fakes::RawPeer;
using fakes::RawPeerOptions;
using fakes::Sender;
using net::RouterSocket;

// A bound socket alone, with a guard that knows one participant.
class Line {
 public:
  explicit Line(net::RouterSocketOptions options = {}, bool guarded = true) {
    if (guarded) {
      zap = net::ZapHandler::start(context, [this] { return directory; }).value();
    }
    options.endpoint = "tcp://127.0.0.1:*";
    socket = RouterSocket::bind(context, {fakes::secret_named("hub/curve")}, options).value();
  }
  [[nodiscard]] std::unique_ptr<RawPeer> peer(const std::string& key = "op/curve",
                                              RawPeerOptions options = {}) const {
    options.endpoint = socket->endpoint();
    options.hub_key = crypto::curve_public_key(fakes::secret_named("hub/curve"));
    return std::make_unique<RawPeer>(options, fakes::secret_named(key));
  }
  [[nodiscard]] core::Event next() const {
    while (true) {
      if (auto event = socket->receive()) return std::move(*event);
      zmq_pollitem_t item{socket->handle(), 0, ZMQ_POLLIN, 0};
      zmq_poll(&item, 1, 10'000);
    }
  }
  [[nodiscard]] int option(int name) const {
    int value = 0;
    std::size_t size = sizeof value;
    EXPECT_EQ(zmq_getsockopt(socket->handle(), name, &value, &size), 0);
    return value;
  }

  std::shared_ptr<const directory::Directory> directory = fakes::founded_by(Party("op"));
  zmq::context_t context;
  std::unique_ptr<net::ZapHandler> zap;
  std::unique_ptr<RouterSocket> socket;
};

TEST(ZapGuard, AKeyThatNobodyEnrolledIsTurnedAwayAtTheDoor) {
  HubStage stage;
  stage.start();
  EXPECT_TRUE(stage.line(Sender("stranger"))->turned_away());
  EXPECT_FALSE(stage.line(stage.op)->turned_away());
}

TEST(ZapGuard, WithoutAHandlerNobodyIsAdmitted) {
  const Line line({}, false);
  EXPECT_TRUE(line.peer()->turned_away());
}

TEST(ZapGuard, TheUserIdNamesParticipantAndKey) {
  const Line line;
  auto peer = line.peer();
  peer->send_parts({"hello"});
  const auto event = line.next();
  const auto& received = std::get<core::Received>(event);
  EXPECT_EQ(received.user_id, core::user_id({"op", Party("op").curve}));
  EXPECT_TRUE(core::made_by_router(received.from));
  EXPECT_EQ(received.frame, "hello");
}

TEST(Rotation, ClientsOfTheOldAndOfTheNextKeyWorkAtOnce) {
  HubStage stage;
  stage.options.socket.next_endpoint = "tcp://127.0.0.1:*";
  stage.start();
  stage.enrol(stage.at, "AT");
  stage.enrol(stage.no);
  auto old_line = stage.greeted(stage.no);
  v1::Frame frame;
  frame.mutable_subscribe()->set_subscription("all");
  ASSERT_TRUE(old_line->ask(frame).has_position());
  frame.mutable_credit()->set_subscription("all");
  frame.mutable_credit()->set_deliveries(10);
  frame.mutable_credit()->set_bytes(1U << 20U);
  old_line->send(frame);
  auto next_line = stage.next_line(stage.at);
  EXPECT_EQ(next_line->hello().participant(), "at");
  const auto figure = fakes::figure("VIC_REG", "AT", "2006", 12);
  EXPECT_TRUE(next_line->submit(stage.at.submission({figure}).SerializeAsString()).accepted());
  EXPECT_TRUE(old_line->receive()->has_deliver());
  EXPECT_TRUE(stage.next_line(Sender("stranger"))->turned_away()) << "guarded as the first";
}

TEST(Rotation, EachEndpointHasItsOwnKey) {
  HubStage stage;
  stage.options.socket.next_endpoint = "tcp://127.0.0.1:*";
  stage.start();
  RawPeerOptions crossed;
  crossed.endpoint = stage.hub->next_endpoint();
  crossed.hub_key = crypto::curve_public_key(fakes::secret_named("hub/curve"));
  RawPeer peer(crossed, fakes::secret_named(stage.op.party.id + "/curve"));
  EXPECT_TRUE(peer.turned_away());
}

TEST(Identity, ComesFromTheKeyNeverFromTheRoutingId) {
  HubStage stage;
  stage.start();
  stage.enrol(stage.at, "AT");
  stage.enrol(stage.no);
  RawPeerOptions thief;
  thief.routing_id = "at";
  auto peer = stage.line(stage.no, thief);
  const auto answer = peer->ask(RawPeer::hello_frame());
  EXPECT_NE(answer.welcome().participant(), "at");
  EXPECT_EQ(answer.fault().code(), faults::kIdentity) << answer.DebugString();
}

TEST(Identity, ASecondLineWithAStolenRoutingIdGetsNothing) {
  const Line line;
  RawPeerOptions same;
  same.routing_id = "stolen";
  auto first = line.peer("op/curve", same);
  first->send_parts({"first"});
  EXPECT_EQ(std::get<core::Received>(line.next()).frame, "first");
  auto second = line.peer("op/curve", same);
  EXPECT_FALSE(second->turned_away());
  second->send_parts({"second"});
  v1::Frame frame;
  frame.mutable_heartbeat()->set_time_ms(7);
  EXPECT_EQ(line.socket->send("stolen", frame.SerializeAsString()), RouterSocket::Sent::kSent);
  EXPECT_EQ(first->receive()->heartbeat().time_ms(), 7U) << "the first line keeps its replies";
  EXPECT_FALSE(second->receive(200ms));
}

TEST(Sending, NothingIsDroppedWhenThePeerReadsSlowly) {
  constexpr std::uint64_t kFrames = 20'000;
  net::RouterSocketOptions options;
  options.send_messages = 100;
  options.kernel_buffer_bytes = 4'096;
  const Line line(options);
  RawPeerOptions slow;
  slow.receive_messages = 100;
  slow.kernel_buffer_bytes = 4'096;
  auto peer = line.peer("op/curve", slow);
  peer->send_parts({"here"});
  const auto peer_id = std::get<core::Received>(line.next()).from;
  bool waited = false;
  for (std::uint64_t i = 1; i <= kFrames; ++i) {
    v1::Frame frame;
    frame.mutable_heartbeat()->set_time_ms(i);
    waited |= line.socket->send(peer_id, frame.SerializeAsString()) == RouterSocket::Sent::kWaiting;
  }
  EXPECT_TRUE(waited) << "the test must fill the pipe";
  std::uint64_t received = 0;
  for (int silent = 0; received < kFrames && silent < 1'000;) {
    static_cast<void>(line.socket->flush());
    const auto frame = peer->receive(2ms);
    silent = frame ? 0 : silent + 1;
    if (!frame) continue;
    ASSERT_EQ(frame->heartbeat().time_ms(), ++received) << "in order";
  }
  EXPECT_EQ(received, kFrames);
  EXPECT_FALSE(line.socket->anything_waiting());
}

TEST(Sending, WhatIsOfferedToAPeerThatDoesNotReadIsDropped) {
  net::RouterSocketOptions options;
  options.send_messages = 100;
  options.kernel_buffer_bytes = 4'096;
  const Line line(options);
  RawPeerOptions slow;
  slow.receive_messages = 100;
  slow.kernel_buffer_bytes = 4'096;
  auto peer = line.peer("op/curve", slow);
  peer->send_parts({"here"});
  const auto peer_id = std::get<core::Received>(line.next()).from;
  std::size_t dropped = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto sent = line.socket->offer(peer_id, std::string(100, 'x'));
    if (sent == RouterSocket::Sent::kDropped) ++dropped;
  }
  EXPECT_GT(dropped, 0U) << "the test must fill the pipe";
  EXPECT_FALSE(line.socket->anything_waiting());
}

TEST(Sending, APeerThatIsGoneIsNoticed) {
  const Line line;
  auto peer = line.peer();
  peer->send_parts({"here"});
  const auto peer_id = std::get<core::Received>(line.next()).from;
  peer.reset();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  auto sent = RouterSocket::Sent::kSent;
  while (sent != RouterSocket::Sent::kGone && std::chrono::steady_clock::now() < deadline) {
    sent = line.socket->send(peer_id, "frame");
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(sent, RouterSocket::Sent::kGone);
}

TEST(Receiving, AMessageHasOnePart) {
  HubStage stage;
  stage.start();
  auto peer = stage.greeted(stage.op);
  std::vector<std::string> parts(5'001, std::string(1'000, 'x'));
  peer->send_parts(parts);
  EXPECT_EQ(peer->receive()->fault().code(), faults::kMalformed);
  parts.assign(20, std::string(1U << 20U, 'x'));
  peer->send_parts(parts);
  EXPECT_EQ(peer->receive()->fault().code(), faults::kTooLarge) << "together over the bound";
  EXPECT_TRUE(peer->ask(RawPeer::hello_frame()).has_welcome()) << "the hub goes on";
}

TEST(Receiving, AMessageOverTheBoundIsAnsweredAndOneFarOverItEndsTheLine) {
  HubStage stage;
  stage.start();
  auto peer = stage.greeted(stage.op);
  v1::Frame frame;
  frame.set_submit(std::string(limits::kFrameBytes - 64, 'x'));
  EXPECT_EQ(peer->fault(frame).code(), faults::kMalformed) << "the longest frame is read";
  frame.set_submit(std::string(limits::kFrameBytes, 'x'));
  EXPECT_EQ(peer->fault(frame).code(), faults::kTooLarge);
  peer->send_parts({std::string(limits::kFrameBytes + limits::kFrameSlackBytes + 1, 'x')});
  EXPECT_TRUE(peer->cut_off());
  EXPECT_TRUE(stage.greeted(stage.op)->ask(RawPeer::hello_frame()).has_welcome());
}

// A TCP connection that says nothing.
class IdleConnection {
 public:
  explicit IdleConnection(const std::string& endpoint)
      : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~IdleConnection() { ::close(descriptor_); }
  // The hub ended it within `wait`.
  [[nodiscard]] bool ended(std::chrono::milliseconds wait) const {
    const auto deadline = std::chrono::steady_clock::now() + wait;
    std::array<char, 256> bytes{};
    while (std::chrono::steady_clock::now() < deadline) {
      pollfd item{descriptor_, POLLIN, 0};
      if (::poll(&item, 1, 100) > 0 && ::read(descriptor_, bytes.data(), bytes.size()) <= 0) {
        return true;
      }
    }
    return false;
  }

 private:
  int descriptor_;
};

TEST(Door, AnIdleConnectionIsClosedSoonAndDoesNotHoldADescriptor) {
  const Line line;
  const IdleConnection idle(line.socket->endpoint());
  EXPECT_TRUE(idle.ended(6s));
}

TEST(Door, FourHundredIdleConnectionsDoNotStopAnEnrolledClient) {
  HubStage stage;
  stage.start();
  std::vector<std::unique_ptr<IdleConnection>> idle;
  for (int i = 0; i < 400; ++i) {
    idle.push_back(std::make_unique<IdleConnection>(stage.hub->endpoint()));
  }
  EXPECT_TRUE(stage.greeted(stage.op)->ask(RawPeer::hello_frame()).has_welcome());
}

TEST(Door, WhatWaitsForAReaderInsideIsBounded) {
  const Line line;
  int most = 0;
  std::size_t size = sizeof most;
  ASSERT_EQ(zmq_getsockopt(line.socket->monitor_handle(), ZMQ_RCVHWM, &most, &size), 0);
  EXPECT_GT(most, 0) << "0 is unlimited";
}

TEST(Door, OptionsThatAreOffByDefaultAreOn) {
  const Line line;
  EXPECT_EQ(line.option(ZMQ_HEARTBEAT_IVL), 5'000);
  EXPECT_EQ(line.option(ZMQ_HEARTBEAT_TIMEOUT), 15'000);
  EXPECT_EQ(line.option(ZMQ_HANDSHAKE_IVL), 3'000);
  EXPECT_EQ(line.option(ZMQ_IPV6), 1);
  EXPECT_GT(line.option(ZMQ_SNDHWM), 0) << "0 is unlimited";
  EXPECT_GT(line.option(ZMQ_RCVHWM), 0);
  EXPECT_EQ(line.option(ZMQ_LINGER), 1'000);
  EXPECT_EQ(line.option(ZMQ_CURVE_SERVER), 1);
}

TEST(Door, ThePortOfAnotherProgramIsOneClearLine) {
  const Line line;
  zmq::context_t context;
  net::RouterSocketOptions options;
  options.endpoint = line.socket->endpoint();
  const auto second = RouterSocket::bind(context, {fakes::secret_named("hub/curve")}, options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kConfiguration);
  EXPECT_NE(second.error().what.find("another program listens on"), std::string::npos);
  EXPECT_FALSE(second.error().remedy.empty());
}

TEST(Monitor, CountsLinesAndNeverStopsTheHub) {
  const Line line;
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(line.peer()->turned_away());
  RouterSocket::LineEvents seen;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (seen.closed < 50 && std::chrono::steady_clock::now() < deadline) {
    const auto more = line.socket->drain_monitor();
    seen.accepted += more.accepted;
    seen.closed += more.closed;
    seen.handshakes_failed += more.handshakes_failed;
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(seen.accepted, 50U);
  EXPECT_EQ(seen.closed, 50U);
  EXPECT_EQ(seen.handshakes_failed, 0U);
}

TEST(Monitor, AHubEndsWhileLinesAreOpenAndEventsUnread) {
  std::vector<std::unique_ptr<RawPeer>> peers;
  const auto begun = std::chrono::steady_clock::now();
  {
    const Line line;
    for (int i = 0; i < 20; ++i) peers.push_back(line.peer());
    for (auto& peer : peers) EXPECT_FALSE(peer->turned_away());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

}  // namespace
}  // namespace rapporteur
