// One signed message as it came: read, bounded, and shown to be its sender's.
//
// What fails here is a Fault: nothing of it can be attributed to anybody, so nothing of it enters
// the log. Threads: any. Lifetime: a SignedMessage borrows from the arena and the bytes it was read
// with. Source: PROTOCOL.md, "Envelope" and "Faults".
#pragma once

#include <optional>
#include <string>

#include "broker/directory/directory.h"
#include "proto/base/clock.h"
#include "rapporteur/v1/envelope.pb.h"
#include "rapporteur/v1/exchange.pb.h"
#include "store/journal/journal.h"

namespace google::protobuf {
class Arena;
}

namespace rapporteur::admission {

// Who is on the line, from ZAP.
struct Principal {
  std::string participant;
  PublicKeyBytes curve_key;
};

struct SignedMessage {
  const v1::Envelope* envelope = nullptr;
  const v1::Header* header = nullptr;
  MessageId message_id;
  KeyId key_id;
  SignatureBytes signature;

  [[nodiscard]] journal::MessageKey key() const { return {header->sender(), message_id}; }
};

[[nodiscard]] v1::Fault make_fault(std::string_view code, std::string message);

template <typename T>
using OrFault = tl::expected<T, v1::Fault>;

// Bounds, envelope, canonical header, and the shape of every header field.
// Faults: TOO_LARGE, MALFORMED.
[[nodiscard]] OrFault<SignedMessage> read_message(ByteSpan envelope,
                                                  google::protobuf::Arena& arena);

struct Authority {
  const std::string& hub;
  const directory::Directory& directory;
  UnixMillis now;
};
// Whether the participant on the line signed this header, for this hub, not in the future, and
// committed to this body. Faults: NOT_ACTIVE, UNKNOWN_KEY, SIGNATURE, IDENTITY, HUB, IN_FUTURE,
// COMMITMENT.
[[nodiscard]] std::optional<v1::Fault> authenticate(const SignedMessage& message,
                                                    const Principal& principal,
                                                    const Authority& authority);

}  // namespace rapporteur::admission
