// What is hashed or signed always begins with what it is, so that no signature or hash can be taken
// for one of another kind.
#pragma once

#include <string_view>

#include "proto/base/ids.h"

namespace rapporteur::crypto {

namespace domain {
using namespace std::string_view_literals;
inline constexpr std::string_view kHeader = "rapporteur/v1/header\0"sv;
inline constexpr std::string_view kBody = "rapporteur/v1/body\0"sv;
inline constexpr std::string_view kSecond = "rapporteur/v1/second\0"sv;
inline constexpr std::string_view kRecord = "rapporteur/v1/record\0"sv;
inline constexpr std::string_view kRefusal = "rapporteur/v1/refusal\0"sv;
inline constexpr std::string_view kAcknowledgement = "rapporteur/v1/ack\0"sv;
inline constexpr std::string_view kDelivered = "rapporteur/v1/delivered\0"sv;
inline constexpr std::string_view kDirectory = "rapporteur/v1/directory\0"sv;
inline constexpr std::string_view kEnrolment = "rapporteur/v1/enrolment\0"sv;
inline constexpr std::string_view kKeyRequest = "rapporteur/v1/key\0"sv;
inline constexpr std::string_view kConfiguration = "rapporteur/v1/configuration\0"sv;
inline constexpr std::string_view kWaivedCell = "rapporteur/v1/waived-cell\0"sv;
// Of a case in an agency's register; never leaves it.
inline constexpr std::string_view kRecordKey = "rapporteur/v1/record-key\0"sv;
}  // namespace domain

// SHA-256(domain.kBody || salt || body).
[[nodiscard]] Digest commitment(ByteSpan salt, ByteSpan body);
// SHA-256(domain.kRecord || nonce || record): what a leaf entry holds after its version byte.
[[nodiscard]] Digest record_hash(ByteSpan nonce, ByteSpan record);
// The running hash a subscriber signs: from 32 zero bytes,
// next = SHA-256(domain.kDelivered || previous || SHA-256(header)).
[[nodiscard]] Digest next_delivered(const Digest& previous, ByteSpan header);
// The same where the header's hash is known.
[[nodiscard]] Digest next_delivered(const Digest& previous, const Digest& header_sha256);

}  // namespace rapporteur::crypto
