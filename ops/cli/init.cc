// init: keys, configuration and an empty log for a new hub, and the folder of its first operator.
#include <memory>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/agency.h"
#include "adapters/client/enrolment.h"
#include "ops/cli/commands.h"
#include "ops/cli/hub_folder.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLog = "/log1";

struct InitOptions {
  HubFolder place;
  std::string operator_id = "operator";
};

v1::Record founding_record(const InitOptions& options, const std::string& origin,
                           const PublicKeyBytes& hub_curve_key, const std::string& verifier_key,
                           const client::EnrolmentRequest& first) {
  v1::Record record;
  v1::Started& started = *record.mutable_started();
  started.set_hub(options.place.hub);
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
      options.place.hub, options.place.folder.string(),
      (options.place.folder / "hub.toml").string(), (options.place.folder / "operator").string(),
      (options.place.folder / "hub-public.toml").string()));
}

// All that a hub is, in a folder; its verifier key.
Result<std::string> build(const InitOptions& options, const std::string& origin,
                          const fs::path& folder) {
  const fs::path operator_folder = folder / "operator";
  const auto first = make_operator(operator_folder, options.operator_id);
  if (!first) return tl::unexpected(first.error());
  auto keys = make_hub_keys(folder);
  if (!keys) return tl::unexpected(keys.error());
  client::HubAddress address{options.place.hub, options.place.endpoint, keys->curve.public_key, {}};
  auto verifier_key = found_log(options, folder / "data", origin, std::move(*keys), *first);
  if (!verifier_key) return verifier_key;
  address.log_verifier_key = *verifier_key;
  const auto agency = client::Agency::open(operator_folder);
  if (!agency) return tl::unexpected(agency.error());
  return agency->pin(address)
      .and_then([&] { return write_hub_files(folder, options.place, origin, address); })
      .map([&] { return *verifier_key; });
}

Status init(Session& session, const InitOptions& options) {
  if (auto checked = check_hub_folder(options.place); !checked) return checked;
  if (!valid_participant_id(options.operator_id)) {
    return fail(ErrorKind::kUsage, "'" + printable(options.operator_id, 80) + "' will not do",
                "--operator-id",
                "lower-case letters, digits and '-', 2 to 32 characters, a letter first");
  }
  auto scaffold = Scaffold::beside(options.place.folder);
  if (!scaffold) return tl::unexpected(scaffold.error());
  const std::string origin = options.place.hub + std::string(kFirstLog);
  const auto verifier_key = build(options, origin, scaffold->path());
  if (!verifier_key) return tl::unexpected(verifier_key.error());
  if (auto placed = scaffold->put_in_place(); !placed) return placed;
  if (const auto warning = endpoint_warning(options.place); !warning.empty()) session.warn(warning);
  if (session.json) {
    print(json_line(
        {{"hub", options.place.hub}, {"origin", origin}, {"log_verifier_key", *verifier_key}}));
  } else {
    print_next_steps(options);
  }
  return {};
}

}  // namespace

void add_init(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("init", "Found a hub: keys, configuration, an empty log");
  auto options = std::make_shared<InitOptions>();
  command->add_option("DIR", options->place.folder, "New folder")->required();
  command->add_option("--hub", options->place.hub, "Its name, like hub.example/thb")->required();
  add_listen_options(*command, options->place);
  command->add_option("--operator-id", options->operator_id, "Id of the first operator")
      ->capture_default_str();
  command->callback([&session, options] { session.finish(init(session, *options)); });
}

}  // namespace rapporteur::cli
