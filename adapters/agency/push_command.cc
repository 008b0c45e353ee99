// push: files to the hub, through the local rules and the outbox.
#include <algorithm>
#include <iterator>

#include <CLI/CLI.hpp>

#include "adapters/agency/carry.h"
#include "adapters/agency/officer.h"
#include "adapters/agency/planned_file.h"
#include "adapters/agency/replacing.h"
#include "adapters/agency/under_quorum.h"
#include "adapters/agency/waiting_keys.h"
#include "adapters/client/ledger.h"

namespace rapporteur::agency {
namespace {

struct PushOptions {
  std::vector<std::string> files;
  FileOptions file;
  bool dry_run = false;
  bool as_is = false;
  bool revise = false;
  bool require_quorum = false;
  int patience_s = 30;
  OfficerOptions officer;
};

// Who would receive a submission of the plan, by the directory of the last sync.
std::vector<std::string> receivers(const LocalCheck& check, const std::string& participant,
                                   const sources::PlannedSubmission& planned) {
  v1::Header header;
  header.set_sender(participant);
  header.set_dataflow(planned.dataflow);
  header.set_indicator(planned.indicator);
  *header.mutable_releasability() = wire(planned.releasability);
  return client::recipients(check.directory()->state(), header);
}

void show_plan(const Program& program, const LocalCheck& check, const std::string& participant,
               const PlannedFile& file, nlohmann::ordered_json& document) {
  nlohmann::ordered_json plan = file.json();
  plan["plan"] = nlohmann::ordered_json::array();
  for (const sources::PlannedSubmission& planned : file.submissions) {
    std::string line = planned.indicator + "  " +
                       counted(planned.observations.rows(), "observation") + "  " +
                       planned.releasability.text();
    nlohmann::ordered_json entry{{"dataflow", planned.dataflow},
                                 {"indicator", planned.indicator},
                                 {"observations", planned.observations.rows()},
                                 {"releasability", planned.releasability.text()}};
    if (check.directory()) {
      const std::vector<std::string> ids = receivers(check, participant, planned);
      entry["receivers"] = ids;
      line += "  ->";
      for (const std::string& id : ids) line += " " + id;
      if (ids.empty()) line += " nobody";
    }
    program.say(line);
    plan["plan"].push_back(std::move(entry));
  }
  document["files"].push_back(std::move(plan));
}

Outcome dry_run(Program& program, const LocalCheck& check, const std::string& participant,
                const std::vector<PlannedFile>& files, bool sendable) {
  nlohmann::ordered_json document;
  document["files"] = nlohmann::ordered_json::array();
  if (!check.directory()) program.say("who would receive it is not known: run 'sync' first");
  for (const PlannedFile& file : files) {
    show_plan(program, check, participant, file, document);
  }
  document["checked"] = check.basis();
  document["would_be_sent"] = sendable;
  program.answer(document);
  return sendable ? 0 : 1;
}

Outcome refuse(const Program& program, const LocalCheck& check,
               const std::vector<PlannedFile>& files, bool as_is) {
  nlohmann::ordered_json document;
  document["files"] = nlohmann::ordered_json::array();
  for (const PlannedFile& file : files) document["files"].push_back(file.json());
  document["checked"] = check.basis();
  program.answer(document);
  return fail(ErrorKind::kRefused, "nothing was sent", {},
              as_is ? "correct what is an error above: it cannot be read or has no row, so that "
                      "--as-is cannot send it either"
                    : "correct what is an error above; --as-is sends what the rules object to all "
                      "the same, and the hub decides");
}

// The live submissions whose place the plan takes; what says the very same stays as it is.
Result<std::vector<std::optional<MessageId>>> replaced_by(
    const Program& program, const LocalCheck& check,
    std::vector<sources::PlannedSubmission>& submissions) {
  auto found = match(submissions, check.live());
  if (!found) return tl::unexpected(found.error());
  std::vector<sources::PlannedSubmission> changed;
  std::vector<std::optional<MessageId>> replaces;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    if (found->unchanged[i]) continue;
    changed.push_back(std::move(submissions[i]));
    replaces.push_back(found->replaces[i]);
  }
  if (changed.size() < submissions.size()) {
    program.say(counted(submissions.size() - changed.size(), "submission") +
                " published already, the very same: not sent again");
  }
  for (const client::OwnSubmission& own : found->left_standing) {
    program.warn("stays as it is, no figure of it is in the file: " + uuid_text(own.message_id) +
                 " of " + printable(own.header.indicator(), 64) +
                 " ('withdraw' takes it back if there is none any more)");
  }
  submissions = std::move(changed);
  return replaces;
}

// What the files hold, judged; ends at the first that cannot be read.
Result<std::vector<PlannedFile>> plan_files(const Program& program, const PushOptions& options,
                                            const FileOptions& reading, LocalCheck& check) {
  std::vector<PlannedFile> files;
  for (const std::string& name : options.files) {
    FindReplaced find_replaced;
    if (options.revise) {
      find_replaced = [&](std::vector<sources::PlannedSubmission>& submissions) {
        return replaced_by(program, check, submissions);
      };
    }
    auto planned = plan_file(name, reading, check, find_replaced);
    if (!planned) return tl::unexpected(planned.error());
    planned->show(program);
    for (std::size_t i = 0; i < planned->submissions.size(); ++i) {
      const sources::PlannedSubmission& submission = planned->submissions[i];
      check.expect(submission.dataflow, planned->replaces[i], submission.observations);
    }
    files.push_back(std::move(*planned));
  }
  return files;
}

Outcome push(Program& program, const PushOptions& options) {
  if (options.files.empty() && (options.dry_run || options.officer.given())) {
    return fail(ErrorKind::kUsage,
                options.dry_run ? "--dry-run shows what a file would send"
                                : "the data officer signs what a file is made of",
                {}, "name a FILE");
  }
  if (options.revise && options.files.size() != 1) {
    return fail(ErrorKind::kUsage, "--revise takes one file at a time", {}, "name one FILE");
  }
  auto desk = Desk::open(program);
  if (!desk) return tl::unexpected(desk.error());
  if (options.require_quorum && !(*desk)->quorum) {
    return fail(ErrorKind::kConfiguration, "--require-quorum needs a policy of witnesses",
                ((*desk)->agency.folder() / "adapter.toml").string(),
                "name a tlog-policy there: policy = \"policy.txt\"");
  }
  CarryOptions carrying{std::chrono::seconds(options.patience_s), {}, options.require_quorum};
  if (options.files.empty()) {
    const auto ids =
        options.require_quorum ? without_quorum(**desk) : Result<std::vector<MessageId>>();
    if (!ids) return tl::unexpected(ids.error());
    return carry(program, **desk, *ids, carrying);
  }
  const client::Ledger ledger((*desk)->agency.state(), client::log_key((*desk)->hub).key);
  auto officer = open_officer(options.officer, **desk, program);
  if (!officer) return tl::unexpected(officer.error());
  auto check = LocalCheck::open((*desk)->participant(), ledger);
  if (!check) return tl::unexpected(check.error());
  if (*officer) check->sign_second((*officer)->key.key_id(), (*officer)->reason);
  if (auto expected = expect_waiting(**desk, *check); !expected) {
    return tl::unexpected(expected.error());
  }
  const FileOptions reading = options.file.with_default((*desk)->agency.settings().mapping);
  auto files = plan_files(program, options, reading, *check);
  if (!files) return tl::unexpected(files.error());
  if (std::ranges::any_of(*files, &PlannedFile::readable)) program.say(check->basis());
  const bool sendable = std::all_of(files->begin(), files->end(), [&](const PlannedFile& file) {
    return file.readable && (file.rules_hold || options.as_is);
  });
  if (!sendable && !options.dry_run) return refuse(program, *check, *files, options.as_is);
  for (const PlannedFile& file : *files) {
    if (auto warned = warn_of_waiting(program, **desk, file); !warned) {
      return tl::unexpected(warned.error());
    }
  }
  if (options.dry_run) return dry_run(program, *check, (*desk)->participant(), *files, sendable);
  std::vector<client::NewItem> items;
  for (const PlannedFile& file : *files) {
    carrying.said.add(file);
    std::ranges::move(items_of(file), std::back_inserter(items));
  }
  return add_and_carry(program, **desk, items, carrying, *officer);
}

}  // namespace

