// A log record as a person or a program reads it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::cli {

// What a served entry holds. Error: kMalformed.
[[nodiscard]] Result<v1::Record> record_of(const v1::Entry& entry);

// "ACCEPTED", "REFUSED", "ADMINISTERED", ...
[[nodiscard]] std::string event_name(const v1::Record& record);
// One line: who, what, and the outcome; never a figure.
[[nodiscard]] std::string record_summary(const v1::Record& record);
// All of it, with the header decoded; bytes as hexadecimal.
[[nodiscard]] nlohmann::json record_json(LogIndex index, const v1::Record& record);

// "submit RAPPORTEUR:THB(1.0) * for AT", "receive * VIC_* from *, entries 0 and later".
[[nodiscard]] std::string grant_text(const v1::Grant& grant);
// "* VIC_* from at for *".
[[nodiscard]] std::string filter_text(const v1::SubscriptionFilter& filter);

// "POL_COMP_FUND NEW by at", for an outcome's header.
[[nodiscard]] std::string header_summary(const v1::Header& header);

}  // namespace rapporteur::cli
