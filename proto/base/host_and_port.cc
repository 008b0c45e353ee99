#include "proto/base/host_and_port.h"

#include "proto/base/whole_number.h"

namespace rapporteur {
namespace {

constexpr std::uint64_t kLargestPort = 65'535;

}  // namespace

Result<HostAndPort> parse_host_and_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto port = parse_whole_number(text.substr(colon + 1));
    if (!host.empty() && port && *port <= kLargestPort) {
      return HostAndPort{std::string(host), static_cast<int>(*port)};
    }
  }
  return fail(ErrorKind::kConfiguration, "'" + printable(text, 80) + "' is not host:port", {},
              "for example 127.0.0.1:9570");
}

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

}  // namespace rapporteur
