// keygen: one more signing key, and the request to enrol it.
#include <CLI/CLI.hpp>

#include "adapters/agency/program.h"
#include "adapters/client/enrolment.h"
#include "adapters/client/files.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/key_file.h"

namespace rapporteur::agency {
namespace {

Outcome keygen(const Program& program, const std::string& participant, const std::string& file) {
  if (!valid_participant_id(participant)) {
    return fail(ErrorKind::kUsage, "'" + printable(participant, 40) + "' is no participant id", {},
                "2 to 32 lower-case letters, digits and '-', a letter first");
  }
  const std::string request = file + ".toml";
  for (const std::string& path : {file, request}) {
    const auto taken = client::is_there(path);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) {
      return fail(ErrorKind::kUsage, "there is something already", path,
                  "keys are never overwritten: choose another name");
    }
  }
  const crypto::SigningKey key = crypto::SigningKey::generate();
  auto written = crypto::write_key_file(file, crypto::KeyPurpose::kSigning, key.seed());
  written = written.and_then([&]() {
    return client::write_file_atomically(request, client::key_request_text(participant, key));
  });
  if (!written) return tl::unexpected(written.error());
  const std::string shown = crypto::hex(key.public_key().span());
  program.say("key made: " + file + " stays with whoever signs with it; public key " + shown);
  program.say("hand " + request + " to the hub's operator: rapporteur participant add-key " +
              request + " --reason TEXT");
  program.answer({{"participant", participant},
                  {"key_file", file},
                  {"request", request},
                  {"public_key", shown}});
  return 0;
}

}  // namespace

void add_keygen(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "keygen", "Make a data officer's key where the officer works, and the request to enrol it");
  auto participant = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  command->add_option("PARTICIPANT", *participant, "Who the agency is at the hub, such as 'at'")
      ->required();
  command->add_option("KEY-FILE", *file, "The new key; the request is KEY-FILE.toml")->required();
  command->callback([&chosen, participant, file]() {
    chosen = [participant, file](Program& program) { return keygen(program, *participant, *file); };
  });
}

}  // namespace rapporteur::agency
