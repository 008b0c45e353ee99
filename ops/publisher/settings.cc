#include "ops/publisher/settings.h"

#include <array>

#include "adapters/client/settings.h"

namespace rapporteur::publisher {
namespace {

using client::Setting;
using client::SettingType;
using std::chrono::milliseconds;

constexpr std::array kPublisherSettings{
    Setting{.key = "identity",
            .required = true,
            .sentence = "Folder of the publisher's own identity, an enrolled auditor or operator, "
                        "as 'rapporteur-adapter init' and 'enrol' make it."},
    Setting{.key = "policy",
            .required = true,
            .sentence = "Whom to ask and how many must agree: a C2SP tlog-policy whose witnesses "
                        "have URLs."},
    Setting{.key = "log_level",
            .default_text = "info",
            .choices = "debug|info|warning|error",
            .sentence = "What is logged, to standard error."},
    Setting{.key = "interval_ms",
            .type = SettingType::kNumber,
            .default_number = 500,
            .least = 10,
            .most = 60'000,
            .sentence = "At the most one checkpoint is shown to the witnesses in that time."},
    Setting{.key = "witness_timeout_ms",
            .type = SettingType::kNumber,
            .default_number = 3'000,
            .least = 100,
            .most = 60'000,
            .sentence = "How long a witness is waited for."},
    Setting{.key = "refresh_ms",
            .type = SettingType::kNumber,
            .default_number = 60'000,
            .least = 1'000,
            .most = 3'600'000,
            .sentence = "How old cosignatures become before a log at rest is shown again; clients "
                        "warn after five minutes."},
    Setting{.key = "tiles.folder",
            .sentence = "A folder of C2SP tlog-tiles that is kept up to date, for a web server; "
                        "empty keeps none."},
    Setting{.key = "tiles.interval_ms",
            .type = SettingType::kNumber,
            .default_number = 1'000,
            .least = 10,
            .most = 3'600'000,
            .sentence = "At the most once in that time it is brought to a newer checkpoint."},
    Setting{.key = "timestamp.url",
            .sentence = "Time-stamping authority (RFC 3161) for cosigned checkpoints; empty asks "
                        "none."},
    Setting{.key = "timestamp.ca",
            .sentence = "Certificates of the authority's CA, PEM: a token that does not verify is "
                        "not kept."},
    Setting{.key = "timestamp.folder",
            .default_text = "timestamps",
            .sentence = "Where checkpoints and tokens are kept."},
    Setting{.key = "timestamp.interval_ms",
            .type = SettingType::kNumber,
            .default_number = 3'600'000,
            .least = 10,
            .most = 86'400'000,
            .sentence = "At the most one checkpoint is stamped in that time."},
};

std::filesystem::path beside(const std::filesystem::path& file, const std::string& path) {
  return (std::filesystem::absolute(file).parent_path() / path).lexically_normal();
}

}  // namespace

Result<PublisherSettings> read_settings(const std::filesystem::path& file) {
  const auto settings = client::Settings::read(file, kPublisherSettings);
  if (!settings) {
    Error error = settings.error();
    if (error.remedy.empty()) error.remedy = "--print-config prints an example";
    return tl::unexpected(error);
  }
  PublisherSettings out;
  out.identity = beside(file, settings->text("identity"));
  out.policy = beside(file, settings->text("policy"));
  out.log_level = settings->text("log_level");
  out.options.interval = milliseconds(settings->number("interval_ms"));
  out.options.witness_timeout = milliseconds(settings->number("witness_timeout_ms"));
  out.options.refresh = milliseconds(settings->number("refresh_ms"));
  if (!settings->text("tiles.folder").empty()) {
    out.tiles = beside(file, settings->text("tiles.folder"));
    out.tiles_interval = milliseconds(settings->number("tiles.interval_ms"));
  }
  if (settings->text("timestamp.url").empty()) return out;
  TimestamperOptions& stamps = out.timestamps.emplace();
  stamps.url = settings->text("timestamp.url");
  if (settings->text("timestamp.ca").empty()) {
    return fail(ErrorKind::kConfiguration, "'timestamp.ca' is missing",
                settings->where("timestamp.url"), "name the PEM file of the authority's CA");
  }
  stamps.ca = beside(file, settings->text("timestamp.ca"));
  stamps.folder = beside(file, settings->text("timestamp.folder"));
  stamps.interval = milliseconds(settings->number("timestamp.interval_ms"));
  return out;
}

std::string example_settings() {
  return "# Configuration of rapporteur-publisher.\n" +
         client::settings_text(kPublisherSettings,
                               {{"identity", "\"identity\""}, {"policy", "\"policy.txt\""}});
}

}  // namespace rapporteur::publisher
