#include "adapters/sources/releasability.h"

#include <algorithm>
#include <array>

#include "proto/base/ids.h"
#include "proto/base/limits.h"

namespace rapporteur::sources {
namespace {

constexpr std::array<std::string_view, 7> kParticipantKinds{
    "COORDINATION_BODY", "EUROPOL", "EUROJUST", "COLLECTOR", "OBSERVER", "AUDITOR", "OPERATOR"};

tl::unexpected<Error> not_one(std::string_view word) {
  return fail(ErrorKind::kMalformed, "is no releasability: \"" + printable(word, 80) + '"', {},
              "PUBLIC, PARTICIPANTS, or ids and kinds of participants separated by blanks");
}

void sort_distinct(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

std::string Releasability::text() const {
  if (audience == Audience::kPublic) return "PUBLIC";
  if (audience == Audience::kParticipants) return "PARTICIPANTS";
  std::string out;
  for (const auto* words : {&kinds, &participants}) {
    for (const auto& word : *words) {
      if (!out.empty()) out += ' ';
      out += word;
    }
  }
  return out;
}

Result<Releasability> Releasability::parse(std::string_view text) {
  Releasability out;
  if (text == "PUBLIC" || text == "PARTICIPANTS") {
    out.audience = text == "PUBLIC" ? Audience::kPublic : Audience::kParticipants;
    return out;
  }
  out.audience = Audience::kListed;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (std::find(kParticipantKinds.begin(), kParticipantKinds.end(), word) !=
        kParticipantKinds.end()) {
      out.kinds.emplace_back(word);
    } else if (valid_participant_id(word)) {
      out.participants.emplace_back(word);
    } else {
      return not_one(word);
    }
    if (out.kinds.size() + out.participants.size() > rapporteur::limits::kReleasabilityEntries) {
      return not_one("more entries than a submission may have");
    }
  }
  if (out.kinds.empty() && out.participants.empty()) return not_one("");
  sort_distinct(out.kinds);
  sort_distinct(out.participants);
  return out;
}

}  // namespace rapporteur::sources
