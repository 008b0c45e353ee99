#include "proto/directory/rights.h"

#include <algorithm>

#include "proto/base/ids.h"

namespace rapporteur {

bool covers(const v1::SubmitRight& right, std::string_view dataflow, std::string_view indicator) {
  return matches_pattern(right.dataflow(), dataflow) &&
         matches_pattern(right.indicator(), indicator);
}

bool covers(const v1::ReceiveRight& right, std::string_view dataflow, std::string_view indicator,
            std::string_view sender) {
  return matches_pattern(right.dataflow(), dataflow) &&
         matches_pattern(right.indicator(), indicator) && matches_pattern(right.sender(), sender);
}

bool covers(const v1::LegalHold& hold, LogIndex index, std::string_view sender,
            std::string_view dataflow) {
  const auto fits = [](const std::string& pattern, std::string_view text) {
    return pattern.empty() || matches_pattern(pattern, text);
  };
  return index.value >= hold.first_index() &&
         (hold.last_index() == 0 || index.value <= hold.last_index()) &&
         fits(hold.sender(), sender) && fits(hold.dataflow(), dataflow);
}

bool released_to(const v1::Releasability& releasability, const v1::Participant& receiver) {
  switch (releasability.audience()) {
    case v1::AUDIENCE_PUBLIC:
    case v1::AUDIENCE_PARTICIPANTS:
      return true;
    case v1::AUDIENCE_LISTED: {
      const auto& ids = releasability.participants();
      const auto& kinds = releasability.kinds();
      return std::find(ids.begin(), ids.end(), receiver.id()) != ids.end() ||
             std::find(kinds.begin(), kinds.end(), v1::ParticipantKind_Name(receiver.kind())) !=
                 kinds.end();
    }
    default:
      return false;
  }
}

std::vector<std::string> submit_areas(const v1::DirectoryState& directory,
                                      std::string_view participant, std::string_view dataflow,
                                      std::string_view indicator) {
  std::vector<std::string> areas;
  const bool active = std::any_of(directory.participants().begin(), directory.participants().end(),
                                  [&](const v1::Participant& known) {
                                    return known.id() == participant && known.state() == v1::ACTIVE;
                                  });
  if (!active) return areas;
  for (const v1::Grant& grant : directory.grants()) {
    if (grant.participant() == participant && grant.has_submit() &&
        covers(grant.submit(), dataflow, indicator)) {
      areas.push_back(grant.submit().area());
    }
  }
  return areas;
}

}  // namespace rapporteur
