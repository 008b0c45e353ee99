// What an operator's waiver names passes the gate, marked; what differs from it does not.
#include <algorithm>

#include "broker/directory/refusal.h"
#include "broker/rules/waivers.h"
#include "proto/base/limits.h"
#include "tests/fakes/waiver.h"
#include "tests/unit/gate_fixture.h"

namespace rapporteur::admission {
namespace {

using Figures = std::vector<Observation>;

class GateWaiver : public GateTest {
 protected:
  static Observation by_sex(const std::string& sex, std::optional<std::int64_t> value) {
    Observation out = figure("VIC_REG", "AT", "2006", value.value_or(0));
    out[Dimension::kSex] = sex;
    if (!value) {
      out.value.reset();
      out[Attribute::kObsStatus] = "Q";
    }
    return out;
  }
  // The index of its entry.
  std::uint64_t waive(const Figures& figures) {
    stage_.administer(fakes::waiver_of(figures));
    return stage_.journal.size().value - 1;
  }
  std::string submit(const Figures& figures) { return send(at_.submission(figures)); }
  std::string administer(const v1::AdministrativeAction& action) {
    return stage_.send(stage_.op.administration(action), stage_.op);
  }
  // "CODE x2 by 5", or without " by 5", of the entry before.
  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> all;
    const v1::Record record = stage_.last_record();
    for (const v1::RuleCount& one : record.accepted().warnings()) {
      std::string text = one.code() + " x" + std::to_string(one.count());
      for (const std::uint64_t waiver : one.waived_by()) text += " by " + std::to_string(waiver);
      all.push_back(std::move(text));
    }
    return all;
  }
  static std::string by(const std::string& code, std::uint64_t waiver) {
    return code + " x1 by " + std::to_string(waiver);
  }
};

TEST_F(GateWaiver, WhatItNamesPassesMarked) {
  EXPECT_EQ(submit({by_sex("F", 3)}), "refused SMALL_CELL");
  const std::uint64_t waiver = waive({by_sex("F", 3), by_sex("M", 40)});
  const Verdict verdict = stage_.judge(at_.submission({by_sex("F", 3)}), at_);
  const auto& enter = std::get<Enter>(verdict);
  EXPECT_TRUE(enter.accepted);
  const rules::Finding* finding = finding_of(enter, "SMALL_CELL");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, rules::Severity::kWarning);
  EXPECT_EQ(finding->waived_by, rules::WaivedBy{waiver});
  stage_.send(verdict);
  EXPECT_THAT(warnings(), testing::Contains(by("SMALL_CELL", waiver)));
}

TEST_F(GateWaiver, OneDigitChangedIsNotWaived) {
  waive({by_sex("F", 3)});
  EXPECT_EQ(submit({by_sex("F", 4)}), "refused SMALL_CELL");
}

TEST_F(GateWaiver, NeitherQualifierNorStatusNorMultiplierMayDiffer) {
  Observation below = by_sex("M", 5);
  below[Attribute::kValueQualifier] = "<";
  waive({by_sex("F", 3), below});
  Observation about = by_sex("F", 3);
  about[Attribute::kValueQualifier] = "~";
  Observation provisional = by_sex("F", 3);
  provisional[Attribute::kObsStatus] = "P";
  Observation units = by_sex("F", 3);
  units[Attribute::kUnitMult] = "0";
  for (const Observation& one : {about, provisional, units, by_sex("M", 5)}) {
    EXPECT_EQ(submit({one}), "refused SMALL_CELL");
  }
  EXPECT_EQ(submit({by_sex("F", 3), below}), "accepted");
}

TEST_F(GateWaiver, ACommentMayDiffer) {
  waive({by_sex("F", 3)});
  Observation commented = by_sex("F", 3);
  commented[Attribute::kCommentObs] = "as printed";
  EXPECT_EQ(submit({commented}), "accepted");
}

TEST_F(GateWaiver, ItCoversEverySenderButOnlyItsDataflow) {
  Observation latvian = by_sex("F", 3);
  latvian[Dimension::kRefArea] = "LV";
  stage_.administer(fakes::waiver_of({by_sex("F", 3), latvian}, "UNODC:GLOTIP(1.0)"));
  EXPECT_EQ(submit({by_sex("F", 3)}), "refused SMALL_CELL");
  waive({by_sex("F", 3), latvian});
  EXPECT_EQ(submit({by_sex("F", 3)}), "accepted");
  EXPECT_EQ(stage_.send(lv_.submission({latvian}), lv_), "accepted");
}

