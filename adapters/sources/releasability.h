// Who a submission may be delivered to, as a mapping says it.
//
// Source: PROTOCOL.md, "Releasability".
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace rapporteur::sources {

struct Releasability {
  enum class Audience : std::uint8_t { kPublic, kParticipants, kListed };
  Audience audience = Audience::kParticipants;
  std::vector<std::string> participants;  // ids; only with kListed; ascending, distinct
  std::vector<std::string> kinds;         // COORDINATION_BODY ...; likewise

  auto operator<=>(const Releasability&) const = default;

  // "PUBLIC", "PARTICIPANTS", or ids and kinds separated by blanks: "COLLECTOR europol".
  [[nodiscard]] std::string text() const;
  // Errors: kMalformed (empty, an id that is none, PUBLIC or PARTICIPANTS beside others, too many).
  [[nodiscard]] static Result<Releasability> parse(std::string_view text);
};

}  // namespace rapporteur::sources
