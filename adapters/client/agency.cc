#include "adapters/client/agency.h"

#include <algorithm>
#include <array>

#include "adapters/client/enrolment.h"
#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "adapters/client/state_schema.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::client {
namespace {

constexpr std::array<Setting, 12> kSettings{{
    {.key = "participant", .required = true, .sentence = "Who this agency is at the hub."},
    {.key = "approval",
     .default_text = "none",
     .choices = "none|required",
     .sentence =
         "Whether a second person must release what is pushed: none, or required. A person is who "
         "logged in, also where sudo changed the account; people who log in as one are one."},
    {.key = "approvers",
     .type = SettingType::kTexts,
     .sentence = "Who may be named with outbox release --approver, beside their login."},
    {.key = "mapping",
     .sentence = "Mapping file of push and validate where none is named; a relative path "
                 "begins at this folder."},
    {.key = "policy",
     .sentence = "Which witnesses must have cosigned the hub's checkpoints for push "
                 "--require-quorum, and be heard of lately: a C2SP tlog-policy; a relative path "
                 "begins at this folder."},
    {.key = "witness",
     .sentence = "Where on loopback run answers as a witness of the hub's log, such as "
                 "127.0.0.1:8090; empty is no witness."},
    {.key = "line.window",
     .type = SettingType::kNumber,
     .default_number = 16,
     .least = 1,
     .most = 64,
     .sentence = "Submissions sent before the first is answered."},
    {.key = "line.answer_timeout_ms",
     .type = SettingType::kNumber,
     .default_number = 5'000,
     .least = 100,
     .most = 600'000,
     .sentence = "How long an answer of the hub is waited for."},
    {.key = "run.subscription",
     .default_text = "default",
     .sentence = "The subscription that run receives."},
    {.key = "run.watch",
     .sentence =
         "A folder whose complete files run sends, and then moves to done/ or refused/ in it, "
         "with a report beside."},
    {.key = "run.destination",
     .sentence = "Where run writes what it receives, seen from this folder."},
    {.key = "run.format", .sentence = "In which format; empty follows from the destination."},
}};

// As the agency's folder sees it, from wherever the program is run.
std::string within(const std::filesystem::path& folder, const std::string& path) {
  if (path.empty() || path == "-") return path;
  return (folder / path).string();
}

AgencySettings read_settings(const Settings& from, const std::filesystem::path& folder) {
  AgencySettings settings;
  settings.participant = from.text("participant");
  settings.approval_required = from.text("approval") == "required";
  settings.approvers = from.texts("approvers");
  settings.mapping = within(folder, from.text("mapping"));
  settings.policy = within(folder, from.text("policy"));
  settings.witness = from.text("witness");
  settings.window = static_cast<std::size_t>(from.number("line.window"));
  settings.answer_timeout = std::chrono::milliseconds(from.number("line.answer_timeout_ms"));
  settings.run_subscription = from.text("run.subscription");
  settings.run_watch = within(folder, from.text("run.watch"));
  settings.run_destination = within(folder, from.text("run.destination"));
  settings.run_format = from.text("run.format");
  return settings;
}

// The log that is pinned, or one that continues it, or the log that it continued itself: a hub may
// have to be restored twice from one backup.
bool same_or_later_log(const HubAddress& hub, const HubAddress& pinned) {
  if (hub.log_verifier_key == pinned.log_verifier_key) return true;
  const auto continues = [&](const std::string& key) {
    return std::ranges::find(hub.previous_log_keys, key) != hub.previous_log_keys.end();
  };
  return continues(pinned.log_verifier_key) ||
         std::ranges::any_of(pinned.previous_log_keys, continues);
}

}  // namespace

std::span<const Setting> agency_settings() {
  return kSettings;
}

