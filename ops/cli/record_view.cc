#include "ops/cli/record_view.h"

#include <google/protobuf/util/json_util.h>
#include <spdlog/fmt/fmt.h>

#include "ops/cli/output.h"
#include "proto/base/counted.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::cli {
namespace {

std::string kind_text(v1::Kind kind) {
  std::string name = v1::Kind_Name(kind);
  constexpr std::string_view kPrefix = "KIND_";
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  return name.empty() ? std::to_string(kind) : name;
}

std::string rules_text(const google::protobuf::RepeatedPtrField<v1::RuleCount>& rules) {
  std::string out;
  for (const auto& rule : rules) {
    out += out.empty() ? "" : ", ";
    out += rule.count() == 1 ? rule.code() : fmt::format("{} x{}", rule.code(), rule.count());
    for (int i = 0; i < rule.waived_by_size(); ++i) {
      out += (i == 0 ? " WAIVED by " : " and ") + std::to_string(rule.waived_by(i));
    }
  }
  return out;
}

nlohmann::json message_json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return nullptr;
  return nlohmann::json::parse(text, nullptr, false);
}

std::string action_summary(const std::string& bytes) {
  v1::AdministrativeAction action;
  if (!action.ParseFromString(bytes)) return "unreadable action";
  switch (action.action_case()) {
    case v1::AdministrativeAction::kEnrol:
      return fmt::format("enrol {} ({})", action.enrol().id(),
                         v1::ParticipantKind_Name(action.enrol().kind()));
    case v1::AdministrativeAction::kAddGrant:
      return fmt::format("{} may {}", action.add_grant().participant(),
                         grant_text(action.add_grant()));
    case v1::AdministrativeAction::kRemoveGrant:
      return fmt::format("{} may no longer {}", action.remove_grant().participant(),
                         grant_text(action.remove_grant()));
    case v1::AdministrativeAction::kChangeState:
      return fmt::format("{} is {}", action.change_state().participant(),
                         v1::ParticipantState_Name(action.change_state().state()));
    case v1::AdministrativeAction::kChangeKey:
      return "keys of " + action.change_key().participant();
    case v1::AdministrativeAction::kChangePolicy:
      return "policy of " + action.change_policy().policy().dataflow();
    case v1::AdministrativeAction::kErase:
      return fmt::format("erase salt and body of entry {}", action.erase().index());
    case v1::AdministrativeAction::kSetRetention:
      return "retention of " + action.set_retention().dataflow();
    case v1::AdministrativeAction::kPlaceHold:
      return "legal hold " + action.place_hold().name();
    case v1::AdministrativeAction::kLiftHold:
      return "legal hold " + action.lift_hold().name() + " lifted";
    case v1::AdministrativeAction::kAddWaiver: {
      const v1::Waiver& waiver = action.add_waiver().waiver();
      return fmt::format("waiver of {} in {}: {}", counted(waiver.cells(), "cell"),
                         waiver.dataflow(), waiver.reference());
    }
    case v1::AdministrativeAction::kRemoveWaiver:
      return fmt::format("waiver {} removed", action.remove_waiver().index());
    case v1::AdministrativeAction::ACTION_NOT_SET:
      break;
  }
  return "no action";
}

std::string subscribed_text(const v1::Subscribed& subscribed) {
  const std::string name =
      fmt::format("subscription {} of {}", subscribed.subscription(), subscribed.participant());
  if (subscribed.removed()) return name + " removed";
  return fmt::format("{} reads {} from entry {} on", name, filter_text(subscribed.filter()),
                     subscribed.from_index());
}

std::string faults_text(const v1::Unauthenticated& summary) {
  std::string out;
  for (const auto& fault : summary.faults()) {
    out += fmt::format("{}{} {} x{}", out.empty() ? "" : ", ",
                       fault.participant().empty() ? "(unknown)" : fault.participant(),
                       fault.code(), fault.count());
  }
  return out;
}

std::string signed_part(const v1::Record& record) {
  v1::Header header;
  if (record.header().empty() || !header.ParseFromString(record.header())) return {};
  return header_summary(header);
}

}  // namespace

Result<v1::Record> record_of(const v1::Entry& entry) {
  v1::Record record;
  if (record.ParseFromString(entry.record())) return record;
  return fail(ErrorKind::kMalformed, "the record cannot be read",
              "log entry " + std::to_string(entry.index()),
              "update this program: the hub may be a newer one");
}

