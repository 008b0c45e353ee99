#include "proto/base/ids.h"

#include <algorithm>

#include "proto/base/ascii.h"
#include "proto/base/limits.h"

namespace rapporteur {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::array<std::size_t, 4> kDashesAfterByte{4, 6, 8, 10};

bool matches_one(std::string_view pattern, std::string_view text) {
  // Iterative wildcard match: on a mismatch, let the last `*` take one more character.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// Lower case letters, digits and `others` alone.
bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || others.find(c) != std::string_view::npos;
  });
}

}  // namespace

bool valid_participant_id(std::string_view id) {
  return id.size() >= 2 && id.size() <= limits::kIdBytes && id.front() >= 'a' &&
         id.front() <= 'z' && consists_of(id, "-");
}

bool valid_subscription_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kSubscriptionNameBytes && consists_of(name, "-_.");
}

std::string uuid_text(const MessageId& id) {
  std::string out;
  for (std::size_t i = 0; i < MessageId::kBytes; ++i) {
    if (std::find(kDashesAfterByte.begin(), kDashesAfterByte.end(), i) != kDashesAfterByte.end()) {
      out += '-';
    }
    const auto byte = std::to_integer<unsigned>(id.bytes[i]);
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

Result<MessageId> parse_uuid(std::string_view text) {
  const auto refuse = [&] {
    return fail(ErrorKind::kMalformed, "'" + printable(text, 50) + "' is not a message id", {},
                "expected 8-4-4-4-12 hexadecimal digits in lower case");
  };
  if (text.size() != 36) return refuse();
  MessageId id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < MessageId::kBytes; ++i) {
    if (std::find(kDashesAfterByte.begin(), kDashesAfterByte.end(), i) != kDashesAfterByte.end()) {
      if (text[at++] != '-') return refuse();
    }
    const std::size_t high = kHex.find(text[at]);
    const std::size_t low = kHex.find(text[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return refuse();
    id.bytes[i] = static_cast<std::byte>(high << 4U | low);
    at += 2;
  }
  return id;
}

MessageId make_message_id(UnixMillis now, std::span<const std::byte, 10> random) {
  MessageId id;
  const auto millis = unix_millis(now);
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::byte>(millis >> (40 - 8 * i));
  }
  std::copy(random.begin(), random.end(), id.bytes.begin() + 6);
  id.bytes[6] = (id.bytes[6] & std::byte{0x0F}) | std::byte{0x70};
  id.bytes[8] = (id.bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  return id;
}

bool is_uuid_v7(const MessageId& id) {
  return (id.bytes[6] & std::byte{0xF0}) == std::byte{0x70} &&
         (id.bytes[8] & std::byte{0xC0}) == std::byte{0x80};
}

bool valid_pattern(std::string_view pattern) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:()*|";
  const bool empty_alternative = pattern.empty() || pattern.front() == '|' ||
                                 pattern.back() == '|' ||
                                 pattern.find("||") != std::string_view::npos;
  return !empty_alternative && pattern.size() <= limits::kPatternBytes &&
         pattern.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  while (true) {
    const std::size_t bar = pattern.find('|');
    if (matches_one(pattern.substr(0, bar), text)) return true;
    if (bar == std::string_view::npos) return false;
    pattern.remove_prefix(bar + 1);
  }
}

}  // namespace rapporteur
