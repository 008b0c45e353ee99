// Names and numbers that must not be mixed up: each is a type of its own.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/base/clock.h"
#include "proto/base/result.h"

namespace rapporteur {

using ByteSpan = std::span<const std::byte>;

[[nodiscard]] inline ByteSpan bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
[[nodiscard]] inline std::string_view text_of(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Position of an entry in the log, from 0.
struct LogIndex {
  std::uint64_t value = 0;
  auto operator<=>(const LogIndex&) const = default;
};
// Number of entries in the log; the index of the entry that comes next.
struct TreeSize {
  std::uint64_t value = 0;
  auto operator<=>(const TreeSize&) const = default;
};
// Per subscription, from 1.
struct DeliveryNumber {
  std::uint64_t value = 0;
  auto operator<=>(const DeliveryNumber&) const = default;
};
// Per signing key, from 1.
struct Sequence {
  std::uint64_t value = 0;
  auto operator<=>(const Sequence&) const = default;
};

// A fixed number of bytes with a meaning; `Tag` keeps them apart.
template <typename Tag, std::size_t N>
struct FixedBytes {
  static constexpr std::size_t kBytes = N;
  std::array<std::byte, N> bytes{};

  auto operator<=>(const FixedBytes&) const = default;
  [[nodiscard]] ByteSpan span() const { return bytes; }
  [[nodiscard]] std::string_view view() const { return text_of(bytes); }
  [[nodiscard]] std::string string() const { return std::string(view()); }
  // Empty unless `raw` has exactly N bytes.
  [[nodiscard]] static std::optional<FixedBytes> from(std::string_view raw) {
    if (raw.size() != N) return std::nullopt;
    FixedBytes out;
    for (std::size_t i = 0; i < N; ++i) out.bytes[i] = static_cast<std::byte>(raw[i]);
    return out;
  }
};

using Digest = FixedBytes<struct DigestTag, 32>;        // SHA-256
using MessageId = FixedBytes<struct MessageIdTag, 16>;  // UUIDv7, RFC 9562
using KeyId = FixedBytes<struct KeyIdTag, 8>;           // SHA-256 of the public key, first 8
using PublicKeyBytes = FixedBytes<struct PublicKeyTag, 32>;
using SignatureBytes = FixedBytes<struct SignatureTag, 64>;

// Lower case letters, digits and '-'; 2 to 32 characters; begins with a letter.
[[nodiscard]] bool valid_participant_id(std::string_view id);
// Lower case letters, digits, '-', '_' and '.'; 1 to 64 characters.
[[nodiscard]] bool valid_subscription_name(std::string_view name);

// 8-4-4-4-12 lower-case hexadecimal.
[[nodiscard]] std::string uuid_text(const MessageId& id);
[[nodiscard]] Result<MessageId> parse_uuid(std::string_view text);
// `random` gives the 74 random bits. Version 7, variant 10.
[[nodiscard]] MessageId make_message_id(UnixMillis now, std::span<const std::byte, 10> random);
[[nodiscard]] bool is_uuid_v7(const MessageId& id);

// Pattern of grants and filters: `*` any run of characters, `|` alternatives; "" matches all.
// 1 to limits::kPatternBytes characters of codes with * and |, no alternative empty.
[[nodiscard]] bool valid_pattern(std::string_view pattern);
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace rapporteur

template <typename Tag, std::size_t N>
struct std::hash<rapporteur::FixedBytes<Tag, N>> {
  std::size_t operator()(const rapporteur::FixedBytes<Tag, N>& value) const noexcept {
    return std::hash<std::string_view>{}(value.view());
  }
};
