// The hub's public file: what an agency pins. `rapporteur init` writes it, `enrol` reads it.
//
// Errors: kConfiguration with file:line.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "adapters/client/connection.h"
#include "adapters/client/settings.h"
#include "store/notes/signed_note.h"

namespace rapporteur::client {

[[nodiscard]] std::span<const Setting> hub_file_settings();
// Of a file that is made to be handed out, such as this one.
[[nodiscard]] Status let_all_read(const std::filesystem::path& file);
[[nodiscard]] std::string hub_file_text(const HubAddress& hub);
[[nodiscard]] Result<HubAddress> parse_hub_file(std::string_view toml, const std::string& name);
[[nodiscard]] Result<HubAddress> read_hub_file(const std::filesystem::path& file);
// The log's key, which reading the file has checked.
[[nodiscard]] notes::VerifierKey log_key(const HubAddress& hub);

}  // namespace rapporteur::client
