// Programs of the project as processes of the load generator's.
//
// Threads: one. Errors: kConfiguration for a program that cannot be started or ends with an error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "proto/base/result.h"

namespace rapporteur::bench {

[[nodiscard]] Result<std::uint16_t> free_port();
// What it says is appended to `output`.
[[nodiscard]] Result<pid_t> spawn(std::vector<std::string> arguments,
                                  const std::filesystem::path& output);
[[nodiscard]] Status finish(pid_t child, const std::string& program);

}  // namespace rapporteur::bench
