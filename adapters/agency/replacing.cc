#include "adapters/agency/replacing.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "adapters/agency/planned_file.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

// The keys of one live submission.
struct Held {
  const client::OwnSubmission* own = nullptr;
  ObservationSet observations;
};

// By the key's text, within one dataflow and indicator.
using Holders = std::unordered_map<std::string, std::size_t>;

tl::unexpected<Error> nobody_can_say(const sources::PlannedSubmission& planned, std::string why) {
  return fail(ErrorKind::kRefused,
              "it is not clear what the figures of " + printable(planned.indicator, 64) +
                  " take the place of: " + std::move(why),
              {}, "'revise ID' each submission with a file that is cut as it was");
}

class Matcher {
 public:
  Status read(std::span<const client::OwnSubmission> live) {
    for (const client::OwnSubmission& own : live) {
      if (own.body.empty()) continue;
      auto body = BodyCodec::decode(bytes_of(own.body));
      if (!body) {
        return fail(ErrorKind::kStorage,
                    "a submission of the ledger cannot be read: " + body.error().what,
                    uuid_text(own.message_id), "sync again");
      }
      held_.push_back({&own, std::move(body->observations)});
      Holders& holders = holders_[{own.header.dataflow(), own.header.indicator()}];
      const ObservationSet& set = held_.back().observations;
      for (std::size_t row = 0; row < set.rows(); ++row) {
        holders.try_emplace(set.observation(row).key_text(), held_.size() - 1);
      }
    }
    return {};
  }

  Result<Replacing> run(std::span<const sources::PlannedSubmission> submissions) {
    Replacing out;
    std::set<std::string, std::less<>> dataflows;
    for (const sources::PlannedSubmission& planned : submissions) {
      dataflows.insert(planned.dataflow);
      auto holder = holder_of(planned);
      if (!holder) return tl::unexpected(holder.error());
      if (*holder && !taken_.insert(**holder).second) {
        return nobody_can_say(planned, "two parts of the file hold keys of " +
                                           uuid_text(held_[**holder].own->message_id));
      }
      out.replaces.push_back(*holder ? std::optional(held_[**holder].own->message_id)
                                     : std::nullopt);
      out.unchanged.push_back(*holder && says_the_same(planned, held_[**holder]));
    }
    for (std::size_t i = 0; i < held_.size(); ++i) {
      const client::OwnSubmission& own = *held_[i].own;
      if (!taken_.contains(i) && dataflows.contains(own.header.dataflow())) {
        out.left_standing.push_back(own);
      }
    }
    return out;
  }

 private:
  Result<std::optional<std::size_t>> holder_of(const sources::PlannedSubmission& planned) const {
    std::optional<std::size_t> found;
    const auto holders = holders_.find({planned.dataflow, planned.indicator});
    if (holders == holders_.end()) return found;
    for (std::size_t row = 0; row < planned.observations.rows(); ++row) {
      const auto holder = holders->second.find(planned.observations.observation(row).key_text());
      if (holder == holders->second.end() || found == holder->second) continue;
      if (found) {
        return nobody_can_say(planned, uuid_text(held_[*found].own->message_id) + " and " +
                                           uuid_text(held_[holder->second].own->message_id) +
                                           " both hold keys of them");
      }
      found = holder->second;
    }
    return found;
  }

  // The same observations in any order, and the same releasability.
  static bool says_the_same(const sources::PlannedSubmission& planned, const Held& held) {
    const ObservationSet& now = planned.observations;
    const ObservationSet& then = held.observations;
    if (now.rows() != then.rows() || wire(planned.releasability).SerializeAsString() !=
                                         held.own->header.releasability().SerializeAsString()) {
      return false;
    }
    std::unordered_map<std::string, std::size_t> rows;
    for (std::size_t row = 0; row < then.rows(); ++row) {
      rows.emplace(then.observation(row).key_text(), row);
    }
    for (std::size_t row = 0; row < now.rows(); ++row) {
      const Observation one = now.observation(row);
      const auto other = rows.find(one.key_text());
      if (other == rows.end() || !(then.observation(other->second) == one)) return false;
    }
    return true;
  }

  std::vector<Held> held_;
  std::map<std::pair<std::string, std::string>, Holders> holders_;
  std::set<std::size_t> taken_;
};

}  // namespace

Result<Replacing> match(std::span<const sources::PlannedSubmission> submissions,
                        std::span<const client::OwnSubmission> live) {
  Matcher matcher;
  if (auto read = matcher.read(live); !read) return tl::unexpected(read.error());
  return matcher.run(submissions);
}

}  // namespace rapporteur::agency
