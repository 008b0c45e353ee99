#include "adapters/client/hub_file.h"

#include <array>
#include <map>

#include "adapters/client/files.h"
#include "proto/base/check.h"
#include "proto/base/limits.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::client {
namespace {

constexpr std::array<Setting, 5> kHubSettings{{
    {.key = "hub",
     .required = true,
     .sentence = "Name of the hub; signatures are good for it alone."},
    {.key = "endpoint", .required = true, .sentence = "Where it listens: tcp://HOST:PORT."},
    {.key = "curve_key",
     .required = true,
     .sentence = "Who must be on the line: 32 bytes, base64."},
    {.key = "log_verifier_key",
     .required = true,
     .sentence = "Who signs receipts and checkpoints: a C2SP verifier key."},
    {.key = "previous_log_keys",
     .type = SettingType::kTexts,
     .sentence = "Of a hub that was restored: the keys of the logs before, the newest first."},
}};

std::string toml_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + toml_text(text);
  return out + "]";
}

}  // namespace

std::span<const Setting> hub_file_settings() {
  return kHubSettings;
}

Status let_all_read(const std::filesystem::path& file) {
  using std::filesystem::perms;
  std::error_code error;
  std::filesystem::permissions(file, perms::group_read | perms::others_read,
                               std::filesystem::perm_options::add, error);
  if (!error) return {};
  return fail(ErrorKind::kStorage, "cannot let others read it: " + error.message(), file.string());
}

std::string hub_file_text(const HubAddress& hub) {
  std::map<std::string, std::string, std::less<>> values{
      {"hub", toml_text(hub.hub)},
      {"endpoint", toml_text(hub.endpoint)},
      {"curve_key", toml_text(crypto::base64(hub.curve_key.span()))},
      {"log_verifier_key", toml_text(hub.log_verifier_key)}};
  if (!hub.previous_log_keys.empty()) {
    values.emplace("previous_log_keys", toml_list(hub.previous_log_keys));
  }
  return "# Public file of a hub: holds no secret.\n" + settings_text(kHubSettings, values);
}

Result<HubAddress> parse_hub_file(std::string_view toml, const std::string& name) {
  auto settings = Settings::parse(toml, name, kHubSettings);
  if (!settings) return tl::unexpected(settings.error());
  auto curve_key = settings->key_bytes("curve_key");
  if (!curve_key) return tl::unexpected(curve_key.error());
  const std::string& verifier_key = settings->text("log_verifier_key");
  if (auto parsed = notes::VerifierKey::parse(verifier_key); !parsed) {
    return fail(ErrorKind::kConfiguration, parsed.error().what, settings->where("log_verifier_key"),
                "ask the hub's operator for the file again");
  }
  if (!settings->text("endpoint").starts_with("tcp://")) {
    return fail(ErrorKind::kConfiguration, "no endpoint", settings->where("endpoint"),
                "tcp://HOST:PORT");
  }
  const auto& previous = settings->texts("previous_log_keys");
  for (const std::string& key : previous) {
    if (auto parsed = notes::VerifierKey::parse(key); !parsed) {
      return fail(ErrorKind::kConfiguration, parsed.error().what,
                  settings->where("previous_log_keys"),
                  "ask the hub's operator for the file again");
    }
  }
  return HubAddress{settings->text("hub"), settings->text("endpoint"), *curve_key, verifier_key,
                    previous};
}

Result<HubAddress> read_hub_file(const std::filesystem::path& file) {
  auto content = read_small_file(file, limits::kConfigurationBytes);
  if (!content) {
    Error error = content.error();
    error.kind = ErrorKind::kConfiguration;
    return tl::unexpected(error);
  }
  return parse_hub_file(*content, file.string());
}

notes::VerifierKey log_key(const HubAddress& hub) {
  auto key = notes::VerifierKey::parse(hub.log_verifier_key);
  RAPPORTEUR_CHECK(key.has_value());
  return *key;
}

}  // namespace rapporteur::client
