// The bytes of a refusal that the hub signs and its receiver verifies.
//
// Threads: any. Source: PROTOCOL.md, "Refusals".
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rapporteur::v1 {
class Outcome;
}

namespace rapporteur {

// message_id || SHA-256(record) || for each finding: its length (4 bytes, big-endian), its bytes.
// To be signed under crypto::domain::kRefusal with the key of the log.
[[nodiscard]] std::string refusal_statement(const v1::Outcome& outcome);
// The same from its parts; `findings` as serialized.
[[nodiscard]] std::string refusal_statement(std::string_view message_id, std::string_view record,
                                            std::span<const std::string> findings);

}  // namespace rapporteur
