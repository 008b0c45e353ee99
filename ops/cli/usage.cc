#include <string_view>
#include <vector>

#include "adapters/sources/suggest.h"
#include "ops/cli/commands.h"
#include "proto/base/whole_number.h"

namespace rapporteur::cli {
namespace {

std::vector<std::string_view> commands_of(const CLI::App& app) {
  std::vector<std::string_view> names;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
  }
  return names;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string out = "one of";
  for (const std::string_view name : names) out.append(" ").append(name);
  return out;
}

std::string help_of(const CLI::App& app, const std::string& where) {
  return app.get_name() + (where.empty() ? "" : " " + where) + " --help";
}

Error not_understood(const CLI::App& app, const CLI::App& last, const std::string& word,
                     const std::string& where) {
  std::vector<std::string> options;
  std::vector<std::string_view> known = commands_of(last);
  const bool option = word.starts_with('-');
  if (option) {
    for (const CLI::App* one : {&last, &app}) {
      for (const CLI::Option* each : one->get_options()) options.push_back(each->get_name());
    }
    known.assign(options.begin(), options.end());
  }
  std::string what = "unexpected '" + printable(word, 80) + "'";
  if (option) what = "no option '" + printable(word, 80) + "'";
  if (!option && !known.empty()) what = "no command '" + printable(word, 80) + "'";
  std::string remedy = sources::did_you_mean(word, known);
  if (remedy.empty()) remedy = option || known.empty() ? help_of(app, where) : joined(known);
  return {ErrorKind::kUsage, what, where, remedy};
}

}  // namespace

CLI::Option* whole_number(CLI::Option* option, std::uint64_t least, std::uint64_t most) {
  const std::string range = "a whole number from " + std::to_string(least) +
                            (most == UINT64_MAX ? "" : " to " + std::to_string(most));
  return option->check([=](const std::string& text) {
    const auto number = parse_whole_number(text);
    const bool fits = number && *number >= least && *number <= most;
    return fits ? std::string() : "'" + printable(text, 80) + "' is not " + range;
  });
}

void add_index(CLI::App& command, std::uint64_t& index) {
  whole_number(command.add_option("INDEX", index, "Of the entry, from 0")->required());
}

Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* last = &app;
  std::string where;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().back();
    where += (where.empty() ? "" : " ") + last->get_name();
  }
  if (const auto extra = app.remaining(true); !extra.empty()) {
    return not_understood(app, *last, extra.front(), where);
  }
  if (const auto names = commands_of(*last); !names.empty()) {
    return {ErrorKind::kUsage, "a command is missing", where, joined(names)};
  }
  return {ErrorKind::kUsage, error.what(), where, help_of(app, where)};
}

}  // namespace rapporteur::cli
