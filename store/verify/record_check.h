// What one entry must fulfil given the entries before it: the fold behind LogAudit.
//
// Threads: one at a time. Errors: kNotVerified with the reason; after an error it is not used
// again.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/envelope.pb.h"
#include "store/verify/erasure_check.h"
#include "store/verify/key_book.h"
#include "store/verify/log_audit.h"
#include "store/verify/succession.h"

namespace rapporteur::verify {

class RecordCheck {
 public:
  RecordCheck(notes::VerifierKey log, Bodies bodies)
      : log_(std::move(log)), bodies_(bodies), erasures_(bodies) {}

  // Signatures to be verified are appended to `checks`.
  [[nodiscard]] Status add(const AuditEntry& entry, std::vector<Check>& checks);
  [[nodiscard]] AuditCounts counts() const;
  // Whose bodies are there without their key.
  [[nodiscard]] const std::vector<LogIndex>& sealed() const { return sealed_; }
  [[nodiscard]] ErasureCheck::Summary erasures(TreeSize size) const {
    return erasures_.finish(size);
  }
  // The logs before this one, known once the first entry was added.
  [[nodiscard]] const std::vector<Predecessor>& logs_before() const { return logs_before_; }

 private:
  struct Position {
    std::uint64_t number = 0;
    std::string delivered;  // running hash at `number`; empty when nothing was acknowledged
  };
  struct Message {
    v1::Header header;
    Signer* signer = nullptr;
  };

  [[nodiscard]] Status event(const v1::Record& record, const AuditEntry& entry,
                             std::vector<Check>& checks);
  [[nodiscard]] Result<Message> message(const v1::Record& record, LogIndex index,
                                        std::vector<Check>& checks);
  [[nodiscard]] Status second_signature(const v1::Record& record, const Message& message,
                                        LogIndex index, std::vector<Check>& checks);
  [[nodiscard]] Status accepted(const v1::Record& record, const AuditEntry& entry,
                                std::vector<Check>& checks);
  [[nodiscard]] Status refused(const v1::Record& record, const AuditEntry& entry,
                               std::vector<Check>& checks);
  [[nodiscard]] Status administered(const v1::Record& record, LogIndex index,
                                    std::vector<Check>& checks);
  [[nodiscard]] Status skipped(const v1::Record& record, const AuditEntry& entry,
                               std::vector<Check>& checks);
  [[nodiscard]] Status commitment(const v1::Header& header, ByteSpan salt, ByteSpan body);
  [[nodiscard]] Status started(const v1::Started& started, LogIndex index);
  [[nodiscard]] bool names_this_log(const v1::Started& started, LogIndex index) const;
  [[nodiscard]] Status backed_up(const v1::BackedUp& event, LogIndex index);
  [[nodiscard]] Status subscribed(const v1::Subscribed& event);
  [[nodiscard]] Status cursors_moved(const v1::CursorsMoved& event, LogIndex index,
                                     std::vector<Check>& checks);
  [[nodiscard]] Status acknowledged(const v1::SignedAcknowledgement& signed_statement,
                                    LogIndex index, std::vector<Check>& checks);

  notes::VerifierKey log_;
  Bodies bodies_;
  std::vector<Predecessor> logs_before_;
  std::uint64_t backed_up_to_ = 0;
  std::string hub_;
  std::uint64_t time_ms_ = 0;
  KeyBook keys_;
  ErasureCheck erasures_;
  std::map<std::pair<std::string, std::string>, Position> positions_;
  AuditCounts counts_;
  std::vector<LogIndex> sealed_;
};

}  // namespace rapporteur::verify
