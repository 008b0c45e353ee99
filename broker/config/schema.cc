#include "broker/config/schema.h"

#include <array>

#include "broker/config/config.h"
#include "proto/base/limits.h"

namespace rapporteur::config {
namespace {

constexpr std::uint64_t kMiB = 1UL << 20U;

constexpr std::array kKeys{
    Key{"hub.name", Text{&Config::hub_name, "", false}, "",
        "Name of the hub, as in Header.hub: a signature is good for one hub."},
    Key{"hub.origin", Text{&Config::hub_origin, "", false}, "",
        "First line of the log's checkpoints: names the log for ever, without a scheme."},
    Key{"listen.endpoint", Text{&Config::listen_endpoint, "tcp://127.0.0.1:5570"}, "",
        "Where agencies connect (ZeroMQ address; the line is always encrypted with CURVE)."},
    Key{"listen.next_endpoint", Text{&Config::listen_next_endpoint, ""}, "",
        "While the hub's CURVE key is rotated: a second address, on keys.curve_next; empty for "
        "none."},
    Key{"keys.curve", Path{&Config::keys_curve, "keys/curve.key"}, "",
        "Secret CURVE key of the hub's line, readable by its owner alone."},
    Key{"keys.curve_next", Path{&Config::keys_curve_next, ""}, "",
        "Secret CURVE key that listen.next_endpoint has; empty for none."},
    Key{"keys.log", Path{&Config::keys_log, "keys/log.key"}, "",
        "Secret Ed25519 key that signs checkpoints, refusals and the directory."},
    Key{"keys.bodies", Path{&Config::keys_bodies, ""}, "",
        "File with the keys of the bodies, never in data.folder; empty: its name and .keys."},
    Key{"keys.bodies_copy", Path{&Config::keys_bodies_copy, ""}, "",
        "One copy of it, on another disk, kept the same; empty for none."},
    Key{"data.folder", Path{&Config::data_folder, "data"}, "",
        "Folder of the log and everything that follows from it; one broker at a time."},
    Key{"data.block_cache_bytes", Number{&Config::block_cache_bytes, 40 * kMiB, kMiB, 4096 * kMiB},
        "bytes", "Memory for blocks of the database, its indices and filters included."},
    Key{"witnesses.policy", Path{&Config::witnesses_policy, ""}, "",
        "Who must cosign checkpoints, a C2SP tlog-policy that names this log alone; empty for "
        "nobody."},
    Key{"monitor.endpoint", Text{&Config::monitor_endpoint, "127.0.0.1:9570"}, "",
        "Loopback address of /metrics, /healthz and /readyz; empty for none."},
    Key{"log.level", Text{&Config::log_level, "info"}, "",
        "What is logged: debug, info, warning or error."},
    Key{"log.format", Text{&Config::log_format, "auto"}, "",
        "text, json, or auto: text on a terminal, JSON lines otherwise."},
    Key{"threads.workers", Number{&Config::workers, 0, 0, 256}, "",
        "Threads that judge messages; 0 for one a core."},
    Key{"threads.io", Number{&Config::io_threads, 1, 1, 16}, "",
        "Threads that encrypt and move bytes between sockets and network."},
    Key{"limits.in_flight_bytes",
        Number{&Config::in_flight_bytes, limits::kInFlightBytes, 32 * kMiB, 16384 * kMiB}, "bytes",
        "Messages under way in the whole broker; above it senders are told OVERLOADED."},
    Key{"limits.in_flight_participant_bytes",
        Number{&Config::in_flight_participant_bytes, limits::kInFlightBytesPerParticipant, kMiB,
               4096 * kMiB},
        "bytes", "Messages under way of one participant."},
    Key{"limits.window_bytes",
        Number{&Config::window_bytes, limits::kDeliveryWindowBytes, kMiB, 16384 * kMiB}, "bytes",
        "Newest submissions kept in memory for delivery; older ones are read from disk."},
    Key{"limits.group_entries",
        Number{&Config::group_entries, limits::kGroupEntries, 1, limits::kProposalQueue}, "",
        "Entries of the log written in one synced group, at most."},
};

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string fallback(const Key& key) {
  if (const auto* text = std::get_if<Text>(&key.value)) return quoted(text->fallback);
  if (const auto* path = std::get_if<Path>(&key.value)) return quoted(path->fallback);
  return std::to_string(std::get<Number>(key.value).fallback);
}

bool required(const Key& key) {
  const auto* text = std::get_if<Text>(&key.value);
  return text != nullptr && !text->optional;
}

std::string_view type(const Key& key) {
  if (std::holds_alternative<Text>(key.value)) return "text";
  if (std::holds_alternative<Path>(key.value)) return "path";
  return "number";
}

std::string range(const Key& key) {
  const auto* number = std::get_if<Number>(&key.value);
  if (number == nullptr) return "";
  return std::to_string(number->least) + " to " + std::to_string(number->most);
}

}  // namespace

std::span<const Key> keys() {
  return kKeys;
}

std::string example() {
  std::string out =
      "# Configuration of rapporteur-broker. Keys that are commented out have the value shown.\n"
      "# Relative paths are taken from the folder of this file.\n";
  std::string_view section;
  for (const Key& key : kKeys) {
    const auto dot = key.name.find('.');
    if (key.name.substr(0, dot) != section) {
      section = key.name.substr(0, dot);
      out += "\n[" + std::string(section) + "]\n";
    }
    out += "# " + std::string(key.sentence) + "\n";
    out += required(key) ? "" : "# ";
    out += std::string(key.name.substr(dot + 1)) + " = " + fallback(key) + "\n";
  }
  return out;
}

std::string documentation() {
  std::string out =
      "# hub.toml\n\nEvery key of the broker's configuration. `rapporteur-broker --print-config` "
      "prints an example,\n`rapporteur-broker --config hub.toml --check` checks a file. An unknown "
      "key is an error.\nRelative paths are taken from the folder of the file. This page is "
      "generated from\n`broker/config/schema.cc`.\n\n"
      "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const Key& key : kKeys) {
    std::string meaning(key.sentence);
    if (!key.unit.empty()) meaning += " Unit: " + std::string(key.unit) + ".";
    out += "| `" + std::string(key.name) + "` | " + std::string(type(key)) + " | " +
           (required(key) ? "must be given" : "`" + fallback(key) + "`") + " | " + range(key) +
           " | " + meaning + " |\n";
  }
  return out;
}

}  // namespace rapporteur::config
