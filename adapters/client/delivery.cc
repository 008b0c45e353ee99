#include "adapters/client/delivery.h"

#include "proto/base/sabotage.h"
#include "store/verify/receipt.h"

namespace rapporteur::client {
namespace {

constexpr std::size_t kSaltBytes = 32;

tl::unexpected<Error> not_verified(const v1::Delivery& delivery, const std::string& what) {
  return fail(ErrorKind::kNotVerified, what, "entry " + std::to_string(delivery.index()),
              "nothing was stored or acknowledged: ask the hub's operator");
}

Result<VerifiedDelivery> read(const v1::Delivery& delivery) {
  const auto malformed = [&](const char* what) {
    return fail(ErrorKind::kMalformed, what, "entry " + std::to_string(delivery.index()));
  };
  VerifiedDelivery read;
  read.index = LogIndex{delivery.index()};
  if (!read.record.ParseFromString(delivery.record()) || !read.record.has_accepted()) {
    return malformed("the delivery holds no accepted submission");
  }
  if (!read.header.ParseFromString(read.record.header())) {
    return malformed("the delivered header cannot be read");
  }
  const auto id = MessageId::from(read.header.message_id());
  if (!id) return malformed("the delivered header has no message id");
  read.message_id = *id;
  read.body = delivery.body();
  read.erased = delivery.salt().empty() && delivery.body().empty();
  return read;
}

tl::unexpected<Error> unknown_key(const VerifiedDelivery& delivery) {
  return fail(
      ErrorKind::kNotFound,
      "the directory knows no such key of '" + printable(delivery.header.sender(), 40) + "'",
      "entry " + std::to_string(delivery.index.value));
}

Status check_second(const VerifiedDelivery& delivery, const SignedDirectory& directory) {
  if (!delivery.record.has_second_signature() || sabotaged("second-signature-unchecked")) return {};
  const auto key = directory.signing_key(
      delivery.header.sender(), delivery.record.second_signature().key_id(), delivery.index);
  return key ? verify::verify_second(delivery.record, *key) : Status(unknown_key(delivery));
}

}  // namespace

Result<VerifiedDelivery> verify_delivery(const v1::Delivery& delivery, std::string_view hub,
                                         const SignedDirectory& directory) {
  auto verified = read(delivery);
  if (!verified) return verified;
  const v1::Header& header = verified->header;
  if (header.hub() != hub) return not_verified(delivery, "it was signed for another hub");
  const auto key = directory.signing_key(header.sender(), header.key_id(), verified->index);
  if (!key) return unknown_key(*verified);
  if (auto sender = verify::verify_sender(verified->record, *key); !sender) {
    return not_verified(delivery, sender.error().what);
  }
  if (auto second = check_second(*verified, directory); !second) {
    if (second.error().kind == ErrorKind::kNotFound) return tl::unexpected(second.error());
    return not_verified(delivery, second.error().what);
  }
  if (verified->erased) return verified;
  // Salt and body are hashed one after the other: only a fixed length keeps them apart.
  if (delivery.salt().size() != kSaltBytes ||
      !verify::verify_commitment(header, bytes_of(delivery.salt()), bytes_of(delivery.body()))) {
    return not_verified(delivery, "the body is not the one that was signed");
  }
  return verified;
}

Result<VerifiedDelivery> read_delivery(std::string_view bytes) {
  v1::Delivery delivery;
  if (!delivery.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fail(ErrorKind::kStorage, "a stored delivery cannot be read", "state.db");
  }
  return read(delivery);
}

}  // namespace rapporteur::client
