// publisher.toml.
//
// Errors: kConfiguration with file and line. Paths are taken from the folder of the file.
#pragma once

#include <filesystem>
#include <string>

#include "ops/publisher/publisher.h"
#include "ops/publisher/tile_keeper.h"
#include "ops/publisher/timestamper.h"

namespace rapporteur::publisher {

struct PublisherSettings {
  std::filesystem::path identity;
  std::filesystem::path policy;
  PublisherOptions options;
  std::optional<TimestamperOptions> timestamps;  // empty: none are asked for
  std::filesystem::path tiles;                   // empty: none are kept
  std::chrono::milliseconds tiles_interval{0};
  std::string log_level;
};

[[nodiscard]] Result<PublisherSettings> read_settings(const std::filesystem::path& file);
// The file with every key, its sentence and its default.
[[nodiscard]] std::string example_settings();

}  // namespace rapporteur::publisher
