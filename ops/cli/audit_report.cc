#include "ops/cli/audit_report.h"

#include <algorithm>
#include <optional>

#include <spdlog/fmt/fmt.h>

#include "proto/base/counted.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::cli {
namespace {

std::optional<verify::Wrong> wrong_in_log(const AuditFindings& findings) {
  if (findings.contradiction) return findings.contradiction;
  return findings.records ? findings.records->wrong : std::nullopt;
}

bool wrong_in_tiles(const AuditFindings& findings) {
  return findings.tiles && findings.tiles->wrong;
}

std::string wrong_line(const AuditFindings& findings) {
  return wrong_in_tiles(findings) ? findings.tiles->wrong->line() : wrong_in_log(findings)->line();
}

nlohmann::json wrong_json(const AuditFindings& findings) {
  if (findings.verified()) return nullptr;
  nlohmann::json out{{"line", wrong_line(findings)}, {"at", nullptr}, {"file", nullptr}};
  if (wrong_in_tiles(findings)) {
    out["place"] = "file";
    out["file"] = findings.tiles->wrong->where;
    out["reason"] = findings.tiles->wrong->what;
    return out;
  }
  const verify::Wrong wrong = *wrong_in_log(findings);
  out["place"] = wrong.where == verify::Wrong::Where::kEntry ? "entry" : "checkpoint";
  out["at"] = wrong.at;
  if (!wrong.source.empty()) out["file"] = wrong.source;
  out["reason"] = wrong.reason;
  return out;
}

std::string line_if(std::uint64_t bodies, const std::string& what) {
  return bodies == 0 ? std::string() : "  " + counted(bodies, "body") + " " + what + "\n";
}

// How many entries before what is wrong hold, where that is known.
std::optional<std::uint64_t> held(const AuditFindings& findings) {
  if (wrong_in_tiles(findings) || !findings.records) return std::nullopt;
  if (findings.records->wrong) return findings.records->held.value;
  const verify::Wrong& wrong = *findings.contradiction;
  if (wrong.where == verify::Wrong::Where::kEntry) return wrong.at;
  return std::nullopt;
}

std::string records_text(const AuditFindings& findings) {
  const verify::AuditReport& report = *findings.records;
  const verify::AuditCounts& counts = report.counts;
  std::string out = fmt::format(
      "{} verified: {}, {} of them under the last checkpoint\n"
      "  {} accepted, {} refused, {} of the directory, {} skipped\n"
      "  {} of senders, {} of acknowledgements, {}, one tree\n"
      "  {} match their bodies\n{}{}{}",
      findings.log, counted(counts.entries, "entry"), report.covered.value, counts.accepted,
      counts.refused, counted(counts.administered, "change"), counts.skipped,
      counted(counts.sender_signatures, "signature"), counts.acknowledgements,
      counted(counts.checkpoints, "checkpoint"), counted(counts.commitments, "commitment"),
      line_if(counts.bodies_erased, "erased, by an entry that may"),
      line_if(report.erased_later.size(),
              "erased after this copy of the log was made: " + some_of(report.erased_later)),
      line_if(counts.bodies_sealed, "left out: the body, or its key, is not here"));
  for (const verify::Predecessor& log : report.predecessors) {
    out +=
        fmt::format("  continues {} with its first {}, {} of them under its checkpoint\n",
                    log.log.name, counted(log.carried.value, "entry"), log.checkpoint.size.value);
  }
  return out;
}

nlohmann::json continued_json(const std::vector<verify::Predecessor>& logs) {
  auto out = nlohmann::json::array();
  for (const verify::Predecessor& log : logs) {
    out.push_back({{"origin", log.log.name},
                   {"carried", log.carried.value},
                   {"under_its_checkpoint", log.checkpoint.size.value}});
  }
  return out;
}

std::string tiles_text(const AuditFindings& findings) {
  const exports::TileReport& tiles = *findings.tiles;
  if (findings.records) {
    return fmt::format("  the same tree in {}, up to entry {} (not included)\n",
                       counted(tiles.tiles, "tile"), tiles.checkpoint.size.value);
  }
  return fmt::format(
      "{}: tree and checkpoint verified: {}, {}\n"
      "  no more than that is proved: records, signatures and commitments are not in this folder\n",
      findings.log, counted(tiles.checkpoint.size.value, "entry"), counted(tiles.tiles, "tile"));
}

}  // namespace

