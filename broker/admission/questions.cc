#include "broker/admission/questions.h"

#include <algorithm>

#include "broker/admission/answers.h"
#include "broker/admission/opening.h"
#include "broker/admission/page_place.h"
#include "broker/core/entitlement.h"
#include "broker/core/wire.h"
#include "proto/base/fault_codes.h"
#include "proto/base/limits.h"
#include "proto/crypto/ed25519.h"
#include "store/journal/sequences.h"
#include "store/merkle/tree.h"
#include "store/tables/message_state.h"

namespace rapporteur::admission {
namespace {

// Entries one question looks at; more are looked at by the next.
constexpr std::size_t kLookedAt = 4'096;
constexpr std::size_t kReadBytes = 4UL << 20U;

tl::unexpected<v1::Fault> fault(std::string_view code, std::string message) {
  v1::Fault out;
  out.set_code(std::string(code));
  out.set_message(std::move(message));
  return tl::unexpected(std::move(out));
}

tl::unexpected<v1::Fault> fault(const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return fault(faults::kNotFound, "no such entry");
  return fault(faults::kStorage, "the log cannot be read at present");
}

tl::expected<TreeSize, v1::Fault> newest_size(const std::string* checkpoint) {
  if (checkpoint == nullptr) return fault(faults::kNotFound, "the log has no checkpoint yet");
  const auto size = size_of(*checkpoint);
  if (!size) return fault(size.error());
  return *size;
}

// 0 asks for the tree of the newest checkpoint.
tl::expected<TreeSize, v1::Fault> tree_asked_for(std::uint64_t size, TreeSize newest) {
  if (size > newest.value) {
    return fault(faults::kNotFound, "the newest checkpoint is over " +
                                        std::to_string(newest.value) + " entries, not " +
                                        std::to_string(size));
  }
  return size == 0 ? newest : TreeSize{size};
}

bool sees_everything(const core::Ask& question) {
  const auto* asker = question.directory->participant(question.asker.participant);
  return asker != nullptr && (asker->kind() == v1::OPERATOR || asker->kind() == v1::AUDITOR);
}

bool may_see(const core::Ask& question, const journal::StoredEntry& entry) {
  // The first entry says what log this is, and which one it continues.
  if (sees_everything(question) || entry.index == LogIndex{0}) return true;
  const std::string& asker = question.asker.participant;
  v1::Record record;
  v1::Header header;
  if (!record.ParseFromString(entry.record) || !header.ParseFromString(record.header())) {
    return false;
  }
  if (record.has_subscribed()) return record.subscribed().participant() == asker;
  if (!record.header().empty() && header.sender() == asker) return true;
  const auto item = core::make_item({entry.index, entry.nonce, entry.record, {}, {}});
  return item && *item != nullptr && core::entitled(*question.directory, asker, **item);
}

}  // namespace

core::Answered Questions::answer(core::Ask question) const {
  core::Answered out;
  const std::uint64_t correlation = question.asker.correlation;
  const auto finish = [&](v1::Frame::MessageCase message, const auto& reply) {
    if (reply) {
      out.frame = core::make_frame(correlation, message, *reply);
      out.asker = std::move(question.asker);
    } else {
      out = Answers::fault(std::move(question.asker), reply.error());
    }
  };
  if (question.query.empty()) {
    finish(v1::Frame::kWelcome, welcome(question));
  } else {
    finish(v1::Frame::kAnswer, look_up(question));
  }
  out.to_ask = true;
  return out;
}

Questions::OrFault<v1::Welcome> Questions::welcome(const core::Ask& question) const {
  v1::Welcome out;
  out.set_version(question.hello_version);
  out.set_hub(facts_.hub);
  out.set_origin(facts_.origin);
  out.set_log_verifier_key(facts_.log_verifier_key);
  out.set_participant(question.asker.participant);
  out.set_time_ms(unix_millis(clock_.now()));
  out.set_log_size(reader_.size().value);
  if (const auto checkpoint = reader_.checkpoint()) out.set_checkpoint(*checkpoint);
  out.set_backed_up_to(backed_up_.get().value);
  auto cosigned = open_cosigned(reader_);
  if (!cosigned) return fault(cosigned.error());
  out.set_cosigned_checkpoint(std::move(cosigned->note));
  const auto* participant = question.directory->participant(question.asker.participant);
  if (participant == nullptr) return out;
  for (const auto& signing_key : participant->signing_keys()) {
    const auto key = PublicKeyBytes::from(signing_key.key());
    if (!key || signing_key.ended_index() != 0) continue;
    const KeyId id = crypto::key_id_of(*key);
    const auto next =
        reader_.state(journal::sequence_state_name(id)).and_then([](const std::string& value) {
          return journal::next_sequence(value);
        });
    if (!next) return fault(next.error());
    auto* sequence = out.add_next_sequences();
    sequence->set_key_id(id.string());
    sequence->set_next(next->value);
  }
  return out;
}

Questions::OrFault<v1::Answer> Questions::look_up(const core::Ask& question) const {
  v1::Query query;
  v1::Answer out;
  if (!query.ParseFromString(question.query)) {
    return fault(faults::kMalformed, "Query cannot be read");
  }
  const auto keep = [](auto reply, auto* into) -> OrFault<void> {
    if (!reply) return tl::unexpected(reply.error());
    *into = std::move(*reply);
    return {};
  };
  OrFault<void> kept;
  switch (query.what_case()) {
    case v1::Query::kEntries:
      kept = keep(entries(question, query.entries()), out.mutable_entries());
      break;
    case v1::Query::kProof:
      kept = keep(proof(question, query.proof()), out.mutable_proof());
      break;
    case v1::Query::kProofs:
      kept = keep(proofs(question, query.proofs()), out.mutable_proofs());
      break;
    case v1::Query::kCheckpoint:
      kept = keep(checkpoint(query.checkpoint()), out.mutable_checkpoint());
      break;
    case v1::Query::kConsistency:
      kept = keep(consistency(query.consistency()), out.mutable_consistency());
      break;
    case v1::Query::kSnapshot:
      kept = keep(snapshot(), out.mutable_snapshot());
      break;
    case v1::Query::kWaivedCells:
      kept = keep(waived_cells(question, query.waived_cells()), out.mutable_waived_cells());
      break;
    case v1::Query::kCosigned:
      kept = keep(cosigned(query.cosigned()), out.mutable_cosigned());
      break;
    case v1::Query::kTable: {
      const Page page{query.table().filter(), false, false, query.table().most(),
                      query.table().after()};
      kept = keep(table(question, page), out.mutable_table());
      break;
    }
    case v1::Query::kLedger: {
      Page page{{}, true, query.ledger().ended(), 0, query.ledger().after()};
      page.filter.set_dataflow(query.ledger().dataflow());
      kept = keep(table(question, page), out.mutable_ledger());
      break;
    }
    default:
      kept = fault(faults::kUnexpected, "no such question");
  }
  if (!kept) return tl::unexpected(kept.error());
  return out;
}

Questions::OrFault<v1::Entries> Questions::entries(const core::Ask& question,
                                                   const v1::EntriesQuery& query) const {
  const std::size_t most = std::clamp<std::size_t>(query.count(), 1, limits::kEntriesPerAnswer);
  v1::Entries out;
  LogIndex next{query.from()};
  std::size_t looked_at = 0;
  while (static_cast<std::size_t>(out.entries_size()) < most && looked_at < kLookedAt &&
         out.ByteSizeLong() < limits::kAnswerBytes / 2 && next.value < reader_.size().value) {
    const auto read = reader_.entries(next, most, kReadBytes, query.erasures());
    if (!read) return fault(read.error());
    if (read->empty()) break;
    for (const auto& entry : *read) {
      if (static_cast<std::size_t>(out.entries_size()) >= most) break;
      ++looked_at;
      next = LogIndex{entry.index.value + 1};
      if (!may_see(question, entry)) continue;
      auto* shown = out.add_entries();
      shown->set_index(entry.index.value);
      shown->set_nonce(entry.nonce);
      shown->set_record(entry.record);
      if (entry.erased_by) shown->set_erased_by(entry.erased_by->value);
    }
  }
  out.set_next(next.value);
  out.set_log_size(reader_.size().value);
  return out;
}

Questions::OrFault<v1::Proof> Questions::proof(const core::Ask& question,
                                               const v1::ProofQuery& query) const {
  const auto checkpoint = reader_.checkpoint();
  const auto newest = newest_size(checkpoint.get());
  if (!newest) return tl::unexpected(newest.error());
  const auto size = tree_asked_for(query.tree_size(), *newest);
  if (!size) return tl::unexpected(size.error());
  auto out = proof_in(question, LogIndex{query.index()}, *size);
  if (out && *size == *newest) out->set_checkpoint(*checkpoint);
  return out;
}

Questions::OrFault<v1::Proofs> Questions::proofs(const core::Ask& question,
                                                 const v1::ProofsQuery& query) const {
  const auto newest = newest_size(reader_.checkpoint().get());
  if (!newest) return tl::unexpected(newest.error());
  const auto size = tree_asked_for(query.tree_size(), *newest);
  if (!size) return tl::unexpected(size.error());
  v1::Proofs out;
  out.set_tree_size(size->value);
  std::size_t bytes = 0;
  for (const std::uint64_t index : query.indices()) {
    if (out.proofs_size() == limits::kProofsPerAnswer || bytes >= limits::kAnswerBytes / 2) break;
    auto one = proof_in(question, LogIndex{index}, *size);
    if (!one) return tl::unexpected(one.error());
    bytes += one->ByteSizeLong();
    *out.add_proofs() = std::move(*one);
  }
  return out;
}

Questions::OrFault<v1::Proof> Questions::proof_in(const core::Ask& question, LogIndex index,
                                                  TreeSize size) const {
  const std::string named = "entry " + std::to_string(index.value);
  if (index.value >= size.value) {
    return fault(faults::kNotFound, "no " + named + " in a tree of " + std::to_string(size.value));
  }
  const auto read = reader_.entries(index, 1, limits::kBodyBytes, /*bodies=*/false);
  if (!read) return fault(read.error());
  const journal::StoredEntry& entry = read->front();
  if (!may_see(question, entry)) {
    return fault(faults::kNotAllowed, named + " is neither yours nor may you receive it");
  }
  const auto hashes = reader_.inclusion_proof(index, size);
  if (!hashes) return fault(hashes.error());
  v1::Proof out;
  out.set_index(index.value);
  out.set_nonce(entry.nonce);
  out.set_record(entry.record);
  out.set_tree_size(size.value);
  out.set_proof(merkle::pack(*hashes));
  return out;
}

Questions::OrFault<v1::SignedCheckpoint> Questions::checkpoint(
    const v1::CheckpointQuery& query) const {
  const auto newest = newest_size(reader_.checkpoint().get());
  if (!newest) return tl::unexpected(newest.error());
  const auto wanted = tree_asked_for(query.tree_size(), *newest);
  if (!wanted) return tl::unexpected(wanted.error());
  const auto note = reader_.checkpoint_from(*wanted);
  if (!note) return fault(note.error());
  const auto size = size_of(*note);
  if (!size) return fault(size.error());
  v1::SignedCheckpoint out;
  out.set_tree_size(size->value);
  out.set_checkpoint(*note);
  return out;
}

Questions::OrFault<v1::Consistency> Questions::consistency(
    const v1::ConsistencyQuery& query) const {
  const auto checkpoint = reader_.checkpoint();
  const auto newest = newest_size(checkpoint.get());
  if (!newest) return tl::unexpected(newest.error());
  const TreeSize second = query.second_size() == 0 ? *newest : TreeSize{query.second_size()};
  const TreeSize first{query.first_size()};
  if (first.value == 0 || first > second || second > *newest) {
    return fault(faults::kNotFound, "no two such sizes, the first at least 1");
  }
  const auto hashes = reader_.consistency_proof(first, second);
  if (!hashes) return fault(hashes.error());
  v1::Consistency out;
  out.set_proof(merkle::pack(*hashes));
  out.set_second_size(second.value);
  if (second == *newest) out.set_checkpoint(*checkpoint);
  return out;
}

Questions::OrFault<v1::Cosigned> Questions::cosigned(const v1::CosignedQuery& query) const {
  const auto newest = open_cosigned(reader_);
  if (!newest) return fault(newest.error());
  if (query.index() >= newest->size.value) {
    return fault(faults::kNotFound, "no cosigned checkpoint covers this entry yet");
  }
  const auto hashes = reader_.inclusion_proof(LogIndex{query.index()}, newest->size);
  if (!hashes) return fault(hashes.error());
  v1::Cosigned out;
  out.set_checkpoint(newest->note);
  out.set_tree_size(newest->size.value);
  out.set_proof(merkle::pack(*hashes));
  return out;
}

Questions::OrFault<v1::Table> Questions::table(const core::Ask& question, const Page& page) const {
  LogIndex next;
  TreeSize as_of = reader_.size();
  if (!page.after.empty()) {
    const auto place = PagePlace::parse(page.after);
    if (!place) return fault(faults::kMalformed, "no page begins there");
    next = place->next;
    as_of = std::min(as_of, place->as_of);
  }
  const std::size_t most = page.most == 0
                               ? limits::kEntriesPerAnswer
                               : std::min<std::size_t>(page.most, limits::kEntriesPerAnswer);
  v1::Table out;
  out.set_as_of_size(as_of.value);
  std::size_t looked_at = 0;
  std::size_t bytes = 0;
  while (next.value < as_of.value && looked_at < kLookedAt) {
    const auto read = reader_.entries(
        next, std::min<std::size_t>(limits::kChunkEntries, as_of.value - next.value), kReadBytes,
        false);
    if (!read) return fault(read.error());
    if (read->empty()) break;
    for (const auto& entry : *read) {
      if (static_cast<std::size_t>(out.submissions_size()) >= most ||
          bytes >= limits::kAnswerBytes / 2) {
        out.set_next(PagePlace{next, as_of}.token());
        return out;
      }
      const auto added = collect(question, page, entry, out);
      if (!added) return tl::unexpected(added.error());
      if (*added) bytes += out.submissions().rbegin()->ByteSizeLong();
      ++looked_at;
      next = LogIndex{entry.index.value + 1};
    }
  }
  if (next.value < as_of.value) out.set_next(PagePlace{next, as_of}.token());
  return out;
}

Questions::OrFault<bool> Questions::collect(const core::Ask& question, const Page& page,
                                            const journal::StoredEntry& entry,
                                            v1::Table& out) const {
  const auto item = core::make_item({entry.index, entry.nonce, entry.record, {}, {}});
  if (!item) return fault(item.error());
  if (*item == nullptr) return false;
  const core::Item& submission = **item;
  const std::string& asker = question.asker.participant;
  if (page.own ? submission.sender != asker
               : !core::entitled(*question.directory, asker, submission)) {
    return false;
  }
  if (!core::filter_admits(page.filter, submission)) return false;
  v1::Record record;
  v1::Header header;
  if (!record.ParseFromString(entry.record) || !header.ParseFromString(record.header())) {
    return fault(faults::kStorage, "an entry cannot be read");
  }
  const auto id = MessageId::from(header.message_id());
  if (header.kind() == v1::KIND_WITHDRAWAL || !id) return false;
  const auto end = reader_.table(tables::head_id({header.sender(), *id}));
  if (!end) return fault(end.error());
  const auto ended = tables::parse_message_end(*end);
  if (!ended) return fault(ended.error());
  if (*ended && !page.ended) return false;
  const auto whole = reader_.entry(entry.index);
  if (!whole) return fault(whole.error());
  auto* shown = out.add_submissions();
  shown->set_index(entry.index.value);
  shown->set_header(record.header());
  shown->set_body(whole->body);
  shown->set_erased(whole->state == journal::BodyState::kErased);
  if (*ended) shown->set_ended_by((*ended)->by.value);
  return true;
}

}  // namespace rapporteur::admission
