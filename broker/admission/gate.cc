#include "broker/admission/gate.h"

#include <algorithm>
#include <array>

#include <google/protobuf/arena.h>

#include "broker/admission/erasure.h"
#include "broker/admission/records.h"
#include "broker/admission/submission.h"
#include "broker/directory/refusal.h"
#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/base/sabotage.h"
#include "rapporteur/v1/audit.pb.h"

namespace rapporteur::admission {
namespace {

// What one judgement works with.
struct Judgement {
  const SignedMessage& message;
  std::shared_ptr<const directory::Directory> directory;
  journal::ReadSet reads;
};

Verdict unreadable_store(const Error&) {
  return Refuse{make_fault(faults::kStorage,
                           "the hub cannot read its store; send the same message again later")};
}

journal::ResourceId directory_resource() {
  return journal::resource_named(directory::kStateName);
}

Enter enter(Judgement& judgement, std::string record, bool accepted,
            std::vector<rules::Finding> findings) {
  Enter verdict;
  verdict.entry.draft.record = std::move(record);
  verdict.entry.draft.message = judgement.message.key();
  auto& resources = judgement.reads.resources;
  std::sort(resources.begin(), resources.end());
  resources.erase(std::unique(resources.begin(), resources.end()), resources.end());
  verdict.entry.reads = std::move(judgement.reads);
  verdict.entry.sequence = journal::SequenceUse{judgement.message.key_id,
                                                Sequence{judgement.message.header->sequence()}};
  verdict.accepted = accepted;
  verdict.findings = std::move(findings);
  verdict.message_id = judgement.message.message_id;
  return verdict;
}

// Empty: the message id is new, as of that size.
Result<std::optional<Verdict>> judge_repeated(const SignedMessage& message,
                                              const journal::JournalReader& reader,
                                              TreeSize as_of) {
  if (sabotaged("dedup-off")) return std::nullopt;
  const auto earlier = reader.find(message.key());
  if (!earlier) return tl::unexpected(earlier.error());
  if (!*earlier || (*earlier)->value >= as_of.value) return std::nullopt;
  const auto stored = reader.entry(**earlier);
  if (!stored) return tl::unexpected(stored.error());
  v1::Record record;
  if (!record.ParseFromString(stored->record)) {
    return fail(ErrorKind::kStorage, "a stored record cannot be read");
  }
  if (record.header() == message.envelope->header()) {
    return Verdict(Repeat{**earlier, message.message_id});
  }
  return Verdict(Refuse{make_fault(
      faults::kDuplicate, "message " + uuid_text(message.message_id) +
                              " was sent before with other bytes; give a new message a new id")});
}

Verdict judge_submission(Judgement& judgement, const journal::JournalReader& reader,
                         const WaiverBook& book) {
  const auto waivers = book.of(*judgement.directory, judgement.message.header->dataflow());
  if (!waivers) return unreadable_store(waivers.error());
  SubmissionJudge judge(judgement.message, {*judgement.directory, *waivers}, reader,
                        judgement.reads);
  auto decision = judge.judge();
  if (!decision) return unreadable_store(decision.error());
  Enter verdict = enter(judgement, std::move(decision->record), decision->accepted,
                        std::move(decision->findings));
  if (verdict.accepted || sabotaged("refused-body-stored")) {
    verdict.entry.draft.salt = judgement.message.envelope->salt();
    verdict.entry.draft.body = judgement.message.envelope->body();
    verdict.entry.draft.tables = std::move(decision->tables);
  }
  return verdict;
}

Verdict judge_skip(Judgement& judgement) {
  Enter verdict = enter(judgement, skipped_record(judgement.message), true, {});
  verdict.entry.draft.salt = judgement.message.envelope->salt();
  return verdict;
}

// Empty when the bytes are no action in canonical form.
std::optional<v1::AdministrativeAction> read_action(const std::string& body) {
  v1::AdministrativeAction action;
  if (!action.ParseFromString(body)) return std::nullopt;
  action.DiscardUnknownFields();
  if (action.SerializeAsString() != body) return std::nullopt;
  return action;
}

rules::Finding administrative_finding(std::string_view code, const Error& error) {
  rules::Finding finding;
  finding.code = code;
  finding.field = error.where;
  finding.detail_en = error.what;
  finding.detail_fr = "l'annuaire refuse ce changement : " + std::string(code);
  finding.remedy = error.remedy;
  return finding;
}

Verdict judge_administration(Judgement& judgement, DirectoryHolder& holder,
                             const journal::JournalReader& reader) {
  const SignedMessage& message = judgement.message;
  const auto action = read_action(message.envelope->body());
  const std::string actor = message.header->sender();
  // The index is not known yet; no other change can come in between, so the real one, which is at
  // least as large, is taken as this one is.
  const LogIndex trial{std::max(judgement.reads.as_of.value, judgement.directory->version())};
  const auto refuse_as = [&](std::string_view code, const Error& error) {
    std::vector<rules::Finding> findings{administrative_finding(code, error)};
    std::string record = refused_record(message, findings, nullptr);
    return enter(judgement, std::move(record), false, std::move(findings));
  };
  const auto refuse = [&](Error error) {
    const std::string code(directory::refusal::code_of(error));
    error.what = directory::refusal::text_of(error);
    return refuse_as(code, error);
  };
  if (!action) {
    return refuse_as(directory::refusal::kBadAction,
                     {ErrorKind::kMalformed, "not an AdministrativeAction in canonical form",
                      "body", "use a release of the tools that this hub's protocol version knows"});
  }
  if (const auto tried = judgement.directory->apply(*action, actor, trial); !tried) {
    return refuse(tried.error());
  }
  std::vector<journal::TableWrite> tables;
  std::vector<LogIndex> erases;
  if (action->has_erase()) {
    erases.push_back(LogIndex{action->erase().index()});
    auto judged = judge_erasure(erases.front(), *judgement.directory, reader, judgement.reads);
    if (!judged && judged.error().kind != ErrorKind::kRefused) {
      return unreadable_store(judged.error());
    }
    if (!judged) return refuse(judged.error());
    tables = std::move(*judged);
  }
  Enter verdict = enter(judgement, administered_record(message), true, {});
  verdict.administrative = true;
  verdict.entry.draft.tables = std::move(tables);
  verdict.entry.draft.erases = std::move(erases);
  verdict.entry.draft.resources.push_back(directory_resource());
  verdict.entry.draft.state_at = [before = judgement.directory, action = *action, actor,
                                  &holder](LogIndex index) {
    auto after = before->apply(action, actor, index);
    RAPPORTEUR_CHECK(after.has_value());
    std::vector<journal::StateWrite> writes{
        {std::string(directory::kStateName), (*after)->serialized()}};
    holder.stage(std::move(*after));
    return writes;
  };
  return verdict;
}

}  // namespace

Gate::Gate(std::string hub, const journal::JournalReader& reader, DirectoryHolder& directory,
           const Clock& clock)
    : hub_(std::move(hub)),
      reader_(reader),
      directory_(directory),
      clock_(clock),
      waivers_(reader) {}

Verdict Gate::judge(ByteSpan envelope, const Principal& principal) const {
  // First of all reads: what is read after it is at least as new. What turns out to be newer is not
  // looked at, as it may not be announced yet: the verdict names what it read and goes stale by it.
  const TreeSize as_of = reader_.size();
  auto directory = directory_.get();

  constexpr std::size_t kOnStack = 8UL << 10U;
  alignas(8) std::array<char, kOnStack> first_block;
  google::protobuf::ArenaOptions options;
  options.initial_block = first_block.data();
  options.initial_block_size = first_block.size();
  google::protobuf::Arena arena(options);

  const auto message = read_message(envelope, arena);
  if (!message) return Refuse{message.error()};
  if (auto fault = authenticate(*message, principal, {hub_, *directory, clock_.now()})) {
    return Refuse{std::move(*fault)};
  }
  auto repeated = judge_repeated(*message, reader_, as_of);
  if (!repeated) return unreadable_store(repeated.error());
  if (*repeated) return std::move(**repeated);

  Judgement judgement{*message, std::move(directory), {as_of, {}}};
  judgement.reads.resources = {directory_resource(), message->key().resource()};
  switch (message->header->kind()) {
    case v1::KIND_SKIP:
      return judge_skip(judgement);
    case v1::KIND_ADMINISTRATION:
      return judge_administration(judgement, directory_, reader_);
    default:
      return judge_submission(judgement, reader_, waivers_);
  }
}

}  // namespace rapporteur::admission
