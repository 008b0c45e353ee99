#include "broker/admission/submission.h"

#include <algorithm>

#include "broker/admission/records.h"
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "broker/rules/claims.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"
#include "proto/crypto/ed25519.h"
#include "proto/crypto/sha256.h"
#include "proto/statistics/body_codec.h"
#include "store/tables/message_state.h"

namespace rapporteur::admission {
SubmissionJudge::SubmissionJudge(const SignedMessage& message, const Decided& decided,
                                 const journal::JournalReader& reader, journal::ReadSet& reads)
    : message_(message),
      header_(*message.header),
      directory_(decided.directory),
      waivers_(decided.waivers),
      reader_(reader),
      reads_(reads),
      view_(reader, reads),
      changes_(view_, header_.dataflow(), header_.sender()),
      areas_(header_.ref_areas().begin(), header_.ref_areas().end()) {}

Result<SubmissionJudge::Decision> SubmissionJudge::judge() {
  judge_certificate();
  judge_second_signature();
  judge_releasability();
  auto body = BodyCodec::decode(bytes_of(message_.envelope->body()));
  if (body) {
    observations_ = std::move(body->observations);
    waived_.emplace(*observations_, waivers_);
    judge_rights();
  } else {
    const std::string where = body.error().where;
    findings_.add(code::kBody, {where}, [&] {
      return Detail{body.error().what, "corps illisible : " + where};
    });
  }
  if (header_.kind() != v1::KIND_NEW) {
    if (auto ok = judge_chain(); !ok) return tl::unexpected(ok.error());
  }
  if (header_.kind() == v1::KIND_WITHDRAWAL) judge_withdrawal();
  // Without the submission it replaces there is nothing to judge the new one against.
  const bool placed = header_.kind() == v1::KIND_NEW || replaced_ != nullptr;
  if (observations_ && placed) {
    if (auto ok = judge_keys(); !ok) return tl::unexpected(ok.error());
    if (header_.kind() != v1::KIND_WITHDRAWAL) {
      if (auto ok = judge_content(); !ok) return tl::unexpected(ok.error());
    }
  }
  return decide();
}

rules::Submission SubmissionJudge::claimed() const {
  // One that does not hold is a finding of its own.
  return {.sender = header_.sender(),
          .dataflow = header_.dataflow(),
          .indicator = header_.indicator(),
          .ref_areas = areas_,
          .observations = *observations_,
          .second_signature = message_.envelope->has_second_signature(),
          .waived = &*waived_};
}

void SubmissionJudge::judge_certificate() {
  const std::string& certificate = message_.envelope->certificate();
  const bool stated = !header_.certificate_sha256().empty();
  if (stated == !certificate.empty() &&
      (!stated || crypto::sha256(certificate).view() == header_.certificate_sha256())) {
    return;
  }
  findings_.add(code::kCertificate, {"certificate_sha256"}, [] {
    return Detail{"the certificate is not the one whose SHA-256 the header states",
                  "le certificat n'est pas celui dont l'en-tête donne l'empreinte SHA-256"};
  });
}

void SubmissionJudge::judge_second_signature() {
  if (!message_.envelope->has_second_signature()) return;
  const v1::SecondSignature& second = message_.envelope->second_signature();
  findings_.add_all(rules::check_reason(second.reason()));
  const auto id = KeyId::from(second.key_id());
  const auto signature = SignatureBytes::from(second.signature());
  const auto key = id ? directory_.by_signing_key(*id) : std::nullopt;
  const bool own = key && key->participant->id() == header_.sender() && *id != message_.key_id;
  if (own && signature &&
      crypto::verify(key->key, crypto::domain::kSecond,
                     bytes_of(message_.envelope->header() + second.reason()), *signature)) {
    return;
  }
  findings_.add_all({rules::no_second_signature()});
}

void SubmissionJudge::judge_releasability() {
  for (const std::string& id : header_.releasability().participants()) {
    if (directory_.participant(id) != nullptr) continue;
    findings_.add(code::kReleasability, {"releasability"}, [&] {
      return Detail{"nobody is enrolled as '" + id + "'",
                    "personne n'est inscrit sous « " + id + " »"};
    });
  }
}

void SubmissionJudge::judge_rights() {
  const std::vector<std::string> granted =
      directory_.submit_areas(header_.sender(), header_.dataflow(), header_.indicator());
  findings_.add_all(rules::check_rights(claimed(), granted));
}

void SubmissionJudge::judge_rights_to_replace() {
  const std::vector<std::string> granted =
      directory_.submit_areas(header_.sender(), header_.dataflow(), header_.indicator());
  // By its header, which says the areas of the observations also once these are erased.
  const std::vector<std::string> areas(replaced_->header.ref_areas().begin(),
                                       replaced_->header.ref_areas().end());
  findings_.add_all(rules::check_rights_to_replace({header_.indicator(), areas}, granted));
}

void SubmissionJudge::not_found(const char* why) {
  findings_.add(code::kNotFound, {"revises"}, [&] {
    return Detail{why, "aucun envoi de ce flux et de cet indicateur ne porte cet identifiant"};
  });
}

Status SubmissionJudge::judge_chain() {
  const journal::MessageKey revised{header_.sender(), *MessageId::from(header_.revises())};
  reads_.resources.push_back(revised.resource());
  reads_.resources.push_back(tables::head_id(revised));
  const auto index = reader_.find(revised);
  if (!index) return tl::unexpected(index.error());
  if (!*index) {
    not_found("the sender has sent no message with this id");
    return {};
  }
  const auto holder = view_.holder(**index);
  if (!holder) return tl::unexpected(holder.error());
  if (*holder == nullptr || (*holder)->header.kind() == v1::KIND_WITHDRAWAL) {
    not_found("the message with this id is no accepted submission");
    return {};
  }
  if ((*holder)->header.dataflow() != header_.dataflow() ||
      (*holder)->header.indicator() != header_.indicator()) {
    not_found("the submission with this id is of another dataflow or indicator");
    return {};
  }
  const auto stored = reader_.table(tables::head_id(revised));
  if (!stored) return tl::unexpected(stored.error());
  const auto end = tables::parse_message_end(*stored);
  if (!end) return tl::unexpected(end.error());
  if (*end) return name_head(revised, (*end)->by);
  replaced_ = *holder;
  view_.leave_out(**index);
  judge_rights_to_replace();
  return {};
}

// Follows the chain to what stands today, for the sender to revise that.
Status SubmissionJudge::name_head(journal::MessageKey message, LogIndex by) {
  for (std::size_t step = 0; step < limits::kRevisionsFollowed; ++step) {
    const auto holder = view_.holder(by);
    if (!holder) return tl::unexpected(holder.error());
    if (*holder == nullptr) break;
    const auto id = MessageId::from((*holder)->header.message_id());
    if (!id) return fail(ErrorKind::kStorage, "a version chain leads to no submission");
    if ((*holder)->header.kind() == v1::KIND_WITHDRAWAL) {
      findings_.add(code::kWithdrawn, {"revises"}, [&] {
        return Detail{"withdrawn by " + uuid_text(*id), "retiré par " + uuid_text(*id)};
      });
      return {};
    }
    message.id = *id;
    const auto stored = reader_.table(tables::head_id(message));
    if (!stored) return tl::unexpected(stored.error());
    const auto end = tables::parse_message_end(*stored);
    if (!end) return tl::unexpected(end.error());
    if (!*end) break;
    by = (*end)->by;
  }
  findings_.add(code::kConflict, {"revises"}, [&] {
    return Detail{"the head of this chain is " + uuid_text(message.id),
                  "la tête de cette chaîne est " + uuid_text(message.id)};
  });
  return {};
}

void SubmissionJudge::judge_withdrawal() {
  if (observations_ && !observations_->empty()) {
    findings_.add(code::kNotEmpty, {"body"}, [] {
      return Detail{"a withdrawal holds no observations", "un retrait ne contient rien"};
    });
  }
  if (!header_.ref_areas().empty()) {
    findings_.add(rules::code::kHeaderAreas, {"ref_areas"}, [] {
      return Detail{"a withdrawal has no observations and so no areas",
                    "un retrait n'a pas d'observations, donc pas de zones"};
    });
  }
  if (replaced_ != nullptr && replaced_->header.releasability().SerializeAsString() !=
                                  header_.releasability().SerializeAsString()) {
    findings_.add(code::kReleasability, {"releasability"}, [] {
      return Detail{"a withdrawal goes to whom the submission it takes back went",
                    "un retrait va à ceux qui ont reçu l'envoi retiré"};
    });
  }
}

Status SubmissionJudge::judge_keys() {
  changes_.add(*observations_);
  if (replaced_ != nullptr) changes_.remove(replaced_->observations);
  const auto taken = changes_.taken_keys();
  if (!taken) return tl::unexpected(taken.error());
  std::vector<rules::Finding> held;
  for (const TableChanges::TakenKey& key : *taken) {
    const auto id = MessageId::from(key.holder->header.message_id());
    held.push_back(rules::key_taken(*observations_, key.row, id ? uuid_text(*id) : "?"));
  }
  findings_.add_all(std::move(held));
  const auto erased = changes_.erased();
  if (!erased) return tl::unexpected(erased.error());
  for (const Holder* holder : *erased) {
    const auto id = MessageId::from(holder->header.message_id());
    const std::string name = id ? uuid_text(*id) : "?";
    findings_.add(code::kErased, {"TIME_PERIOD"}, [&] {
      return Detail{"the figures of submission " + name + " beside it were erased",
                    "les chiffres de l'envoi " + name + ", à côté, ont été effacés"};
    });
  }
  auto writes = changes_.writes();
  if (!writes) return tl::unexpected(writes.error());
  if (*writes) {
    tables_ = std::move(**writes);
    return {};
  }
  findings_.add(code::kTableFull, {"TIME_PERIOD"}, [] {
    const std::string most = std::to_string(limits::kCellsPerTable);
    return Detail{"a table of one area and period holds at most " + most + " cells",
                  "un tableau d'une zone et d'une période compte au plus " + most + " cellules"};
  });
  return {};
}

Status SubmissionJudge::judge_content() {
  const rules::Submission submission = claimed();
  const rules::Policy policy = directory_.policy(header_.dataflow());
  findings_.add_all(rules::judge(submission, policy, view_));
  if (!sabotaged("disclosure-off")) {
    findings_.add_all(disclosure::check_small_cells(submission, policy, view_, view_.before()));
    findings_.add_all(
        disclosure::check_release(submission, policy, view_, view_.before(),
                                  disclosure::given_certificate(message_.envelope->certificate())));
  }
  if (view_.error()) return tl::unexpected(*view_.error());
  return {};
}

v1::Accepted SubmissionJudge::accepted_part() const {
  v1::Accepted accepted;
  if (replaced_ == nullptr) return accepted;
  accepted.set_replaced_index(view_.left_out()->value);
  const KeyIndex kept(*observations_);
  std::vector<std::size_t> gone;
  for (std::size_t row = 0; row < replaced_->observations.rows(); ++row) {
    if (!kept.holds(replaced_->observations, row)) gone.push_back(row);
  }
  if (!gone.empty()) {
    BodyCodec::encode_keys(replaced_->observations, gone, *accepted.mutable_deleted());
  }
  return accepted;
}

SubmissionJudge::Decision SubmissionJudge::decide() {
  Decision decision;
  decision.findings = std::move(findings_).take();
  decision.accepted = !rules::any_error(decision.findings);
  if (!decision.accepted) {
    decision.record =
        refused_record(message_, decision.findings, observations_ ? &*observations_ : nullptr);
    return decision;
  }
  decision.record = accepted_record(message_, accepted_part(), decision.findings);
  decision.tables = std::move(tables_);
  if (replaced_ != nullptr) {
    decision.tables.push_back(
        tables::end_message({header_.sender(), *MessageId::from(header_.revises())},
                            header_.kind() == v1::KIND_WITHDRAWAL ? tables::Ending::kWithdrawn
                                                                  : tables::Ending::kReplaced));
  }
  return decision;
}

}  // namespace rapporteur::admission