std::string some_of(const std::vector<LogIndex>& entries) {
  return some_of(entries, entries.size());
}

std::string some_of(const std::vector<LogIndex>& entries, std::uint64_t all) {
  constexpr std::size_t kMost = 20;
  std::string out = all == 1 ? "entry" : "entries";
  for (std::size_t i = 0; i < std::min(entries.size(), kMost); ++i) {
    out += fmt::format("{} {}", i == 0 ? "" : ",", entries[i].value);
  }
  if (all > kMost) out += fmt::format(" and {} more", all - kMost);
  return out;
}

nlohmann::json indices_json(const std::vector<LogIndex>& entries) {
  auto out = nlohmann::json::array();
  for (const LogIndex index : entries) out.push_back(index.value);
  return out;
}

bool AuditFindings::verified() const {
  return !wrong_in_tiles(*this) && !wrong_in_log(*this);
}

nlohmann::json findings_json(const AuditFindings& findings) {
  nlohmann::json out{{"verified", findings.verified()},
                     {"log", findings.log},
                     {"proved", findings.records ? "everything" : "tree and checkpoints"},
                     {"wrong", wrong_json(findings)},
                     {"given_checkpoints", findings.given},
                     {"half_written", findings.half_written}};
  if (const auto entries = findings.verified() ? std::nullopt : held(findings)) {
    out["held"] = *entries;
  }
  if (findings.tiles) {
    const notes::Checkpoint& head = findings.tiles->checkpoint;
    out["tiles"] = findings.tiles->tiles;
    out["entries"] = head.size.value;
    out["covered_by_checkpoint"] = head.size.value;
    out["root"] = crypto::base64(head.root.span());
  }
  if (!findings.records) return out;
  const verify::AuditReport& report = *findings.records;
  const verify::AuditCounts& counts = report.counts;
  out["entries"] = counts.entries;
  out["covered_by_checkpoint"] = report.covered.value;
  out["root"] = crypto::base64(report.root.span());
  out["accepted"] = counts.accepted;
  out["refused"] = counts.refused;
  out["administered"] = counts.administered;
  out["skipped"] = counts.skipped;
  out["checkpoints"] = counts.checkpoints;
  out["sender_signatures"] = counts.sender_signatures;
  out["second_signatures"] = counts.second_signatures;
  out["acknowledgements"] = counts.acknowledgements;
  out["commitments"] = counts.commitments;
  out["bodies_absent"] = counts.bodies_absent;
  out["bodies_erased"] = counts.bodies_erased;
  out["bodies_erased_later"] = report.erased_later.size();
  out["erased_later"] = indices_json(report.erased_later);
  out["bodies_sealed"] = counts.bodies_sealed;
  out["sealed"] = indices_json(report.sealed);
  out["signing_keys"] = counts.signing_keys;
  out["subscriptions"] = counts.subscriptions;
  out["continues"] = continued_json(report.predecessors);
  return out;
}

std::string findings_text(const AuditFindings& findings) {
  if (!findings.verified()) {
    const auto before = held(findings);
    return fmt::format("NOT VERIFIED: {}\n", wrong_line(findings)) +
           (before ? fmt::format("before it {} verified\n", counted(*before, "entry")) : "");
  }
  std::string out;
  if (findings.records) out += records_text(findings);
  if (findings.tiles) out += tiles_text(findings);
  if (findings.given != 0) {
    out += "  of this history: " + counted(findings.given, "checkpoint") + " that others kept\n";
  }
  for (const std::string& file : findings.half_written) {
    out += fmt::format(
        "  {} ends in half a record: a write under way, or one that a power cut or a full disk "
        "stopped\n",
        file);
  }
  return out;
}

}  // namespace rapporteur::cli
