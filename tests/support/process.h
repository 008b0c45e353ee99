// The shipped programs as processes of their own.
//
// Threads: one at a time. Errors: std::runtime_error with what the program said.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace rapporteur::testing {

class Process {
 public:
  // Starts it; what it says is appended to `log`.
  Process(std::vector<std::string> words, const std::filesystem::path& log);
  // Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] bool running();
  void signal(int number) const;
  // Its exit code; -1 when a signal ended it.
  int wait();

 private:
  pid_t child_ = 0;
  std::optional<int> code_;
};

// bin/`name` of this build.
[[nodiscard]] std::string program(const std::string& name);
// Runs it to its end and returns what it said; its exit code must be `code`.
std::string run_program(std::vector<std::string> words, int code = 0);
// A loopback port that nobody has, below those the system gives to outgoing connections: one that
// stays free while its owner restarts.
[[nodiscard]] std::uint16_t free_port();

}  // namespace rapporteur::testing
