#include "ops/bench/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rapporteur::bench {

Result<std::uint16_t> free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      probe >= 0 && ::bind(probe, raw, size) == 0 && ::getsockname(probe, raw, &size) == 0;
  if (probe >= 0) ::close(probe);
  if (!bound) return fail(ErrorKind::kUnreachable, "no free port on the loopback interface");
  return ntohs(address.sin_port);
}

Result<pid_t> spawn(std::vector<std::string> arguments, const std::filesystem::path& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, descriptor, output.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (auto& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, raw.front(), &actions, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return fail(ErrorKind::kConfiguration, "cannot start", arguments.front(),
                "build the programs first");
  }
  return child;
}

Status finish(pid_t child, const std::string& program) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return fail(ErrorKind::kConfiguration, "ended with an error", program);
  }
  return {};
}

}  // namespace rapporteur::bench
