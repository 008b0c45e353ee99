#include <memory>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/enrolment.h"
#include "ops/cli/commands.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/record_view.h"
#include "ops/cli/trust.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::cli {
namespace {

std::string enum_text(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : static_cast<char>(std::tolower(c));
  return name;
}

std::vector<std::string> live_keys(const google::protobuf::RepeatedPtrField<v1::PublicKey>& keys) {
  std::vector<std::string> out;
  for (const auto& key : keys) {
    if (key.ended_index() == 0) out.push_back(crypto::hex(bytes_of(key.key())));
  }
  return out;
}

nlohmann::json participant_json(const v1::Participant& participant) {
  return {{"id", participant.id()},
          {"kind", enum_text(v1::ParticipantKind_Name(participant.kind()))},
          {"name", participant.name()},
          {"contacts",
           std::vector<std::string>(participant.contacts().begin(), participant.contacts().end())},
          {"state", enum_text(v1::ParticipantState_Name(participant.state()))},
          {"curve_keys", live_keys(participant.curve_keys())},
          {"signing_keys", live_keys(participant.signing_keys())}};
}

struct AddOptions {
  std::filesystem::path request;
  std::string kind;
  std::string name;
  std::vector<std::string> contacts;
};

Status add_one(Session& session, const AddOptions& options) {
  if (auto there =
          readable(options.request, "`rapporteur-adapter init` at the agency makes enrolment.toml");
      !there) {
    return there;
  }
  auto request = client::read_enrolment(options.request);
  if (!request) return tl::unexpected(request.error());
  v1::AdministrativeAction action;
  v1::Participant& participant = *action.mutable_enrol();
  participant.set_id(request->participant);
  std::string kind = options.kind;
  for (char& c : kind) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  v1::ParticipantKind parsed{};
  if (!v1::ParticipantKind_Parse(kind, &parsed) || parsed == 0) {
    return fail(ErrorKind::kUsage, "'" + options.kind + "' is no kind of participant", "--kind",
                "coordination-body, europol, eurojust, collector, observer, auditor or operator");
  }
  participant.set_kind(parsed);
  participant.set_name(options.name.empty() ? request->participant : options.name);
  for (const auto& contact : options.contacts) participant.add_contacts(contact);
  participant.add_curve_keys()->set_key(request->curve_key.string());
  participant.add_signing_keys()->set_key(request->signing_key.string());
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto index = line->administer(action);
  if (!index) return tl::unexpected(index.error());
  if (session.json) {
    print(json_line({{"participant", participant.id()}, {"index", index->value}}));
  } else {
    print(fmt::format("{} is enrolled (log entry {})\n", participant.id(), index->value));
  }
  return {};
}

Status list_all(Session& session) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  TextTable table({"ID", "KIND", "STATE", "NAME"});
  for (const auto& participant : state->participants()) {
    if (session.json) {
      print(json_line(participant_json(participant)));
      continue;
    }
    table.add({participant.id(), enum_text(v1::ParticipantKind_Name(participant.kind())),
               enum_text(v1::ParticipantState_Name(participant.state())), participant.name()});
  }
  if (!session.json) print(table.text());
  return {};
}

Status show_one(Session& session, const std::string& id) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto state = line->directory();
  if (!state) return tl::unexpected(state.error());
  for (const auto& participant : state->participants()) {
    if (participant.id() != id) continue;
    nlohmann::json out = participant_json(participant);
    out["grants"] = nlohmann::json::array();
    for (const auto& grant : state->grants()) {
      if (grant.participant() == id) out["grants"].push_back(grant_text(grant));
    }
    print(session.json ? json_line(out) : out.dump(2) + "\n");
    return {};
  }
  return fail(ErrorKind::kNotFound, "no participant '" + id + "'", {},
              "rapporteur participant list");
}

Status change_state(Session& session, const std::string& id, v1::ParticipantState state,
                    const std::string& reason) {
  v1::AdministrativeAction action;
  action.mutable_change_state()->set_participant(id);
  action.mutable_change_state()->set_state(state);
  action.set_reason(reason);
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto index = line->administer(action);
  if (!index) return tl::unexpected(index.error());
  const std::string word = enum_text(v1::ParticipantState_Name(state));
  if (session.json) {
    print(json_line({{"participant", id}, {"state", word}, {"index", index->value}}));
  } else {
    print(fmt::format("{} is {} (log entry {})\n", id, word, index->value));
  }
  return {};
}

