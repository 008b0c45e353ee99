// restore: a hub's folder with a new log that continues the one in a backup.
#include <memory>
#include <system_error>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/hub_file.h"
#include "ops/cli/audit_report.h"
#include "ops/cli/commands.h"
#include "ops/cli/hub_folder.h"
#include "ops/cli/log_check.h"
#include "ops/cli/log_copy.h"
#include "ops/cli/trust.h"
#include "proto/base/clock.h"
#include "proto/base/counted.h"
#include "proto/base/disk_remedy.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/local_journal.h"
#include "store/rocks/succession.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

struct RestoreOptions {
  fs::path from;
  std::string origin;
  fs::path curve_key;
  fs::path body_keys;
  Trust trust;
  HubFolder place;
};

struct Restored {
  std::string hub;
  std::string verifier_key;
  std::vector<std::string> previous_keys;  // the newest first
  TreeSize carried;
  std::vector<LogIndex> erased_since;  // their bodies; by entries that are not in the backup
};

// The founding entry of the new log; what the old one's says of hub and operator stays true.
Result<std::string> founding_record(const rocks::Carried& carried, const std::string& verifier_key,
                                    const RestoreOptions& options, const HubKeys& keys,
                                    Restored& restored) {
  v1::Record old;
  if (!old.ParseFromString(carried.first_record) || !old.has_started()) {
    return fail(ErrorKind::kNotVerified, "the log does not begin with a founding entry",
                options.from.string(), "use another backup");
  }
  v1::Record record;
  v1::Started& started = *record.mutable_started();
  started = old.started();
  started.set_origin(options.origin);
  started.set_log_verifier_key(verifier_key);
  started.set_curve_public_key(keys.curve.public_key.string());
  started.set_software_version(RAPPORTEUR_VERSION);
  started.clear_configuration_sha256();
  v1::Predecessor& before = *started.mutable_predecessor();
  before.set_log_verifier_key(carried.verifier_key);
  before.set_checkpoint(carried.checkpoint);
  before.set_first_nonce(carried.first_nonce);
  before.set_first_record(carried.first_record);
  before.set_carried_size(carried.size.value);
  before.set_restored_ms(unix_millis(SystemClock().now()));
  const auto logs = verify::predecessors(started);
  if (!logs) return tl::unexpected(logs.error());
  restored.hub = started.hub();
  restored.carried = carried.size;
  for (const verify::Predecessor& log : *logs) restored.previous_keys.push_back(log.log.text());
  return record.SerializeAsString();
}

Result<Restored> build(const RestoreOptions& options, const fs::path& folder) {
  auto keys = make_hub_keys(folder, options.curve_key);
  if (!keys) return tl::unexpected(keys.error());
  const fs::path data = folder / "data";
  std::error_code error;
  fs::create_directory(data, error);
  if (!error) fs::permissions(data, fs::perms::owner_all, error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot make the folder: " + error.message(), data.string(),
                disk_remedy(error.value()));
  }
  if (auto copied = copy_log(options.from, data, {}); !copied) {
    return tl::unexpected(copied.error());
  }
  Restored restored;
  auto verifier_key =
      rocks::continue_log(data,
                          {options.origin, std::move(keys->log), options.body_keys,
                           [&](const rocks::Carried& carried, const std::string& key) {
                             return founding_record(carried, key, options, *keys, restored);
                           }},
                          SystemClock());
  if (!verifier_key) return tl::unexpected(verifier_key.error());
  restored.verifier_key = std::move(*verifier_key);
  // What goes into service was read back.
  const auto log = notes::VerifierKey::parse(restored.verifier_key);
  if (!log) return tl::unexpected(log.error());
  const auto whole = audit_whole({data, {}}, *log);
  if (!whole) return tl::unexpected(whole.error());
  restored.erased_since = whole->erased_later;
  HubFolder hub = options.place;
  hub.hub = restored.hub;
  const client::HubAddress address{hub.hub, hub.endpoint, keys->curve.public_key,
                                   restored.verifier_key, restored.previous_keys};
  if (auto written = write_hub_files(folder, hub, options.origin, address); !written) {
    return tl::unexpected(written.error());
  }
  return restored;
}

void print_next_steps(const RestoreOptions& options, const Restored& restored) {
  const fs::path& folder = options.place.folder;
  print(fmt::format(
      "{} carried into {}, a new log of {}, in {}\n"
      "  start it       rapporteur-broker --config {}\n"
      "  operators      rapporteur-adapter --folder OPERATOR enrol {}\n"
      "  give parties   {}\n"
      "  then           changes of the directory since the backup are made again; a new backup\n",
      counted(restored.carried.value, "entry"), options.origin, restored.hub, folder.string(),
      (folder / "hub.toml").string(), (folder / "hub-public.toml").string(),
      (folder / "hub-public.toml").string()));
}

Status restore(Session& session, RestoreOptions& options) {
  // The name is the log's; any that will do stands in for it until that is read.
  options.place.hub = "hub";
  if (auto checked = check_hub_folder(options.place); !checked) return checked;
  if (auto named = check_name(options.origin, "--origin"); !named) return named;
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (options.origin == log->name) {
    return fail(ErrorKind::kUsage, "this is the origin of the log that is restored", "--origin",
                "give the new log a name of its own: two logs of one name are a fork");
  }
  auto there = names_log(options.from, "name a folder that `backup list` shows").and_then([&] {
    return readable(options.body_keys, "name the hub's keys of the bodies, or their copy");
  });
  if (!there) return there;
  const auto whole = check_backup({options.from, options.body_keys}, *log);
  if (!whole) return tl::unexpected(whole.error());
  auto scaffold = Scaffold::beside(options.place.folder);
  if (!scaffold) return tl::unexpected(scaffold.error());
  const auto restored = build(options, scaffold->path());
  if (!restored) return tl::unexpected(restored.error());
  if (auto placed = scaffold->put_in_place(); !placed) return placed;
  if (const auto warning = endpoint_warning(options.place); !warning.empty()) session.warn(warning);
  if (!restored->erased_since.empty()) {
    session.warn(
        fmt::format("the bodies of {} were erased after the backup, by entries that are lost: "
                    "erase them again before anything else, or audits will miss them",
                    some_of(restored->erased_since)));
  }
  if (session.json) {
    print(json_line({{"hub", restored->hub},
                     {"origin", options.origin},
                     {"log_verifier_key", restored->verifier_key},
                     {"carried", restored->carried.value},
                     {"erased_since", indices_json(restored->erased_since)}}));
  } else {
    print_next_steps(options, *restored);
  }
  return {};
}

}  // namespace

void add_restore(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "restore", "Makes a hub's folder with a new log that continues the one in a backup");
  auto options = std::make_shared<RestoreOptions>();
  command->add_option("--from", options->from, "One folder of `backup list`")->required();
  command->add_option("--to", options->place.folder, "New folder")->required();
  command->add_option("--origin", options->origin, "Name of the new log, like hub.example/thb/log2")
      ->required();
  command
      ->add_option("--body-keys", options->body_keys,
                   "The keys of the bodies, or their copy (keys.bodies_copy)")
      ->required();
  command->add_option("--curve-key", options->curve_key,
                      "The hub's key file of before, if it is there; else a new key is made");
  add_listen_options(*command, options->place);
  add_trust_options(*command, options->trust);
  command->callback([&session, options] { session.finish(restore(session, *options)); });
}

}  // namespace rapporteur::cli
