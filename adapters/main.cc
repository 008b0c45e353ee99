// rapporteur-adapter: an agency's side of the hub.
#include <algorithm>
#include <span>

#include <CLI/CLI.hpp>

#include "adapters/agency/program.h"
#include "adapters/sources/suggest.h"
#include "proto/base/last_net.h"
#include "proto/base/standard_output.h"

namespace rapporteur::agency {
namespace {

constexpr std::string_view kName = "rapporteur-adapter";

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// The words of the command line that are neither options nor values of the global one.
std::vector<std::string> words_of(std::span<char* const> arguments) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "-C" || word == "--folder") {
      ++i;
    } else if (!word.starts_with('-')) {
      words.emplace_back(word);
    }
  }
  return words;
}

// CLI11 says only that a command is missing; here the word that is none is named.
Status check_commands(const CLI::App& app, std::span<const std::string> words) {
  if (app.get_require_subcommand_min() == 0) return {};
  const std::vector<const CLI::App*> commands =
      app.get_subcommands([](const CLI::App*) { return true; });
  const auto named = [&](const std::string& word) {
    return std::find_if(commands.begin(), commands.end(),
                        [&](const CLI::App* command) { return command->get_name() == word; });
  };
  if (words.empty()) {
    return fail(ErrorKind::kUsage, "name a command", {}, app.get_name() + " --help lists them");
  }
  const auto found = named(words.front());
  if (found != commands.end()) return check_commands(**found, words.subspan(1));
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CLI::App* command : commands) names.push_back(command->get_name());
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string near = sources::did_you_mean(words.front(), known);
  return fail(ErrorKind::kUsage, "'" + printable(words.front(), 60) + "' is no command", {},
              near.empty() ? app.get_name() + " --help lists them" : near);
}

int run(std::span<char* const> arguments) {
  CLI::App app("An agency's adapter: brings its figures to the hub and the hub's to it.",
               std::string(kName));
  app.set_version_flag("--version", std::string(kName) + " 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  Program program;
  // Before the line is understood, so that what is wrong with it is JSON too.
  program.json = std::ranges::find(arguments, std::string_view("--json")) != arguments.end();
  Command chosen;
  app.add_option("-C,--folder", program.folder, "The agency's folder")->capture_default_str();
  app.add_flag("--json", program.json, "Answer as one JSON document; errors and warnings too");
  for (const auto add : {add_init, add_enrol, add_keygen, add_sync, add_validate, add_convert,
                         add_anonymise, add_push, add_revise, add_withdraw, add_receive, add_run,
                         add_outbox, add_subscription, add_witness}) {
    add(app, chosen);
  }
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    auto named = check_commands(app, words_of(arguments.subspan(1)));
    if (named) {
      named = fail(ErrorKind::kUsage, one_line(error.what()), {}, "--help says what there is");
    }
    program.fail(named.error());
    return exit_code(ErrorKind::kUsage);
  }
  const Outcome outcome = chosen(program);
  if (outcome) return *outcome;
  program.fail(outcome.error());
  return exit_code(outcome.error().kind);
}

}  // namespace
}  // namespace rapporteur::agency

int main(int argc, char** argv) {
  using namespace rapporteur;
  return within_last_net("rapporteur-adapter", [&]() {
    return with_whole_output("rapporteur-adapter",
                             agency::run({argv, static_cast<std::size_t>(argc)}));
  });
}
