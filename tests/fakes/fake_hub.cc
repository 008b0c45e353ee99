#include "tests/fakes/fake_hub.h"

#include <zmq.hpp>

#include "adapters/client/envelope.h"
#include "proto/crypto/domain.h"

namespace rapporteur::testing {
namespace {

constexpr std::string_view kName = "test-hub";
constexpr std::chrono::milliseconds kPoll{10};

std::string text(const zmq::message_t& message) {
  return {static_cast<const char*>(message.data()), message.size()};
}

}  // namespace

struct FakeHub::Sockets {
  zmq::context_t context{1};
  zmq::socket_t zap{context, zmq::socket_type::rep};
  zmq::socket_t router{context, zmq::socket_type::router};
};

FakeHub::FakeHub() : curve_(crypto::generate_curve_key_pair()) {
  // The first entry, as a real log has one before anybody can send.
  v1::Record record;
  record.mutable_started()->set_hub(std::string(kName));
  log_.append(
      {.nonce = {}, .record = record.SerializeAsString(), .salt = {}, .body = {}, .findings = {}});
}

FakeHub::~FakeHub() {
  stop();
}

void FakeHub::start() {
  auto sockets = std::make_shared<Sockets>();
  sockets->zap.bind("inproc://zeromq.zap.01");
  zmq::socket_t& router = sockets->router;
  router.set(zmq::sockopt::curve_server, true);
  const ByteSpan secret = curve_.secret_key.bytes();
  router.set(zmq::sockopt::curve_secretkey, zmq::const_buffer(secret.data(), secret.size()));
  router.set(zmq::sockopt::zap_domain, "test");
  router.set(zmq::sockopt::linger, 0);
  router.set(zmq::sockopt::router_mandatory, true);
  router.bind(endpoint_);
  endpoint_ = router.get(zmq::sockopt::last_endpoint);
  thread_ = std::jthread([this, sockets](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::array<zmq::pollitem_t, 2> items{{{sockets->zap.handle(), 0, ZMQ_POLLIN, 0},
                                            {sockets->router.handle(), 0, ZMQ_POLLIN, 0}}};
      zmq::poll(items.data(), items.size(), kPoll);
      if ((items[0].revents & ZMQ_POLLIN) != 0) admit(*sockets);
      if ((items[1].revents & ZMQ_POLLIN) != 0) take(*sockets);
      const std::lock_guard lock(mutex_);
      deliver(*sockets);
    }
  });
}

void FakeHub::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  const std::lock_guard lock(mutex_);
  greeted_.clear();
  for (auto& [key, subscription] : subscriptions_) subscription.route.clear();
}

std::size_t FakeHub::log_size() const {
  const std::lock_guard lock(mutex_);
  return log_.entries().size();
}

void FakeHub::deliver_at_once(std::size_t most) {
  const std::lock_guard lock(mutex_);
  batch_ = most;
}

client::HubAddress FakeHub::address() const {
  return {std::string(kName), endpoint_, curve_.public_key, log_.verifier_key().text()};
}

void FakeHub::enrol(const FakeParticipant& participant) {
  const std::lock_guard lock(mutex_);
  participants_[participant.curve_key.string()] = participant;
}
void FakeHub::on_submit(SubmitHook hook) {
  const std::lock_guard lock(mutex_);
  on_submit_ = std::move(hook);
}
void FakeHub::on_judge(JudgeHook hook) {
  const std::lock_guard lock(mutex_);
  on_judge_ = std::move(hook);
}
void FakeHub::on_answer(AnswerHook hook) {
  const std::lock_guard lock(mutex_);
  on_answer_ = std::move(hook);
}

std::vector<v1::Header> FakeHub::accepted() const {
  const std::lock_guard lock(mutex_);
  std::vector<v1::Header> headers;
  for (const FakeEntry& entry : log_.entries()) {
    v1::Record record;
    v1::Header header;
    if (record.ParseFromString(entry.record) && record.has_accepted() &&
        header.ParseFromString(record.header())) {
      headers.push_back(header);
    }
  }
  return headers;
}

std::size_t FakeHub::submissions_received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}
std::uint64_t FakeHub::acknowledged(const std::string& participant,
                                    const std::string& subscription) const {
  const std::lock_guard lock(mutex_);
  const auto found = subscriptions_.find(participant + "/" + subscription);
  return found == subscriptions_.end() ? 0 : found->second.acknowledged.size();
}
std::size_t FakeHub::acknowledgements() const {
  const std::lock_guard lock(mutex_);
  return acknowledgements_;
}
std::uint64_t FakeHub::next_sequence(const KeyId& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = next_sequence_.find(key.string());
  return found == next_sequence_.end() ? 1 : found->second;
}

void FakeHub::publish(const v1::Envelope& envelope) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(submit(envelope.SerializeAsString()));
}

void FakeHub::lose_everything_after(std::size_t entries) {
  const std::lock_guard lock(mutex_);
  log_.truncate(entries);
  next_sequence_.clear();
  for (auto& [message, index] : by_message_) {
    if (index >= entries) index = SIZE_MAX;
  }
  std::erase_if(by_message_, [](const auto& item) { return item.second == SIZE_MAX; });
  for (const auto& [message, index] : by_message_) {
    v1::Record record;
    v1::Header header;
    if (record.ParseFromString(log_.entries()[index].record) &&
        header.ParseFromString(record.header())) {
      std::uint64_t& next = next_sequence_[header.key_id()];
      next = std::max(next, header.sequence() + 1);
    }
  }
}

