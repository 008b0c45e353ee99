// Writes a log's records with their nonces beside its tiles, for an auditor who is entitled to
// them, and every checkpoint ever signed; salts and bodies too, if asked for.
//
// Like the tiles it is brought from what is there to the newest checkpoint; the file `export`,
// which says how far the records go, is replaced last. Threads: one at a time. Errors: those of
// TileExport; kUsage when the folder was begun with bodies and is asked for without, or the other
// way round; kOverloaded when a body was erased meanwhile: run again. Source: FORMAT.md, "Exported
// records".
#pragma once

#include "store/export/tile_export.h"

namespace rapporteur::exports {

inline constexpr const char* kRecordBundles = "records";
inline constexpr const char* kBodyBundles = "bodies";
inline constexpr const char* kCheckpointBundles = "checkpoints";
inline constexpr const char* kRecordsMark = "export";

// Up to the newest checkpoint of the reader.
[[nodiscard]] Result<Exported> export_records(const std::filesystem::path& folder,
                                              const notes::VerifierKey& log,
                                              const journal::JournalReader& reader, bool bodies);

}  // namespace rapporteur::exports
