#include "adapters/client/line_socket.h"

#include "proto/base/limits.h"

namespace rapporteur::client {
namespace {

zmq::const_buffer key_buffer(ByteSpan bytes) {
  return {bytes.data(), bytes.size()};
}

int whole_millis(std::chrono::milliseconds duration) {
  return static_cast<int>(duration.count());
}

}  // namespace

zmq::socket_t line_socket(zmq::context_t& context, const HubAddress& hub,
                          const crypto::CurveKeyPair& keys, const LineOptions& options) {
  namespace so = zmq::sockopt;
  zmq::socket_t line(context, zmq::socket_type::dealer);
  line.set(so::curve_serverkey, key_buffer(hub.curve_key.span()));
  line.set(so::curve_publickey, key_buffer(keys.public_key.span()));
  line.set(so::curve_secretkey, key_buffer(keys.secret_key.bytes()));
  line.set(so::immediate, true);
  line.set(so::ipv6, true);
  line.set(so::linger, whole_millis(options.linger));
  line.set(so::sndhwm, static_cast<int>(options.unsent_messages));
  line.set(so::rcvhwm, static_cast<int>(options.unread_messages));
  line.set(so::maxmsgsize, static_cast<std::int64_t>(limits::kFrameBytes));
  line.set(so::reconnect_ivl, whole_millis(options.reconnect_first));
  line.set(so::reconnect_ivl_max, whole_millis(options.reconnect_most));
  line.set(so::heartbeat_ivl, whole_millis(options.heartbeat));
  line.set(so::heartbeat_timeout, whole_millis(options.heartbeat * 3));
  line.set(so::heartbeat_ttl, whole_millis(options.heartbeat * 3));
  line.set(so::handshake_ivl, whole_millis(options.answer_timeout));
  return line;
}

}  // namespace rapporteur::client
