// What an audit found, for people and as JSON. AUDIT.md documents the fields.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/export/tile_check.h"
#include "store/verify/log_audit.h"

namespace rapporteur::cli {

struct AuditFindings {
  std::string log;                             // its name
  std::optional<exports::TileReport> tiles;    // of an exported folder
  std::optional<verify::AuditReport> records;  // empty where tiles are all there is
  std::size_t given = 0;                       // checkpoints kept by others
  // Files of the database that end in half a record, of which nobody was told.
  std::vector<std::string> half_written;
  // Beside what the two say: a given checkpoint that the tiles contradict, records that are not
  // those of the tiles.
  std::optional<verify::Wrong> contradiction;

  [[nodiscard]] bool verified() const;
};

// "entries 3, 17"; of many the first.
[[nodiscard]] std::string some_of(const std::vector<LogIndex>& entries);
// Where `entries` are only the first of `all`, at least more than are named.
[[nodiscard]] std::string some_of(const std::vector<LogIndex>& entries, std::uint64_t all);
[[nodiscard]] nlohmann::json indices_json(const std::vector<LogIndex>& entries);

[[nodiscard]] nlohmann::json findings_json(const AuditFindings& findings);
[[nodiscard]] std::string findings_text(const AuditFindings& findings);

}  // namespace rapporteur::cli
