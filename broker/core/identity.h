// The ZAP user id: which participant is on the line, and with which key.
//
// Shape: "<participant>/<64 lower-case hexadecimal digits of the CURVE public key>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ids.h"

namespace rapporteur::core {

struct Identity {
  std::string participant;
  PublicKeyBytes curve_key;
};
[[nodiscard]] std::string user_id(const Identity& identity);
[[nodiscard]] std::optional<Identity> parse_user_id(std::string_view user_id);

// A routing id that the ROUTER made itself: nobody can ask for it, and nobody can guess it. Any
// other was chosen by the peer, so that a later peer may choose the same and get what is sent to
// it.
[[nodiscard]] bool made_by_router(std::string_view routing_id);

}  // namespace rapporteur::core
