// How fast a log grows, is proved and is audited on one core, without disk. Run it from a release
// build: bench_log.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/frontier.h"
#include "store/verify/log_audit.h"

namespace rapporteur {
namespace {

constexpr std::size_t kLeaves = 4'096;

std::vector<Digest> some_leaves() {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < kLeaves; ++i) {
    leaves.push_back(merkle::leaf_hash(bytes_of(std::to_string(i))));
  }
  return leaves;
}

void append_leaves(benchmark::State& state) {
  const auto leaves = some_leaves();
  merkle::Frontier tree;
  for ([[maybe_unused]] auto _ : state) {
    tree.begin_group();
    for (const Digest& leaf : leaves) tree.append(leaf);
    benchmark::DoNotOptimize(tree.take_completed());
  }
  state.SetItemsProcessed(state.iterations() * std::ssize(leaves));
}
BENCHMARK(append_leaves);

// As the journal does it: a copy is tried, every leaf gets its proof.
void append_groups_with_proofs(benchmark::State& state) {
  const auto leaves = some_leaves();
  const auto group = static_cast<std::size_t>(state.range(0));
  merkle::Frontier committed;
  for ([[maybe_unused]] auto _ : state) {
    committed.begin_group();
    merkle::Frontier trial = committed;
    for (std::size_t i = 0; i < group; ++i) trial.append(leaves[i]);
    benchmark::DoNotOptimize(trial.inclusion_proofs(trial.group_begin(), group));
    benchmark::DoNotOptimize(trial.take_completed());
    committed = std::move(trial);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(append_groups_with_proofs)->Arg(1)->Arg(64)->Arg(1'024)->Arg(4'096);

// Entries without signatures, the same shape again and again.
void audit_without_signatures(benchmark::State& state) {
  const notes::VerifierKey log{"hub.example/log", notes::KeyType::kEd25519, {}};
  v1::Record started;
  started.mutable_started()->set_hub("hub");
  started.mutable_started()->set_origin(log.name);
  started.mutable_started()->set_log_verifier_key(log.text());
  started.mutable_started()->set_operator_id("op");
  started.mutable_started()->set_operator_signing_key(std::string(32, 'k'));
  const std::string first = started.SerializeAsString();
  v1::Record counted;
  counted.mutable_unauthenticated()->set_from_ms(1);
  const std::string other = counted.SerializeAsString();
  const std::string nonce(32, 'n');
  verify::LogAudit audit(log);
  for ([[maybe_unused]] auto _ : state) {
    const bool founds = audit.size().value == 0;
    const bool good = audit.add(
        {LogIndex{audit.size().value}, bytes_of(nonce), bytes_of(founds ? first : other), {}, {}});
    if (!good) state.SkipWithError("the log does not verify");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(audit_without_signatures);

}  // namespace
}  // namespace rapporteur

BENCHMARK_MAIN();
