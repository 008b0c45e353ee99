#include "adapters/client/enrolment.h"

#include <array>

#include "adapters/client/files.h"
#include "adapters/client/settings.h"
#include "proto/base/limits.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/encoding.h"

namespace rapporteur::client {
namespace {

constexpr std::array<Setting, 4> kEnrolmentSettings{{
    {.key = "participant", .required = true, .sentence = "Who asks to be enrolled."},
    {.key = "curve_key",
     .required = true,
     .sentence = "Who will be on the line: 32 bytes, base64."},
    {.key = "signing_key", .required = true, .sentence = "Who will sign: 32 bytes, base64."},
    {.key = "proof",
     .required = true,
     .sentence = "That the signing key is held: 64 bytes, base64."},
}};

constexpr std::array kKeyRequestSettings{kEnrolmentSettings[0], kEnrolmentSettings[2],
                                         kEnrolmentSettings[3]};

std::string statement(const std::string& participant, const PublicKeyBytes& curve_key,
                      const PublicKeyBytes& signing_key) {
  return participant + '\0' + curve_key.string() + signing_key.string();
}
std::string statement(const std::string& participant, const PublicKeyBytes& signing_key) {
  return participant + '\0' + signing_key.string();
}

Result<std::string> participant_of(const Settings& settings) {
  const std::string& participant = settings.text("participant");
  if (valid_participant_id(participant)) return participant;
  return fail(ErrorKind::kConfiguration, "'" + printable(participant, 40) + "' is no id",
              settings.where("participant"),
              "2 to 32 lower-case letters, digits and '-', a letter first");
}

Status check_proof_of(const Settings& settings, const PublicKeyBytes& key, std::string_view domain,
                      const std::string& said) {
  const auto decoded = crypto::parse_base64(settings.text("proof"));
  const auto proof = decoded ? SignatureBytes::from(*decoded) : std::nullopt;
  if (proof && crypto::verify(key, domain, bytes_of(said), *proof)) return {};
  return fail(ErrorKind::kNotVerified, "the proof does not hold", settings.where("proof"),
              "let the participant make the request again");
}

Result<std::string> content_of(const std::filesystem::path& file) {
  auto content = read_small_file(file, limits::kConfigurationBytes);
  if (content) return content;
  Error error = content.error();
  error.kind = ErrorKind::kConfiguration;
  return tl::unexpected(error);
}

}  // namespace

std::string enrolment_text(const std::string& participant, const PublicKeyBytes& curve_key,
                           const crypto::SigningKey& signing) {
  const SignatureBytes proof =
      signing.sign(crypto::domain::kEnrolment,
                   bytes_of(statement(participant, curve_key, signing.public_key())));
  return "# Request for enrolment: public keys only. Hand it to the hub's operator and compare\n"
         "# the signing key over another channel.\n" +
         settings_text(kEnrolmentSettings,
                       {{"participant", toml_text(participant)},
                        {"curve_key", toml_text(crypto::base64(curve_key.span()))},
                        {"signing_key", toml_text(crypto::base64(signing.public_key().span()))},
                        {"proof", toml_text(crypto::base64(proof.span()))}});
}

Result<EnrolmentRequest> parse_enrolment(std::string_view toml, const std::string& name) {
  auto settings = Settings::parse(toml, name, kEnrolmentSettings);
  if (!settings) return tl::unexpected(settings.error());
  auto curve_key = settings->key_bytes("curve_key");
  if (!curve_key) return tl::unexpected(curve_key.error());
  auto signing_key = settings->key_bytes("signing_key");
  if (!signing_key) return tl::unexpected(signing_key.error());
  auto participant = participant_of(*settings);
  if (!participant) return tl::unexpected(participant.error());
  if (auto proof = check_proof_of(*settings, *signing_key, crypto::domain::kEnrolment,
                                  statement(*participant, *curve_key, *signing_key));
      !proof) {
    return tl::unexpected(proof.error());
  }
  return EnrolmentRequest{*participant, *curve_key, *signing_key};
}

Result<EnrolmentRequest> read_enrolment(const std::filesystem::path& file) {
  auto content = content_of(file);
  if (!content) return tl::unexpected(content.error());
  return parse_enrolment(*content, file.string());
}

std::string key_request_text(const std::string& participant, const crypto::SigningKey& signing) {
  const SignatureBytes proof = signing.sign(crypto::domain::kKeyRequest,
                                            bytes_of(statement(participant, signing.public_key())));
  return "# Request for one more signing key: public, no secret. Hand it to the hub's operator "
         "and\n"
         "# compare the key over another channel.\n" +
         settings_text(kKeyRequestSettings,
                       {{"participant", toml_text(participant)},
                        {"signing_key", toml_text(crypto::base64(signing.public_key().span()))},
                        {"proof", toml_text(crypto::base64(proof.span()))}});
}

Result<KeyRequest> read_key_request(const std::filesystem::path& file) {
  auto content = content_of(file);
  if (!content) return tl::unexpected(content.error());
  auto settings = Settings::parse(*content, file.string(), kKeyRequestSettings);
  if (!settings) return tl::unexpected(settings.error());
  auto signing_key = settings->key_bytes("signing_key");
  if (!signing_key) return tl::unexpected(signing_key.error());
  auto participant = participant_of(*settings);
  if (!participant) return tl::unexpected(participant.error());
  if (auto proof = check_proof_of(*settings, *signing_key, crypto::domain::kKeyRequest,
                                  statement(*participant, *signing_key));
      !proof) {
    return tl::unexpected(proof.error());
  }
  return KeyRequest{*participant, *signing_key};
}

}  // namespace rapporteur::client
