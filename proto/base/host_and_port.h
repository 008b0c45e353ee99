// Where a program listens or connects: "127.0.0.1:9570" or "[::1]:9570".
//
// Threads: any. Errors: kConfiguration with an example.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace rapporteur {

struct HostAndPort {
  std::string host;  // without brackets
  int port = 0;      // 0 to 65,535
};

[[nodiscard]] Result<HostAndPort> parse_host_and_port(std::string_view text);
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace rapporteur
