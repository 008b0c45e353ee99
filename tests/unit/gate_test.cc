// What the gate answers to good and bad messages, one by one.
#include "broker/admission/gate.h"

#include <gmock/gmock.h>

#include "broker/directory/refusal.h"
#include "proto/base/limits.h"
#include "store/tables/table.h"
#include "tests/unit/gate_fixture.h"

namespace rapporteur::admission {
namespace {

TEST_F(GateTest, GoodSubmissionEnters) {
  const auto envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
  const TreeSize before = stage_.journal.size();
  auto verdict = stage_.judge(envelope, at_);
  auto* enter = std::get_if<Enter>(&verdict);
  ASSERT_NE(enter, nullptr);
  EXPECT_TRUE(enter->accepted);
  EXPECT_EQ(enter->entry.reads.as_of, before);
  ASSERT_TRUE(enter->entry.sequence.has_value());
  EXPECT_EQ(enter->entry.sequence->number, Sequence{1});
  EXPECT_EQ(enter->entry.sequence->key, at_.party.signing.key_id());
  EXPECT_EQ(enter->entry.draft.salt, envelope.salt());
  EXPECT_EQ(enter->entry.draft.body, envelope.body());
  EXPECT_EQ(enter->entry.draft.tables.size(), 1U);
  EXPECT_EQ(stage_.send(std::move(verdict)), "accepted");
  const v1::Record record = stage_.last_record();
  EXPECT_EQ(record.header(), envelope.header());
  EXPECT_EQ(record.signature(), envelope.signature());
  EXPECT_TRUE(record.has_accepted());
}

TEST_F(GateTest, VerdictNamesWhatItRead) {
  auto verdict = stage_.judge(at_.submission({figure("VIC_REG", "AT", "2006", 42)}), at_);
  auto& enter = std::get<Enter>(verdict);
  const auto& resources = enter.entry.reads.resources;
  EXPECT_THAT(resources, testing::Contains(journal::resource_named(directory::kStateName)));
  EXPECT_THAT(resources, testing::Contains(enter.entry.draft.message->resource()));
  for (const journal::TableWrite& write : enter.entry.draft.tables) {
    EXPECT_THAT(resources, testing::Contains(write.table));
  }
}

// A warning is journalled with the entry: it may not rest on what was written since.
TEST_F(GateTest, WhatAWarningRestsOnIsReadToo) {
  ASSERT_EQ(send(at_.submission({figure("VIC_REG", "AT", "2006", 42)})), "accepted");
  auto verdict = stage_.judge(at_.submission({figure("VIC_REG", "AT", "2007", 4'200)}), at_);
  auto& enter = std::get<Enter>(verdict);
  ASSERT_TRUE(enter.accepted);
  ASSERT_NE(finding_of(enter, "IMPLAUSIBLE_JUMP"), nullptr);
  EXPECT_THAT(
      enter.entry.reads.resources,
      testing::Contains(tables::table_id({fakes::kDataflow, "at", "VIC_REG", "AT", "2006"})));
}

TEST_F(GateTest, WhatIsStoredButNotAnnouncedMakesTheVerdictStaleAndNothingElse) {
  const auto first = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
  stage_.journal.announce_nothing();
  ASSERT_EQ(send(first), "accepted");
  const TreeSize announced = stage_.journal.size();
  // The same again, the same key again, and a revision of it.
  v1::Header revision =
      at_.replacing(v1::KIND_REVISION, id_of(first), {figure("VIC_REG", "AT", "2006", 43)});
  for (const auto& [envelope, resource] :
       std::vector{std::pair(first, message_resource("at", first)),
                   std::pair(at_.submission({figure("VIC_REG", "AT", "2006", 43)}),
                             tables::table_id({fakes::kDataflow, "at", "VIC_REG", "AT", "2006"})),
                   std::pair(at_.sealed(revision, {figure("VIC_REG", "AT", "2006", 43)}),
                             message_resource("at", first))}) {
    const auto verdict = stage_.judge(envelope, at_);
    const auto* enter = std::get_if<Enter>(&verdict);
    ASSERT_NE(enter, nullptr);
    EXPECT_EQ(enter->entry.reads.as_of, announced);
    EXPECT_THAT(enter->entry.reads.resources, testing::Contains(resource));
  }
}

TEST_F(GateTest, FirstSubmissionReadsOneMessageIdAndTheTablesOfItsRules) {
  (void)stage_.journal.take_reads();
  const auto verdict = stage_.judge(at_.submission({figure("CJ_INV", "AT", "2006", 42)}), at_);
  ASSERT_TRUE(std::get<Enter>(verdict).accepted);
  const auto reads = stage_.journal.take_reads();
  EXPECT_EQ(reads.finds, 1);
  EXPECT_EQ(reads.entries, 0);
  EXPECT_LE(reads.tables, 4);
}

// ---- repeated messages ----

TEST_F(GateTest, RepeatedMessageIsAnsweredWithItsEntry) {
  const auto envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
  ASSERT_EQ(send(envelope), "accepted");
  const std::uint64_t index = stage_.journal.size().value - 1;
  const auto verdict = stage_.judge(envelope, at_);
  ASSERT_TRUE(std::holds_alternative<Repeat>(verdict));
  EXPECT_EQ(std::get<Repeat>(verdict).index.value, index);
}

TEST_F(GateTest, RefusedMessageIsRepeatedToo) {
  const auto envelope = at_.submission({figure("VIC_REG", "LV", "2006", 42)});
  ASSERT_EQ(send(envelope), "refused RIGHTS");
  EXPECT_EQ(send(envelope), "repeat");
}

TEST_F(GateTest, SameIdWithOtherBytesIsAFault) {
  const auto envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
  ASSERT_EQ(send(envelope), "accepted");
  EXPECT_EQ(with_header([&](v1::Header& h) { h.set_message_id(id_of(envelope)); }),
            "fault DUPLICATE");
  // Ids belong to their sender: another one's is not in the way.
  const std::vector<Observation> figures{figure("VIC_REG", "LV", "2006", 42)};
  v1::Header other = lv_.header(figures);
  other.set_message_id(id_of(envelope));
  EXPECT_EQ(stage_.send(lv_.sealed(other, figures), lv_), "accepted");
}

// ---- refusals of NEW ----

TEST_F(GateTest, ForeignAreaIsRefusedWithAHint) {
  Sender si("si");
  stage_.enrol(si, "SI");
  const auto verdict = stage_.judge(si.submission({figure("VIC_REG", "SL", "2006", 40)}), si);
  const auto& enter = std::get<Enter>(verdict);
  EXPECT_FALSE(enter.accepted);
  EXPECT_EQ(fakes::error_codes(enter.findings), std::set<std::string>{"RIGHTS"});
  const rules::Finding* finding = finding_of(enter, "RIGHTS");
  ASSERT_NE(finding, nullptr);
  EXPECT_THAT(finding->detail_en, testing::HasSubstr("SL is Sierra Leone; Slovenia is SI"));
  EXPECT_EQ(finding->field, "REF_AREA");
  EXPECT_EQ(finding->row, 1U);
}

TEST_F(GateTest, EveryAreaNeedsARight) {
  EXPECT_EQ(send(at_.submission({figure("VIC_REG", "AT", "2006", 42)})), "accepted");
  EXPECT_EQ(send(at_.submission(
                {figure("VIC_REG", "AT", "2007", 42), figure("VIC_REG", "DE", "2007", 42)})),
            "refused RIGHTS");
}

TEST_F(GateTest, NothingIsAllowedWithoutAGrant) {
  Sender nobody("no");
  stage_.enrol(nobody);
  EXPECT_EQ(stage_.send(nobody.submission({figure("VIC_REG", "NO", "2006", 42)}), nobody),
            "refused RIGHTS");
}

TEST_F(GateTest, UnknownDataflowIsRefused) {
  EXPECT_EQ(with_header([](v1::Header& h) { h.set_dataflow("OTHER:FLOW(1.0)"); }),
            "refused UNKNOWN_DATAFLOW");
}

TEST_F(GateTest, RuleBookSpeaks) {
  EXPECT_EQ(with_figure([](Observation& o) { o[Dimension::kSex] = "X"; }), "refused UNKNOWN_CODE");
  EXPECT_EQ(with_figure([](Observation& o) { o.value.reset(); }), "refused VALUE_MISSING");
  EXPECT_EQ(with_header([](v1::Header& h) { h.set_ref_areas(0, "DE"); }), "refused HEADER_AREAS");
  EXPECT_EQ(send(at_.sealed(at_.header({figure("VIC_REG", "AT", "2006", 1)}), "")),
            "refused NO_OBSERVATIONS");
}

TEST_F(GateTest, SmallCellOfLatviaIsRefused) {
  EXPECT_EQ(stage_.send(lv_.submission({figure("VIC_PROT", "LV", "2006", 1)}), lv_), "accepted");
  Observation women = figure("VIC_PROT", "LV", "2006", 1);
  women[Dimension::kSex] = "F";
  EXPECT_EQ(stage_.send(lv_.submission({women}), lv_), "refused SMALL_CELL");
  const auto refused = stage_.journal.entry(LogIndex{stage_.journal.size().value - 1});
  EXPECT_EQ(refused->body, "") << "what may not be disclosed is not kept";
  EXPECT_EQ(refused->salt, "");
}

TEST_F(GateTest, BodyThatIsNotCanonicalIsRefused) {
  const std::vector<Observation> figures{figure("VIC_REG", "AT", "2006", 42)};
  const std::string good = BodyCodec::encode(fakes::set_of(figures), 0);
  EXPECT_EQ(send(at_.sealed(at_.header(figures), good + "\xFA\x01\x01x")), "refused BODY");
  EXPECT_EQ(send(at_.sealed(at_.header(figures), good.substr(1))), "refused BODY");
}

TEST_F(GateTest, LiveKeyIsNotTakenTwice) {
  const auto first =
      at_.submission({figure("VIC_REG", "AT", "2006", 42), figure("VIC_REG", "AT", "2005", 40)});
  ASSERT_EQ(send(first), "accepted");
  const auto second =
      at_.submission({figure("VIC_REG", "AT", "2007", 43), figure("VIC_REG", "AT", "2005", 41)});
  auto verdict = stage_.judge(second, at_);
  const auto& enter = std::get<Enter>(verdict);
  ASSERT_FALSE(enter.accepted);
  const rules::Finding* finding = finding_of(enter, "KEY_EXISTS");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->row, 2U);
  EXPECT_THAT(finding->detail_en, testing::HasSubstr(uuid_text(*MessageId::from(id_of(first)))));
  // Another dataflow is another population.
  EXPECT_EQ(with_header([](v1::Header& h) { h.set_dataflow("UNODC:GLOTIP(1.0)"); }), "accepted");
}

TEST_F(GateTest, AWrongTotalIsFoundThoughItsKeysAreHeld) {
  const auto by_sex = [](std::int64_t total) {
    std::vector<Observation> figures;
    for (const auto& [sex, value] :
         {std::pair<const char*, std::int64_t>{"_T", total}, {"F", 120}, {"M", 42}}) {
      figures.push_back(figure("VIC_REG", "AT", "2006", value));
      figures.back()[Dimension::kSex] = sex;
    }
    return figures;
  };
  ASSERT_EQ(send(at_.submission(by_sex(162))), "accepted");
  auto verdict = stage_.judge(at_.submission(by_sex(163)), at_);
  EXPECT_EQ(fakes::error_codes(std::get<Enter>(verdict).findings),
            (std::set<std::string>{"KEY_EXISTS", "NON_ADDITIVE"}));
}

TEST_F(GateTest, EveryObservationOfAForeignAreaIsNamed) {
  auto verdict = stage_.judge(
      at_.submission({figure("VIC_REG", "DE", "2005", 40), figure("VIC_REG", "AT", "2006", 42),
                      figure("VIC_REG", "DE", "2007", 44)}),
      at_);
  std::vector<std::uint32_t> rows;
  for (const rules::Finding& finding : std::get<Enter>(verdict).findings) {
    if (finding.code == "RIGHTS") rows.push_back(finding.row);
  }
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{1, 3}));
}

TEST_F(GateTest, ReceiversThatAreListedMustBeEnrolled) {
  const auto listed = [](v1::Header& h, const char* id) {
    h.mutable_releasability()->set_audience(v1::AUDIENCE_LISTED);
    h.mutable_releasability()->add_participants(id);
  };
  EXPECT_EQ(with_header([&](v1::Header& h) { listed(h, "xx"); }), "refused RELEASABILITY");
  EXPECT_EQ(with_header([&](v1::Header& h) { listed(h, "lv"); }), "accepted");
}

TEST_F(GateTest, CertificateIsTheOneSigned) {
  const auto certified = [&](const std::string& stated, const std::string& sent) {
    const std::vector<Observation> figures{figure("VIC_REG", "AT", "2006", 42)};
    v1::Header header = at_.header(figures);
    if (!stated.empty()) header.set_certificate_sha256(crypto::sha256(stated).string());
    v1::Envelope envelope = at_.sealed(header, figures);
    envelope.set_certificate(sent);
    return send(envelope);
  };
  EXPECT_EQ(certified("one", "two"), "refused CERTIFICATE");
  EXPECT_EQ(certified("one", ""), "refused CERTIFICATE");
  EXPECT_EQ(certified("", "one"), "refused CERTIFICATE");
  EXPECT_EQ(certified("one", "one"), "accepted");
}

TEST_F(GateTest, SecondSignatureIsByAnotherKeyOfTheSender) {
  const Sender officer("at-officer");
  v1::AdministrativeAction add;
  add.mutable_change_key()->set_participant("at");
  add.mutable_change_key()->set_add_signing_key(officer.party.signing.public_key().string());
  stage_.administer(add);
  const auto signed_by = [&](const Sender& second, const std::string& signed_reason) {
    v1::Envelope envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
    v1::SecondSignature& part = *envelope.mutable_second_signature();
    part.set_key_id(second.party.signing.key_id().string());
    part.set_reason("figures were checked");
    part.set_signature(
        second.party.signing
            .sign(crypto::domain::kSecond, bytes_of(envelope.header() + signed_reason))
            .string());
    return send(envelope);
  };
  EXPECT_EQ(signed_by(at_, "figures were checked"), "refused SECOND_SIGNATURE");
  EXPECT_FALSE(stage_.last_record().has_second_signature());
  EXPECT_EQ(signed_by(lv_, "figures were checked"), "refused SECOND_SIGNATURE");
  EXPECT_EQ(signed_by(officer, "something else"), "refused SECOND_SIGNATURE");
  EXPECT_EQ(signed_by(officer, "figures were checked"), "accepted");
  EXPECT_EQ(stage_.last_record().second_signature().reason(), "figures were checked");
}

TEST_F(GateTest, TheReasonOfASecondSignatureIsLookedThroughLikeFreeText) {
  const Sender officer("at-officer");
  v1::AdministrativeAction add;
  add.mutable_change_key()->set_participant("at");
  add.mutable_change_key()->set_add_signing_key(officer.party.signing.public_key().string());
  stage_.administer(add);
  v1::Envelope envelope = at_.submission({figure("VIC_REG", "AT", "2006", 42)});
  v1::SecondSignature& part = *envelope.mutable_second_signature();
  part.set_key_id(officer.party.signing.key_id().string());
  part.set_reason("see +43 1 53126 0 and born 12.03.1994");
  part.set_signature(officer.party.signing
                         .sign(crypto::domain::kSecond, bytes_of(envelope.header() + part.reason()))
                         .string());
  EXPECT_EQ(send(envelope), "refused TEXT_BIRTH_DATE TEXT_TELEPHONE");
  EXPECT_FALSE(stage_.last_record().has_second_signature());
}

TEST_F(GateTest, AllFindingsComeAtOnceAndOrdered) {
  Observation wrong = figure("VIC_REG", "DE", "2006", 42);
  wrong[Dimension::kSex] = "X";
  Observation blank = figure("VIC_REG", "AT", "2006", 42);
  blank.value.reset();
  const auto envelope = at_.submission({wrong, blank});
  const auto verdict = stage_.judge(envelope, at_);
  const auto& findings = std::get<Enter>(verdict).findings;
  EXPECT_EQ(fakes::error_codes(findings),
            (std::set<std::string>{"RIGHTS", "UNKNOWN_CODE", "VALUE_MISSING"}));
  const auto again = stage_.judge(envelope, at_);
  const auto& same = std::get<Enter>(again).findings;
  ASSERT_EQ(findings.size(), same.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    EXPECT_EQ(findings[i].code, same[i].code);
    EXPECT_FALSE(findings[i].remedy.empty());
    EXPECT_FALSE(findings[i].detail_fr.empty());
    EXPECT_LE(findings[i == 0 ? 0 : i - 1].row, findings[i].row);
  }
}

// ---- skip and administration ----

TEST_F(GateTest, SkipUsesASequenceNumber) {
  const auto verdict = stage_.judge(at_.sealed(at_.bare(v1::KIND_SKIP), ""), at_);
  const auto& enter = std::get<Enter>(verdict);
  EXPECT_TRUE(enter.accepted);
  EXPECT_EQ(enter.entry.sequence->number, Sequence{1});
  EXPECT_EQ(stage_.send(verdict), "accepted");
  EXPECT_TRUE(stage_.last_record().has_skipped());
  EXPECT_EQ(send(at_.sealed(at_.bare(v1::KIND_SKIP), "body")), "fault MALFORMED");
}

TEST_F(GateTest, DirectoryChangesWithTheIndexOfItsEntry) {
  const Sender pt("pt");
  auto verdict = stage_.judge(stage_.op.administration(pt.party.enrolment()), stage_.op);
  EXPECT_TRUE(std::get<Enter>(verdict).administrative);
  // Another entry comes in between: the index is not the one of the judgement.
  ASSERT_EQ(with_header([](v1::Header&) {}), "accepted");
  const std::uint64_t index = stage_.journal.size().value;
  ASSERT_EQ(stage_.send(std::move(verdict)), "accepted");
  const auto directory = stage_.directory.get();
  ASSERT_NE(directory->participant("pt"), nullptr);
  EXPECT_EQ(directory->participant("pt")->signing_keys(0).added_index(), index);
  EXPECT_EQ(directory->version(), index + 1);
  EXPECT_EQ(stage_.journal.state(directory::kStateName), directory->serialized());
  EXPECT_TRUE(stage_.last_record().has_administered());
}

TEST_F(GateTest, ChangeOfTheDirectoryIsNotSeenBeforeItIsStored) {
  auto verdict = stage_.judge(stage_.op.administration(Sender("pt").party.enrolment()), stage_.op);
  auto& draft = std::get<Enter>(verdict).entry.draft;
  const LogIndex index{stage_.journal.size().value};
  ASSERT_TRUE(draft.state_at);
  EXPECT_EQ(draft.state_at(index).size(), 1U);
  EXPECT_EQ(stage_.directory.get()->participant("pt"), nullptr);
  draft.state_at = nullptr;
  ASSERT_TRUE(stage_.journal.append(std::span(&draft, 1)).has_value());
  EXPECT_NE(stage_.directory.get()->participant("pt"), nullptr);
}

TEST_F(GateTest, OnlyOperatorsAdministerAndRefusalsNameTheReason) {
  EXPECT_EQ(send(at_.administration(Sender("pt").party.enrolment())), "refused NOT_OPERATOR");
  auto& op = stage_.op;
  EXPECT_EQ(stage_.send(op.administration(at_.party.enrolment()), op), "refused ALREADY_ENROLLED");
  EXPECT_EQ(stage_.send(op.administration(fakes::state_change("hub-op", v1::SUSPENDED)), op),
            "refused LAST_OPERATOR");
  EXPECT_EQ(stage_.send(op.sealed(op.bare(v1::KIND_ADMINISTRATION), "\xFA\x01\x01x"), op),
            "refused BAD_ACTION");
}

}  // namespace
}  // namespace rapporteur::admission