void add_push(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "push", "Send files: check them, sign them, keep them until the hub's receipt is verified");
  auto options = std::make_shared<PushOptions>();
  command->add_option("FILE", options->files,
                      "Files to send; without one, what waits in the outbox is sent");
  command->add_option("--mapping", options->file.mapping,
                      "Mapping file; else that of adapter.toml, else columns by their names");
  command->add_flag("--dry-run", options->dry_run,
                    "Send nothing: show the findings and who would receive what");
  command->add_flag("--skip-refused-rows", options->file.skip_refused_rows,
                    "Leave out rows that cannot be read or mapped; receivers see how many");
  command->add_flag("--as-is", options->as_is,
                    "Send what the local rules object to, unknown codes too: the hub decides");
  command->add_flag("--require-quorum", options->require_quorum,
                    "Wait until the witnesses of the agency's policy have cosigned what was "
                    "accepted; without a FILE, of all receipts that have no quorum yet");
  command->add_flag("--revise", options->revise,
                    "The files replace what this agency has published under their keys; what is "
                    "new is sent as new, what is the same is not sent");
  add_officer_options(*command, options->officer);
  command->add_option("--wait", options->patience_s, "Seconds without the hub before giving up")
      ->check(CLI::Range(0, 86'400))
      ->capture_default_str();
  command->callback([&chosen, options]() {
    options->file.keep_unknown_codes = options->as_is;
    chosen = [options](Program& program) { return push(program, *options); };
  });
}

}  // namespace rapporteur::agency
