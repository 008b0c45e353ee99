#include "tests/crash/program_hub.h"

#include <csignal>
#include <stdexcept>

#include "adapters/client/agency.h"
#include "adapters/client/hub_file.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::crash {
namespace {

constexpr const char* kDataflow = "RAPPORTEUR:THB(1.0)";

template <typename T>
T must(Result<T> done) {
  if (!done) throw std::runtime_error(done.error().line());
  return std::move(*done);
}

void must(const Status& done) {
  if (!done) throw std::runtime_error(done.error().line());
}

std::string loopback_port() {
  return "127.0.0.1:" + std::to_string(testing::free_port());
}

}  // namespace

ProgramHub::ProgramHub() : home_(folder_ / "hub") {
  testing::run_program({testing::program("rapporteur"), "init", home_.string(), "--hub",
                        "hub.example/thb", "--endpoint", "tcp://" + loopback_port(), "--monitor",
                        loopback_port()});
}

void ProgramHub::start() {
  broker_ = std::make_unique<testing::Process>(
      std::vector<std::string>{testing::program("rapporteur-broker"), "--config",
                               (home_ / "hub.toml").string()},
      folder_ / "broker.log");
}

void ProgramHub::kill() {
  broker_->signal(SIGKILL);
  broker_->wait();
}

int ProgramHub::stop() {
  broker_->signal(SIGTERM);
  return broker_->wait();
}

std::string ProgramHub::said() const {
  return testing::read_file(folder_ / "broker.log");
}

void ProgramHub::operate(std::vector<std::string> words) const {
  words.insert(words.begin(),
               {testing::program("rapporteur"), "--operator", (home_ / "operator").string()});
  testing::run_program(std::move(words));
}

std::filesystem::path ProgramHub::enrol(const std::string& participant, const std::string& area) {
  std::filesystem::path folder = folder_ / participant;
  must(client::Agency::create(folder, participant));
  operate({"participant", "add", (folder / "enrolment.toml").string(), "--kind",
           "coordination-body", "--name", participant});
  if (!area.empty()) {
    operate({"grant", "submit", participant, "--dataflow", kDataflow, "--indicator", "*", "--area",
             area});
  }
  operate({"grant", "receive", participant, "--dataflow", kDataflow, "--from", "0"});
  const auto agency = must(client::Agency::open(folder));
  must(agency.pin(must(client::read_hub_file(home_ / "hub-public.toml"))));
  return folder;
}

std::unique_ptr<journal::JournalReader> ProgramHub::log() const {
  return std::move(must(rocks::open_for_audit(home_ / "data")).reader);
}

notes::VerifierKey ProgramHub::log_key() const {
  return client::log_key(must(client::read_hub_file(home_ / "hub-public.toml")));
}

void ProgramHub::audit() const {
  testing::run_program({testing::program("rapporteur"), "audit", "verify",
                        (home_ / "data").string(), "--public",
                        (home_ / "hub-public.toml").string()});
}

}  // namespace rapporteur::crash
