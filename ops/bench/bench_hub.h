// A hub of its own for one run: a broker process with a fresh folder, and enrolled parties.
//
// Lifetime: the broker is stopped and the folder removed with the object. Threads: one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "adapters/client/connection.h"
#include "ops/bench/submissions.h"
#include "ops/cli/operator_line.h"

namespace rapporteur::bench {

struct HubOptions {
  std::filesystem::path parent;    // where the hub's folder is made: its file system is measured
  std::filesystem::path programs;  // where `rapporteur` and `rapporteur-broker` are
  std::string sabotage{};          // a switch of the broker (proto/base/sabotage.h)
  bool keep = false;
};

class BenchHub {
 public:
  [[nodiscard]] static Result<std::unique_ptr<BenchHub>> start(const HubOptions& options);
  ~BenchHub();
  BenchHub(const BenchHub&) = delete;
  BenchHub& operator=(const BenchHub&) = delete;

  // Enrols `count` parties that may send and receive everything; "p0000", "p0001", ...
  [[nodiscard]] Result<std::vector<SenderIdentity>> enrol(std::size_t count);
  [[nodiscard]] const client::HubAddress& address() const { return address_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path operator_folder() const { return folder_ / "hub/operator"; }
  [[nodiscard]] pid_t broker() const { return broker_; }

  // Stops the broker and starts it again; the time from exec until it is ready to answer.
  [[nodiscard]] Result<std::chrono::milliseconds> restart();
  // The same with a policy of witnesses.
  [[nodiscard]] Status use_policy(const std::filesystem::path& policy);
  [[nodiscard]] Status stop();
  // Runs `rapporteur` with these words to its end; what it printed.
  [[nodiscard]] Result<std::string> command(std::vector<std::string> words) const;
  // VmHWM and VmRSS of the broker in bytes; utime + stime in seconds.
  [[nodiscard]] std::size_t peak_memory() const;
  [[nodiscard]] double cpu_seconds() const;

 private:
  BenchHub() = default;
  [[nodiscard]] Status launch();

  HubOptions options_;
  std::filesystem::path folder_;
  client::HubAddress address_;
  std::string monitor_;
  pid_t broker_ = -1;
};

}  // namespace rapporteur::bench
