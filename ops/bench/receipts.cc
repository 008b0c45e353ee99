// receipts: how many submissions a second become durable, with their receipts.
#include <memory>

#include "ops/bench/baseline.h"
#include "ops/bench/bench_witnesses.h"
#include "ops/bench/load.h"
#include "ops/bench/runs.h"

namespace rapporteur::bench {
namespace {

struct ReceiptsOptions {
  std::size_t connections = 32;
  std::size_t outstanding = 16;
  std::uint32_t observations = 1;
  std::size_t count = 300'000;
  std::size_t witnesses = 0;
};

Result<Report> measure(const Session& session, const ReceiptsOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = (*hub)->enrol(options.connections);
  if (!parties) return tl::unexpected(parties.error());
  std::unique_ptr<BenchWitnesses> witnesses;
  if (options.witnesses > 0) {
    auto started = BenchWitnesses::start(**hub, session.hub_options().programs, options.witnesses);
    if (!started) return tl::unexpected(started.error());
    witnesses = std::move(*started);
  }
  auto load = Load::open((*hub)->address(), *parties, options.observations);
  if (!load) return tl::unexpected(load.error());
  load->prepare(options.count);
  const double verifications = ed25519_verifications_per_second();
  auto syncs = bare_fdatasync((*hub)->folder());
  if (!syncs) return tl::unexpected(syncs.error());

  const double cpu_before = (*hub)->cpu_seconds();
  const auto seconds = load->run(options.outstanding);
  if (!seconds) return tl::unexpected(seconds.error());
  const double per_second = static_cast<double>(options.count) / *seconds;
  const double broker_cpu = ((*hub)->cpu_seconds() - cpu_before) / *seconds;
  std::uint64_t behind = 0;
  if (witnesses) {
    const auto counted = witnesses->behind();
    if (!counted) return tl::unexpected(counted.error());
    behind = *counted;
  }

  Report report("receipts");
  report.add("observations per submission", options.observations, "");
  report.add("receipts", per_second, "/s", options.observations == 1 ? ">= 20,000/s" : "");
  report.add("observations", per_second * options.observations, "/s",
             options.observations == 100 ? ">= 500,000/s" : "");
  report.add("Ed25519 verifications of one core", verifications, "/s");
  report.add("receipts / verifications of one core", per_second / verifications, "",
             options.observations == 1 ? ">= 0.75" : "");
  if (witnesses) {
    report.add("witnesses, all of whom must cosign", static_cast<double>(options.witnesses), "");
    report.add("seconds of receipts not yet cosigned", static_cast<double>(behind) / per_second,
               "s", "<= 1 s");
  }
  report.add("receipt latency p50", load->latency().milliseconds(0.50), "ms");
  report.add("receipt latency p99", load->latency().milliseconds(0.99), "ms");
  report.add("receipt latency max", load->latency().milliseconds(1.0), "ms");
  report.add("bare fdatasync", syncs->per_second, "/s");
  report.add("bare fdatasync p99", syncs->latency.milliseconds(0.99), "ms");
  report.add("broker CPU", broker_cpu, "cores");
  report.add("broker peak memory", static_cast<double>((*hub)->peak_memory()) / 1048576, "MiB",
             "<= 256 MiB");
  return report;
}

}  // namespace

void add_receipts(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("receipts", "Submissions a second, as fast as they go");
  auto options = std::make_shared<ReceiptsOptions>();
  command->add_option("--connections", options->connections, "One party each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--outstanding", options->outstanding, "Submissions under way on each")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_option("--observations", options->observations, "In each submission")
      ->capture_default_str()
      ->check(CLI::Range(1, 400));
  command->add_option("--count", options->count, "Submissions in all")
      ->capture_default_str()
      ->check(CLI::Range(1, 5'000'000));
  command->add_option("--witnesses", options->witnesses, "Cosign beside it, asked by a publisher")
      ->capture_default_str()
      ->check(CLI::Range(0, 8));
  command->callback([&session, options] { session.finish(measure(session, *options)); });
}

}  // namespace rapporteur::bench
