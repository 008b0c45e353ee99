// A log that continues a lost one: on disk, and as an audit sees it.
#include "store/rocks/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "store/rocks/local_journal.h"
#include "store/verify/log_audit.h"
#include "tests/fakes/fixed_clock.h"
#include "tests/support/paths.h"
#include "tests/support/predecessor.h"

namespace rapporteur::rocks {
namespace {

using ::testing::HasSubstr;

constexpr const char* kOld = "test.example/log1";
constexpr const char* kNew = "test.example/log2";

crypto::SigningKey key_of(std::byte seed) {
  crypto::SecretBytes bytes;
  bytes.mutable_bytes()[0] = seed;
  return crypto::SigningKey::from_seed(bytes);
}

v1::Started founding(const std::string& origin, const std::string& verifier_key) {
  v1::Started started;
  started.set_hub("hub");
  started.set_origin(origin);
  started.set_log_verifier_key(verifier_key);
  started.set_operator_id("op");
  started.set_operator_curve_key(std::string(32, 'c'));
  started.set_operator_signing_key(key_of(std::byte{9}).public_key().string());
  return started;
}

journal::Draft draft_of(const v1::Started& started) {
  v1::Record record;
  *record.mutable_started() = started;
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  return draft;
}

journal::Draft stopped() {
  v1::Record record;
  record.mutable_stopped();
  journal::Draft draft;
  draft.record = record.SerializeAsString();
  draft.message = journal::MessageKey{"at", {}};
  return draft;
}

class SuccessionTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  // A log of so many entries, left by a hub that went on after the snapshot; its verifier key.
  void make_old(std::size_t size) {
    auto log = LocalJournal::create(temp / "old", kOld, key_of(std::byte{1}), clock).value();
    old_key = log->verifier_key();
    std::vector<journal::Draft> group;
    group.push_back(draft_of(founding(kOld, old_key)));
    for (std::size_t i = 1; i < size; ++i) {
      group.push_back(i % 7 == 0 ? draft_of(restarted(kOld, old_key)) : stopped());
    }
    ASSERT_TRUE(log->append(group));
    const auto taken = log->take_snapshot();
    ASSERT_TRUE(taken) << taken.error().line();
    std::filesystem::copy(taken->folder, temp / "new", std::filesystem::copy_options::recursive);
    group.assign(1, stopped());
    ASSERT_TRUE(log->append(group));
  }
  static v1::Started restarted(const std::string& origin, const std::string& verifier_key) {
    v1::Started started = founding(origin, verifier_key);
    started.clear_operator_id();
    started.clear_operator_curve_key();
    started.clear_operator_signing_key();
    return started;
  }
  Result<std::string> continue_as(const std::string& origin) {
    return continue_log(
        temp / "new",
        {origin, key_of(std::byte{2}), temp / "old.keys",
         [&](const Carried& carried, const std::string& verifier_key) -> Result<std::string> {
           v1::Record record;
           *record.mutable_started() = founding(origin, verifier_key);
           testing::name_predecessor(*record.mutable_started(), carried);
           return record.SerializeAsString();
         }},
        clock);
  }
  verify::AuditReport audit(const std::string& verifier_key) {
    const auto opened = open_for_audit(temp / "new").value();
    EXPECT_EQ(opened.verifier_key, verifier_key);
    verify::LogAudit audit(notes::VerifierKey::parse(verifier_key).value());
    EXPECT_TRUE(opened.reader->checkpoints([&](TreeSize size, const std::string& note) {
      while (audit.size() < size) {
        const auto entry = opened.reader->entry(LogIndex{audit.size().value}).value();
        if (!audit.add({entry.index, bytes_of(entry.nonce), bytes_of(entry.record), {}, {}})) {
          return false;
        }
      }
      return audit.add_checkpoint(note);
    }));
    return audit.finish();
  }

  testing::TempDir temp;
  fakes::FixedClock clock;
  std::string old_key;
};

TEST_P(SuccessionTest, TheNewLogHoldsTheOldEntriesAndIsTiedToItsTree) {
  make_old(GetParam());
  const auto verifier_key = continue_as(kNew);
  ASSERT_TRUE(verifier_key) << verifier_key.error().line();
  const auto report = audit(*verifier_key);
  ASSERT_FALSE(report.wrong) << report.wrong->line();
  EXPECT_EQ(report.covered, TreeSize{GetParam()});
  ASSERT_EQ(report.predecessors.size(), 1U);
  const verify::Predecessor& before = report.predecessors.front();
  EXPECT_EQ(before.log.text(), old_key);
  EXPECT_EQ(before.carried, TreeSize{GetParam()});
  // It is written on; every proof holds, and the path of the first entry gives the old root.
  auto log = LocalJournal::open(temp / "new", key_of(std::byte{2}), clock);
  ASSERT_TRUE(log) << log.error().line();
  EXPECT_EQ((*log)->reader().find({"at", {}}).value().has_value(), GetParam() > 1);
  std::vector<journal::Draft> group;
  for (int i = 0; i < 300; ++i) group.push_back(stopped());
  const auto grown = (*log)->append(group);
  ASSERT_TRUE(grown) << grown.error().line();
  const auto key = notes::VerifierKey::parse(*verifier_key).value();
  const auto head = notes::open_checkpoint(*grown->checkpoint, key).value();
  const auto& reader = (*log)->reader();
  for (const std::uint64_t index : {std::uint64_t{0}, head.size.value / 2, head.size.value - 1}) {
    const auto entry = reader.entry(LogIndex{index}).value();
    const auto proof = reader.inclusion_proof(LogIndex{index}, head.size).value();
    EXPECT_TRUE(merkle::verify_inclusion(
        LogIndex{index}, head.size,
        merkle::record_leaf_hash(bytes_of(entry.nonce), bytes_of(entry.record)), proof, head.root))
        << index;
  }
  const auto path = reader.inclusion_proof(LogIndex{0}, before.checkpoint.size).value();
  EXPECT_EQ(verify::root_by_first(before.first_leaf, path), before.checkpoint.root);
  ASSERT_TRUE((*log)->close());
  EXPECT_FALSE(audit(*verifier_key).wrong);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SuccessionTest,
                         ::testing::Values(1, 2, 3, 255, 256, 257, 600, 66'000));

TEST_F(SuccessionTest, AnOriginThatIsNoneOrTheSameIsRefused) {
  make_old(5);
  EXPECT_THAT(continue_as("two words").error().line(), HasSubstr("no origin of a log"));
  const auto same = continue_as(kOld);
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().kind, ErrorKind::kConfiguration);
  EXPECT_THAT(same.error().line(), HasSubstr("fork"));
}

TEST_F(SuccessionTest, ASnapshotIsWholeAndTakesThePlaceOfTheOneBefore) {
  auto log = LocalJournal::create(temp / "old", kOld, key_of(std::byte{1}), clock).value();
  for (int round = 1; round <= 3; ++round) {
    std::vector<journal::Draft> group;
    for (int i = 0; i < 100; ++i) group.push_back(stopped());
    ASSERT_TRUE(log->append(group));
    const auto taken = log->take_snapshot();
    ASSERT_TRUE(taken) << taken.error().line();
    const auto copy = open_for_audit(taken->folder);
    ASSERT_TRUE(copy) << copy.error().line();
    EXPECT_EQ(copy->reader->size(), log->reader().size());
    EXPECT_EQ(*copy->reader->checkpoint(), *log->reader().checkpoint());
    EXPECT_TRUE(check_files(taken->folder));
  }
  ASSERT_TRUE(log->close());
}

}  // namespace
}  // namespace rapporteur::rocks
