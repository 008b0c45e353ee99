// rapporteur-publisher: has a hub's checkpoints cosigned, since the hub makes no outgoing
// connection.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/client/agency.h"
#include "adapters/client/hub_file.h"
#include "ops/publisher/settings.h"
#include "proto/base/counted.h"
#include "proto/base/last_net.h"
#include "proto/base/standard_output.h"

namespace rapporteur::publisher {
namespace {

constexpr const char* kName = "rapporteur-publisher";

// Blocked in all threads to come, and asked for between two steps.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  [[nodiscard]] bool arrived() {
    constexpr timespec kNow{};
    arrived_ = arrived_ || sigtimedwait(&set_, nullptr, &kNow) > 0;
    return arrived_;
  }

 private:
  sigset_t set_{};
  bool arrived_ = false;
};

Status publish(const std::filesystem::path& file) {
  Signals signals;
  if (::access(file.c_str(), R_OK) != 0) {
    return fail(ErrorKind::kUsage, "cannot read: " + std::generic_category().message(errno),
                file.string(), "--print-config prints an example");
  }
  const auto settings = read_settings(file);
  if (!settings) return tl::unexpected(settings.error());
  const auto policy = verify::Policy::read(settings->policy);
  if (!policy) return tl::unexpected(policy.error());
  auto agency = client::Agency::open(settings->identity);
  if (!agency) {
    // Its folder is named in the configuration, not on the command line.
    Error error = agency.error();
    if (error.kind == ErrorKind::kUsage) error.kind = ErrorKind::kConfiguration;
    return tl::unexpected(error);
  }
  const auto hub = agency->hub();
  if (!hub) return tl::unexpected(hub.error());
  const auto keys = agency->curve_keys();
  if (!keys) return tl::unexpected(keys.error());
  spdlog::logger logger(kName, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
  logger.set_level(spdlog::level::from_str(settings->log_level));
  const SystemClock clock;
  client::KnownLog log(agency->state(), client::log_key(*hub));
  const client::LineOptions line = agency->line_options();
  std::vector<std::unique_ptr<NoteWorker>> workers;
  if (settings->timestamps) {
    auto made = make_timestamper(*settings->timestamps, logger);
    if (!made) return tl::unexpected(made.error());
    workers.push_back(std::move(*made));
  }
  if (!settings->tiles.empty()) {
    workers.push_back(
        make_tile_keeper({*hub, *keys, line, settings->tiles, settings->tiles_interval}, logger));
  }
  auto publisher = Publisher::make({*hub, *keys, line, log, *policy, clock, logger},
                                   settings->options, [&](const std::string& note) {
                                     for (const auto& one : workers) one->offer(note);
                                   });
  if (!publisher) return tl::unexpected(publisher.error());
  logger.info("watches {} for {}", hub->hub, counted(policy->witnesses().size(), "witness"));
  return (*publisher)->run([&] { return signals.arrived(); });
}

int run(int argc, char** argv) {
  CLI::App app("Has a hub's checkpoints cosigned by witnesses, and hands the cosignatures over.",
               kName);
  app.set_version_flag("--version", std::string(kName) + " " RAPPORTEUR_VERSION);
  std::filesystem::path file;
  bool example = false;
  auto* config = app.add_option("--config", file, "publisher.toml");
  app.add_flag("--print-config", example, "Print an example of publisher.toml")->excludes(config);
  const auto failed = [](const Error& error) {
    std::fprintf(stderr, "%s: %s\n", kName, error.line().c_str());
    return exit_code(error.kind);
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return failed({ErrorKind::kUsage, error.what(), {}, "--help says what there is"});
  }
  if (example) {
    std::fputs(example_settings().c_str(), stdout);
    return 0;
  }
  if (file.empty()) {
    return failed({ErrorKind::kUsage, "a configuration is missing", "--config",
                   "--print-config prints an example"});
  }
  const auto done = publish(file);
  return done ? 0 : failed(done.error());
}

}  // namespace
}  // namespace rapporteur::publisher

int main(int argc, char** argv) {
  ::umask(077);
  return rapporteur::within_last_net("rapporteur-publisher", [&]() {
    return rapporteur::with_whole_output("rapporteur-publisher",
                                         rapporteur::publisher::run(argc, argv));
  });
}
