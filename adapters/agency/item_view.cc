#include "adapters/agency/item_view.h"

#include "broker/rules/rule_book.h"

namespace rapporteur::agency {
namespace {

using client::Item;
using client::ItemState;

std::string_view kind_name(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_REVISION:
      return "revision";
    case v1::KIND_WITHDRAWAL:
      return "withdrawal";
    case v1::KIND_SKIP:
      return "skip";
    default:
      return "new";
  }
}

Tone tone_of(ItemState state) {
  switch (state) {
    case ItemState::kReceipted:
      return Tone::kGood;
    case ItemState::kRefused:
    case ItemState::kDoubtful:
      return Tone::kBad;
    default:
      return Tone::kWarning;
  }
}

v1::Outcome outcome_of(const Item& item) {
  v1::Outcome outcome;
  // Verified when it was stored; an item that is not settled has none.
  static_cast<void>(outcome.ParseFromString(item.outcome));
  return outcome;
}

std::uint64_t line_of_row(const Item& item, std::uint32_t row) {
  return row > 0 && row <= item.lines.size() ? item.lines[row - 1] : 0;
}

// The hub puts the rule's sentence before the detail; here the rule's code stands before it.
std::string detail_of(const v1::Finding& finding) {
  std::string_view message = finding.message();
  const rules::Rule* rule = rules::find_rule(finding.code());
  if (rule != nullptr && message.starts_with(rule->sentence_en) &&
      message.size() > rule->sentence_en.size()) {
    message.remove_prefix(rule->sentence_en.size());
    message.remove_prefix(std::min(message.find_first_not_of(' '), message.size()));
  }
  return std::string(message);
}

}  // namespace

SaidFindings::Place SaidFindings::place_of(const std::string& file, const FileFinding& finding) {
  return {file, finding.line, finding.code, finding.field, finding.key};
}

void SaidFindings::add(const PlannedFile& file) {
  for (const FileFinding& finding : file.findings) said_.insert(place_of(file.file, finding));
}

bool SaidFindings::holds(const std::string& file, const FileFinding& finding) const {
  return said_.contains(place_of(file, finding));
}

std::string item_text(const Item& item, Paint paint) {
  std::string out = toned(client::name(item.state), tone_of(item.state), paint);
  out += "  " + uuid_text(item.message_id) + "  " + std::string(kind_name(item.kind));
  if (!item.indicator.empty()) out += "  " + printable(item.indicator, 64);
  if (item.rows > 0) out += "  " + counted(item.rows, "observation");
  if (item.log_index) out += "  entry " + std::to_string(item.log_index->value);
  if (!item.source.empty()) out += "  " + printable(item.source, 200);
  if (!item.note.empty()) out += "  " + printable(item.note, 400);
  return out;
}

nlohmann::ordered_json item_json(const Item& item) {
  nlohmann::ordered_json out{{"message_id", uuid_text(item.message_id)},
                             {"state", client::name(item.state)},
                             {"kind", kind_name(item.kind)},
                             {"dataflow", item.dataflow},
                             {"indicator", item.indicator},
                             {"observations", item.rows},
                             {"source", item.source},
                             {"created", time_text(item.created)},
                             {"created_by", item.created_by},
                             {"attempts", item.attempts}};
  if (item.sequence) out["sequence"] = item.sequence->value;
  if (item.log_index) out["index"] = item.log_index->value;
  if (!item.note.empty()) out["note"] = item.note;
  if (item.released) {
    out["released"] = time_text(*item.released);
    out["released_by"] = item.released_by;
    out["release_reason"] = item.release_reason;
  }
  out["findings"] = nlohmann::ordered_json::array();
  const v1::Outcome outcome = outcome_of(item);
  for (const v1::Finding& finding : outcome.findings()) {
    out["findings"].push_back(
        {{"code", finding.code()},
         {"severity", finding.severity() == v1::Finding::ERROR ? "error" : "warning"},
         {"line", line_of_row(item, finding.row())},
         {"row", finding.row()},
         {"field", finding.field()},
         {"key", finding.key()},
         {"message", finding.message()},
         {"message_fr", finding.message_fr()},
         {"remedy", finding.remedy()}});
  }
  return out;
}

std::vector<FileFinding> hub_findings(const Item& item) {
  std::vector<FileFinding> findings;
  const v1::Outcome outcome = outcome_of(item);
  for (const v1::Finding& finding : outcome.findings()) {
    findings.push_back({finding.severity() == v1::Finding::ERROR, finding.code(),
                        line_of_row(item, finding.row()), finding.field(), finding.key(),
                        detail_of(finding), finding.remedy()});
  }
  return findings;
}

}  // namespace rapporteur::agency
