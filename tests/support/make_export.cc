// make_export FOLDER: a log of some hundred real messages and its export, for verifiers in other
// languages. Writes FOLDER/exported, FOLDER/log (closed), FOLDER/vkey, and FOLDER/proofs: lines
// "inclusion INDEX SIZE HASHES" and "consistency FIRST SECOND HASHES".
#include <fstream>
#include <iostream>
#include <random>

#include "proto/crypto/encoding.h"
#include "store/export/record_export.h"
#include "store/rocks/local_journal.h"
#include "tests/crash/signed_script.h"
#include "tests/fakes/fixed_clock.h"

namespace rapporteur {
namespace {

constexpr const char* kOrigin = "independent.example/log";
constexpr std::uint64_t kSeed = 2008;
constexpr std::size_t kSubmissions = 600;
constexpr int kProofs = 100;

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().line());
  return std::move(*result);
}

std::string hashes_text(const std::vector<Digest>& proof) {
  std::string out;
  for (const Digest& hash : proof) out += (out.empty() ? "" : ",") + crypto::base64(hash.span());
  return out;
}

void write_proofs(const journal::JournalReader& reader, const std::filesystem::path& file) {
  std::ofstream out(file);
  // NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp): the same proofs in every run
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < kProofs; ++i) {
    const std::uint64_t size = 1 + random() % reader.size().value;
    const std::uint64_t index = random() % size;
    const std::uint64_t first = 1 + random() % size;
    out << "inclusion " << index << ' ' << size << ' '
        << hashes_text(must(reader.inclusion_proof(LogIndex{index}, TreeSize{size}))) << '\n'
        << "consistency " << first << ' ' << size << ' '
        << hashes_text(must(reader.consistency_proof(TreeSize{first}, TreeSize{size}))) << '\n';
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void make(const std::filesystem::path& folder) {
  crypto::SecretBytes seed;
  seed.mutable_bytes()[0] = std::byte{1};
  auto key = crypto::SigningKey::from_seed(seed);
  const notes::VerifierKey log{kOrigin, notes::KeyType::kEd25519, key.public_key()};
  const crash::Script script = crash::SignedScript(kSeed, kSubmissions, log).script();
  const fakes::FixedClock clock;
  const auto journal =
      must(rocks::LocalJournal::create(folder / "log", kOrigin, std::move(key), clock));
  for (std::size_t i = 0; i < script.groups(); ++i) {
    auto group = script.group(i);
    static_cast<void>(must(journal->append(group)));
    // In two steps, so that a partial bundle was replaced.
    if (i != script.groups() / 2 && i + 1 != script.groups()) continue;
    static_cast<void>(must(
        exports::export_records(folder / "exported", log, journal->reader(), /*bodies=*/true)));
  }
  write_proofs(journal->reader(), folder / "proofs");
  std::ofstream(folder / "vkey") << log.text();
  if (auto closed = journal->close(); !closed) throw std::runtime_error(closed.error().line());
}

}  // namespace
}  // namespace rapporteur

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    rapporteur::make(argv[1]);
  } catch (const std::exception& problem) {
    std::cerr << "make_export: " << problem.what() << '\n';
    return 1;
  }
  return 0;
}
