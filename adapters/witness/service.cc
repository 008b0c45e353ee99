#include "adapters/witness/service.h"

#include "proto/crypto/key_file.h"

namespace rapporteur::witness {

tl::unexpected<Error> key_missing(const std::filesystem::path& file) {
  return fail(ErrorKind::kConfiguration, "the witness's key is missing", file.string(),
              "put the file back: policies name this key; without it, make a witness with a new "
              "key and a new folder, and have them changed");
}

Result<crypto::SigningKey> own_key(const std::filesystem::path& file,
                                   const std::filesystem::path& state) {
  constexpr auto kPurpose = crypto::KeyPurpose::kCosigning;
  const auto there = client::is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(state, ignored)) {
      return fail(ErrorKind::kStorage,
                  "the witness's key is there, but not what it has cosigned with it",
                  state.string(),
                  "put the folder back from a backup that is newer than the last cosignature; "
                  "without one, move " +
                      file.string() +
                      " away, which makes a witness with a new key; if this one never cosigned, "
                      "make the folder");
    }
    return crypto::read_key_file(file, kPurpose).map([](const crypto::SecretBytes& seed) {
      return crypto::SigningKey::from_seed(seed);
    });
  }
  std::error_code error;
  if (std::filesystem::exists(state, error) && !std::filesystem::is_empty(state, error)) {
    return key_missing(file);
  }
  if (auto made = client::make_folder(state); !made) return tl::unexpected(made.error());
  auto key = crypto::SigningKey::generate();
  return crypto::write_key_file(file, kPurpose, key.seed()).map([&] { return std::move(key); });
}

Result<HostAndPort> listening_address(const std::string& listen, const std::string& setting) {
  auto address = parse_host_and_port(listen);
  if (!address) {
    Error error = address.error();
    error.where = setting;
    return tl::unexpected(error);
  }
  if (!is_loopback(address->host)) {
    return fail(ErrorKind::kConfiguration, "'" + printable(listen, 80) + "' is open to others",
                setting,
                "a loopback address: a witness speaks plain HTTP; a proxy stands before it if it "
                "is to be reached from outside");
  }
  return address;
}

notes::VerifierKey verifier_key(const std::string& name, const crypto::SigningKey& key) {
  return {name, notes::KeyType::kCosignatureV1, key.public_key()};
}

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, const Clock& clock) {
  if (!notes::valid_key_name(options.name)) {
    return fail(ErrorKind::kConfiguration, "'" + printable(options.name, 80) + "' is no key name",
                options.setting, "text without white space and '+'");
  }
  const auto address = listening_address(options.listen, options.setting);
  if (!address) return tl::unexpected(address.error());
  auto key = own_key(options.key_file, options.state);
  if (!key) return tl::unexpected(key.error());
  auto witness = Witness::open(options.state, {options.name, std::move(*key)}, options.logs, clock);
  if (!witness) return tl::unexpected(witness.error());
  auto server = serve(*address, options.setting, **witness);
  if (!server) return tl::unexpected(server.error());
  return std::unique_ptr<Service>(new Service(std::move(*witness), std::move(*server)));
}

Status Service::check() const {
  if (server_->serving()) return {};
  return fail(ErrorKind::kUnreachable, "the witness takes no connections any more", url(),
              "start it again; see the system's log");
}

}  // namespace rapporteur::witness
