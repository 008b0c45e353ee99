// A witness that runs: its key, what it has seen, and its HTTP server.
//
// Threads: those of http::Server. Errors: kConfiguration for key, name, address and port; those of
// Witness::open for the state. Lifetime: `clock` outlives it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/witness/server.h"

namespace rapporteur::witness {

struct ServiceOptions {
  std::string name;  // of the witness's key
  std::filesystem::path key_file;
  std::filesystem::path state;  // folder
  std::vector<notes::VerifierKey> logs;
  std::string listen;   // host:port
  std::string setting;  // what an error about it names
};

// The key of the file. If neither it nor anything in `state` is there, the folder for what it
// cosigns is made, and then the key. kStorage for a key without its folder: it could cosign a
// second history. kConfiguration for a folder in use without its key, which policies name: never a
// new one.
[[nodiscard]] Result<crypto::SigningKey> own_key(const std::filesystem::path& file,
                                                 const std::filesystem::path& state);
[[nodiscard]] tl::unexpected<Error> key_missing(const std::filesystem::path& file);
// Where a witness may answer: on loopback, since it speaks plain HTTP. kConfiguration.
[[nodiscard]] Result<HostAndPort> listening_address(const std::string& listen,
                                                    const std::string& setting);
[[nodiscard]] notes::VerifierKey verifier_key(const std::string& name,
                                              const crypto::SigningKey& key);

class Service {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const ServiceOptions& options,
                                                              const Clock& clock);
  [[nodiscard]] const notes::VerifierKey& key() const { return witness_->key(); }
  [[nodiscard]] std::string url() const { return server_->url(); }
  // kUnreachable once its server has ended by itself: nobody gets a cosignature any more.
  [[nodiscard]] Status check() const;

 private:
  Service(std::unique_ptr<Witness> witness, std::unique_ptr<http::Server> server)
      : witness_(std::move(witness)), server_(std::move(server)) {}
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace rapporteur::witness
