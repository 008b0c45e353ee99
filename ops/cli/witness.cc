// witness init, run, show: a C2SP tlog-witness over HTTP.
#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <system_error>

#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>

#include "adapters/client/settings.h"
#include "adapters/witness/service.h"
#include "ops/cli/commands.h"
#include "ops/cli/trust.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWitnessFile = "witness.toml";
constexpr timespec kCheckEvery{1, 0};
constexpr std::array kWitnessSettings{
    client::Setting{.key = "name",
                    .required = true,
                    .sentence = "Name of the witness's key, such as witness.example/w1."},
    client::Setting{.key = "listen",
                    .default_text = "127.0.0.1:8090",
                    .sentence = "Where on loopback it answers, plain HTTP: a proxy stands before "
                                "it if it is to be reached from outside."},
    client::Setting{.key = "logs",
                    .type = client::SettingType::kTexts,
                    .sentence = "Verifier keys of the logs it witnesses."},
};

struct WitnessOptions {
  fs::path folder;
  std::string name;
  std::string listen = "127.0.0.1:8090";
  Trust trust;
};

fs::path key_of(const fs::path& folder) {
  return folder / "witness.key";
}

fs::path state_of(const fs::path& folder) {
  return folder / "state";
}

Result<witness::ServiceOptions> read_folder(const fs::path& folder) {
  const fs::path file = folder / kWitnessFile;
  if (auto there = readable(file, "`rapporteur witness init` makes the folder of a witness");
      !there) {
    return tl::unexpected(there.error());
  }
  const auto settings = client::Settings::read(file, kWitnessSettings);
  if (!settings) return tl::unexpected(settings.error());
  witness::ServiceOptions out;
  out.name = settings->text("name");
  out.key_file = key_of(folder);
  out.state = state_of(folder);
  // Made by `init` alone.
  const auto made = client::is_there(out.key_file);
  if (!made) return tl::unexpected(made.error());
  if (!*made) return witness::key_missing(out.key_file);
  out.listen = settings->text("listen");
  out.setting = settings->where("listen");
  for (const std::string& text : settings->texts("logs")) {
    auto key = notes::VerifierKey::parse(text);
    if (!key || key->type != notes::KeyType::kEd25519) {
      return fail(ErrorKind::kConfiguration, key ? "a witness's key is no log's" : key.error().what,
                  settings->where("logs"), "the hub's public file has it, as log_verifier_key");
    }
    out.logs.push_back(std::move(*key));
  }
  return out;
}

// NAME is whoever writes the policy to give.
std::string policy_line(const std::string& verifier_key, const std::string& listen) {
  return fmt::format("witness NAME {} http://{}", verifier_key, listen);
}

Status make_witness(Session& session, const WitnessOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (!notes::valid_key_name(options.name)) {
    return fail(ErrorKind::kUsage, "'" + printable(options.name, 80) + "' will not do", "--name",
                "text without white space and '+', like witness.example/w1");
  }
  if (const auto address = witness::listening_address(options.listen, "--listen"); !address) {
    return fail(ErrorKind::kUsage, address.error().what, "--listen", address.error().remedy);
  }
  std::error_code error;
  const bool there = fs::exists(options.folder, error);
  if (there && !fs::is_empty(options.folder, error)) {
    return fail(ErrorKind::kUsage, "the folder is not empty", options.folder.string(),
                "a witness is only made in a new folder");
  }
  if (!there && ::mkdir(options.folder.c_str(), 0700) != 0) {
    return fail(ErrorKind::kStorage,
                "cannot make the folder: " + std::generic_category().message(errno),
                options.folder.string(), "name a new folder, in one that you may write to");
  }
  const auto key = witness::own_key(key_of(options.folder), state_of(options.folder));
  if (!key) return tl::unexpected(key.error());
  const std::string text = client::settings_text(
      kWitnessSettings, {{"name", client::toml_text(options.name)},
                         {"listen", client::toml_text(options.listen)},
                         {"logs", "[" + client::toml_text(log->text()) + "]"}});
  if (auto written = client::write_file_atomically(options.folder / kWitnessFile, text); !written) {
    return written;
  }
  const std::string vkey = witness::verifier_key(options.name, *key).text();
  print(session.json
            ? json_line({{"folder", options.folder.string()}, {"verifier_key", vkey}})
            : fmt::format("{} is a witness in {}\n  run it            rapporteur witness run {}\n"
                          "  for policies      {}\n",
                          options.name, options.folder.string(), options.folder.string(),
                          policy_line(vkey, options.listen)));
  return {};
}

Status show_witness(Session& session, const WitnessOptions& options) {
  const auto service = read_folder(options.folder);
  if (!service) return tl::unexpected(service.error());
  const auto key = witness::own_key(service->key_file, service->state);
  if (!key) return tl::unexpected(key.error());
  const std::string vkey = witness::verifier_key(service->name, *key).text();
  const std::string line = policy_line(vkey, service->listen);
  print(session.json ? json_line({{"verifier_key", vkey}, {"policy_line", line}}) : line + "\n");
  return {};
}

Status run_witness(Session& session, const WitnessOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto with = read_folder(options.folder);
  if (!with) return tl::unexpected(with.error());
  const SystemClock clock;
  const auto service = witness::Service::start(*with, clock);
  if (!service) return tl::unexpected(service.error());
  const std::string vkey = (*service)->key().text();
  print(session.json ? json_line({{"url", (*service)->url()}, {"verifier_key", vkey}})
                     : fmt::format("{} answers on {}\n", vkey, (*service)->url()));
  if (auto printed = all_printed(); !printed) return printed;
  for (;;) {
    if (auto serving = (*service)->check(); !serving) return serving;
    if (::sigtimedwait(&signals, nullptr, &kCheckEvery) > 0) return {};
  }
}

}  // namespace

void add_witness(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("witness", "Cosign the checkpoints of a log (tlog-witness)");
  group->require_subcommand(1);
  auto options = std::make_shared<WitnessOptions>();

  auto* init = group->add_subcommand("init", "Makes the folder and the key of a witness");
  init->add_option("FOLDER", options->folder, "A new folder")->required();
  init->add_option("--name", options->name, "Of its key, like witness.example/w1")->required();
  init->add_option("--listen", options->listen, "Where it will answer")->capture_default_str();
  add_trust_options(*init, options->trust);
  init->callback([&session, options] { session.finish(make_witness(session, *options)); });

  auto* run = group->add_subcommand("run", "Answers until SIGINT or SIGTERM");
  run->add_option("FOLDER", options->folder, "As init made it")->required();
  run->callback([&session, options] { session.finish(run_witness(session, *options)); });

  auto* show = group->add_subcommand("show", "The line of a policy that names it");
  show->add_option("FOLDER", options->folder, "As init made it")->required();
  show->callback([&session, options] { session.finish(show_witness(session, *options)); });
}

}  // namespace rapporteur::cli
