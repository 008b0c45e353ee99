// The broker's configuration: hub.toml, read and checked.
//
// Errors: kConfiguration, one for the first thing that is wrong, with file and line in `where` and
// what to do in `remedy`; kUsage for a file that cannot be read, which the command line names. An
// unknown key is an error that names the nearest key. Source: CONFIGURATION.md, generated from
// schema.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace rapporteur::config {

struct Config {
  std::string hub_name;
  std::string hub_origin;
  std::string listen_endpoint;
  std::string listen_next_endpoint;  // "": no rotation under way
  std::string keys_curve;
  std::string keys_curve_next;  // "": none
  std::string keys_log;
  std::string keys_bodies;       // "": beside data_folder
  std::string keys_bodies_copy;  // "": none
  std::string data_folder;
  std::string witnesses_policy;  // "": none
  std::string monitor_endpoint;
  std::string log_level;
  std::string log_format;
  std::uint64_t workers = 0;
  std::uint64_t io_threads = 0;
  std::uint64_t in_flight_bytes = 0;
  std::uint64_t in_flight_participant_bytes = 0;
  std::uint64_t window_bytes = 0;
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t group_entries = 0;

  // Of the file as read: what the Started entry says.
  Digest sha256;
};

[[nodiscard]] Result<Config> load(const std::filesystem::path& file);
// `file` is for messages, and for relative paths.
[[nodiscard]] Result<Config> parse(std::string_view text, const std::filesystem::path& file);

}  // namespace rapporteur::config
