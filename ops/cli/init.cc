// init: keys, configuration and an empty log for a new hub, and the folder of its first operator.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include "adapters/client/agency.h"
#include "adapters/client/enrolment.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/settings.h"
#include "ops/cli/commands.h"
#include "proto/base/limits.h"
#include "proto/base/whole_number.h"
#include "proto/crypto/key_file.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLog = "/log1";

struct InitOptions {
  fs::path folder;
  std::string hub;
  std::string endpoint = "tcp://127.0.0.1:5570";
  std::string monitor = "127.0.0.1:9570";
  std::string operator_id = "operator";
};

struct HubKeys {
  crypto::CurveKeyPair curve;
  crypto::SigningKey log;
};

// A folder beside the one that is to be, which takes its place when all is in it; gone otherwise.
class Scaffold {
 public:
  [[nodiscard]] static Result<Scaffold> beside(const fs::path& folder) {
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
  ~Scaffold() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scaffold(Scaffold&& other) noexcept
      : path_(std::exchange(other.path_, {})), target_(std::move(other.target_)) {}
  Scaffold& operator=(Scaffold&&) = delete;
  Scaffold(const Scaffold&) = delete;
  Scaffold& operator=(const Scaffold&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  // On disk, name included, when it returns.
  [[nodiscard]] Status put_in_place() {
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
                parent.string(), "look at the disk; the hub's folder is there");
  }

 private:
  Scaffold(fs::path path, fs::path target) : path_(std::move(path)), target_(std::move(target)) {}
  fs::path path_;
  fs::path target_;
};

Status make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(ErrorKind::kStorage, error.message(), folder.string());
  return {};
}

Result<HubKeys> make_keys(const fs::path& folder) {
  if (const auto made = make_folder(folder); !made) return tl::unexpected(made.error());
  HubKeys keys{crypto::generate_curve_key_pair(), crypto::SigningKey::generate()};
  using crypto::KeyPurpose;
  return crypto::write_key_file(folder / "curve.key", KeyPurpose::kCurve, keys.curve.secret_key)
      .and_then([&] {
        return crypto::write_key_file(folder / "log.key", KeyPurpose::kSigning, keys.log.seed());
      })
      .map([&] { return std::move(keys); });
}

std::string hub_configuration(const InitOptions& options, const std::string& origin) {
  return fmt::format(
      "# Made by `rapporteur init`. Every key, with its default: rapporteur-broker "
      "--print-config;\n"
      "# with range and meaning: broker/config/CONFIGURATION.md of the source.\n"
      "[hub]\nname = {}\norigin = {}\n\n"
      "[listen]\nendpoint = {}\n\n"
      "[keys]\ncurve = \"keys/curve.key\"\nlog = \"keys/log.key\"\n\n"
      "[data]\nfolder = \"data\"\n\n"
      "[monitor]\nendpoint = {}\n",
      client::toml_text(options.hub), client::toml_text(origin),
      client::toml_text(options.endpoint), client::toml_text(options.monitor));
}

v1::Record founding_record(const InitOptions& options, const std::string& origin,
                           const PublicKeyBytes& hub_curve_key, const std::string& verifier_key,
                           const client::EnrolmentRequest& first) {
  v1::Record record;
  v1::Started& started = *record.mutable_started();
  started.set_hub(options.hub);
  started.set_origin(origin);
  started.set_log_verifier_key(verifier_key);
  started.set_curve_public_key(hub_curve_key.string());
  started.set_software_version(RAPPORTEUR_VERSION);
  started.set_operator_id(first.participant);
  started.set_operator_curve_key(first.curve_key.string());
  started.set_operator_signing_key(first.signing_key.string());
  return record;
}

// The log with its first entry, which says who may administer it; gives its verifier key.
Result<std::string> found_log(const InitOptions& options, const fs::path& folder,
                              const std::string& origin, HubKeys keys,
                              const client::EnrolmentRequest& first) {
  const SystemClock clock;
  auto journal = rocks::LocalJournal::create(folder, origin, std::move(keys.log), clock);
  if (!journal) return tl::unexpected(journal.error());
  std::string verifier_key = (*journal)->verifier_key();
  std::vector<journal::Draft> drafts(1);
  drafts.front().record =
      founding_record(options, origin, keys.curve.public_key, verifier_key, first)
          .SerializeAsString();
  if (const auto group = (*journal)->append(drafts); !group) {
    return tl::unexpected(group.error());
  }
  return (*journal)->close().map([&] { return verifier_key; });
}

Result<client::EnrolmentRequest> make_operator(const fs::path& folder, const std::string& id) {
  if (const auto made = client::Agency::create(folder, id); !made) {
    return tl::unexpected(made.error());
  }
  return client::read_enrolment(folder / "enrolment.toml");
}

void print_next_steps(const InitOptions& options) {
  print(fmt::format(
      "{} is founded in {}\n"
      "  start it       rapporteur-broker --config {}\n"
      "  administer it  export RAPPORTEUR_OPERATOR={}\n"
      "  give parties   {}\n",
      options.hub, options.folder.string(), (options.folder / "hub.toml").string(),
      (options.folder / "operator").string(), (options.folder / "hub-public.toml").string()));
}

