#include <memory>
#include <optional>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::cli {
namespace {

struct SetOptions {
  std::string dataflow;
  std::optional<std::uint32_t> k;
  std::optional<std::uint32_t> depth_from;
  std::optional<std::uint32_t> interval_width;
  std::optional<bool> zeros_sensitive;
  std::optional<std::string> free_text;
  std::string reason;
};

// What holds for a dataflow: an operator's entry, else the default of the code list.
Result<v1::Policy> policy_of(const v1::DirectoryState& state, const std::string& dataflow) {
  for (const auto& policy : state.policies()) {
    if (policy.dataflow() == dataflow) return policy;
  }
  const auto* known = codelists::find_dataflow(dataflow);
  if (known == nullptr) {
    return fail(ErrorKind::kNotFound, "no dataflow '" + dataflow + "'", {},
                "AGENCY:ID(VERSION), like RAPPORTEUR:THB(1.0)");
  }
  v1::Policy policy;
  policy.set_dataflow(dataflow);
  policy.set_k(known->policy.k);
  policy.set_depth_from(known->policy.depth_from);
  policy.set_zeros_sensitive(known->policy.zeros_sensitive);
  policy.set_interval_width(known->policy.interval_width);
  policy.set_free_text(known->policy.free_text == codelists::FreeText::kScanned
                           ? v1::Policy::FREE_TEXT_SCANNED
                           : v1::Policy::FREE_TEXT_NONE);
  return policy;
}

void print_policy(Session& session, const v1::Policy& policy) {
  const bool scanned = policy.free_text() == v1::Policy::FREE_TEXT_SCANNED;
  if (session.json) {
    print(json_line({{"dataflow", policy.dataflow()},
                     {"k", policy.k()},
                     {"depth_from", policy.depth_from()},
                     {"zeros_sensitive", policy.zeros_sensitive()},
                     {"interval_width", policy.interval_width()},
                     {"free_text", scanned ? "scanned" : "none"}}));
    return;
  }
  print(
      fmt::format("{}: a protected count of 1 to {} is not published once at least {} personal "
                  "dimension(s) are broken down; zeros are {}; hidden counts keep a width of {}; "
                  "free text is {}\n",
                  policy.dataflow(), policy.k() - 1, policy.depth_from(),
                  policy.zeros_sensitive() ? "sensitive" : "public", policy.interval_width(),
                  scanned ? "scanned" : "refused"));
}

Status show(Session& session, const std::string& dataflow) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  const auto policy = policy_of(*state, dataflow);
  if (!policy) return tl::unexpected(policy.error());
  print_policy(session, *policy);
  return {};
}

Status set(Session& session, const SetOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  auto policy = policy_of(*state, options.dataflow);
  if (!policy) return tl::unexpected(policy.error());
  policy->set_k(options.k.value_or(policy->k()));
  policy->set_depth_from(options.depth_from.value_or(policy->depth_from()));
  policy->set_interval_width(options.interval_width.value_or(policy->interval_width()));
  policy->set_zeros_sensitive(options.zeros_sensitive.value_or(policy->zeros_sensitive()));
  if (options.free_text) {
    policy->set_free_text(*options.free_text == "none" ? v1::Policy::FREE_TEXT_NONE
                                                       : v1::Policy::FREE_TEXT_SCANNED);
  }
  v1::AdministrativeAction action;
  *action.mutable_change_policy()->mutable_policy() = *policy;
  action.set_reason(options.reason);
  const auto index = line->administer(action);
  if (!index) return tl::unexpected(index.error());
  print_policy(session, *policy);
  return {};
}

}  // namespace

void add_policy(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("policy", "Disclosure and free-text policy of a dataflow");
  group->require_subcommand(1);

  auto* show_command = group->add_subcommand("show", "What holds now");
  auto dataflow = std::make_shared<std::string>();
  show_command->add_option("DATAFLOW", *dataflow, "AGENCY:ID(VERSION)")->required();
  show_command->callback([&session, dataflow] { session.finish(show(session, *dataflow)); });

  auto* set_command = group->add_subcommand("set", "Make it stricter");
  auto options = std::make_shared<SetOptions>();
  set_command->add_option("DATAFLOW", options->dataflow, "AGENCY:ID(VERSION)")->required();
  const auto number = [&](const char* flag, std::optional<std::uint32_t>& into,
                          const char* sentence) {
    whole_number(set_command->add_option(flag, into, sentence), 0, UINT32_MAX);
  };
  number("--k", options->k, "Protected counts of 1 to k-1 are not published");
  number("--depth-from", options->depth_from,
         "Personal dimensions broken down for a cell to be protected");
  number("--interval-width", options->interval_width,
         "Least width of what can be told about a hidden count");
  set_command->add_option("--zeros-sensitive", options->zeros_sensitive, "true or false");
  set_command->add_option("--free-text", options->free_text, "none or scanned")
      ->check(CLI::IsMember({"none", "scanned"}));
  set_command->add_option("--reason", options->reason, "Why; kept in the log")->required();
  set_command->callback([&session, options] { session.finish(set(session, *options)); });
}

}  // namespace rapporteur::cli