std::string grant_text(const v1::Grant& grant) {
  if (grant.has_submit()) {
    return fmt::format("submit {} {} for {}", grant.submit().dataflow(), grant.submit().indicator(),
                       grant.submit().area());
  }
  const v1::ReceiveRight& right = grant.receive();
  return fmt::format(
      "receive {} {} from {}, {}", right.dataflow(), right.indicator(), right.sender(),
      right.from_now() ? "from now on" : fmt::format("entries {} and later", right.from_index()));
}

std::string filter_text(const v1::SubscriptionFilter& filter) {
  const auto shown = [](const std::string& pattern) { return pattern.empty() ? "*" : pattern; };
  return fmt::format("{} {} from {} for {}", shown(filter.dataflow()), shown(filter.indicator()),
                     shown(filter.sender()), shown(filter.area()));
}

std::string header_summary(const v1::Header& header) {
  std::string out = fmt::format("{} by {}", kind_text(header.kind()), header.sender());
  if (!header.indicator().empty()) out += " of " + header.indicator();
  if (header.ref_areas_size() > 0) {
    out += " for " + header.ref_areas(0);
    if (header.ref_areas_size() > 1)
      out += fmt::format(" and {} more", header.ref_areas_size() - 1);
  }
  return out;
}

std::string event_name(const v1::Record& record) {
  const auto* field = v1::Record::descriptor()->FindFieldByNumber(record.event_case());
  // Of parties that are known as well as of those that are not.
  if (record.event_case() == v1::Record::kUnauthenticated) return "FAULTS";
  std::string name = field == nullptr ? "unknown" : field->name();
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  return name;
}

std::string record_summary(const v1::Record& record) {
  std::string said = signed_part(record);
  switch (record.event_case()) {
    case v1::Record::kAccepted: {
      const std::string warnings = rules_text(record.accepted().warnings());
      return warnings.empty() ? said : said + "; warnings: " + warnings;
    }
    case v1::Record::kRefused:
      return said + ": " + rules_text(record.refused().rules());
    case v1::Record::kAdministered:
      return action_summary(record.administered().action());
    case v1::Record::kSkipped:
      return said;
    case v1::Record::kCursorsMoved:
      return counted(static_cast<std::uint64_t>(record.cursors_moved().acknowledgements_size()),
                     "acknowledgement");
    case v1::Record::kSubscribed:
      return subscribed_text(record.subscribed());
    case v1::Record::kBackedUp:
      return fmt::format("{}, by {}", counted(record.backed_up().size(), "entry"),
                         record.backed_up().operator_id());
    case v1::Record::kStarted:
      return fmt::format("{} {}", record.started().origin(), record.started().software_version());
    case v1::Record::kUnauthenticated:
      return faults_text(record.unauthenticated());
    case v1::Record::kExpired:
      return fmt::format("{} of {} after {}",
                         counted(static_cast<std::uint64_t>(record.expired().indices_size()),
                                 record.expired().superseded() ? "superseded body" : "live body"),
                         record.expired().dataflow(), counted(record.expired().days(), "day"));
    case v1::Record::kStopped:
    case v1::Record::EVENT_NOT_SET:
      break;
  }
  return {};
}

nlohmann::json record_json(LogIndex index, const v1::Record& record) {
  nlohmann::json out{{"index", index.value},
                     {"time", time_text(record.time_ms())},
                     {"event", event_name(record)},
                     {"summary", record_summary(record)}};
  v1::Header header;
  if (!record.header().empty() && header.ParseFromString(record.header())) {
    out["header"] = message_json(header);
    if (const auto id = MessageId::from(header.message_id())) {
      out["header"]["message_id"] = uuid_text(*id);
    }
    out["header"]["key_id"] = crypto::hex(bytes_of(header.key_id()));
    out["signature"] = crypto::hex(bytes_of(record.signature()));
  }
  v1::Record event = record;
  event.clear_header();
  event.clear_signature();
  event.clear_time_ms();
  out["detail"] = message_json(event);
  v1::AdministrativeAction action;
  if (record.has_administered() && action.ParseFromString(record.administered().action())) {
    out["action"] = message_json(action);
  }
  return out;
}

}  // namespace rapporteur::cli
