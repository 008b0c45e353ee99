// Which bodies of accepted messages are no longer there, and by which entry each was erased.
//
// An operator's erasure, or the hub's by the retention that held then; neither of what a legal hold
// kept. A body that is gone without such an entry was lost or done away with.
//
// Threads: one at a time. Errors: kNotVerified with the reason. Units and shapes: memory grows with
// the bodies that are gone and whose entry has not come yet.
// Source: FORMAT.md, "What verification proves".
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/base/ids.h"
#include "proto/base/result.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/envelope.pb.h"
#include "store/verify/log_audit.h"

namespace rapporteur::verify {

// What a record says that its entry erases.
[[nodiscard]] std::vector<LogIndex> erased_by(const v1::Record& record);

class ErasureCheck {
 public:
  // Of an export an erasure need not be carried out.
  explicit ErasureCheck(Bodies bodies) : bodies_(bodies) {}

  // The body of an accepted message is not there; the store of the keys may say by which entry.
  void gone(LogIndex index, const v1::Header& header, std::uint64_t time_ms,
            std::optional<LogIndex> erased_by);
  // An accepted message takes the place of another. Which one its sender signed as a message id;
  // that it is this entry the hub says, and counts only if it is so.
  void superseded(LogIndex index, const v1::Header& by, std::uint64_t time_ms);

  // A signed action of an operator; only what it says of erasure counts here.
  [[nodiscard]] Status apply(const v1::AdministrativeAction& action);
  [[nodiscard]] Status apply(const v1::Expired& expired, std::uint64_t time_ms);

  struct Summary {
    std::uint64_t erased = 0;            // by an entry of this log
    std::vector<LogIndex> erased_later;  // by one beyond its end, as the store of the keys says
    std::optional<LogIndex> unexplained;
  };
  [[nodiscard]] Summary finish(TreeSize size) const;

 private:
  struct Gone {
    std::uint64_t index = 0;
    std::uint64_t time_ms = 0;
    std::uint64_t superseded_ms = 0;  // 0: live
    std::uint32_t sender = 0;
    std::uint32_t dataflow = 0;
    std::string message_id;
    std::optional<LogIndex> erased_by;
    bool explained = false;
    bool withdrawal = false;
  };
  [[nodiscard]] Gone* find(std::uint64_t index);
  // That the entry erased this body lawfully so far. Null: it may be there, in an export.
  [[nodiscard]] Result<Gone*> erased(std::uint64_t index);
  // Refuses what a hold keeps.
  [[nodiscard]] Status explain(Gone& gone);
  [[nodiscard]] std::uint32_t number_of(const std::string& name);

  const Bodies bodies_;
  std::deque<Gone> gone_;  // by index; those at the front that are explained are dropped
  std::uint64_t explained_ = 0;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> names_;
  std::map<std::string, v1::Retention> retentions_;
  std::map<std::string, v1::LegalHold> holds_;
};

}  // namespace rapporteur::verify
