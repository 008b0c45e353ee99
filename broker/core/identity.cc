#include "broker/core/identity.h"

#include "proto/crypto/encoding.h"

namespace rapporteur::core {

std::string user_id(const Identity& identity) {
  return identity.participant + "/" + crypto::hex(identity.curve_key.span());
}

std::optional<Identity> parse_user_id(std::string_view user_id) {
  const auto slash = user_id.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto bytes = crypto::parse_hex(user_id.substr(slash + 1));
  if (!bytes) return std::nullopt;
  const auto key = PublicKeyBytes::from(*bytes);
  if (!key || !valid_participant_id(user_id.substr(0, slash))) return std::nullopt;
  return Identity{std::string(user_id.substr(0, slash)), *key};
}

bool made_by_router(std::string_view routing_id) {
  return routing_id.size() == 5 && routing_id.front() == '\0';
}

}  // namespace rapporteur::core
