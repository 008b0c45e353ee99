// rapporteur-broker's few flags.
#pragma once

#include <filesystem>
#include <span>

#include "proto/base/result.h"

namespace rapporteur {

struct CommandLine {
  enum class Command { kRun, kCheck, kPrintConfig, kPrintDocumentation, kVersion, kHelp };
  Command command = Command::kRun;
  std::filesystem::path config;
};

inline constexpr const char* kUsage =
    "rapporteur-broker --config hub.toml [--check]\n"
    "\n"
    "  --config FILE                  the hub's configuration\n"
    "  --check                        check what starting needs, short of the log, then exit\n"
    "  --print-config                 print an example configuration with every key\n"
    "  --print-config-documentation   print CONFIGURATION.md\n"
    "  --version, --help\n"
    "\n"
    "Exit codes: 0 done, 2 usage, 3 configuration, 5 in use, 6 storage.\n";

// Error: kUsage.
[[nodiscard]] Result<CommandLine> parse_command_line(std::span<char*> arguments);

}  // namespace rapporteur
