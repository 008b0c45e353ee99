#include "broker/command_line.h"

#include <string_view>

namespace rapporteur {

Result<CommandLine> parse_command_line(std::span<char*> arguments) {
  using Command = CommandLine::Command;
  CommandLine out;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--config" && i + 1 < arguments.size()) {
      out.config = arguments[++i];
    } else if (argument.starts_with("--config=")) {
      out.config = argument.substr(std::string_view("--config=").size());
    } else if (argument == "--check") {
      out.command = Command::kCheck;
    } else if (argument == "--print-config") {
      out.command = Command::kPrintConfig;
    } else if (argument == "--print-config-documentation") {
      out.command = Command::kPrintDocumentation;
    } else if (argument == "--version") {
      out.command = Command::kVersion;
    } else if (argument == "--help" || argument == "-h") {
      out.command = Command::kHelp;
    } else {
      return fail(ErrorKind::kUsage, "unknown argument " + printable(argument), "",
                  "--help shows all");
    }
  }
  const bool needs_config = out.command == Command::kRun || out.command == Command::kCheck;
  if (needs_config && out.config.empty()) {
    return fail(ErrorKind::kUsage, "--config FILE is missing", "", "--help shows all");
  }
  return out;
}

}  // namespace rapporteur
