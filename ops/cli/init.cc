// init: keys, configuration and an empty log for a new hub, and the folder of its first operator.
#include <fstream>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/agency.h"
#include "adapters/client/enrolment.h"
#include "adapters/client/hub_file.h"
#include "ops/cli/commands.h"
#include "proto/crypto/key_file.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

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

Status write_text(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  if (!stream.flush()) return fail(ErrorKind::kStorage, "cannot write", file.string());
  return {};
}

std::string hub_configuration(const InitOptions& options, const std::string& origin) {
  return fmt::format(
      "# Made by `rapporteur init`. Every key, with default and range: rapporteur-broker --help\n"
      "[hub]\nname = \"{}\"\norigin = \"{}\"\n\n"
      "[listen]\nendpoint = \"{}\"\n\n"
      "[keys]\ncurve = \"keys/curve.key\"\nlog = \"keys/log.key\"\n\n"
      "[data]\nfolder = \"data\"\n\n"
      "[monitor]\nendpoint = \"{}\"\n",
      options.hub, origin, options.endpoint, options.monitor);
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
Result<std::string> found_log(const InitOptions& options, const std::string& origin, HubKeys keys,
                              const client::EnrolmentRequest& first) {
  const SystemClock clock;
  auto journal =
      rocks::LocalJournal::create(options.folder / "data", origin, std::move(keys.log), clock);
  if (!journal) return tl::unexpected(journal.error());
  const std::string verifier_key = (*journal)->verifier_key();
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

void print_next_steps(const InitOptions& options, const fs::path& operator_folder) {
  print(
      fmt::format("{} is founded in {}\n"
                  "  start it       rapporteur-broker --config {}\n"
                  "  administer it  export RAPPORTEUR_OPERATOR={}\n"
                  "  give parties   {}\n",
                  options.hub, options.folder.string(), (options.folder / "hub.toml").string(),
                  operator_folder.string(), (options.folder / "hub-public.toml").string()));
}

Status init(Session& session, const InitOptions& options) {
  if (!valid_participant_id(options.operator_id)) {
    return fail(ErrorKind::kUsage, "'" + options.operator_id + "' is no participant id",
                "--operator-id", "lower-case letters, digits and '-', 2 to 32 characters");
  }
  if (fs::exists(options.folder) && !fs::is_empty(options.folder)) {
    return fail(ErrorKind::kConfiguration, "folder is not empty", options.folder.string(),
                "a hub is only made in a new folder");
  }
  if (const auto made = make_folder(options.folder); !made) return made;
  const fs::path operator_folder = options.folder / "operator";
  const auto first = make_operator(operator_folder, options.operator_id);
  if (!first) return tl::unexpected(first.error());
  auto keys = make_keys(options.folder / "keys");
  if (!keys) return tl::unexpected(keys.error());
  const std::string origin = options.hub + "/log1";
  client::HubAddress address{options.hub, options.endpoint, keys->curve.public_key, {}};
  const auto verifier_key = found_log(options, origin, std::move(*keys), *first);
  if (!verifier_key) return tl::unexpected(verifier_key.error());
  address.log_verifier_key = *verifier_key;
  const auto agency = client::Agency::open(operator_folder);
  if (!agency) return tl::unexpected(agency.error());
  const auto written =
      agency->pin(address)
          .and_then([&] {
            return write_text(options.folder / "hub-public.toml", client::hub_file_text(address));
          })
          .and_then([&] {
            return write_text(options.folder / "hub.toml", hub_configuration(options, origin));
          });
  if (!written) return written;
  if (session.json) {
    print(
        json_line({{"hub", options.hub}, {"origin", origin}, {"log_verifier_key", *verifier_key}}));
  } else {
    print_next_steps(options, operator_folder);
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