TEST_F(GateWaiver, WhatFollowsIsWaivedWhereAllOfItIs) {
  const Figures table{by_sex("_T", 18), by_sex("F", 16), by_sex("M", {})};
  EXPECT_EQ(submit(table), "refused LINEAR_EXACT");
  // A total that is not public yet gives away what was hidden beside it.
  waive({table[1], table[2]});
  EXPECT_EQ(submit(table), "refused LINEAR_EXACT");
  const std::uint64_t waiver = waive({table[0]});
  EXPECT_EQ(submit(table), "accepted");
  EXPECT_THAT(warnings(), testing::Contains("LINEAR_EXACT x1 by " + std::to_string(waiver - 2) +
                                            " by " + std::to_string(waiver)));
}

TEST_F(GateWaiver, WhatIsPublicHereNeedsNoWaiver) {
  EXPECT_EQ(submit({by_sex("F", 16)}), "accepted");
  const std::uint64_t waiver = waive({by_sex("_T", 18), by_sex("M", {})});
  EXPECT_EQ(submit({by_sex("_T", 18), by_sex("M", {})}), "accepted");
  EXPECT_THAT(warnings(), testing::Contains(by("LINEAR_EXACT", waiver)));
}

TEST_F(GateWaiver, AHiddenCellThatNobodyWaivedIsNot) {
  waive({by_sex("_T", 18), by_sex("F", 16)});
  EXPECT_EQ(submit({by_sex("_T", 18), by_sex("F", 16), by_sex("M", {})}), "refused LINEAR_EXACT");
}

TEST_F(GateWaiver, SumsThatDoNotHoldAreWaivedWhereAllOfThemIs) {
  const Figures table{by_sex("_T", 50), by_sex("F", 30), by_sex("M", 12)};
  waive({table[0], table[1]});
  EXPECT_EQ(submit(table), "refused NON_ADDITIVE");
  const std::uint64_t waiver = waive(table);
  EXPECT_EQ(submit(table), "accepted");
  // Two waivers name these; the first that does is said.
  EXPECT_THAT(warnings(), testing::Contains("NON_ADDITIVE x1 by " + std::to_string(waiver - 2) +
                                            " by " + std::to_string(waiver)));
}

TEST_F(GateWaiver, WhatCannotExistTakesPartInASum) {
  Observation none = by_sex("M", {});
  none[Attribute::kObsStatus] = "M";
  waive({by_sex("_T", 50), by_sex("F", 30)});
  EXPECT_EQ(submit({by_sex("_T", 50), by_sex("F", 30), none}), "refused NON_ADDITIVE");
}

TEST_F(GateWaiver, HiddenCountsNeedACertificateUnlessAllThatTiesThemIsWaived) {
  const Figures table{by_sex("_T", 18), by_sex("F", {}), by_sex("M", {})};
  waive({table[1], table[2]});
  EXPECT_EQ(submit(table), "refused NEEDS_CERTIFICATE");
  const std::uint64_t waiver = waive({table[0]});
  EXPECT_EQ(submit(table), "accepted");
  EXPECT_THAT(warnings(),
              testing::Contains("NEEDS_CERTIFICATE x1 by " + std::to_string(waiver - 2) + " by " +
                                std::to_string(waiver)));
}

TEST_F(GateWaiver, ASmallChangeToWhatIsPublicIsWaived) {
  const v1::Envelope first = at_.submission({by_sex("F", 16)});
  EXPECT_EQ(send(first), "accepted");
  const auto revised = [&](std::int64_t value) {
    const Figures figures{by_sex("F", value)};
    return send(at_.sealed(at_.replacing(v1::KIND_REVISION, id_of(first), figures), figures));
  };
  const std::uint64_t waiver = waive({by_sex("F", 18)});
  EXPECT_EQ(revised(19), "refused SMALL_CHANGE");
  EXPECT_EQ(revised(18), "accepted");
  EXPECT_THAT(warnings(), testing::Contains(by("SMALL_CHANGE", waiver)));
}

