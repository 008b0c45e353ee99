#include "broker/net/zap.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "broker/core/identity.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::net {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";
constexpr const char* kStopEndpoint = "inproc://rapporteur.zap.stop";
constexpr int kHandshakes = 1'000;  // that wait for an answer
// version, request id, domain, address, identity, mechanism, key
constexpr std::size_t kRequestParts = 7;

std::string_view view(const zmq::message_t& message) {
  return {message.data<char>(), message.size()};
}

// The user id of the line, if it may be.
std::optional<std::string> judge(const std::vector<zmq::message_t>& request,
                                 const directory::Directory& directory) {
  if (request.size() != kRequestParts || view(request[0]) != "1.0" ||
      view(request[2]) != kZapDomain || view(request[5]) != "CURVE") {
    return std::nullopt;
  }
  const auto key = PublicKeyBytes::from(view(request[6]));
  if (!key) return std::nullopt;
  const auto* participant = directory.by_curve_key(*key);
  if (participant == nullptr) return std::nullopt;
  return core::user_id({participant->id(), *key});
}

void reply(zmq::socket_t& socket, std::string_view request_id,
           const std::optional<std::string>& user_id) {
  const std::array<std::string_view, 6> parts{
      "1.0",
      request_id,
      user_id ? "200" : "400",
      user_id ? "OK" : "unknown key",
      user_id ? std::string_view(*user_id) : std::string_view(),
      ""};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    socket.send(zmq::const_buffer(parts[i].data(), parts[i].size()),
                i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
}

}  // namespace

Result<std::unique_ptr<ZapHandler>> ZapHandler::start(zmq::context_t& context,
                                                      CurrentDirectory current) {
  try {
    auto requests = std::make_unique<zmq::socket_t>(context, zmq::socket_type::rep);
    auto stopped = std::make_unique<zmq::socket_t>(context, zmq::socket_type::pair);
    auto stopper = std::make_unique<zmq::socket_t>(context, zmq::socket_type::pair);
    for (auto* socket : {requests.get(), stopped.get(), stopper.get()}) {
      socket->set(zmq::sockopt::linger, 0);
      socket->set(zmq::sockopt::sndhwm, kHandshakes);
      socket->set(zmq::sockopt::rcvhwm, kHandshakes);
    }
    requests->bind(kEndpoint);
    stopped->bind(kStopEndpoint);
    stopper->connect(kStopEndpoint);
    return std::unique_ptr<ZapHandler>(new ZapHandler(std::move(current), std::move(requests),
                                                      std::move(stopped), std::move(stopper)));
  } catch (const zmq::error_t& error) {
    return fail(ErrorKind::kConfiguration, std::string("cannot guard the line: ") + error.what(),
                kEndpoint);
  }
}

ZapHandler::ZapHandler(CurrentDirectory current, std::unique_ptr<zmq::socket_t> requests,
                       std::unique_ptr<zmq::socket_t> stopped,
                       std::unique_ptr<zmq::socket_t> stopper)
    : current_(std::move(current)),
      requests_(std::move(requests)),
      stopped_(std::move(stopped)),
      stopper_(std::move(stopper)),
      thread_([this] { run(); }) {}

ZapHandler::~ZapHandler() {
  zmq_send(stopper_->handle(), "", 0, 0);
  thread_.join();
}

void ZapHandler::run() {
  std::array<zmq::pollitem_t, 2> items{
      {{requests_->handle(), 0, ZMQ_POLLIN, 0}, {stopped_->handle(), 0, ZMQ_POLLIN, 0}}};
  while (true) {
    if (zmq_poll(items.data(), static_cast<int>(items.size()), -1) < 0) {
      if (zmq_errno() == EINTR) continue;
      return;
    }
    if ((items[1].revents & ZMQ_POLLIN) != 0) return;
    try {
      answer_one();
    } catch (const zmq::error_t&) {
      // The line that asked is gone, or the context ends: the next poll says so.
    }
  }
}

void ZapHandler::answer_one() {
  std::vector<zmq::message_t> request;
  bool more = true;
  while (more) {
    zmq::message_t part;
    if (!requests_->recv(part)) return;
    more = part.more();
    if (request.size() <= kRequestParts) request.push_back(std::move(part));
  }
  const auto user_id = judge(request, *current_());
  if (!user_id) ++refused_;
  reply(*requests_, request.size() > 1 ? view(request[1]) : std::string_view(), user_id);
}

}  // namespace rapporteur::net
