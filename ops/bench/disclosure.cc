// disclosure: what disclosure control takes of the throughput of submissions with nothing hidden.
//
// The same load on two hubs in turn, of which one judges without it: by a switch that only builds
// with RAPPORTEUR_SABOTAGE have (preset `switches`). Processor time is told beside the throughput,
// since it does not depend on what else runs on the machine.
#include <memory>

#include "ops/bench/load.h"
#include "ops/bench/runs.h"

namespace rapporteur::bench {
namespace {

#ifdef RAPPORTEUR_SABOTAGE
constexpr bool kHasSwitches = true;
#else
constexpr bool kHasSwitches = false;
#endif

struct DisclosureOptions {
  std::size_t connections = 32;
  std::size_t outstanding = 16;
  std::uint32_t observations = 100;
  std::size_t count = 30'000;
  std::size_t turns = 3;
};

struct RunCost {
  double seconds = 0;
  double broker = 0;  // processor time
};

Result<RunCost> run_once(const Session& session, const DisclosureOptions& options,
                         const std::string& sabotage) {
  HubOptions hub_options = session.hub_options();
  hub_options.sabotage = sabotage;
  auto hub = BenchHub::start(hub_options);
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = (*hub)->enrol(options.connections);
  if (!parties) return tl::unexpected(parties.error());
  auto load = Load::open((*hub)->address(), *parties, options.observations);
  if (!load) return tl::unexpected(load.error());
  load->prepare(options.count);
  const double before = (*hub)->cpu_seconds();
  const auto seconds = load->run(options.outstanding);
  if (!seconds) return tl::unexpected(seconds.error());
  return RunCost{*seconds, (*hub)->cpu_seconds() - before};
}

Result<Report> measure(const Session& session, const DisclosureOptions& options) {
  if (!kHasSwitches) {
    return fail(ErrorKind::kConfiguration, "this build cannot judge without disclosure control", {},
                "ops/build switches programs, then build/switches/bin/rapporteur-bench disclosure");
  }
  RunCost with;
  RunCost without;
  for (std::size_t turn = 0; turn < options.turns; ++turn) {
    // Which of them comes first changes with every turn.
    for (const bool off : {turn % 2 == 0, turn % 2 != 0}) {
      const auto spent = run_once(session, options, off ? "disclosure-off" : "");
      if (!spent) return tl::unexpected(spent.error());
      RunCost& sum = off ? without : with;
      sum.seconds += spent->seconds;
      sum.broker += spent->broker;
    }
  }
  const auto submissions = static_cast<double>(options.count * options.turns);
  Report report("disclosure, nothing hidden");
  report.add("observations per submission", options.observations, "");
  report.add("receipts, with disclosure control", submissions / with.seconds, "/s");
  report.add("receipts, without", submissions / without.seconds, "/s");
  report.add("its share of the throughput", 1 - without.seconds / with.seconds, "", "<= 0.1");
  report.add("broker CPU a submission, with", with.broker / submissions * 1e6, "us");
  report.add("broker CPU a submission, without", without.broker / submissions * 1e6, "us");
  report.add("its share of the broker's CPU", 1 - without.broker / with.broker, "", "<= 0.1");
  return report;
}

}  // namespace

void add_disclosure(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand(
      "disclosure", "What disclosure control takes of the throughput, with nothing hidden");
  auto options = std::make_shared<DisclosureOptions>();
  command->add_option("--connections", options->connections, "One party each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--outstanding", options->outstanding, "Submissions under way on each")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--observations", options->observations, "In each submission")
      ->capture_default_str()
      ->check(CLI::Range(1, 400));
  command->add_option("--count", options->count, "Submissions of a run")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--turns", options->turns, "Runs with it, and as many without")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->callback([&session, options] { session.finish(measure(session, *options)); });
}

}  // namespace rapporteur::bench
