#include "ops/bench/bench_hub.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <spdlog/fmt/fmt.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/client/hub_file.h"
#include "ops/bench/process.h"

namespace rapporteur::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kStartTimeout = 60s;

std::size_t status_bytes(pid_t process, const std::string& field) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":")) {
      return std::stoull(line.substr(field.size() + 1)) * 1024;
    }
  }
  return 0;
}

v1::AdministrativeAction enrolment(const SenderIdentity& party) {
  v1::AdministrativeAction action;
  v1::Participant& participant = *action.mutable_enrol();
  participant.set_id(party.participant);
  participant.set_kind(v1::COORDINATION_BODY);
  participant.set_name("Load " + party.participant);
  participant.add_curve_keys()->set_key(party.curve_keys.public_key.string());
  participant.add_signing_keys()->set_key(party.signing_key.public_key().string());
  return action;
}

v1::AdministrativeAction submit_everything(const std::string& participant) {
  v1::AdministrativeAction action;
  v1::Grant& grant = *action.mutable_add_grant();
  grant.set_participant(participant);
  grant.mutable_submit()->set_dataflow("*");
  grant.mutable_submit()->set_indicator("*");
  grant.mutable_submit()->set_area("*");
  return action;
}

v1::AdministrativeAction receive_everything(const std::string& participant) {
  v1::AdministrativeAction action;
  v1::Grant& grant = *action.mutable_add_grant();
  grant.set_participant(participant);
  grant.mutable_receive()->set_dataflow("*");
  grant.mutable_receive()->set_indicator("*");
  grant.mutable_receive()->set_sender("*");
  return action;
}

}  // namespace

Result<std::unique_ptr<BenchHub>> BenchHub::start(const HubOptions& options) {
  std::unique_ptr<BenchHub> hub(new BenchHub);
  hub->options_ = options;
  std::string name = (options.parent / "rapporteur-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorKind::kStorage, "cannot make a folder", options.parent.string());
  }
  hub->folder_ = name;
  const auto port = free_port();
  if (!port) return tl::unexpected(port.error());
  const auto monitor_port = free_port();
  if (!monitor_port) return tl::unexpected(monitor_port.error());
  hub->monitor_ = fmt::format("127.0.0.1:{}", *monitor_port);
  const auto founder =
      spawn({(options.programs / "rapporteur").string(), "init", (hub->folder_ / "hub").string(),
             "--hub", "hub.example/bench", "--endpoint", fmt::format("tcp://127.0.0.1:{}", *port),
             "--monitor", hub->monitor_},
            hub->folder_ / "init.log");
  if (!founder) return tl::unexpected(founder.error());
  if (const auto done = finish(*founder, "rapporteur init"); !done) {
    return tl::unexpected(done.error());
  }
  const auto address = client::read_hub_file(hub->folder_ / "hub/hub-public.toml");
  if (!address) return tl::unexpected(address.error());
  hub->address_ = *address;
  if (const auto launched = hub->launch(); !launched) return tl::unexpected(launched.error());
  return hub;
}

Status BenchHub::launch() {
  std::vector<std::string> words{(options_.programs / "rapporteur-broker").string(), "--config",
                                 (folder_ / "hub/hub.toml").string()};
  if (!options_.sabotage.empty()) {
    words.insert(words.begin(), {"/usr/bin/env", "RAPPORTEUR_SABOTAGE=" + options_.sabotage});
  }
  const auto child = spawn(std::move(words), folder_ / "broker.log");
  if (!child) return tl::unexpected(child.error());
  broker_ = *child;
  const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto line = cli::OperatorLine::open(folder_ / "hub/operator"); line) return {};
    int status = 0;
    if (::waitpid(broker_, &status, WNOHANG) == broker_) {
      broker_ = -1;
      break;
    }
  }
  return fail(ErrorKind::kUnreachable, "the broker did not become ready",
              (folder_ / "broker.log").string());
}

Result<std::vector<SenderIdentity>> BenchHub::enrol(std::size_t count) {
  auto line = cli::OperatorLine::open(folder_ / "hub/operator");
  if (!line) return tl::unexpected(line.error());
  std::vector<SenderIdentity> parties;
  for (std::size_t i = 0; i < count; ++i) {
    parties.push_back({fmt::format("p{:04}", i), crypto::generate_curve_key_pair(),
                       crypto::SigningKey::generate()});
    for (const auto& action :
         {enrolment(parties.back()), submit_everything(parties.back().participant),
          receive_everything(parties.back().participant)}) {
      if (const auto index = line->administer(action); !index) {
        return tl::unexpected(index.error());
      }
    }
  }
  return parties;
}

Status BenchHub::use_policy(const fs::path& policy) {
  if (auto stopped = stop(); !stopped) return stopped;
  std::ofstream config(folder_ / "hub/hub.toml", std::ios::app);
  config << "\n[witnesses]\npolicy = " << policy << "\n";
  if (!config.flush()) {
    return fail(ErrorKind::kStorage, "cannot write", (folder_ / "hub/hub.toml").string());
  }
  return launch();
}

Status BenchHub::stop() {
  if (broker_ < 0) return {};
  ::kill(broker_, SIGTERM);
  const pid_t child = std::exchange(broker_, -1);
  return finish(child, "rapporteur-broker");
}

Result<std::string> BenchHub::command(std::vector<std::string> words) const {
  const fs::path output = folder_ / "command.log";
  std::error_code ignored;
  fs::remove(output, ignored);
  words.insert(words.begin(), (options_.programs / "rapporteur").string());
  const auto child = spawn(words, output);
  if (!child) return tl::unexpected(child.error());
  if (const auto done = finish(*child, "rapporteur " + words[1]); !done) {
    return tl::unexpected(done.error());
  }
  std::ifstream file(output);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<std::chrono::milliseconds> BenchHub::restart() {
  if (const auto stopped = stop(); !stopped) return tl::unexpected(stopped.error());
  const auto began = std::chrono::steady_clock::now();
  if (const auto launched = launch(); !launched) return tl::unexpected(launched.error());
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               began);
}

BenchHub::~BenchHub() {
  static_cast<void>(stop());
  std::error_code ignored;
  if (!options_.keep && !folder_.empty()) fs::remove_all(folder_, ignored);
}

std::size_t BenchHub::peak_memory() const {
  return status_bytes(broker_, "VmHWM");
}

double BenchHub::cpu_seconds() const {
  std::ifstream file(fmt::format("/proc/{}/stat", broker_));
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace rapporteur::bench