Status Agency::create(const std::filesystem::path& folder, const std::string& participant) {
  if (!valid_participant_id(participant)) {
    return fail(ErrorKind::kUsage, "'" + printable(participant, 40) + "' is no participant id", {},
                "2 to 32 lower-case letters, digits and '-', a letter first");
  }
  const auto taken = is_there(folder / "adapter.toml");
  if (!taken) return tl::unexpected(taken.error());
  if (*taken) {
    return fail(ErrorKind::kUsage, "this folder holds an agency already", folder.string(),
                "keys are never overwritten: choose another folder");
  }
  for (const auto& path : {folder, folder / "keys", folder / "receipts", folder / "received"}) {
    if (auto made = make_folder(path); !made) return made;
  }
  const crypto::SigningKey signing = crypto::SigningKey::generate();
  const crypto::CurveKeyPair curve = crypto::generate_curve_key_pair();
  return crypto::write_key_file(folder / "keys/signing.key", crypto::KeyPurpose::kSigning,
                                signing.seed())
      .and_then([&]() {
        return crypto::write_key_file(folder / "keys/curve.key", crypto::KeyPurpose::kCurve,
                                      curve.secret_key);
      })
      .and_then([&]() {
        return write_file_atomically(folder / "enrolment.toml",
                                     enrolment_text(participant, curve.public_key, signing));
      })
      .and_then([&]() { return let_all_read(folder / "enrolment.toml"); })
      .and_then([&]() {
        return Database::create(folder / "state.db", kStateSchema).map([](const Database&) {});
      })
      .and_then([&]() {
        return write_file_atomically(
            folder / "adapter.toml",
            settings_text(kSettings, {{"participant", toml_text(participant)}}));
      });
}

Agency::Agency(std::filesystem::path folder, AgencySettings settings, Database state)
    : folder_(std::move(folder)), settings_(std::move(settings)), state_(std::move(state)) {}

Result<Agency> Agency::open(const std::filesystem::path& folder) {
  const auto made = is_there(folder / "adapter.toml");
  if (!made) return tl::unexpected(made.error());
  if (!*made) {
    return fail(ErrorKind::kUsage, "no agency here: adapter.toml is missing", folder.string(),
                "run 'rapporteur-adapter init', or name its folder with --folder");
  }
  auto settings = Settings::read(folder / "adapter.toml", kSettings);
  if (!settings) return tl::unexpected(settings.error());
  if (!valid_participant_id(settings->text("participant"))) {
    return fail(ErrorKind::kConfiguration, "no participant id", settings->where("participant"),
                "2 to 32 lower-case letters, digits and '-', a letter first");
  }
  const auto has_state = is_there(folder / "state.db");
  if (!has_state) return tl::unexpected(has_state.error());
  if (!*has_state) {
    return fail(ErrorKind::kStorage, "the agency's state is missing",
                (folder / "state.db").string(),
                "restore it from the folder's backup: it knows what was sent and which numbers are "
                "used");
  }
  auto state = Database::open(folder / "state.db", kStateSchema);
  if (!state) return tl::unexpected(state.error());
  return Agency(folder, read_settings(*settings, folder), std::move(*state));
}

Result<crypto::SigningKey> Agency::signing_key() const {
  return crypto::read_key_file(folder_ / "keys/signing.key", crypto::KeyPurpose::kSigning)
      .map([](const crypto::SecretBytes& seed) { return crypto::SigningKey::from_seed(seed); });
}

Result<crypto::CurveKeyPair> Agency::curve_keys() const {
  auto secret = crypto::read_key_file(folder_ / "keys/curve.key", crypto::KeyPurpose::kCurve);
  if (!secret) return tl::unexpected(secret.error());
  const PublicKeyBytes public_key = crypto::curve_public_key(*secret);
  return crypto::CurveKeyPair{public_key, std::move(*secret)};
}

Result<HubAddress> Agency::hub() const {
  const auto enrolled = is_there(folder_ / "hub.toml");
  if (!enrolled) return tl::unexpected(enrolled.error());
  if (!*enrolled) {
    return fail(ErrorKind::kConfiguration, "this agency is not enrolled at a hub yet",
                folder_.string(), "run 'rapporteur-adapter enrol' with the hub's public file");
  }
  return read_hub_file(folder_ / "hub.toml");
}

Status Agency::pin(const HubAddress& hub) const {
  const auto enrolled = is_there(folder_ / "hub.toml");
  if (!enrolled) return tl::unexpected(enrolled.error());
  if (*enrolled) {
    auto pinned = read_hub_file(folder_ / "hub.toml");
    if (!pinned) return tl::unexpected(pinned.error());
    if (pinned->hub != hub.hub || !same_or_later_log(hub, *pinned)) {
      return fail(ErrorKind::kConfiguration,
                  "another hub or another log is pinned: '" + pinned->hub + "'",
                  (folder_ / "hub.toml").string(),
                  "use a folder of its own for another hub; the file of a hub that was restored "
                  "names the log before");
    }
  }
  return put_back(hub);
}

Status Agency::put_back(const HubAddress& hub) const {
  return write_file_atomically(folder_ / "hub.toml", hub_file_text(hub));
}

LineOptions Agency::line_options() const {
  LineOptions options;
  options.answer_timeout = settings_.answer_timeout;
  return options;
}

}  // namespace rapporteur::client
