#include "ops/cli/hub_folder.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/settings.h"
#include "proto/base/disk_remedy.h"
#include "proto/base/host_and_port.h"
#include "proto/base/limits.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kOriginTailBytes = 5;  // "/log1"

// Where a hub can listen so that others know the port.
std::optional<HostAndPort> fixed_place(std::string_view text) {
  auto place = parse_host_and_port(text);
  if (!place || place->port == 0) return std::nullopt;
  return std::move(*place);
}

Status make_key_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error) return {};
  return fail(ErrorKind::kStorage, "cannot make the folder: " + error.message(), folder.string(),
              disk_remedy(error.value()));
}

std::string hub_configuration(const HubFolder& hub, const std::string& origin) {
  return fmt::format(
      "# Made by `rapporteur`. Every key, with its default: rapporteur-broker "
      "--print-config;\n"
      "# with range and meaning: broker/config/CONFIGURATION.md of the source.\n"
      "[hub]\nname = {}\norigin = {}\n\n"
      "[listen]\nendpoint = {}\n\n"
      "[keys]\ncurve = \"keys/curve.key\"\nlog = \"keys/log.key\"\n\n"
      "[data]\nfolder = \"data\"\n\n"
      "[monitor]\nendpoint = {}\n",
      client::toml_text(hub.hub), client::toml_text(origin), client::toml_text(hub.endpoint),
      client::toml_text(hub.monitor));
}

tl::unexpected<Error> will_not_do(const std::string& value, const char* option,
                                  const char* remedy) {
  return fail(ErrorKind::kUsage, "'" + printable(value, 80) + "' will not do", option, remedy);
}

}  // namespace

void add_listen_options(CLI::App& command, HubFolder& hub) {
  command.add_option("--endpoint", hub.endpoint, "Where it listens")->capture_default_str();
  command.add_option("--monitor", hub.monitor, "Metrics and health, loopback")
      ->capture_default_str();
}

Status check_name(const std::string& name, const char* option) {
  const auto plain = [](char c) { return c > ' ' && c < '\x7F' && c != '+'; };
  const bool fits = !name.empty() && name.size() + kOriginTailBytes <= limits::kNameBytes;
  if (fits && name.find("://") == std::string::npos && std::ranges::all_of(name, plain)) return {};
  return will_not_do(name, option,
                     "a name like hub.example/thb: printable ASCII without scheme, space and '+'");
}

Status check_hub_folder(const HubFolder& hub) {
  if (auto named = check_name(hub.hub, "--hub"); !named) return named;
  constexpr std::string_view kTcp = "tcp://";
  const auto endpoint = hub.endpoint.starts_with(kTcp)
                            ? fixed_place(std::string_view(hub.endpoint).substr(kTcp.size()))
                            : std::nullopt;
  if (!endpoint) {
    return will_not_do(hub.endpoint, "--endpoint", "tcp://HOST:PORT, like tcp://192.0.2.7:5570");
  }
  const auto monitor = fixed_place(hub.monitor);
  if (!hub.monitor.empty() && !monitor) {
    return will_not_do(hub.monitor, "--monitor", "HOST:PORT, like 127.0.0.1:9570, or ''");
  }
  if (monitor && !is_loopback(monitor->host)) {
    return will_not_do(hub.monitor, "--monitor",
                       "a loopback address: the monitor speaks plain HTTP");
  }
  if (monitor && monitor->port == endpoint->port) {
    return will_not_do(hub.monitor, "--monitor", "a port that --endpoint does not have");
  }
  std::error_code error;
  if (fs::exists(hub.folder, error) && !fs::is_empty(hub.folder, error)) {
    return fail(ErrorKind::kUsage, "the folder is not empty", hub.folder.string(),
                "a hub is only made in a new folder");
  }
  return {};
}

std::string endpoint_warning(const HubFolder& hub) {
  for (const char* any : {"tcp://0.0.0.0:", "tcp://[::]:", "tcp://*:"}) {
    if (hub.endpoint.starts_with(any)) {
      return "agencies connect to what hub-public.toml says: put this machine's address there";
    }
  }
  return {};
}

Result<HubKeys> make_hub_keys(const fs::path& folder, const fs::path& curve_key) {
  const fs::path keys_folder = folder / "keys";
  if (const auto made = make_key_folder(keys_folder); !made) return tl::unexpected(made.error());
  HubKeys keys{crypto::generate_curve_key_pair(), crypto::SigningKey::generate()};
  using crypto::KeyPurpose;
  if (!curve_key.empty()) {
    auto secret = crypto::read_key_file(curve_key, KeyPurpose::kCurve);
    if (!secret) return tl::unexpected(secret.error());
    const PublicKeyBytes public_key = crypto::curve_public_key(*secret);
    keys.curve = {public_key, std::move(*secret)};
  }
  return crypto::write_key_file(keys_folder / "curve.key", KeyPurpose::kCurve,
                                keys.curve.secret_key)
      .and_then([&] {
        return crypto::write_key_file(keys_folder / "log.key", KeyPurpose::kSigning,
                                      keys.log.seed());
      })
      .map([&] { return std::move(keys); });
}

Status write_hub_files(const fs::path& folder, const HubFolder& hub, const std::string& origin,
                       const client::HubAddress& address) {
  return client::write_file_atomically(folder / "hub-public.toml", client::hub_file_text(address))
      .and_then([&] { return client::let_all_read(folder / "hub-public.toml"); })
      .and_then([&] {
        return client::write_file_atomically(folder / "hub.toml", hub_configuration(hub, origin));
      });
}

Result<Scaffold> Scaffold::beside(const fs::path& folder) {
  // Without a slash at the end it has a name.
  const fs::path target = (folder / "").lexically_normal().parent_path();
  std::error_code error;
  const fs::path parent = fs::absolute(target).parent_path();
  fs::create_directories(parent, error);
  std::string name = (parent / ("." + target.filename().string() + ".new-XXXXXX")).string();
  if (error || ::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorKind::kStorage,
                "cannot make a folder here: " + std::generic_category().message(errno),
                parent.string(), "name a folder in one that you may write to");
  }
  return Scaffold(name, target);
}

Scaffold::~Scaffold() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Scaffold::Scaffold(Scaffold&& other) noexcept
    : path_(std::exchange(other.path_, {})), target_(std::move(other.target_)) {}

Status Scaffold::put_in_place() {
  // Takes the place of an empty folder too.
  if (::rename(path_.c_str(), target_.c_str()) != 0) {
    return fail(ErrorKind::kStorage,
                "cannot put it in place: " + std::generic_category().message(errno),
                target_.string(), "name a new folder");
  }
  path_.clear();
  const fs::path parent = fs::absolute(target_).parent_path();
  const int descriptor = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (synced) return {};
  return fail(ErrorKind::kStorage, "cannot sync: " + std::generic_category().message(errno),
              parent.string(), "look at the disk; the folder is there");
}

}  // namespace rapporteur::cli
