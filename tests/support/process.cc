#include "tests/support/process.h"

#include <csignal>
#include <random>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Process::Process(std::vector<std::string> words, const std::filesystem::path& log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const int failed =
      ::posix_spawn(&child_, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + words.front());
}

Process::~Process() {
  if (running()) {
    signal(SIGKILL);
    wait();
  }
}

bool Process::running() {
  int status = 0;
  if (!code_ && ::waitpid(child_, &status, WNOHANG) == child_) code_ = code_of(status);
  return !code_;
}

void Process::signal(int number) const {
  if (!code_) ::kill(child_, number);
}

int Process::wait() {
  int status = 0;
  if (!code_ && ::waitpid(child_, &status, 0) == child_) code_ = code_of(status);
  return code_.value_or(-1);
}

std::string program(const std::string& name) {
  return RAPPORTEUR_BINARY_DIR "/bin/" + name;
}

std::string run_program(std::vector<std::string> words, int code) {
  const TempDir folder;
  const std::string name = words.front();
  Process process(std::move(words), folder / "said");
  const int ended = process.wait();
  std::string said = read_file(folder / "said");
  if (ended != code) {
    throw std::runtime_error(name + " ended with " + std::to_string(ended) + ": " + said);
  }
  return said;
}

std::uint16_t free_port() {
  std::random_device random;
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const auto port =
        static_cast<std::uint16_t>(std::uniform_int_distribution<int>(20'000, 32'000)(random));
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound =
        ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (bound) return port;
  }
  throw std::runtime_error("no free port");
}

}  // namespace rapporteur::testing
