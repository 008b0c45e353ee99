// Where a page of an answer goes on, and the size of the log that its first page began with.
//
// Threads: any; pure. Shape: a token is 16 bytes, two numbers of 8 bytes, big-endian; the asker
// hands it back as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ids.h"

namespace rapporteur::admission {

struct PagePlace {
  LogIndex next;
  TreeSize as_of;

  [[nodiscard]] static std::optional<PagePlace> parse(std::string_view token) {
    if (token.size() != 2 * kNumberBytes) return std::nullopt;
    return PagePlace{LogIndex{number_in(token.substr(0, kNumberBytes))},
                     TreeSize{number_in(token.substr(kNumberBytes))}};
  }
  [[nodiscard]] std::string token() const {
    std::string out;
    for (const std::uint64_t value : {next.value, as_of.value}) {
      for (std::size_t byte = kNumberBytes; byte-- > 0;) {
        out += static_cast<char>(static_cast<unsigned char>(value >> (8 * byte)));
      }
    }
    return out;
  }

 private:
  static constexpr std::size_t kNumberBytes = 8;
  [[nodiscard]] static std::uint64_t number_in(std::string_view bytes) {
    std::uint64_t out = 0;
    for (const char byte : bytes) out = (out << 8U) | static_cast<unsigned char>(byte);
    return out;
  }
};

}  // namespace rapporteur::admission
