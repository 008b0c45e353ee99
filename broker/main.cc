// rapporteur-broker: the hub.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <system_error>

#include <spdlog/logger.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/command_line.h"
#include "broker/config/config.h"
#include "broker/config/schema.h"
#include "broker/hub.h"
#include "broker/monitor/logging.h"
#include "broker/monitor/report.h"
#include "broker/monitor/server.h"
#include "broker/monitor/service_notify.h"
#include "proto/base/host_and_port.h"
#include "proto/base/last_net.h"
#include "proto/crypto/key_file.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/folder.h"
#include "store/rocks/local_journal.h"

namespace rapporteur {
namespace {

struct Keys {
  crypto::SecretBytes curve;
  std::optional<crypto::SecretBytes> next_curve;
  crypto::SecretBytes log;
};

Result<Keys> read_keys(const config::Config& config) {
  auto curve = crypto::read_key_file(config.keys_curve, crypto::KeyPurpose::kCurve);
  if (!curve) return tl::unexpected(curve.error());
  auto log = crypto::read_key_file(config.keys_log, crypto::KeyPurpose::kSigning);
  if (!log) return tl::unexpected(log.error());
  Keys keys{std::move(*curve), std::nullopt, std::move(*log)};
  if (!config.keys_curve_next.empty()) {
    auto next = crypto::read_key_file(config.keys_curve_next, crypto::KeyPurpose::kCurve);
    if (!next) return tl::unexpected(next.error());
    keys.next_curve = std::move(*next);
  }
  return keys;
}

HubOptions hub_options(const config::Config& config, const Keys& keys,
                       const std::string& log_verifier_key) {
  HubOptions out;
  out.started.set_hub(config.hub_name);
  out.started.set_origin(config.hub_origin);
  out.started.set_log_verifier_key(log_verifier_key);
  out.started.set_curve_public_key(crypto::curve_public_key(keys.curve).string());
  out.started.set_software_version(RAPPORTEUR_VERSION);
  out.started.set_configuration_sha256(config.sha256.string());
  out.socket.endpoint = config.listen_endpoint;
  out.socket.next_endpoint = config.listen_next_endpoint;
  out.io_threads = static_cast<int>(config.io_threads);
  out.workers = config.workers;
  out.group_entries = config.group_entries;
  out.budgets.bytes = config.in_flight_bytes;
  out.budgets.bytes_per_participant = config.in_flight_participant_bytes;
  out.feed.window_bytes = config.window_bytes;
  return out;
}

// By the configuration, before the log is opened.
std::string configured_key(const config::Config& config, const Keys& keys) {
  const auto key = crypto::SigningKey::from_seed(keys.log);
  return notes::VerifierKey{config.hub_origin, notes::KeyType::kEd25519, key.public_key()}.text();
}

// The log's own name must be the configured one: receipts and checkpoints bear it.
Status same_origin(const config::Config& config, const Keys& keys,
                   const std::string& log_verifier_key) {
  if (log_verifier_key == configured_key(config, keys)) return {};
  return fail(ErrorKind::kConfiguration,
              "hub.origin is not the name of the log in " + config.data_folder,
              "hub.origin = " + config.hub_origin, "the log's key is " + log_verifier_key);
}

// Null: nobody is asked for cosignatures.
Result<std::shared_ptr<const verify::Policy>> read_policy(const std::string& file,
                                                          const std::string& log_verifier_key) {
  std::shared_ptr<const verify::Policy> none;
  if (file.empty()) return none;
  auto policy = verify::Policy::read(file);
  if (!policy) return tl::unexpected(policy.error());
  if (policy->logs().size() != 1 || policy->logs().front().key.text() != log_verifier_key) {
    return fail(ErrorKind::kConfiguration, "the policy does not name this hub's log, and it alone",
                file, "its only line of a log reads: log " + log_verifier_key);
  }
  return std::make_shared<const verify::Policy>(std::move(*policy));
}

// Blocks the signals in all threads to come, so that one of them can wait for them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

Status check_body_keys(const config::Config& config) {
  const auto places =
      rocks::body_key_places(config.data_folder, config.keys_bodies, config.keys_bodies_copy);
  if (!places) return tl::unexpected(places.error());
  if (::access(places->file.c_str(), R_OK | W_OK) == 0) return {};
  return fail(ErrorKind::kConfiguration,
              "cannot open the keys of the bodies: " + std::generic_category().message(errno),
              places->file.string(), "put the file, or its copy, there, the broker's own");
}

// All that starting needs short of the log itself and of what it listens on.
Result<Keys> check_start(const config::Config& config) {
  auto keys = read_keys(config);
  if (!keys) return keys;
  if (auto log = rocks::check_log_folder(config.data_folder); !log) {
    return tl::unexpected(log.error());
  }
  if (auto placed = check_body_keys(config); !placed) return tl::unexpected(placed.error());
  if (auto policy = read_policy(config.witnesses_policy, configured_key(config, *keys)); !policy) {
    return tl::unexpected(policy.error());
  }
  return keys;
}

Status serve(const config::Config& config, const Keys& keys) {
  const sigset_t signals = block_signals();
  const auto log = monitor::make_log(config.log_level, config.log_format);
  const SystemClock clock;
  rocks::LocalJournalOptions storage;
  storage.block_cache_bytes = config.block_cache_bytes;
  storage.body_keys = config.keys_bodies;
  storage.body_keys_copy = config.keys_bodies_copy;
  auto journal = rocks::LocalJournal::open(config.data_folder,
                                           crypto::SigningKey::from_seed(keys.log), clock, storage);
  if (!journal) return tl::unexpected(journal.error());
  const std::string verifier_key = (*journal)->verifier_key();
  if (auto same = same_origin(config, keys, verifier_key); !same) return same;
  auto policy = read_policy(config.witnesses_policy, verifier_key);
  if (!policy) return tl::unexpected(policy.error());
  HubOptions options = hub_options(config, keys, verifier_key);
  options.policy = std::move(*policy);
  const auto log_key = crypto::SigningKey::from_seed(keys.log);
  const auto notify = monitor::ServiceNotify::from_environment();
  monitor::Metrics metrics(clock, options.policy);
  std::unique_ptr<http::Server> server;
  if (!config.monitor_endpoint.empty()) {
    const auto address = parse_host_and_port(config.monitor_endpoint);
    if (!address) return tl::unexpected(address.error());
    auto started = monitor::serve(*address, metrics);
    if (!started) return tl::unexpected(started.error());
    server = std::move(*started);
    log->info("monitor on {}/metrics", server->url());
  }
  monitor::Reporter reporter(metrics, notify, *log);
  auto hub = Hub::start(
      {**journal,
       log_key,
       {keys.curve, keys.next_curve ? &*keys.next_curve : nullptr},
       metrics,
       clock,
       journal->get()},
      options, [&](const HubReport& report) {
        reporter.report({report.core.status(report.now), report.core.counters(),
                         report.core.in_flight(), report.core.in_flight_bytes(), report.open_lines,
                         report.judgement_queue, report.now.steady, report.core.handed_in(),
                         server != nullptr && !server->serving()});
      });
  if (!hub) return tl::unexpected(hub.error());
  log->info("listening on {} as {}", (*hub)->endpoint(), config.hub_name);
  if (keys.next_curve) log->info("and with the next key on {}", (*hub)->next_endpoint());

  int signal = 0;
  sigwait(&signals, &signal);
  log->info("stopping on signal {}", signal);
  notify.stopping();
  (*hub)->stop();
  hub->reset();
  server.reset();
  if (const auto error = (*journal)->poisoned()) return tl::unexpected(*error);
  auto closed = (*journal)->close();
  if (closed) log->info("stopped");
  return closed;
}

Result<int> run(std::span<char*> arguments) {
  const auto line = parse_command_line(arguments);
  if (!line) return tl::unexpected(line.error());
  using Command = CommandLine::Command;
  switch (line->command) {
    case Command::kHelp:
      std::fputs(kUsage, stdout);
      return 0;
    case Command::kVersion:
      std::puts("rapporteur-broker " RAPPORTEUR_VERSION);
      return 0;
    case Command::kPrintConfig:
      std::fputs(config::example().c_str(), stdout);
      return 0;
    case Command::kPrintDocumentation:
      std::fputs(config::documentation().c_str(), stdout);
      return 0;
    case Command::kCheck:
    case Command::kRun:
      break;
  }
  const auto config = config::load(line->config);
  if (!config) return tl::unexpected(config.error());
  const auto keys = check_start(*config);
  if (!keys) return tl::unexpected(keys.error());
  if (line->command == Command::kCheck) {
    std::printf("%s: no fault found\n", line->config.c_str());
    return 0;
  }
  const auto served = serve(*config, *keys);
  if (served) return 0;
  if (!monitor::logs_json(config->log_format)) return tl::unexpected(served.error());
  // Where the log is JSON, so is its last line.
  monitor::make_log(config->log_level, config->log_format)->critical(served.error().line());
  return exit_code(served.error().kind);
}

}  // namespace
}  // namespace rapporteur

int main(int argc, char** argv) {
  ::umask(077);
  return rapporteur::within_last_net("rapporteur-broker", [&]() {
    const auto done = rapporteur::run({argv, static_cast<std::size_t>(argc)});
    if (done) return *done;
    std::fprintf(stderr, "rapporteur-broker: %s\n", done.error().line().c_str());
    return rapporteur::exit_code(done.error().kind);
  });
}
