#include <algorithm>
#include <memory>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/record_view.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::cli {
namespace {

struct GrantOptions {
  std::string participant;
  std::string dataflow = "*";
  std::string indicator = "*";
  std::string area;
  std::string sender = "*";
  std::optional<std::uint64_t> from_index;
  std::string reason;
};

v1::Grant submit_grant(const GrantOptions& options) {
  v1::Grant grant;
  grant.set_participant(options.participant);
  grant.mutable_submit()->set_dataflow(options.dataflow);
  grant.mutable_submit()->set_indicator(options.indicator);
  grant.mutable_submit()->set_area(options.area);
  return grant;
}

v1::Grant receive_grant(const GrantOptions& options) {
  v1::Grant grant;
  grant.set_participant(options.participant);
  grant.mutable_receive()->set_dataflow(options.dataflow);
  grant.mutable_receive()->set_indicator(options.indicator);
  grant.mutable_receive()->set_sender(options.sender);
  grant.mutable_receive()->set_from_index(options.from_index.value_or(0));
  grant.mutable_receive()->set_from_now(!options.from_index.has_value());
  return grant;
}

// A pattern is taken as it is given; one that matches no code is said so, since nothing else would
// show it before the first refusal.
void warn_of_codes_nobody_has(const Session& session, const std::string& option,
                              codelists::ListId list, std::string_view pattern) {
  while (!pattern.empty()) {
    const std::size_t bar = std::min(pattern.find('|'), pattern.size());
    const std::string_view code = pattern.substr(0, bar);
    pattern.remove_prefix(std::min(bar + 1, pattern.size()));
    if (code.find('*') != std::string_view::npos || codelists::find(list, code) != nullptr)
      continue;
    std::string text = fmt::format("{} {} is no code", option, code);
    const auto near = codelists::nearest(list, code);
    for (std::size_t i = 0; i < near.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "; near it: " : ", ", near[i]);
    }
    session.warn(text);
  }
}

void warn_of_what_matches_nothing(const Session& session, const v1::Grant& grant) {
  using codelists::ListId;
  const bool submit = grant.has_submit();
  const std::string& dataflow = submit ? grant.submit().dataflow() : grant.receive().dataflow();
  if (dataflow.find_first_of("*|") == std::string::npos &&
      codelists::find_dataflow(dataflow) == nullptr) {
    session.warn(fmt::format("--dataflow {} is none of this release's", dataflow));
  }
  warn_of_codes_nobody_has(session, "--indicator", ListId::kIndicator,
                           submit ? grant.submit().indicator() : grant.receive().indicator());
  if (submit) warn_of_codes_nobody_has(session, "--area", ListId::kArea, grant.submit().area());
}

Status carry_out(Session& session, const v1::AdministrativeAction& action,
                 const std::string& sentence) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto index = line->administer(action);
  if (!index) return tl::unexpected(index.error());
  if (session.json) {
    print(json_line({{"index", index->value}}));
  } else {
    print(fmt::format("{} (log entry {})\n", sentence, index->value));
  }
  return {};
}

// `make` turns the options into a grant; the flag --end takes it back.
void add_kind(CLI::App* command, Session& session, bool submit) {
  auto options = std::make_shared<GrantOptions>();
  auto end = std::make_shared<bool>(false);
  command->add_option("PARTICIPANT", options->participant, "Who gets the right")->required();
  command->add_option("--dataflow", options->dataflow, "Pattern: * any characters, | alternatives");
  command->add_option("--indicator", options->indicator, "Pattern");
  if (submit) {
    command->add_option("--area", options->area, "Pattern of REF_AREA")->required();
  } else {
    command->add_option("--sender", options->sender, "Pattern of participants");
    whole_number(command->add_option("--from", options->from_index,
                                     "First log entry it may receive; without it, from now on"));
  }
  command->add_option("--reason", options->reason, "Why; kept in the log");
  command->add_flag("--end", *end, "Take the right back");
  command->callback([&session, options, end, submit] {
    v1::AdministrativeAction action;
    action.set_reason(options->reason);
    const v1::Grant grant = submit ? submit_grant(*options) : receive_grant(*options);
    (*end ? *action.mutable_remove_grant() : *action.mutable_add_grant()) = grant;
    const std::string sentence = fmt::format("{} {} {}", options->participant,
                                             *end ? "may no longer" : "may", grant_text(grant));
    if (!*end) warn_of_what_matches_nothing(session, grant);
    session.finish(carry_out(session, action, sentence));
  });
}

}  // namespace

void add_grant(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("grant", "Rights; nothing is allowed without one");
  group->require_subcommand(1);
  add_kind(group->add_subcommand("submit", "To send figures"), session, true);
  add_kind(group->add_subcommand("receive", "To receive figures"), session, false);
}

}  // namespace rapporteur::cli