// Every key that is enrolled is let in; its participant becomes the user id.
void FakeHub::admit(Sockets& sockets) {
  std::vector<std::string> parts;
  zmq::message_t part;
  do {
    if (!sockets.zap.recv(part)) return;
    parts.push_back(text(part));
  } while (part.more());
  std::string user;
  if (parts.size() == 7) {
    const std::lock_guard lock(mutex_);
    const auto found = participants_.find(parts[6]);
    if (found != participants_.end()) user = found->second.id;
  }
  const std::vector<std::string> reply{
      "1.0", parts.size() > 1 ? parts[1] : "", user.empty() ? "400" : "200", "", user, ""};
  for (std::size_t i = 0; i < reply.size(); ++i) {
    const auto more = i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
    sockets.zap.send(zmq::buffer(reply[i]), more);
  }
}

void FakeHub::take(Sockets& sockets) {
  zmq::message_t route;
  zmq::message_t body;
  while (sockets.router.recv(route, zmq::recv_flags::dontwait)) {
    if (!sockets.router.recv(body)) return;
    // A property of the message, not the function of C.
    const std::string participant = body.gets("User-Id");  // NOLINT(clang-analyzer-security*)
    v1::Frame frame;
    const std::lock_guard lock(mutex_);
    if (!frame.ParseFromArray(body.data(), static_cast<int>(body.size()))) continue;
    handle(sockets, text(route), participant, frame);
    deliver(sockets);
  }
}

void FakeHub::answer(Sockets& sockets, const std::string& route, v1::Frame frame) {
  if (on_answer_ && !on_answer_(frame)) return;
  try {
    sockets.router.send(zmq::buffer(route), zmq::send_flags::sndmore);
    sockets.router.send(zmq::buffer(frame.SerializeAsString()), zmq::send_flags::none);
  } catch (const zmq::error_t&) {
    greeted_.erase(route);  // the peer is gone
  }
}

void FakeHub::handle(Sockets& sockets, const std::string& route, const std::string& participant,
                     const v1::Frame& frame) {
  v1::Frame reply;
  if (frame.has_hello()) {
    greeted_.insert(route);
    reply = welcome(participant);
  } else if (!greeted_.contains(route)) {
    reply = FakeHub::fault("UNEXPECTED", "say hello first");
  } else if (frame.message_case() == v1::Frame::kSubmit) {
    ++received_;
    v1::Envelope envelope;
    v1::Header header;
    if (!envelope.ParseFromString(frame.submit()) || !header.ParseFromString(envelope.header())) {
      reply = FakeHub::fault("MALFORMED", "not an envelope");
    } else {
      auto scripted = on_submit_ ? on_submit_(header) : std::nullopt;
      reply = scripted ? *scripted : submit(frame.submit());
    }
  } else if (frame.has_subscribe()) {
    reply = subscribe(route, participant, frame.subscribe());
  } else if (frame.has_credit()) {
    Subscription& to = subscriptions_[participant + "/" + frame.credit().subscription()];
    to.credit += frame.credit().deliveries();
    to.credit_bytes += frame.credit().bytes();
    return;
  } else if (frame.has_acknowledge()) {
    auto answer = acknowledge(frame.acknowledge());
    if (!answer) return;
    reply = std::move(*answer);
  } else if (frame.has_query()) {
    reply = answer_query(frame.query(), participant);
  } else {
    reply = FakeHub::fault("MALFORMED", "unexpected frame");
  }
  reply.set_correlation(frame.correlation());
  answer(sockets, route, std::move(reply));
}

void FakeHub::deliver(Sockets& sockets) {
  const auto allowed = [](const Subscription& to) { return to.credit > 0 && to.credit_bytes > 0; };
  for (auto& [key, to] : subscriptions_) {
    if (to.route.empty()) continue;
    std::size_t index = next_for(to, to.next);
    while (index < log_.entries().size() && allowed(to)) {
      v1::Frame frame;
      v1::Deliver& batch = *frame.mutable_deliver();
      batch.set_subscription(to.name);
      batch.set_first_number(to.acknowledged.size() + to.under_way.size() + 1);
      while (index < log_.entries().size() && allowed(to) &&
             static_cast<std::size_t>(batch.deliveries_size()) < batch_) {
        const FakeEntry& entry = log_.entries()[index];
        v1::Delivery delivery;
        delivery.set_index(index);
        delivery.set_nonce(entry.nonce);
        delivery.set_record(entry.record);
        delivery.set_salt(entry.salt);
        delivery.set_body(entry.body);
        batch.add_deliveries(delivery.SerializeAsString());
        const std::uint64_t bytes = batch.deliveries(batch.deliveries_size() - 1).size();
        to.credit_bytes -= std::min(to.credit_bytes, bytes);
        --to.credit;
        to.under_way.push_back(index);
        to.next = index + 1;
        index = next_for(to, to.next);
      }
      answer(sockets, to.route, std::move(frame));
    }
  }
}

}  // namespace rapporteur::testing
