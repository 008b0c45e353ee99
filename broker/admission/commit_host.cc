#include "broker/admission/commit_host.h"

#include <map>

#include "proto/base/check.h"
#include "proto/base/fault_codes.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/domain.h"

namespace rapporteur::admission {

std::string signed_directory(const directory::Directory& directory, const crypto::SigningKey& key) {
  v1::Directory out;
  out.set_state(directory.serialized());
  out.set_signature(key.sign(crypto::domain::kDirectory, bytes_of(out.state())).string());
  return out.SerializeAsString();
}

void CommitHost::enter(journal::Committed& committed, Message& message, core::LogGrew& grown) {
  const journal::Appended& entry = *committed.entry;
  if (message.accepted && !message.administrative) {
    auto item =
        core::make_item({entry.index, entry.nonce, entry.record, message.salt, message.body});
    // The gate made this record: it can be read.
    RAPPORTEUR_CHECK(item.has_value());
    if (*item != nullptr && !sabotaged("delivery-lost")) {
      core::add(grown.added, std::move(*item));
    }
  }
  parts_.observer.receipt(parts_.clock.monotonic() - message.job.arrived);
  std::map<std::string_view, std::size_t> rules;
  for (const auto& finding : message.findings) {
    if (!message.accepted || !finding.waived_by.empty()) ++rules[finding.code];
  }
  for (const auto& [rule, count] : rules) {
    if (message.accepted) {
      parts_.observer.waived(rule, count);
    } else {
      parts_.observer.refused_by(rule, count);
    }
  }
  grown.answers.push_back(parts_.answers.outcome(message, committed));
}

void CommitHost::committed(std::vector<journal::Committed> run) {
  core::LogGrew grown;
  grown.added.first = LogIndex{size_.value};
  bool administrative = false;
  for (auto& committed : run) {
    HubContext& context = hub_context(*committed.context);
    if (committed.entry) {
      RAPPORTEUR_CHECK(committed.entry->index.value == size_.value);
      ++size_.value;
    }
    grown.checkpoint = committed.checkpoint;
    const auto& erases = context.message ? context.message->erases : context.erases;
    grown.erased.insert(grown.erased.end(), erases.begin(), erases.end());
    if (context.message) {
      enter(committed, *context.message, grown);
      administrative = administrative || context.message->administrative;
    } else {
      grown.own.push_back(context.token);
    }
  }
  grown.added.end = LogIndex{size_.value};
  if (administrative) {
    grown.directory = parts_.directory.get();
    grown.signed_directory = signed_directory(*grown.directory, parts_.key);
  }
  std::vector<core::Event> events;
  events.emplace_back(std::move(grown));
  parts_.events.post(std::move(events));
}

void CommitHost::passed(std::unique_ptr<journal::Context> context) {
  HubContext& passed = hub_context(*context);
  std::vector<core::Event> events;
  if (passed.message) {
    RAPPORTEUR_CHECK(passed.message->answer.has_value());
    events.emplace_back(std::move(*passed.message->answer));
  } else {
    events.emplace_back(core::ProposalDropped{passed.token});
  }
  parts_.events.post(std::move(events));
}

void CommitHost::stale(journal::Proposal proposal) {
  parts_.observer.stale_verdict();
  std::vector<Workers::Work> work;
  work.emplace_back(std::move(proposal));
  parts_.workers.take(std::move(work));
}

void CommitHost::judge_in_order(journal::Proposal& proposal) {
  parts_.observer.stale_verdict();
  parts_.judging.judge(proposal);
}

void CommitHost::out_of_sequence(std::unique_ptr<journal::Context> context, Sequence expected) {
  Message& message = *hub_context(*context).message;
  v1::Fault fault;
  fault.set_code(std::string(faults::kSequence));
  fault.set_message("the next sequence number of this key is " + std::to_string(expected.value));
  fault.set_expected_sequence(expected.value);
  std::vector<core::Event> events;
  events.emplace_back(Answers::fault(std::move(message.job.asker), fault));
  parts_.events.post(std::move(events));
}

void CommitHost::storage_failed(std::unique_ptr<journal::Context> context, const Error& error) {
  core::StorageFailed failed{error, {}};
  if (auto& message = hub_context(*context).message) {
    v1::Fault fault;
    fault.set_code(std::string(faults::kStorage));
    fault.set_message("the hub cannot write at present: its operator is needed");
    fault.set_retry_after_ms(30'000);
    failed.answers.push_back(Answers::fault(std::move(message->job.asker), fault));
  }
  std::vector<core::Event> events;
  events.emplace_back(std::move(failed));
  parts_.events.post(std::move(events));
}

}  // namespace rapporteur::admission
