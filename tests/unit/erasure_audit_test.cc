// What the audit says of bodies that are gone: erased lawfully, or not.
#include <gtest/gtest.h>

#include "store/verify/log_audit.h"
#include "tests/support/little_log.h"

namespace rapporteur::verify {
namespace {

using testing::LittleLog;

constexpr const char* kFlow = "RAPPORTEUR:THB(1.0)";
constexpr std::uint64_t kDay = 24ULL * 60 * 60 * 1'000;

// Entry 2 is the one that will be gone; it is of `kFlow`.
LittleLog with_submission() {
  LittleLog log;
  log.enrol("at", v1::COORDINATION_BODY);
  log.submit("at", "a body");
  return log;
}

void lose(LittleLog& log, std::size_t index) {
  log.entries[index].salt.clear();
  log.entries[index].body.clear();
}

void erase(LittleLog& log, std::uint64_t index, const std::string& actor = "op") {
  v1::AdministrativeAction action;
  action.mutable_erase()->set_index(index);
  action.set_reason("asked for");
  log.administer(actor, action);
}

void retain(LittleLog& log, std::uint32_t live, std::uint32_t superseded) {
  v1::AdministrativeAction action;
  action.mutable_set_retention()->set_dataflow(kFlow);
  action.mutable_set_retention()->set_live_days(live);
  action.mutable_set_retention()->set_superseded_days(superseded);
  log.administer("op", action);
}

void expire(LittleLog& log, const std::vector<std::uint64_t>& indices, std::uint32_t days,
            bool superseded = false) {
  v1::Record record;
  record.mutable_expired()->set_dataflow(kFlow);
  record.mutable_expired()->set_days(days);
  record.mutable_expired()->set_superseded(superseded);
  for (const std::uint64_t index : indices) record.mutable_expired()->add_indices(index);
  log.append(std::move(record));
}

std::string said(const LittleLog& log) {
  const AuditReport report = log.audit();
  return report.wrong ? report.wrong->line() : "verified";
}

// Promise: a body that is gone is accounted for by an entry, or the log does not verify.
TEST(ErasureAudit, ABodyThatIsGoneWithoutAnEntryIsWrong) {
  LittleLog log = with_submission();
  lose(log, 2);
  EXPECT_EQ(said(log), "entry 2: its salt and body are gone, and no entry erased them");
  EXPECT_EQ(log.audit().counts.bodies_absent, 1U);
}

TEST(ErasureAudit, AnErasureByAnOperatorAccountsForIt) {
  LittleLog log = with_submission();
  lose(log, 2);
  erase(log, 2);
  EXPECT_EQ(said(log), "verified");
  EXPECT_EQ(log.audit().counts.bodies_absent, 1U);
  EXPECT_EQ(log.audit().counts.bodies_erased, 1U);
}

TEST(ErasureAudit, AnErasureThatWasNotCarriedOutIsWrong) {
  LittleLog log = with_submission();
  erase(log, 2);
  EXPECT_EQ(said(log).substr(0, 8), "entry 3:");
  EXPECT_NE(said(log).find("whose body is still there"), std::string::npos);
}

TEST(ErasureAudit, OnlyAnOperatorErases) {
  LittleLog log = with_submission();
  lose(log, 2);
  erase(log, 2, "at");
  EXPECT_EQ(said(log), "entry 3: at is no operator");
}

TEST(ErasureAudit, ABodyIsErasedOnce) {
  LittleLog log = with_submission();
  lose(log, 2);
  erase(log, 2);
  erase(log, 2);
  EXPECT_EQ(said(log).substr(0, 8), "entry 4:");
}

TEST(ErasureAudit, WhatAHoldKeepsIsNotErased) {
  const auto held = [] {
    LittleLog log = with_submission();
    lose(log, 2);
    v1::AdministrativeAction hold;
    hold.mutable_place_hold()->set_name("case-12");
    hold.mutable_place_hold()->set_sender("a*");
    log.administer("op", hold);
    return log;
  };
  LittleLog log = held();
  erase(log, 2);
  EXPECT_EQ(said(log), "entry 4: it erases entry 2, which the legal hold 'case-12' keeps");
  LittleLog lifted = held();
  v1::AdministrativeAction lift;
  lift.mutable_lift_hold()->set_name("case-12");
  lifted.administer("op", lift);
  erase(lifted, 2);
  EXPECT_EQ(said(lifted), "verified");
}

TEST(ErasureAudit, RetentionErasesWhatIsOverAndNothingElse) {
  const auto after = [](std::uint64_t days, const auto& make) {
    LittleLog log = with_submission();
    lose(log, 2);
    retain(log, 7, 0);
    log.pass(days * kDay);
    make(log);
    return said(log);
  };
  EXPECT_EQ(after(7, [](LittleLog& log) { expire(log, {2}, 7); }), "verified");
  EXPECT_EQ(after(6, [](LittleLog& log) { expire(log, {2}, 7); }),
            "entry 4: it erases entry 2, whose time was not over");
  EXPECT_EQ(after(7, [](LittleLog& log) { expire(log, {2}, 6); }),
            "entry 4: it erases by a retention that did not hold for the dataflow");
  EXPECT_EQ(after(7,
                  [](LittleLog& log) {
                    retain(log, 0, 0);
                    expire(log, {2}, 7);
                  }),
            "entry 5: it erases by a retention that did not hold for the dataflow");
  EXPECT_EQ(after(7, [](LittleLog& log) { expire(log, {2, 1}, 7); }).substr(0, 8), "entry 4:");
}

TEST(ErasureAudit, SupersededBodiesHaveTheirOwnTime) {
  const auto revised = [] {
    LittleLog log = with_submission();
    log.revise("at", "another body", 2);
    lose(log, 2);
    retain(log, 0, 7);
    log.pass(8 * kDay);
    return log;
  };
  LittleLog log = revised();
  expire(log, {2}, 7, true);
  EXPECT_EQ(said(log), "verified");
  LittleLog live = revised();
  lose(live, 3);
  expire(live, {2, 3}, 7, true);
  EXPECT_EQ(said(live), "entry 5: it erases entry 3, whose time was not over") << "it is live";
}

// What a hub could otherwise do away with: it says that a live submission was replaced.
TEST(ErasureAudit, WhatIsSupersededTheSenderOfTheRevisionHasSigned) {
  LittleLog log = with_submission();
  log.submit("at", "a second body");
  log.revise("at", "in place of the second", 3, 2);
  lose(log, 2);
  retain(log, 0, 7);
  log.pass(8 * kDay);
  expire(log, {2}, 7, true);
  EXPECT_EQ(said(log), "entry 6: it erases entry 2, whose time was not over");
}

// A copy of a log made before an erasure, read with today's keys.
TEST(ErasureAudit, WhatWasErasedAfterTheCopyWasMadeIsCountedApart) {
  const LittleLog log = with_submission();
  const auto audit_with = [&](std::optional<LogIndex> erased_by, bool sealed) {
    LogAudit audit(log.verifier());
    for (const LittleLog::Entry& entry : log.entries) {
      const bool gone = entry.index == 2;
      AuditEntry one{LogIndex{entry.index}, bytes_of(entry.nonce), bytes_of(entry.record),
                     gone ? ByteSpan() : bytes_of(entry.salt),
                     gone ? ByteSpan() : bytes_of(entry.body)};
      if (gone) one.erased_by = erased_by;
      one.sealed = gone && sealed;
      static_cast<void>(audit.add(one));
    }
    return audit.finish();
  };
  const AuditReport later = audit_with(LogIndex{100}, false);
  EXPECT_FALSE(later.wrong) << later.wrong->line();
  EXPECT_EQ(later.erased_later, std::vector{LogIndex{2}});
  EXPECT_EQ(later.counts.bodies_erased, 0U);
  EXPECT_TRUE(audit_with(LogIndex{1}, false).wrong) << "that entry is here and erases nothing";
  const AuditReport sealed = audit_with(std::nullopt, true);
  EXPECT_FALSE(sealed.wrong);
  EXPECT_EQ(sealed.counts.bodies_sealed, 1U);
  EXPECT_EQ(sealed.sealed.size(), 1U);
  EXPECT_EQ(sealed.counts.bodies_absent, 0U);
}

}  // namespace
}  // namespace rapporteur::verify
