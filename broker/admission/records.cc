#include "broker/admission/records.h"

#include <map>
#include <utility>

#include "proto/base/limits.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::admission {
namespace {

v1::Record record_of(const SignedMessage& message) {
  v1::Record record;
  record.set_header(message.envelope->header());
  record.set_signature(message.envelope->signature());
  return record;
}

void count(std::span<const rules::Finding> findings, rules::Severity severity,
           google::protobuf::RepeatedPtrField<v1::RuleCount>& out) {
  std::map<std::pair<std::string_view, rules::WaivedBy>, std::uint32_t> counts;
  for (const rules::Finding& finding : findings) {
    if (finding.severity == severity) ++counts[{finding.code, finding.waived_by}];
  }
  for (const auto& [kind, times] : counts) {
    v1::RuleCount& added = *out.Add();
    added.set_code(std::string(kind.first));
    added.set_count(times);
    for (const std::uint64_t waiver : kind.second) added.add_waived_by(waiver);
  }
}

// A code that is in no list may be anything, a name or a number of a case: it is not kept.
std::string listed_key(const ObservationSet& observations, std::size_t row) {
  std::string key;
  for (std::size_t d = 0; d < kDimensions; ++d) {
    const auto dimension = static_cast<Dimension>(d);
    const std::string& code = observations.code(dimension, row);
    if (d > 0) key += '.';
    key += codelists::valid(dimension, code) ? code : "?";
  }
  return key;
}

}  // namespace

std::string skipped_record(const SignedMessage& message) {
  v1::Record record = record_of(message);
  record.mutable_skipped();
  return record.SerializeAsString();
}

std::string administered_record(const SignedMessage& message) {
  v1::Record record = record_of(message);
  record.mutable_administered()->set_action(message.envelope->body());
  record.mutable_administered()->set_salt(message.envelope->salt());
  return record.SerializeAsString();
}

std::string accepted_record(const SignedMessage& message, v1::Accepted accepted,
                            std::span<const rules::Finding> findings) {
  v1::Record record = record_of(message);
  if (message.envelope->has_second_signature()) {
    *record.mutable_second_signature() = message.envelope->second_signature();
  }
  *record.mutable_accepted() = std::move(accepted);
  count(findings, rules::Severity::kWarning, *record.mutable_accepted()->mutable_warnings());
  return record.SerializeAsString();
}

std::string refused_record(const SignedMessage& message, std::span<const rules::Finding> findings,
                           const ObservationSet* observations) {
  v1::Record record = record_of(message);
  v1::Refused& refused = *record.mutable_refused();
  count(findings, rules::Severity::kError, *refused.mutable_rules());
  for (const rules::Finding& finding : findings) {
    if (finding.severity != rules::Severity::kError || finding.row == 0 ||
        observations == nullptr || finding.row > observations->rows()) {
      continue;
    }
    if (static_cast<std::size_t>(refused.cells_size()) == limits::kRefusedCellsKept) break;
    v1::RefusedCell& cell = *refused.add_cells();
    cell.set_code(finding.code);
    cell.set_key(listed_key(*observations, finding.row - 1));
  }
  return record.SerializeAsString();
}

}  // namespace rapporteur::admission
