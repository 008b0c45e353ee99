#include "broker/config/config.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <numeric>
#include <vector>

#include <toml++/toml.h>

#include "broker/config/schema.h"
#include "proto/base/host_and_port.h"
#include "proto/base/limits.h"
#include "proto/base/toml_fault.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::config {
namespace {

std::string place(const std::filesystem::path& file, const toml::source_region& source) {
  return file.string() + ":" + std::to_string(source.begin.line);
}

// Edit distance (Levenshtein), for the nearest known key.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string_view nearest(std::string_view name) {
  return std::ranges::min_element(keys(), std::ranges::less{},
                                  [&](const Key& key) { return distance(name, key.name); })
      ->name;
}

const Key* find(std::string_view name) {
  const auto found = std::ranges::find(keys(), name, &Key::name);
  return found == keys().end() ? nullptr : &*found;
}

tl::unexpected<Error> wrong(std::string what, std::string where, std::string remedy) {
  return fail(ErrorKind::kConfiguration, std::move(what), std::move(where), std::move(remedy));
}

class Reader {
 public:
  Reader(Config& config, const std::filesystem::path& file) : config_(config), file_(file) {}

  // File and line of a key; the file alone where it is not given.
  [[nodiscard]] std::string where(std::string_view key) const {
    const auto given = given_.find(key);
    return given == given_.end() ? file_.string() : given->second;
  }

  [[nodiscard]] Status read(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string full = prefix + std::string(name.str());
      if (const auto* section = node.as_table(); section != nullptr && prefix.empty()) {
        if (auto status = read(*section, full + "."); !status) return status;
        continue;
      }
      const Key* key = find(full);
      if (key == nullptr) {
        return wrong("unknown key " + printable(full), place(file_, node.source()),
                     "did you mean " + std::string(nearest(full)) + "?");
      }
      if (auto status = set(*key, node); !status) return status;
      given_.emplace(key->name, place(file_, node.source()));
    }
    return {};
  }

  [[nodiscard]] Status fill_in() {
    for (const Key& key : keys()) {
      if (given_.contains(key.name)) continue;
      if (const auto* text = std::get_if<Text>(&key.value)) {
        if (!text->optional) {
          return wrong(std::string(key.name) + " is missing", file_.string(),
                       "add it: " + std::string(key.sentence));
        }
        config_.*text->field = text->fallback;
      } else if (const auto* path = std::get_if<Path>(&key.value)) {
        config_.*path->field = absolute(path->fallback);
      } else {
        const auto& number = std::get<Number>(key.value);
        config_.*number.field = number.fallback;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::string absolute(std::string_view path) const {
    if (path.empty()) return {};
    return (std::filesystem::absolute(file_).parent_path() / path).lexically_normal().string();
  }

  [[nodiscard]] Status set(const Key& key, const toml::node& node) {
    const std::string where = place(file_, node.source());
    if (const auto* number = std::get_if<Number>(&key.value)) {
      const auto value = node.value_exact<std::int64_t>();
      if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < number->least ||
          static_cast<std::uint64_t>(*value) > number->most) {
        return wrong(std::string(key.name) + " is not a whole number from " +
                         std::to_string(number->least) + " to " + std::to_string(number->most),
                     where, std::string(key.sentence));
      }
      config_.*number->field = static_cast<std::uint64_t>(*value);
      return {};
    }
    const auto value = node.value_exact<std::string>();
    if (!value) {
      return wrong(std::string(key.name) + " is not a text", where, "put it in quotation marks");
    }
    if (const auto* path = std::get_if<Path>(&key.value)) {
      config_.*path->field = absolute(*value);
    } else {
      config_.*std::get<Text>(key.value).field = *value;
    }
    return {};
  }

  Config& config_;
  const std::filesystem::path& file_;
  std::map<std::string_view, std::string> given_;
};

bool one_of(const std::string& value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

bool plain_line(std::string_view text) {
  return !text.empty() && text.size() <= limits::kNameBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '+'; });
}

constexpr std::string_view kTcp = "tcp://";

Status check_name(std::string_view key, const std::string& name, const Reader& reader) {
  if (!plain_line(name)) {
    return wrong(std::string(key) + " is not printable text without space and '+', of at most " +
                     std::to_string(limits::kNameBytes) + " characters",
                 reader.where(key), "for example rapporteur.example/thb");
  }
  if (name.find("://") != std::string::npos) {
    return wrong(std::string(key) + " has a scheme", reader.where(key),
                 "a name, not an address: leave out all up to ://");
  }
  return {};
}

// udp, pgm and websockets have no CURVE in this version of libzmq.
Status check_listening(std::string_view key, const std::string& endpoint, const Reader& reader) {
  if (endpoint.starts_with("ipc://")) return {};
  if (!endpoint.starts_with(kTcp)) {
    return wrong(std::string(key) + " is no tcp:// or ipc:// address", reader.where(key),
                 "for example tcp://0.0.0.0:5570 or tcp://[::]:5570");
  }
  const auto address = parse_host_and_port(std::string_view(endpoint).substr(kTcp.size()));
  if (address && address->port != 0) return {};
  return wrong(std::string(key) + ": '" + printable(endpoint, 80) + "' is not tcp://HOST:PORT",
               reader.where(key), "a port is 1 to 65535; for example tcp://0.0.0.0:5570");
}

