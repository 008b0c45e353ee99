#include "tests/fakes/gate_stage.h"

#include "proto/base/check.h"

namespace rapporteur::fakes {
namespace {

journal::Draft founding(const directory::Directory& directory) {
  v1::Record record;
  record.mutable_started();
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  draft.state.push_back({std::string(directory::kStateName), directory.serialized()});
  return draft;
}

}  // namespace

GateStage::GateStage()
    : directory(journal, founded_by(op.party)), gate(kHub, journal, directory, clock) {
  journal::Draft draft = founding(*directory.get());
  RAPPORTEUR_CHECK(journal.append(std::span(&draft, 1)).has_value());
}

void GateStage::administer(const v1::AdministrativeAction& action) {
  RAPPORTEUR_CHECK(send(op.administration(action), op) == "accepted");
}

void GateStage::enrol(const Sender& sender, const std::string& area) {
  administer(sender.party.enrolment());
  if (!area.empty()) administer(submit_grant(sender.party.id, "*", "*", area));
}

admission::Verdict GateStage::judge(const std::string& bytes, const Sender& line) const {
  return gate.judge(bytes_of(bytes), {line.party.id, line.party.curve});
}

admission::Verdict GateStage::judge(const v1::Envelope& envelope, const Sender& line) const {
  return judge(envelope.SerializeAsString(), line);
}

std::string GateStage::send(const v1::Envelope& envelope, const Sender& line) {
  return send(judge(envelope, line));
}

std::string GateStage::send(const std::string& bytes, const Sender& line) {
  return send(judge(bytes, line));
}

std::string GateStage::send(admission::Verdict verdict) {
  if (const auto* refused = std::get_if<admission::Refuse>(&verdict)) {
    return "fault " + refused->fault.code();
  }
  if (std::holds_alternative<admission::Repeat>(verdict)) return "repeat";
  auto& enter = std::get<admission::Enter>(verdict);
  RAPPORTEUR_CHECK(journal.append(std::span(&enter.entry.draft, 1)).has_value());
  std::string said = enter.accepted ? "accepted" : "refused";
  for (const std::string& code : error_codes(enter.findings)) said += " " + code;
  return said;
}

v1::Record GateStage::last_record() const {
  v1::Record record;
  const auto stored = journal.entry(LogIndex{journal.size().value - 1});
  RAPPORTEUR_CHECK(stored.has_value() && record.ParseFromString(stored->record));
  return record;
}

std::set<std::string> error_codes(const std::vector<rules::Finding>& findings) {
  std::set<std::string> codes;
  for (const rules::Finding& finding : findings) {
    if (finding.severity == rules::Severity::kError) codes.insert(finding.code);
  }
  return codes;
}

}  // namespace rapporteur::fakes
