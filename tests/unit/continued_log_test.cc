// What an audit finds in a log that says it continues another, and of backups.
#include <functional>

#include <gtest/gtest.h>

#include "store/merkle/frontier.h"
#include "store/verify/log_audit.h"
#include "store/verify/succession.h"
#include "tests/support/little_log.h"

namespace rapporteur::verify {
namespace {

using testing::LittleLog;

constexpr const char* kOrigin = "hub.example/log2";

// The entries of an old log under a new first one, signed with a new key.
struct ContinuedLog {
  ContinuedLog() {
    old.enrol("at", v1::COORDINATION_BODY);
    old.submit("at", "first");
    old.restart();
    old.checkpoint();
    old.submit("at", "after the checkpoint");
    auto& before = *first.mutable_started()->mutable_predecessor();
    v1::Record founding;
    static_cast<void>(founding.ParseFromString(old.entries[0].record));
    first.set_time_ms(founding.time_ms());
    auto& started = *first.mutable_started();
    started.set_hub(founding.started().hub());
    started.set_operator_id(founding.started().operator_id());
    started.set_operator_signing_key(founding.started().operator_signing_key());
    started.set_origin(kOrigin);
    started.set_log_verifier_key(verifier.text());
    before.set_log_verifier_key(old.verifier().text());
    before.set_checkpoint(old.heads.back().note);
    before.set_first_nonce(old.entries[0].nonce);
    before.set_first_record(old.entries[0].record);
    before.set_carried_size(old.entries.size());
  }
  [[nodiscard]] v1::Predecessor& before() {
    return *first.mutable_started()->mutable_predecessor();
  }
  // Of what `old` and `first` have become.
  [[nodiscard]] AuditReport audit() const {
    auto entries = old.entries;
    entries[0].record = first.SerializeAsString();
    LogAudit audit(verifier);
    merkle::Frontier tree;
    for (const auto& entry : entries) {
      tree.append(merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record)));
      if (!audit.add({LogIndex{entry.index}, bytes_of(entry.nonce), bytes_of(entry.record),
                      bytes_of(entry.salt), bytes_of(entry.body)})) {
        return audit.finish();
      }
    }
    static_cast<void>(
        audit.add_checkpoint(notes::sign_checkpoint({kOrigin, tree.size(), tree.root()}, key)));
    return audit.finish();
  }

  LittleLog old;
  crypto::SigningKey key = crypto::SigningKey::generate();
  notes::VerifierKey verifier{kOrigin, notes::KeyType::kEd25519, key.public_key()};
  v1::Record first;
};

v1::Record started_in(const std::string& origin, const std::string& verifier_key) {
  v1::Record record;
  record.mutable_started()->set_hub("hub");
  record.mutable_started()->set_origin(origin);
  record.mutable_started()->set_log_verifier_key(verifier_key);
  return record;
}

v1::Record backed_up(std::uint64_t size) {
  v1::Record record;
  record.mutable_backed_up()->set_size(size);
  record.mutable_backed_up()->set_root_sha256(std::string(32, 'r'));
  record.mutable_backed_up()->set_operator_id("op");
  return record;
}

TEST(ContinuedLogTest, AnHonestOneIsVerifiedAndSaysWhatItContinues) {
  ContinuedLog log;
  log.old.append(started_in(kOrigin, log.verifier.text()));
  log.old.append(backed_up(3));
  log.old.append(backed_up(6));
  const AuditReport report = log.audit();
  ASSERT_FALSE(report.wrong) << report.wrong->line();
  ASSERT_EQ(report.predecessors.size(), 1U);
  EXPECT_EQ(report.predecessors[0].log, log.old.verifier());
  EXPECT_EQ(report.predecessors[0].carried, TreeSize{6});
  EXPECT_EQ(report.predecessors[0].checkpoint.size, TreeSize{5});
}