// Whether the system gives only one of them the port.
bool collide(std::string_view one, std::string_view other) {
  const auto address = [](std::string_view endpoint) {
    if (endpoint.starts_with(kTcp)) endpoint.remove_prefix(kTcp.size());
    auto parsed = parse_host_and_port(endpoint);
    const bool tcp = parsed && endpoint.find("://") == std::string_view::npos;
    return tcp ? *parsed : HostAndPort{};
  };
  const HostAndPort a = address(one);
  const HostAndPort b = address(other);
  const auto any = [](const std::string& host) { return one_of(host, {"*", "0.0.0.0", "::"}); };
  return a.port != 0 && a.port == b.port && (a.host == b.host || any(a.host) || any(b.host));
}

Status check_ports(const Config& config, const Reader& reader) {
  struct Taken {
    std::string_view key;
    const std::string& endpoint;
  };
  const std::array<Taken, 3> all{{{"listen.endpoint", config.listen_endpoint},
                                  {"listen.next_endpoint", config.listen_next_endpoint},
                                  {"monitor.endpoint", config.monitor_endpoint}}};
  for (std::size_t i = 1; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (collide(all[i].endpoint, all[j].endpoint)) {
        return wrong(std::string(all[i].key) + " has the port of " + std::string(all[j].key),
                     reader.where(all[i].key), "give each a port of its own");
      }
    }
  }
  return {};
}

Status check_monitor(const Config& config, const Reader& reader) {
  if (config.monitor_endpoint.empty()) return {};
  const std::string where = reader.where("monitor.endpoint");
  const auto monitor = parse_host_and_port(config.monitor_endpoint);
  if (!monitor) {
    return wrong("monitor.endpoint: " + monitor.error().what, where, monitor.error().remedy);
  }
  if (!is_loopback(monitor->host)) {
    return wrong("monitor.endpoint is not a loopback address", where,
                 "the monitor speaks plain HTTP: put a proxy before it to reach it from outside");
  }
  return {};
}

Status check_log(const Config& config, const Reader& reader) {
  if (!one_of(config.log_level, {"debug", "info", "warning", "error"})) {
    return wrong("log.level is unknown", reader.where("log.level"),
                 "one of debug, info, warning, error");
  }
  if (!one_of(config.log_format, {"auto", "text", "json"})) {
    return wrong("log.format is unknown", reader.where("log.format"), "one of auto, text, json");
  }
  return {};
}

Status check_rotation(const Config& config, const Reader& reader) {
  if (config.listen_next_endpoint.empty() != config.keys_curve_next.empty()) {
    return wrong(
        "listen.next_endpoint and keys.curve_next come together",
        reader.where(config.keys_curve_next.empty() ? "listen.next_endpoint" : "keys.curve_next"),
        "give both while the hub's key is rotated, else neither");
  }
  return {};
}

Status check(const Config& config, const Reader& reader) {
  const std::string& next = config.listen_next_endpoint;
  return check_name("hub.name", config.hub_name, reader)
      .and_then([&] { return check_name("hub.origin", config.hub_origin, reader); })
      .and_then([&] { return check_listening("listen.endpoint", config.listen_endpoint, reader); })
      .and_then([&] {
        return next.empty() ? Status() : check_listening("listen.next_endpoint", next, reader);
      })
      .and_then([&] { return check_rotation(config, reader); })
      .and_then([&] { return check_log(config, reader); })
      .and_then([&] { return check_monitor(config, reader); })
      .and_then([&] { return check_ports(config, reader); });
}

}  // namespace

Result<Config> parse(std::string_view text, const std::filesystem::path& file) {
  Config config;
  Reader reader(config, file);
  try {
    const toml::table table = toml::parse(text, file.string());
    if (auto status = reader.read(table, ""); !status) return tl::unexpected(status.error());
    if (auto status = reader.fill_in(); !status) return tl::unexpected(status.error());
  } catch (const toml::parse_error& error) {
    return toml_fault(error.description(), place(file, error.source()));
  }
  if (auto status = check(config, reader); !status) return tl::unexpected(status.error());
  config.sha256 = crypto::Sha256().update(crypto::domain::kConfiguration).update(text).finish();
  return config;
}

Result<Config> load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) {
    text.resize(limits::kConfigurationBytes + 1);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
  }
  std::error_code ignored;
  if (!in.is_open() || in.bad() || std::filesystem::is_directory(file, ignored)) {
    return fail(ErrorKind::kUsage, "cannot read the configuration", file.string(),
                "'rapporteur init' makes one; --config names it");
  }
  if (text.size() > limits::kConfigurationBytes) {
    return wrong("the configuration is larger than 1 MiB", file.string(),
                 "is this the hub's configuration?");
  }
  return parse(text, file);
}

}  // namespace rapporteur::config
