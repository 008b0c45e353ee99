// verify: how fast a log is audited, and how much of the disk it takes beyond what was sent.
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>

#include <nlohmann/json.hpp>

#include "ops/bench/baseline.h"
#include "ops/bench/load.h"
#include "ops/bench/runs.h"
#include "store/merkle/frontier.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/compaction.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct VerifyOptions {
  std::size_t count = 200'000;
  std::size_t connections = 32;
  std::size_t outstanding = 32;
};

constexpr std::uint64_t kTreeLeaves = 4'000'000;
constexpr std::uint64_t kTreeGroup = 4'096;

// Leaf entries, all different, hashed into one root on one thread: leaves a second.
double tree_leaves_per_second() {
  merkle::LeafEntry entry;
  entry.bytes[0] = merkle::kLeafEntryVersion;
  merkle::Frontier tree;
  const auto began = SteadyClock::now();
  for (std::uint64_t i = 0; i < kTreeLeaves; ++i) {
    std::memcpy(&entry.bytes[1], &i, sizeof i);
    tree.append(merkle::leaf_hash(entry.span()));
    if (i % kTreeGroup != 0) continue;
    tree.begin_group();
    static_cast<void>(tree.take_completed());
  }
  static_cast<void>(tree.root());
  return static_cast<double>(kTreeLeaves) /
         std::chrono::duration<double>(SteadyClock::now() - began).count();
}

struct Audit {
  double seconds = 0;
  double signatures = 0;
  double entries = 0;
  double checkpoints = 0;
};

// By the very command an auditor types.
Result<Audit> audit(const BenchHub& hub) {
  const auto home = hub.folder() / "hub";
  const auto began = SteadyClock::now();
  const auto said = hub.command({"--json", "audit", "verify", (home / "data").string(), "--public",
                                 (home / "hub-public.toml").string()});
  if (!said) return tl::unexpected(said.error());
  Audit out;
  out.seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  const auto report = nlohmann::json::parse(*said, nullptr, false);
  if (!report.is_object() || !report.value("verified", false)) {
    return fail(ErrorKind::kNotVerified, "the log does not verify", home.string());
  }
  out.signatures = report.value("sender_signatures", 0.0);
  out.entries = report.value("entries", 0.0);
  out.checkpoints = report.value("checkpoints", 0.0);
  return out;
}

// What a log takes once its files were merged: its column families, and the keys of its bodies.
Result<std::vector<rocks::FamilyBytes>> stored_bytes(const std::filesystem::path& log_folder) {
  auto parts = rocks::compact(log_folder);
  if (!parts) return parts;
  std::error_code error;
  const auto keys = std::filesystem::file_size(rocks::body_key_file_of(log_folder), error);
  if (error) return fail(ErrorKind::kStorage, error.message(), log_folder.string());
  parts->push_back({"keys", keys});
  return parts;
}

Result<Report> measure(const Session& session, const VerifyOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  const auto parties = (*hub)->enrol(options.connections);
  if (!parties) return tl::unexpected(parties.error());
  std::uint64_t envelope_bytes = 0;
  {
    auto load = Load::open((*hub)->address(), *parties, 1);
    if (!load) return tl::unexpected(load.error());
    load->prepare(options.count);
    envelope_bytes = load->prepared_bytes();
    if (const auto done = load->run(options.outstanding); !done) {
      return tl::unexpected(done.error());
    }
  }
  if (const auto stopped = (*hub)->stop(); !stopped) return tl::unexpected(stopped.error());

  const double verifications = ed25519_verifications_per_second();
  const auto cores = static_cast<double>(std::max(1U, std::thread::hardware_concurrency()));
  const auto audited = audit(**hub);
  if (!audited) return tl::unexpected(audited.error());
  auto stored = stored_bytes((*hub)->folder() / "hub/data");
  if (!stored) return tl::unexpected(stored.error());
  const double live = std::accumulate(
      stored->begin(), stored->end(), 0.0,
      [](double sum, const auto& one) { return sum + static_cast<double>(one.bytes); });

  Report report("verify");
  report.add("tree only, one thread", tree_leaves_per_second(), "leaves/s", ">= 2,000,000/s");
  report.add("entries", audited->entries, "");
  report.add("entries to a checkpoint", audited->entries / audited->checkpoints, "", ">= 100");
  const double rate = audited->signatures / audited->seconds;
  report.add("whole audit", rate, "entries/s");
  report.add("Ed25519 verifications of one core", verifications, "/s");
  report.add("whole audit / (cores x verifications)", rate / (cores * verifications), "", ">= 0.8");
  const auto count = static_cast<double>(options.count);
  report.add("envelope as received", static_cast<double>(envelope_bytes) / count, "bytes");
  for (const auto& part : *stored) {
    report.add("live bytes of " + part.name + " an entry",
               static_cast<double>(part.bytes) / audited->entries, "bytes");
  }
  report.add("log beyond the envelope, an entry",
             (live - static_cast<double>(envelope_bytes)) / audited->entries, "bytes", "<= 250");
  return report;
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto* command =
      app.add_subcommand("verify", "How fast a log is audited, and what it takes on disk");
  auto options = std::make_shared<VerifyOptions>();
  command->add_option("--count", options->count, "Submissions in the log")
      ->capture_default_str()
      ->check(CLI::Range(1000, 5'000'000));
  command->add_option("--connections", options->connections, "One party each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--outstanding", options->outstanding, "Submissions under way on each")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->callback([&session, options] { session.finish(measure(session, *options)); });
}

}  // namespace rapporteur::bench