TEST(ContinuedLogTest, OneThatContinuesOneThatContinuesNamesBoth) {
  ContinuedLog log;
  v1::Started third = log.first.started();
  third.set_origin("hub.example/log3");
  third.set_log_verifier_key("the key of the third");
  auto& before = *third.mutable_predecessor();
  before.set_log_verifier_key(log.verifier.text());
  before.set_checkpoint(
      notes::sign_checkpoint({kOrigin, TreeSize{7}, merkle::empty_root()}, log.key));
  before.set_first_record(log.first.SerializeAsString());
  before.set_carried_size(8);
  const auto logs = predecessors(third);
  ASSERT_TRUE(logs) << logs.error().line();
  ASSERT_EQ(logs->size(), 2U);
  EXPECT_EQ((*logs)[0].log, log.verifier);
  EXPECT_EQ((*logs)[1].log, log.old.verifier());
  // What it carried of the oldest cannot be more than what the next one found in it.
  before.set_carried_size(5);
  before.set_checkpoint(
      notes::sign_checkpoint({kOrigin, TreeSize{5}, merkle::empty_root()}, log.key));
  EXPECT_FALSE(predecessors(third));
}

struct Untruth {
  const char* name;
  std::function<void(ContinuedLog&)> tell;
  const char* reason;
};

class UntruthTest : public ::testing::TestWithParam<Untruth> {};

TEST_P(UntruthTest, IsNamed) {
  ContinuedLog log;
  GetParam().tell(log);
  const AuditReport report = log.audit();
  ASSERT_TRUE(report.wrong.has_value());
  EXPECT_NE(report.wrong->reason.find(GetParam().reason), std::string::npos)
      << report.wrong->line();
}

INSTANTIATE_TEST_SUITE_P(
    ContinuedLogTest, UntruthTest,
    ::testing::Values(
        Untruth{"an entry that is another",
                [](ContinuedLog& log) { log.old.entries[2].nonce.front() ^= 1; },
                "are not those that hub.example/log signed"},
        Untruth{"a first entry that was another",
                [](ContinuedLog& log) { log.before().mutable_first_nonce()->front() ^= 1; },
                "are not those that hub.example/log signed"},
        Untruth{"another log's checkpoint",
                [](ContinuedLog& log) {
                  LittleLog other;
                  other.checkpoint();
                  log.before().set_checkpoint(other.heads.back().note);
                },
                "the log before it does not hold"},
        Untruth{"fewer entries than the checkpoint covers",
                [](ContinuedLog& log) { log.before().set_carried_size(4); },
                "covers more than was carried"},
        Untruth{"a checkpoint over nothing",
                [](ContinuedLog& log) { log.before().set_checkpoint(log.old.sign_head(0)); },
                "covers nothing"},
        Untruth{"itself",
                [](ContinuedLog& log) {
                  log.verifier.name = log.old.verifier().name;
                  log.first.mutable_started()->set_origin(log.verifier.name);
                  log.first.mutable_started()->set_log_verifier_key(log.verifier.text());
                },
                "does not continue itself"},
        Untruth{"more entries than there are",
                [](ContinuedLog& log) { log.before().set_carried_size(20); },
                "but the log has only 6"},
        Untruth{"another founding operator",
                [](ContinuedLog& log) {
                  log.first.mutable_started()->set_operator_signing_key(
                      crypto::SigningKey::generate().public_key().string());
                },
                "founding operator"},
        Untruth{"a nonce that is none",
                [](ContinuedLog& log) { log.before().set_first_nonce("short"); }, "32 bytes"},
        Untruth{"the old log goes on in it",
                [](ContinuedLog& log) {
                  log.old.append(started_in(log.old.verifier().name, log.old.verifier().text()));
                },
                "names another log"},
        Untruth{"a predecessor of a later start",
                [](ContinuedLog& log) {
                  v1::Record record = started_in(kOrigin, log.verifier.text());
                  *record.mutable_started()->mutable_predecessor() = log.before();
                  log.old.append(record);
                },
                "is not the first"},
        Untruth{"a backup of what is not there",
                [](ContinuedLog& log) { log.old.append(backed_up(7)); }, "what cannot be"},
        Untruth{"a backup that shrinks",
                [](ContinuedLog& log) {
                  log.old.append(backed_up(5));
                  log.old.append(backed_up(5));
                },
                "what cannot be"}),
    [](const ::testing::TestParamInfo<Untruth>& tested) { return std::to_string(tested.index); });

}  // namespace
}  // namespace rapporteur::verify
