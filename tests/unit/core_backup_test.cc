// What operators say of backups, and what the core makes of it.
#include <gtest/gtest.h>

#include "proto/base/fault_codes.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/journal/snapshots.h"
#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "tests/fakes/core_stage.h"

namespace rapporteur {
namespace {

using fakes::CoreStage;

constexpr const char* kOrigin = "hub.example/log";

class CoreBackup : public ::testing::Test {
 protected:
  CoreBackup() : stage_(options()) {
    stage_.greet(1, stage_.op);
    stage_.greet(2, stage_.at);
  }
  [[nodiscard]] core::CoreOptions options() const {
    core::CoreOptions out;
    out.log_verifier_key = log_.text();
    return out;
  }
  [[nodiscard]] v1::Frame backed_up(std::uint64_t correlation, std::uint64_t size,
                                    const crypto::SigningKey& key) const {
    v1::Frame frame;
    frame.set_correlation(correlation);
    frame.mutable_query()->mutable_backed_up()->set_checkpoint(
        notes::sign_checkpoint({kOrigin, TreeSize{size}, merkle::empty_root()}, key));
    return frame;
  }
  static v1::Frame snapshot(std::uint64_t correlation) {
    v1::Frame frame;
    frame.set_correlation(correlation);
    frame.mutable_query()->mutable_snapshot();
    return frame;
  }

  crypto::SigningKey key_ = crypto::SigningKey::generate();
  notes::VerifierKey log_{kOrigin, notes::KeyType::kEd25519, key_.public_key()};
  CoreStage stage_;
};

TEST_F(CoreBackup, WhatAVerifiedBackupCoversIsAnEntryBeforeItIsSaid) {
  stage_.receive(1, stage_.op, backed_up(7, 3, key_));
  EXPECT_TRUE(stage_.sent(1).empty()) << "it is not yet on disk";
  EXPECT_EQ(stage_.core->status(stage_.now).backed_up_to(), 0U);
  stage_.commit();
  const auto answer = stage_.only(1);
  EXPECT_EQ(answer.correlation(), 7U);
  EXPECT_EQ(answer.answer().backed_up().backed_up_to(), 3U);
  EXPECT_EQ(stage_.core->status(stage_.now).backed_up_to(), 3U);
  const auto said = stage_.take<core::BackedUpTo>();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said.front().size, TreeSize{3});
  v1::Record record;
  ASSERT_TRUE(record.ParseFromString(stage_.log.back().record));
  EXPECT_EQ(record.backed_up().size(), 3U);
  EXPECT_EQ(record.backed_up().operator_id(), "op");
  EXPECT_EQ(record.backed_up().root_sha256(), merkle::empty_root().string());
  EXPECT_EQ(journal::parse_backed_up(stage_.states.at(std::string(journal::kBackedUpState))),
            TreeSize{3});
  // The same again, and an older one, change nothing.
  const std::size_t entries = stage_.log.size();
  for (const std::uint64_t size : {3U, 2U}) {
    stage_.receive(1, stage_.op, backed_up(8, size, key_));
    EXPECT_EQ(stage_.only(1).answer().backed_up().backed_up_to(), 3U);
  }
  stage_.commit();
  EXPECT_EQ(stage_.log.size(), entries);
}

// An audit takes no entry that names no more than the one before it.
TEST_F(CoreBackup, OneIsNotedAtATime) {
  for (const std::uint64_t size : {3U, 3U, 2U, 4U}) {
    stage_.receive(1, stage_.op, backed_up(7 + size, size, key_));
  }
  const auto busy = stage_.sent(1);
  ASSERT_EQ(busy.size(), 3U);
  for (const auto& frame : busy) EXPECT_EQ(frame.fault().code(), faults::kOverloaded);
  const std::size_t entries = stage_.log.size();
  stage_.commit();
  EXPECT_EQ(stage_.log.size(), entries + 1);
  EXPECT_EQ(stage_.only(1).answer().backed_up().backed_up_to(), 3U);
  stage_.receive(1, stage_.op, backed_up(9, 4, key_));
  stage_.commit();
  EXPECT_EQ(stage_.only(1).answer().backed_up().backed_up_to(), 4U);
}

TEST_F(CoreBackup, OnlyOperatorsMakeBackups) {
  for (const auto& frame : {snapshot(4), backed_up(4, 3, key_)}) {
    stage_.receive(2, stage_.at, frame);
    EXPECT_EQ(stage_.only(2).fault().code(), faults::kNotAllowed);
  }
  EXPECT_TRUE(stage_.take<core::Ask>().empty());
  EXPECT_TRUE(stage_.take<core::Propose>().empty());
  stage_.receive(1, stage_.op, snapshot(5));
  EXPECT_EQ(stage_.take<core::Ask>().size(), 1U);
}

TEST_F(CoreBackup, ACheckpointThatIsNotOfThisLogCoversNothing) {
  const auto stranger = crypto::SigningKey::generate();
  for (const auto& frame : {backed_up(4, 3, stranger), backed_up(4, 1'000'000, key_)}) {
    stage_.receive(1, stage_.op, frame);
    EXPECT_EQ(stage_.only(1).fault().code(), faults::kNotFound);
  }
  EXPECT_TRUE(stage_.take<core::Propose>().empty());
}

}  // namespace
}  // namespace rapporteur