TEST_F(GateWaiver, WhatPassedIsPublicAfterItsRemoval) {
  const std::uint64_t waiver = waive({by_sex("F", 3)});
  const v1::Envelope first = at_.submission({by_sex("F", 3)});
  EXPECT_EQ(send(first), "accepted");
  EXPECT_EQ(administer(fakes::waiver_removal(waiver)), "accepted");
  const Figures figures{by_sex("F", 3), by_sex("_U", 40)};
  EXPECT_EQ(send(at_.sealed(at_.replacing(v1::KIND_REVISION, id_of(first), figures), figures)),
            "accepted");
  EXPECT_THAT(warnings(), testing::Contains("ALREADY_PUBLIC x1"));
  Observation other = by_sex("F", 3);
  other[Dimension::kRefArea] = "LV";
  EXPECT_EQ(stage_.send(lv_.submission({other}), lv_), "refused SMALL_CELL");
}

TEST_F(GateWaiver, ARemovalMakesAVerdictThatReadItStale) {
  const std::uint64_t waiver = waive({by_sex("F", 3)});
  const Verdict verdict = stage_.judge(at_.submission({by_sex("F", 3)}), at_);
  const Verdict removal =
      stage_.judge(stage_.op.administration(fakes::waiver_removal(waiver)), stage_.op);
  const auto& written = std::get<Enter>(removal).entry.draft.resources;
  const auto& read = std::get<Enter>(verdict).entry.reads.resources;
  ASSERT_EQ(written.size(), 1U);
  EXPECT_THAT(read, testing::Contains(written.front()));
}

TEST_F(GateWaiver, OneThatIsNotWhatItSaysIsRefused) {
  const auto said = [&](const auto& change) {
    v1::AdministrativeAction action = fakes::waiver_of({by_sex("F", 3), by_sex("M", 4)});
    change(*action.mutable_add_waiver());
    return administer(action);
  };
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->set_cells(1); }), "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->mutable_root_sha256()->back() ^= 1; }),
            "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->set_file_sha256("short"); }),
            "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) { add.clear_cell_sha256s(); }), "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) { add.mutable_cell_sha256s()->push_back('x'); }),
            "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) {
              std::string& cells = *add.mutable_cell_sha256s();
              std::rotate(cells.begin(), cells.begin() + 32, cells.end());
            }),
            "refused BAD_WAIVER");
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->clear_reference(); }), "refused BAD_TEXT");
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->set_index(7); }), "refused BAD_ACTION");
  EXPECT_EQ(said([](auto& add) { add.mutable_waiver()->set_dataflow("X:Y(1.0)"); }),
            "refused UNKNOWN_DATAFLOW");
  EXPECT_EQ(said([](auto&) {}), "accepted");
  EXPECT_EQ(said([](auto&) {}), "refused ALREADY_WAIVED");
  EXPECT_EQ(administer(fakes::waiver_removal(1)), "refused UNKNOWN_WAIVER");
}

TEST_F(GateWaiver, TooManyCellsOrWaiversAreRefused) {
  const auto of_size = [](std::size_t size) {
    std::vector<Digest> hashes;
    for (std::size_t i = 0; i < size; ++i) hashes.push_back(crypto::sha256(std::to_string(i)));
    const auto cells = merkle::DigestSet::of(std::move(hashes));
    v1::AdministrativeAction action = fakes::waiver_of({by_sex("F", 3)});
    v1::WaiverAdd& add = *action.mutable_add_waiver();
    add.set_cell_sha256s(cells.packed());
    add.mutable_waiver()->set_cells(static_cast<std::uint32_t>(size));
    add.mutable_waiver()->set_root_sha256(cells.root().string());
    return action;
  };
  EXPECT_EQ(administer(of_size(limits::kWaivedCells + 1)), "refused BAD_WAIVER");
  EXPECT_EQ(administer(of_size(limits::kWaivedCells)), "accepted");
  for (std::size_t i = 1; i < limits::kWaivers; ++i) {
    waive({by_sex("F", static_cast<std::int64_t>(i))});
  }
  EXPECT_EQ(administer(fakes::waiver_of({by_sex("F", 1000)})), "refused LIMIT");
}

}  // namespace
}  // namespace rapporteur::admission