Status change_key(Session& session, const v1::AdministrativeAction& action,
                  const std::string& done) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto index = line->administer(action);
  if (!index) return tl::unexpected(index.error());
  if (session.json) {
    print(json_line({{"participant", action.change_key().participant()}, {"index", index->value}}));
  } else {
    print(fmt::format("{} (log entry {})\n", done, index->value));
  }
  return {};
}

Status add_key(Session& session, const std::filesystem::path& file, const std::string& reason) {
  if (auto there = readable(file, "`rapporteur-adapter keygen` makes the request"); !there) {
    return there;
  }
  const auto request = client::read_key_request(file);
  if (!request) return tl::unexpected(request.error());
  v1::AdministrativeAction action;
  action.mutable_change_key()->set_participant(request->participant);
  action.mutable_change_key()->set_add_signing_key(request->signing_key.string());
  action.set_reason(reason);
  return change_key(session, action,
                    fmt::format("{} may also sign with {}", request->participant,
                                crypto::hex(request->signing_key.span())));
}

Status end_key(Session& session, const std::string& id, const std::string& key,
               const std::string& reason) {
  const auto bytes = crypto::parse_hex(key);
  if (!bytes || bytes->size() != PublicKeyBytes::kBytes) {
    return fail(ErrorKind::kUsage, "'" + printable(key, 80) + "' is no public key of 32 bytes", {},
                "64 hexadecimal digits, as `rapporteur participant show " + printable(id, 40) +
                    "` prints them");
  }
  v1::AdministrativeAction action;
  action.mutable_change_key()->set_participant(id);
  action.mutable_change_key()->set_end_signing_key(*bytes);
  action.set_reason(reason);
  return change_key(session, action, id + " signs no more with " + key);
}

void add_key_commands(CLI::App& group, Session& session) {
  auto* add = group.add_subcommand("add-key", "One more signing key, such as a data officer's");
  auto request = std::make_shared<std::filesystem::path>();
  auto why = std::make_shared<std::string>();
  add->add_option("REQUEST", *request, "File made by `rapporteur-adapter keygen`")->required();
  add->add_option("--reason", *why, "Why; kept in the log")->required();
  add->callback([&session, request, why] { session.finish(add_key(session, *request, *why)); });

  auto* end = group.add_subcommand("end-key", "A signing key is good no more");
  auto id = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  end->add_option("ID", *id, "Participant")->required();
  end->add_option("KEY", *key, "The public key, in hexadecimal")->required();
  end->add_option("--reason", *reason, "Why; kept in the log")->required();
  end->callback(
      [&session, id, key, reason] { session.finish(end_key(session, *id, *key, *reason)); });
}

void add_state_command(CLI::App& parent, Session& session, const std::string& name,
                       v1::ParticipantState state, const std::string& sentence) {
  auto* command = parent.add_subcommand(name, sentence);
  auto id = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  command->add_option("ID", *id, "Participant")->required();
  command->add_option("--reason", *reason, "Why; kept in the log")->required();
  command->callback([&session, id, reason, state] {
    session.finish(change_state(session, *id, state, *reason));
  });
}

}  // namespace

void add_participant(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("participant", "Who takes part");
  group->require_subcommand(1);

  auto* add = group->add_subcommand("add", "Enrol from the request file an agency made");
  auto options = std::make_shared<AddOptions>();
  add->add_option("REQUEST", options->request, "File made by `rapporteur-adapter init`")
      ->required();
  add->add_option("--kind", options->kind,
                  "coordination-body, europol, eurojust, collector, observer, auditor, operator")
      ->required();
  add->add_option("--name", options->name, "As people call it");
  add->add_option("--contact", options->contacts, "Contact point; may be repeated");
  add->callback([&session, options] { session.finish(add_one(session, *options)); });

  group->add_subcommand("list", "All participants")->callback([&session] {
    session.finish(list_all(session));
  });

  auto* show = group->add_subcommand("show", "One participant, with keys and grants");
  auto id = std::make_shared<std::string>();
  show->add_option("ID", *id, "Participant")->required();
  show->callback([&session, id] { session.finish(show_one(session, *id)); });

  add_key_commands(*group, session);
  add_state_command(*group, session, "suspend", v1::SUSPENDED, "Stop its messages and deliveries");
  add_state_command(*group, session, "resume", v1::ACTIVE, "End a suspension");
  add_state_command(*group, session, "revoke", v1::REVOKED, "Take its rights and keys for good");
}

}  // namespace rapporteur::cli
