// What the rights in a directory cover: for the hub, which decides by them, and for an agency,
// which wants to know before it sends.
//
// Threads: any. Pure. Source: PROTOCOL.md, "Directory".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/ids.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/envelope.pb.h"

namespace rapporteur {

// Whatever the area.
[[nodiscard]] bool covers(const v1::SubmitRight& right, std::string_view dataflow,
                          std::string_view indicator);
[[nodiscard]] bool covers(const v1::ReceiveRight& right, std::string_view dataflow,
                          std::string_view indicator, std::string_view sender);
// Whether the releasability of a header lets that participant receive it.
[[nodiscard]] bool released_to(const v1::Releasability& releasability,
                               const v1::Participant& receiver);

// Whether the hold keeps the body of that entry.
[[nodiscard]] bool covers(const v1::LegalHold& hold, LogIndex index, std::string_view sender,
                          std::string_view dataflow);

// The area patterns for which an active participant may submit the indicator in the dataflow; empty
// for one that is not active or not there.
[[nodiscard]] std::vector<std::string> submit_areas(const v1::DirectoryState& directory,
                                                    std::string_view participant,
                                                    std::string_view dataflow,
                                                    std::string_view indicator);

}  // namespace rapporteur
