// fill: a large log through the real journal, how long a broker needs to open it, and what a proof
// from it takes.
#include <memory>
#include <random>

#include "ops/bench/percentiles.h"
#include "ops/bench/runs.h"
#include "ops/bench/submissions.h"
#include "ops/cli/output.h"
#include "proto/crypto/key_file.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::bench {
namespace {

struct FillOptions {
  std::uint64_t entries = 10'000'000;
  std::size_t parties = 50;
};

constexpr std::size_t kGroup = 512;
constexpr std::size_t kProofs = 100'000;

// An accepted submission as the gate would have drafted it. The message id makes each one
// different; header and body are of a real submission.
journal::Draft draft_of(const v1::Envelope& envelope, const v1::Header& header) {
  v1::Record record;
  record.set_header(envelope.header());
  record.set_signature(envelope.signature());
  record.mutable_accepted();
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  draft.salt = envelope.salt();
  draft.body = envelope.body();
  draft.message = journal::MessageKey{header.sender(), *MessageId::from(header.message_id())};
  return draft;
}

Result<std::unique_ptr<rocks::LocalJournal>> open_log(const std::filesystem::path& hub_folder,
                                                      const Clock& clock) {
  const auto seed =
      crypto::read_key_file(hub_folder / "keys/log.key", crypto::KeyPurpose::kSigning);
  if (!seed) return tl::unexpected(seed.error());
  return rocks::LocalJournal::open(hub_folder / "data", crypto::SigningKey::from_seed(*seed),
                                   clock);
}

Status fill(const std::filesystem::path& hub_folder, const FillOptions& options) {
  const SystemClock clock;
  auto journal = open_log(hub_folder, clock);
  if (!journal) return tl::unexpected(journal.error());
  const std::string hub = "hub.example/bench";
  const SenderIdentity sender{"filler", crypto::generate_curve_key_pair(),
                              crypto::SigningKey::generate()};
  SubmissionFactory factory(hub, sender, 1);
  // Signing ten million headers would measure the signing: one signature is used for all.
  v1::Envelope envelope;
  v1::Header header;
  if (!envelope.ParseFromString(factory.next()) || !header.ParseFromString(envelope.header())) {
    return fail(ErrorKind::kMalformed, "a submission made here cannot be read");
  }
  cli::ProgressBar progress("filling", options.entries);
  std::vector<journal::Draft> drafts;
  for (std::uint64_t done = (*journal)->reader().size().value; done < options.entries;) {
    drafts.clear();
    for (std::size_t i = 0; i < kGroup && done < options.entries; ++i, ++done) {
      header.set_message_id(crypto::new_message_id(clock.now()).string());
      envelope.set_header(header.SerializeAsString());
      drafts.push_back(draft_of(envelope, header));
    }
    if (const auto group = (*journal)->append(drafts); !group) {
      return tl::unexpected(group.error());
    }
    progress.advance_to(done);
  }
  return (*journal)->close();
}

// Inclusion proofs of entries from all over the log, in its newest tree, as the hub makes them.
Result<Percentiles> prove(const std::filesystem::path& hub_folder) {
  const SystemClock clock;
  const auto journal = open_log(hub_folder, clock);
  if (!journal) return tl::unexpected(journal.error());
  const journal::JournalReader& reader = (*journal)->reader();
  const TreeSize size = reader.size();
  // The same entries in every run.
  std::mt19937_64 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  Percentiles times;
  for (std::size_t i = 0; i < kProofs; ++i) {
    const LogIndex index{random() % size.value};
    const auto began = std::chrono::steady_clock::now();
    const auto proof = reader.inclusion_proof(index, size);
    times.add(std::chrono::steady_clock::now() - began);
    if (!proof) return tl::unexpected(proof.error());
  }
  if (const auto closed = (*journal)->close(); !closed) return tl::unexpected(closed.error());
  return times;
}

Result<Report> measure(const Session& session, const FillOptions& options) {
  auto hub = BenchHub::start(session.hub_options());
  if (!hub) return tl::unexpected(hub.error());
  if (const auto parties = (*hub)->enrol(options.parties); !parties) {
    return tl::unexpected(parties.error());
  }
  if (const auto stopped = (*hub)->stop(); !stopped) return tl::unexpected(stopped.error());
  const auto began = std::chrono::steady_clock::now();
  if (const auto filled = fill((*hub)->folder() / "hub", options); !filled) {
    return tl::unexpected(filled.error());
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto opened = (*hub)->restart();
  if (!opened) return tl::unexpected(opened.error());
  const std::size_t peak_memory = (*hub)->peak_memory();
  if (const auto stopped = (*hub)->stop(); !stopped) return tl::unexpected(stopped.error());
  auto proofs = prove((*hub)->folder() / "hub");
  if (!proofs) return tl::unexpected(proofs.error());
  Report report("fill");
  report.add("entries", static_cast<double>(options.entries), "");
  report.add("appended", static_cast<double>(options.entries) / seconds, "/s");
  report.add("from exec until the broker answers", static_cast<double>(opened->count()), "ms",
             "<= 1,000 ms");
  report.add("broker peak memory", static_cast<double>(peak_memory) / 1048576, "MiB", "<= 256 MiB");
  report.add("inclusion proof p50", proofs->milliseconds(0.50) * 1'000, "us");
  report.add("inclusion proof p99", proofs->milliseconds(0.99) * 1'000, "us", "<= 200 us");
  report.add("inclusion proof max", proofs->milliseconds(1.0) * 1'000, "us");
  return report;
}

}  // namespace

void add_fill(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("fill", "A large log, and how long opening it takes");
  auto options = std::make_shared<FillOptions>();
  command->add_option("--entries", options->entries, "In the log")
      ->capture_default_str()
      ->check(CLI::Range(1000, 100'000'000));
  command->add_option("--parties", options->parties, "Enrolled")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->callback([&session, options] { session.finish(measure(session, *options)); });
}

}  // namespace rapporteur::bench