bool host_and_port(std::string_view text, std::string_view& host) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  host = text.substr(0, colon);
  const auto port = parse_whole_number(text.substr(colon + 1));
  return port && *port > 0 && *port <= 65'535;
}

// What the broker would refuse when it starts, and what would be wrong for ever.
Status check_options(const InitOptions& options) {
  const auto refuse = [](const std::string& value, const char* option, const char* remedy) {
    return fail(ErrorKind::kUsage, "'" + printable(value, 80) + "' will not do", option, remedy);
  };
  const auto plain = [](char c) { return c > ' ' && c < '\x7F' && c != '+'; };
  if (options.hub.empty() || options.hub.size() + kFirstLog.size() > limits::kNameBytes ||
      !std::ranges::all_of(options.hub, plain)) {
    return refuse(options.hub, "--hub",
                  "a name like hub.example/thb: printable ASCII without space and '+'");
  }
  constexpr std::string_view kTcp = "tcp://";
  std::string_view host;
  if (!options.endpoint.starts_with(kTcp) ||
      !host_and_port(std::string_view(options.endpoint).substr(kTcp.size()), host)) {
    return refuse(options.endpoint, "--endpoint", "tcp://HOST:PORT, like tcp://192.0.2.7:5570");
  }
  if (!options.monitor.empty() && !host_and_port(options.monitor, host)) {
    return refuse(options.monitor, "--monitor", "HOST:PORT, like 127.0.0.1:9570, or ''");
  }
  if (!options.monitor.empty() && !host.starts_with("127.") && host != "[::1]" &&
      host != "localhost") {
    return refuse(options.monitor, "--monitor",
                  "a loopback address: the monitor speaks plain HTTP");
  }
  if (!valid_participant_id(options.operator_id)) {
    return refuse(options.operator_id, "--operator-id",
                  "lower-case letters, digits and '-', 2 to 32 characters, a letter first");
  }
  std::error_code error;
  if (fs::exists(options.folder, error) && !fs::is_empty(options.folder, error)) {
    return fail(ErrorKind::kConfiguration, "folder is not empty", options.folder.string(),
                "a hub is only made in a new folder");
  }
  return {};
}

// All that a hub is, in a folder; its verifier key.
Result<std::string> build(const InitOptions& options, const std::string& origin,
                          const fs::path& folder) {
  const fs::path operator_folder = folder / "operator";
  const auto first = make_operator(operator_folder, options.operator_id);
  if (!first) return tl::unexpected(first.error());
  auto keys = make_keys(folder / "keys");
  if (!keys) return tl::unexpected(keys.error());
  client::HubAddress address{options.hub, options.endpoint, keys->curve.public_key, {}};
  auto verifier_key = found_log(options, folder / "data", origin, std::move(*keys), *first);
  if (!verifier_key) return verifier_key;
  address.log_verifier_key = *verifier_key;
  const auto agency = client::Agency::open(operator_folder);
  if (!agency) return tl::unexpected(agency.error());
  return agency->pin(address)
      .and_then([&] {
        return client::write_file_atomically(folder / "hub-public.toml",
                                             client::hub_file_text(address));
      })
      .and_then([&] {
        return client::write_file_atomically(folder / "hub.toml",
                                             hub_configuration(options, origin));
      })
      .map([&] { return *verifier_key; });
}

Status init(Session& session, const InitOptions& options) {
  if (auto checked = check_options(options); !checked) return checked;
  auto scaffold = Scaffold::beside(options.folder);
  if (!scaffold) return tl::unexpected(scaffold.error());
  const std::string origin = options.hub + std::string(kFirstLog);
  const auto verifier_key = build(options, origin, scaffold->path());
  if (!verifier_key) return tl::unexpected(verifier_key.error());
  if (auto placed = scaffold->put_in_place(); !placed) return placed;
  for (const char* any : {"tcp://0.0.0.0:", "tcp://[::]:", "tcp://*:"}) {
    if (!options.endpoint.starts_with(any)) continue;
    session.warn("agencies connect to what hub-public.toml says: put this machine's address there");
  }
  if (session.json) {
    print(
        json_line({{"hub", options.hub}, {"origin", origin}, {"log_verifier_key", *verifier_key}}));
  } else {
    print_next_steps(options);
  }
  return {};
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("init", "Found a hub: keys, configuration, an empty log");
  auto options = std::make_shared<InitOptions>();
  command->add_option("DIR", options->folder, "New folder")->required();
  command->add_option("--hub", options->hub, "Its name, like hub.example/thb")->required();
  command->add_option("--endpoint", options->endpoint, "Where it listens")->capture_default_str();
  command->add_option("--monitor", options->monitor, "Metrics and health, loopback")
      ->capture_default_str();
  command->add_option("--operator-id", options->operator_id, "Id of the first operator")
      ->capture_default_str();
  command->callback([&session, options] { session.finish(init(session, *options)); });
}

}  // namespace rapporteur::cli
