// Checks one delivery without trusting the hub: the first sender's signature over the header, that
// of its data officer where there is one, the salted commitment to the body.
//
// Threads: any. Errors: kNotVerified with what does not hold, kMalformed.
// Source: PROTOCOL.md, "Deliver".
#pragma once

#include <string>
#include <string_view>

#include "adapters/client/signed_directory.h"
#include "proto/base/result.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/envelope.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::client {

struct VerifiedDelivery {
  LogIndex index;
  v1::Record record;
  v1::Header header;
  MessageId message_id;
  std::string body;
  bool erased = false;  // salt and body are gone; signature and header still hold
};

// A key that the directory does not know gives kNotFound: a newer directory may.
[[nodiscard]] Result<VerifiedDelivery> verify_delivery(const v1::Delivery& delivery,
                                                       std::string_view hub,
                                                       const SignedDirectory& directory);
// The same bytes again, which were verified when they were stored.
[[nodiscard]] Result<VerifiedDelivery> read_delivery(std::string_view bytes);

}  // namespace rapporteur::client
