#include "ops/bench/bench_witnesses.h"

#include <csignal>
#include <fstream>

#include <spdlog/fmt/fmt.h>

#include "ops/bench/process.h"
#include "proto/crypto/key_file.h"
#include "store/notes/checkpoint.h"

namespace rapporteur::bench {
namespace {

namespace fs = std::filesystem;

// The line of a policy that names a witness made here.
Result<std::string> make_witness(const BenchHub& hub, const std::string& program,
                                 const std::string& name) {
  const auto port = free_port();
  if (!port) return tl::unexpected(port.error());
  const fs::path folder = hub.folder() / name;
  const std::string listen = fmt::format("127.0.0.1:{}", *port);
  const auto made = spawn({program, "witness", "init", folder.string(), "--name", name, "--listen",
                           listen, "--vkey", hub.address().log_verifier_key},
                          hub.folder() / "witness.log");
  if (!made) return tl::unexpected(made.error());
  if (const auto done = finish(*made, program + " witness init"); !done) {
    return tl::unexpected(done.error());
  }
  const auto seed = crypto::read_key_file(folder / "witness.key", crypto::KeyPurpose::kCosigning);
  if (!seed) return tl::unexpected(seed.error());
  const notes::VerifierKey key{name, notes::KeyType::kCosignatureV1,
                               crypto::SigningKey::from_seed(*seed).public_key()};
  return fmt::format("witness {} {} http://{}\n", name, key.text(), listen);
}

}  // namespace

Result<std::unique_ptr<BenchWitnesses>> BenchWitnesses::start(BenchHub& hub,
                                                              const fs::path& programs,
                                                              std::size_t count) {
  std::unique_ptr<BenchWitnesses> out(new BenchWitnesses(hub));
  const std::string program = (programs / "rapporteur").string();
  std::string policy = "log " + hub.address().log_verifier_key + "\n";
  std::string group = "group all-of-them all";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("w{}", i);
    const auto line = make_witness(hub, program, name);
    if (!line) return tl::unexpected(line.error());
    policy += *line;
    group += " " + name;
    const auto running = spawn({program, "witness", "run", (hub.folder() / name).string()},
                               hub.folder() / "witness.log");
    if (!running) return tl::unexpected(running.error());
    out->processes_.push_back(*running);
  }
  const fs::path file = hub.folder() / "policy.txt";
  const fs::path config = hub.folder() / "publisher.toml";
  std::ofstream(file) << policy << group << "\nquorum all-of-them\n";
  std::ofstream(config) << "identity = " << hub.operator_folder() << "\npolicy = " << file << "\n";
  if (const auto used = hub.use_policy(file); !used) return tl::unexpected(used.error());
  const auto publisher =
      spawn({(programs / "rapporteur-publisher").string(), "--config", config.string()},
            hub.folder() / "publisher.log");
  if (!publisher) return tl::unexpected(publisher.error());
  out->processes_.push_back(*publisher);
  return out;
}

BenchWitnesses::~BenchWitnesses() {
  for (const pid_t process : processes_) {
    ::kill(process, SIGTERM);
    static_cast<void>(finish(process, {}));
  }
}

Result<std::uint64_t> BenchWitnesses::behind() const {
  auto line = cli::OperatorLine::open(hub_.operator_folder());
  if (!line) return tl::unexpected(line.error());
  v1::Query query;
  query.mutable_status();
  const auto answer = line->query(query);
  if (!answer) return tl::unexpected(answer.error());
  const v1::Status& status = answer->status();
  const auto note = notes::Note::parse(status.cosigned_checkpoint());
  if (!note) return tl::unexpected(note.error());
  const auto checkpoint = notes::Checkpoint::parse(note->text);
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  return status.log_size() - std::min(status.log_size(), checkpoint->size.value);
}

}  // namespace rapporteur::bench
