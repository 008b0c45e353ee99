#include "store/verify/log_audit.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "tests/support/little_log.h"

namespace rapporteur::verify {
namespace {

using testing::LittleLog;

LittleLog busy_log() {
  LittleLog log;
  log.checkpoint();
  log.enrol("at", v1::COORDINATION_BODY);
  log.enrol("commission", v1::COLLECTOR);
  log.submit("at", "first");
  log.checkpoint();
  log.refuse("at");
  log.skip("at");
  log.subscribe("commission");
  log.acknowledge("commission", 1, "h1");
  log.rotate("at");
  log.submit("at", "second");
  log.restart();
  log.acknowledge("commission", 2, "h2");
  log.subscribe("commission");
  log.acknowledge("commission", 1, "h1");
  log.subscribe("commission", true);
  log.acknowledge("commission", 2, "h2");
  return log;
}

TEST(LogAudit, AHonestLogIsVerifiedAndCounted) {
  LittleLog log = busy_log();
  log.checkpoint();
  const AuditReport report = log.audit();
  ASSERT_FALSE(report.wrong.has_value()) << report.wrong->line();
  EXPECT_EQ(report.size.value, log.entries.size());
  EXPECT_EQ(report.covered, report.size);
  EXPECT_EQ(report.counts.entries, log.entries.size());
  EXPECT_EQ(report.counts.accepted, 2U);
  EXPECT_EQ(report.counts.refused, 1U);
  EXPECT_EQ(report.counts.skipped, 1U);
  EXPECT_EQ(report.counts.administered, 3U);
  EXPECT_EQ(report.counts.sender_signatures, 7U);
  EXPECT_EQ(report.counts.acknowledgements, 4U);
  EXPECT_EQ(report.counts.commitments, 6U);
  EXPECT_EQ(report.counts.bodies_absent, 0U);
  EXPECT_EQ(report.counts.signing_keys, 4U);
  EXPECT_EQ(report.counts.checkpoints, 3U);
}

TEST(LogAudit, WhatNoCheckpointCoversIsSaid) {
  const AuditReport report = busy_log().audit();
  EXPECT_FALSE(report.wrong.has_value());
  EXPECT_EQ(report.covered, TreeSize{4});
  EXPECT_GT(report.size, report.covered);
}

TEST(LogAudit, AnErasedBodyLeavesTheLogVerifiable) {
  LittleLog log = busy_log();
  log.checkpoint();
  log.entries[3].salt.clear();
  log.entries[3].body.clear();
  v1::AdministrativeAction action;
  action.mutable_erase()->set_index(3);
  log.administer("op", action);
  const AuditReport report = log.audit();
  EXPECT_FALSE(report.wrong.has_value());
  EXPECT_EQ(report.counts.bodies_erased, 1U);
}

TEST(LogAudit, ASecondSignatureIsByAnotherKeyOfTheSender) {
  LittleLog log = busy_log();
  log.submit_with_second_signature("at", "at");
  EXPECT_TRUE(log.audit().wrong.has_value());
  log = busy_log();
  log.submit_with_second_signature("at", "commission");
  EXPECT_TRUE(log.audit().wrong.has_value());
}

// Whatever order the checks run in, the first in the log is named.
TEST(LogAudit, TheFirstOfTwoWrongSignaturesIsNamed) {
  LittleLog log = busy_log();
  for (const std::size_t at : {3U, 5U}) {
    v1::Record record;
    ASSERT_TRUE(record.ParseFromString(log.entries[at].record));
    record.mutable_signature()->front() ^= 1;
    log.entries[at].record = record.SerializeAsString();
  }
  log.rewrite();
  const Executor backwards = [](std::span<Check> checks) {
    // As late as it may be.
    return [checks] {
      std::for_each(checks.rbegin(), checks.rend(), [](Check& check) { check.run(); });
    };
  };
  const AuditReport report = log.audit(backwards);
  ASSERT_TRUE(report.wrong.has_value());
  EXPECT_EQ(report.wrong->line(), "entry 3: the sender's signature does not hold");
  EXPECT_EQ(report.held, TreeSize{3});
}

TEST(LogAudit, UnderACheckpointThatIsWrongHoldsWhatTheLastOneCovers) {
  LittleLog log = busy_log();
  log.checkpoint();
  log.entries[5].nonce.front() ^= 1;
  const AuditReport report = log.audit();
  ASSERT_TRUE(report.wrong.has_value());
  EXPECT_EQ(report.wrong->where, Wrong::Where::kCheckpoint);
  EXPECT_EQ(report.wrong->at, log.entries.size());
  EXPECT_EQ(report.held, TreeSize{4});
}

// What a hub could write and sign, but no honest hub does: each is an entry at the end.
struct Misdeed {
  const char* name;
  std::function<void(LittleLog&)> commit;
  const char* reason;
};

v1::AdministrativeAction enrolment(const std::string& id, const PublicKeyBytes& key) {
  v1::AdministrativeAction action;
  action.mutable_enrol()->set_id(id);
  action.mutable_enrol()->add_signing_keys()->set_key(key.string());
  return action;
}

v1::Record changed(v1::Record record, const std::function<void(v1::Record&)>& change) {
  change(record);
  return record;
}

class AuditOfMisdeeds : public ::testing::TestWithParam<Misdeed> {};

TEST_P(AuditOfMisdeeds, AreNamed) {
  LittleLog log = busy_log();
  const std::size_t at = log.entries.size();
  GetParam().commit(log);
  log.checkpoint();
  const AuditReport report = log.audit();
  ASSERT_TRUE(report.wrong.has_value());
  EXPECT_EQ(report.wrong->where, Wrong::Where::kEntry);
  EXPECT_GE(report.wrong->at, at);
  EXPECT_NE(report.wrong->reason.find(GetParam().reason), std::string::npos)
      << report.wrong->line();
}

const std::string kSalt(32, 's');

INSTANTIATE_TEST_SUITE_P(
    LogAudit, AuditOfMisdeeds,
    ::testing::Values(
        Misdeed{"a message that is not in the log",
                [](LittleLog& log) {
                  static_cast<void>(log.message("at", v1::KIND_NEW, kSalt, "dropped"));
                  log.submit("at", "next");
                },
                "sequence number is 3 where 2 comes next"},
        Misdeed{"a message by a key that ended",
                [](LittleLog& log) {
                  v1::Record record = log.message("at", v1::KIND_NEW, kSalt, "x");
                  record.mutable_accepted();
                  log.rotate("at");
                  log.append(record, kSalt, "x");
                },
                "held no valid key"},
        Misdeed{"a message of a suspended sender",
                [](LittleLog& log) {
                  log.change_state("at", v1::SUSPENDED);
                  log.submit("at", "x");
                },
                "held no valid key"},
        Misdeed{"a stranger's message",
                [](LittleLog& log) {
                  LittleLog other = busy_log();
                  v1::Record record = other.message("at", v1::KIND_NEW, kSalt, "x");
                  record.mutable_accepted();
                  log.append(record, kSalt, "x");
                },
                "never enrolled"},
        Misdeed{"an action by somebody who is no operator",
                [](LittleLog& log) {
                  log.administer("at",
                                 enrolment("eve", crypto::SigningKey::generate().public_key()));
                },
                "at is no operator"},
        Misdeed{"a second enrolment",
                [](LittleLog& log) {
                  log.administer("op",
                                 enrolment("at", crypto::SigningKey::generate().public_key()));
                },
                "enrolled a second time"},
        Misdeed{"one key for two",
                [](LittleLog& log) {
                  log.administer("op", enrolment("eve", log.key("at").public_key()));
                },
                "somebody's already"},
        Misdeed{"the body of a refused message",
                [](LittleLog& log) {
                  log.refuse("at");
                  log.entries.back().salt = kSalt;
                  log.entries.back().body = "what may not pass";
                },
                "kept beside"},
        Misdeed{"the sealed body of a refused message",
                [](LittleLog& log) {
                  log.refuse("at");
                  log.entries.back().sealed = true;
                },
                "kept beside"},
        Misdeed{"another body",
                [](LittleLog& log) {
                  log.submit("at", "x");
                  log.entries.back().body = "y";
                },
                "not those that were signed"},
        Misdeed{"a body without its salt",
                [](LittleLog& log) {
                  log.submit("at", "x");
                  log.entries.back().salt.clear();
                },
                "salt has not 32 bytes"},
        Misdeed{"a skip that was accepted",
                [](LittleLog& log) {
                  log.append(changed(log.message("at", v1::KIND_SKIP, kSalt, ""),
                                     [](v1::Record& record) { record.mutable_accepted(); }),
                             kSalt);
                },
                "no submission"},
        Misdeed{"a submission that was skipped",
                [](LittleLog& log) {
                  log.append(changed(log.message("at", v1::KIND_NEW, kSalt, "x"),
                                     [](v1::Record& record) { record.mutable_skipped(); }),
                             kSalt, "x");
                },
                "skips nothing"},
        Misdeed{"an acknowledgement that goes back",
                [](LittleLog& log) { log.acknowledge("commission", 1, "h1"); }, "goes back"},
        Misdeed{"two histories of one delivery",
                [](LittleLog& log) { log.acknowledge("commission", 2, "other"); }, "differ"},
        Misdeed{"an acknowledgement for nothing",
                [](LittleLog& log) { log.acknowledge("at", 1, "h"); }, "nobody made"},
        Misdeed{"a forged acknowledgement",
                [](LittleLog& log) {
                  log.acknowledge("commission", 3, "h");
                  v1::Record record;
                  static_cast<void>(record.ParseFromString(log.entries.back().record));
                  record.mutable_cursors_moved()
                      ->mutable_acknowledgements(0)
                      ->mutable_signature()
                      ->back() ^= 1;
                  log.entries.back().record = record.SerializeAsString();
                },
                "signature of an acknowledgement"},
        Misdeed{"a subscriber nobody enrolled", [](LittleLog& log) { log.subscribe("eve"); },
                "not enrolled"},
        Misdeed{"a second founding",
                [](LittleLog& log) {
                  LittleLog::Entry again = log.entries.front();
                  v1::Record record;
                  static_cast<void>(record.ParseFromString(again.record));
                  log.append(record);
                },
                "founded before"},
        Misdeed{"another log's start",
                [](LittleLog& log) {
                  LittleLog other;
                  v1::Record record;
                  static_cast<void>(record.ParseFromString(other.entries.front().record));
                  log.append(record);
                },
                "names another log"},
        Misdeed{"time that goes back",
                [](LittleLog& log) {
                  v1::Record record;
                  record.mutable_stopped();
                  record.set_time_ms(1);
                  log.append(record);
                  log.entries.back().record = record.SerializeAsString();
                },
                "its time is before"},
        Misdeed{"an event of the future", [](LittleLog& log) { log.append(v1::Record()); },
                "not known to this verifier"},
        Misdeed{"a message beside another event",
                [](LittleLog& log) {
                  log.append(changed(log.message("at", v1::KIND_NEW, kSalt, "x"),
                                     [](v1::Record& record) { record.mutable_stopped(); }));
                },
                "its event has not"},
        Misdeed{"a record that is none",
                [](LittleLog& log) {
                  log.append(v1::Record());
                  log.entries.back().record = "\xFF\xFF";
                },
                "cannot be read"},
        Misdeed{"a short nonce",
                [](LittleLog& log) {
                  log.restart();
                  log.entries.back().nonce.pop_back();
                },
                "nonce"}),
    [](const ::testing::TestParamInfo<Misdeed>& one) {
      std::string name = one.param.name;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == ' ' || c == '\''; }, '_');
      return name;
    });

TEST(LogAudit, ALogThatFoundsNothingIsNone) {
  LittleLog log = busy_log();
  log.entries.erase(log.entries.begin());
  log.rewrite();
  EXPECT_EQ(log.audit().wrong->line(), "entry 0: it founds no log");
}

TEST(LogAudit, CheckpointsBeyondTheLogShowWhatIsMissing) {
  LittleLog log = busy_log();
  log.checkpoint();
  log.entries.resize(5);
  const AuditReport report = log.audit();
  ASSERT_TRUE(report.wrong.has_value());
  EXPECT_EQ(report.wrong->where, Wrong::Where::kCheckpoint);
  EXPECT_NE(report.wrong->reason.find("missing"), std::string::npos);
}

}  // namespace
}  // namespace rapporteur::verify
