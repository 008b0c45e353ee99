#include "adapters/agency/item_view.h"

#include <algorithm>
#include <array>

#include "adapters/sinks/table/cells.h"
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

// Why it is where it is, beside the word for its state.
std::string note_of(const Item& item) {
  const std::string state = std::string(client::name(item.state)) + " ";
  if (item.note.starts_with(state)) return printable(item.note.substr(state.size()), 400);
  if (item.kind == v1::KIND_SKIP && item.note.empty() && item.sequence) {
    return "closes number " + std::to_string(item.sequence->value) + ", which was discarded";
  }
  return printable(item.note, 400);
}

constexpr std::array kItemColumns{"STATE", "MESSAGE ID", "KIND", "INDICATOR",
                                  "ROWS",  "ENTRY",      "FILE", "NOTE"};
using ItemCells = std::array<std::string, kItemColumns.size()>;

ItemCells cells_of(const Item& item) {
  return {std::string(client::name(item.state)),
          uuid_text(item.message_id),
          std::string(kind_name(item.kind)),
          printable(item.indicator, 64),
          item.rows > 0 ? std::to_string(item.rows) : "",
          item.log_index ? std::to_string(item.log_index->value) : "",
          printable(item.source, 200),
          note_of(item)};
}

// The hub puts the rule's sentence before the detail; here the rule's code stands before it.
std::string without_sentence(std::string_view message, std::string_view sentence) {
  if (!sentence.empty() && message.starts_with(sentence) && message.size() > sentence.size()) {
    message.remove_prefix(sentence.size());
    message.remove_prefix(std::min(message.find_first_not_of(' '), message.size()));
  }
  return std::string(message);
}

// What a finding says, and what its rule says of all submissions; in English and in French.
struct Wording {
  std::string detail;
  std::string sentence;  // "" for a rule that is not of this version
};
Wording english(const v1::Finding& finding) {
  const rules::Rule* rule = rules::find_rule(finding.code());
  const std::string sentence(rule == nullptr ? "" : rule->sentence_en);
  return {without_sentence(finding.message(), sentence), sentence};
}
Wording french(const v1::Finding& finding) {
  const rules::Rule* rule = rules::find_rule(finding.code());
  const std::string sentence(rule == nullptr ? "" : rule->sentence_fr);
  return {without_sentence(finding.message_fr(), sentence), sentence};
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
  if (const std::string note = note_of(item); !note.empty()) out += "  " + note;
  return out;
}

std::string items_table(std::span<const Item> items) {
  ItemCells heading;
  std::copy(kItemColumns.begin(), kItemColumns.end(), heading.begin());
  std::vector<ItemCells> rows{heading};
  std::array<std::size_t, kItemColumns.size()> widths{};  // 0: nothing in it
  for (const Item& item : items) {
    rows.push_back(cells_of(item));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::size_t width = sinks::display_width(rows.back()[i]);
      if (width > 0) widths[i] = std::max({widths[i], width, heading[i].size()});
    }
  }
  std::string out;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] == 0) continue;
      if (i > 0) line += "  ";
      line += sinks::left_aligned(rows[row][i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    const std::size_t state = rows[row][0].size();
    if (row > 0)
      line = toned(line.substr(0, state), tone_of(items[row - 1].state)) + line.substr(state);
    out += line + '\n';
  }
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
         {"message", english(finding).detail},
         {"message_fr", french(finding).detail},
         {"rule", english(finding).sentence},
         {"rule_fr", french(finding).sentence},
         {"remedy", finding.remedy()},
         {"waived_by",
          std::vector<std::uint64_t>(finding.waived_by().begin(), finding.waived_by().end())}});
  }
  return out;
}

std::vector<FileFinding> hub_findings(const Item& item) {
  std::vector<FileFinding> findings;
  const v1::Outcome outcome = outcome_of(item);
  for (const v1::Finding& finding : outcome.findings()) {
    findings.push_back({.error = finding.severity() == v1::Finding::ERROR,
                        .code = finding.code(),
                        .line = line_of_row(item, finding.row()),
                        .field = finding.field(),
                        .key = finding.key(),
                        .what = english(finding).detail,
                        .remedy = finding.remedy(),
                        .waived_by = {finding.waived_by().begin(), finding.waived_by().end()}});
  }
  return findings;
}

}  // namespace rapporteur::agency
