// What the waivers of the synced directory name, so that an agency's verdict is the hub's.
//
// The hub signs a waiver's root in its directory; the hashes under it are asked for once, checked
// against it, and kept.
// Threads: one at a time. Errors: kNotVerified (they are not those of the signed root), kStorage,
// and those of the connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/client/connection.h"
#include "adapters/client/database.h"
#include "proto/base/ids.h"
#include "rapporteur/v1/directory.pb.h"

namespace rapporteur::client {

struct WaivedCells {
  std::uint64_t index = 0;  // the waiver's entry
  std::string dataflow;
  std::shared_ptr<const std::vector<Digest>> cells;  // ascending
};

// `packed` are the hashes as the hub sent them.
[[nodiscard]] Result<WaivedCells> verified_cells(const v1::Waiver& waiver, std::string_view packed);
// Of all waivers of the directory: those that are kept, and from the hub what is not.
[[nodiscard]] Result<std::vector<WaivedCells>> ask_waived_cells(
    Connection& line, Database& state, const v1::DirectoryState& directory);
// Replaces what is kept. Within the caller's transaction.
[[nodiscard]] Status keep_waived_cells(Database& state, const std::vector<WaivedCells>& all);
// Ascending; one whose cells are not kept here is left out.
[[nodiscard]] Result<std::vector<WaivedCells>> kept_waived_cells(
    Database& state, const v1::DirectoryState& directory);

}  // namespace rapporteur::client
