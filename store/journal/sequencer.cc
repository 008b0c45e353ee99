#include "store/journal/sequencer.h"

#include <thread>
#include <utility>

#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "store/journal/lanes.h"
#include "store/journal/recent_writes.h"
#include "store/journal/sequences.h"

namespace rapporteur::journal {
namespace {

std::size_t bytes_of_draft(const Draft& draft) {
  std::size_t bytes = draft.record.size() + draft.salt.size() + draft.body.size();
  for (const TableWrite& table : draft.tables) bytes += table.value.size();
  for (const StateWrite& state : draft.state) bytes += state.value.size();
  return bytes;
}

// What goes back to the host once the group that is being built is on disk, in order of taking.
struct ToCommit {
  std::unique_ptr<Context> context;
  bool entry = false;  // has a record
};
struct ToPass {
  std::unique_ptr<Context> context;
};
struct ToRefuse {
  std::unique_ptr<Context> context;
  Sequence expected;
};
struct ToJudgeAgain {
  Proposal proposal;
};
using Answer = std::variant<ToCommit, ToPass, ToRefuse, ToJudgeAgain>;

}  // namespace

struct Sequencer::Impl {
  Impl(Journal& to, SequencerHost& back, SequencerOptions with)
      : journal(to), host(back), options(with), lanes(with.queue) {}

  void run();
  void take(Proposal proposal);
  [[nodiscard]] bool taken_as_stale(Proposal& proposal);
  void decide(Proposal proposal);
  void add(std::unique_ptr<Context> context, Entry& entry);
  void commit();
  void answer(Answer& next, Group& group, std::size_t& entry, std::vector<Committed>& committed);
  void fail(std::vector<Answer> answers, const Error& error);
  [[nodiscard]] TreeSize next_index() const {
    return TreeSize{committed_size.value + entries_in_group};
  }

  Journal& journal;
  SequencerHost& host;
  const SequencerOptions options;
  Lanes lanes;

  // Of the sequencer's thread alone.
  RecentWrites writes;
  Sequences sequences;
  TreeSize committed_size;
  std::vector<Draft> drafts;
  std::vector<Answer> answers;
  std::size_t entries_in_group = 0;
  std::size_t bytes_in_group = 0;
  std::optional<Error> broken;

  std::jthread thread;
};

Sequencer::Sequencer(Journal& journal, SequencerHost& host, SequencerOptions options)
    : impl_(std::make_unique<Impl>(journal, host, options)) {
  impl_->thread = std::jthread([impl = impl_.get()] { impl->run(); });
}

Sequencer::~Sequencer() {
  stop();
}

bool Sequencer::submit(Proposal&& proposal) {
  return impl_->lanes.submit(std::move(proposal));
}

void Sequencer::stop() {
  impl_->lanes.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Sequencer::Impl::run() {
  committed_size = journal.reader().size();
  writes.forget_before(committed_size);
  if (auto loaded = sequences.load(journal.reader()); !loaded) broken = loaded.error();
  while (true) {
    // Everything that is there goes into one group; nothing is waited for while a group is open.
    auto proposal = lanes.next(/*wait=*/answers.empty());
    if (proposal) {
      take(std::move(*proposal));
    } else if (answers.empty()) {
      return;
    } else {
      commit();
    }
    if (drafts.size() >= options.group_entries || bytes_in_group >= options.group_bytes) commit();
  }
}

void Sequencer::Impl::take(Proposal proposal) {
  if (broken) {
    lanes.done(proposal.lane);
    host.storage_failed(std::move(proposal.context), *broken);
    return;
  }
  if (!taken_as_stale(proposal)) decide(std::move(proposal));
}

// True when the proposal goes back to be judged again; its lane waits for it.
bool Sequencer::Impl::taken_as_stale(Proposal& proposal) {
  const auto* entry = std::get_if<Entry>(&proposal.content);
  if (entry == nullptr || sabotaged("read-set-ignored")) return false;
  const auto conflict = writes.conflict(entry->reads);
  if (!conflict) return false;
  if (proposal.stale >= limits::kStaleVerdicts) {
    commit();
    if (broken) {
      take(std::move(proposal));
      return true;
    }
    host.judge_in_order(proposal);
    return false;
  }
  // What conflicts with the group being built would be judged against the log without it, and be
  // stale again: it goes back when the group is committed.
  if (conflict->value >= committed_size.value && !answers.empty()) {
    answers.emplace_back(ToJudgeAgain{std::move(proposal)});
  } else {
    host.stale(std::move(proposal));
  }
  return true;
}

void Sequencer::Impl::decide(Proposal proposal) {
  lanes.done(proposal.lane);
  auto* entry = std::get_if<Entry>(&proposal.content);
  if (entry == nullptr) {
    // Answers of a lane keep its order; with no group open there is nothing to wait for.
    if (answers.empty()) {
      host.passed(std::move(proposal.context));
    } else {
      answers.emplace_back(ToPass{std::move(proposal.context)});
    }
    return;
  }
  if (entry->sequence) {
    const Sequence expected = sequences.next(entry->sequence->key);
    if (entry->sequence->number != expected && !sabotaged("sequence-off")) {
      if (answers.empty()) {
        host.out_of_sequence(std::move(proposal.context), expected);
      } else {
        answers.emplace_back(ToRefuse{std::move(proposal.context), expected});
      }
      return;
    }
    entry->draft.state.push_back(sequences.use(entry->sequence->key));
  }
  add(std::move(proposal.context), *entry);
}

void Sequencer::Impl::add(std::unique_ptr<Context> context, Entry& entry) {
  const LogIndex index{next_index().value};
  writes.add(entry.draft, index);
  bytes_in_group += bytes_of_draft(entry.draft);
  const bool has_record = !entry.draft.record.empty();
  if (has_record) ++entries_in_group;
  drafts.push_back(std::move(entry.draft));
  answers.emplace_back(ToCommit{std::move(context), has_record});
}

void Sequencer::Impl::commit() {
  std::vector<Answer> now = std::exchange(answers, {});
  std::vector<Draft> group_drafts = std::exchange(drafts, {});
  entries_in_group = 0;
  bytes_in_group = 0;
  if (now.empty()) return;
  auto group = journal.append(group_drafts);
  if (!group) {
    broken = group.error();
    fail(std::move(now), *broken);
    return;
  }
  committed_size = group->size;
  std::vector<Committed> committed;
  std::size_t entry = 0;
  for (Answer& next : now) answer(next, *group, entry, committed);
  if (!committed.empty()) host.committed(std::move(committed));
}

void Sequencer::Impl::answer(Answer& next, Group& group, std::size_t& entry,
                             std::vector<Committed>& committed) {
  if (auto* done = std::get_if<ToCommit>(&next)) {
    Committed out{std::move(done->context), std::nullopt, group.size, group.checkpoint};
    if (done->entry) out.entry = std::move(group.entries[entry++]);
    committed.push_back(std::move(out));
    return;
  }
  // What was taken after an entry is answered after it.
  if (!committed.empty()) host.committed(std::exchange(committed, {}));
  if (auto* passed = std::get_if<ToPass>(&next)) host.passed(std::move(passed->context));
  if (auto* refused = std::get_if<ToRefuse>(&next)) {
    host.out_of_sequence(std::move(refused->context), refused->expected);
  }
  if (auto* again = std::get_if<ToJudgeAgain>(&next)) host.stale(std::move(again->proposal));
}

// Nothing of the group is in the log, and nothing more will be.
void Sequencer::Impl::fail(std::vector<Answer> failed, const Error& error) {
  for (Answer& next : failed) {
    if (auto* done = std::get_if<ToCommit>(&next)) {
      host.storage_failed(std::move(done->context), error);
    } else if (auto* passed = std::get_if<ToPass>(&next)) {
      host.passed(std::move(passed->context));
    } else if (auto* refused = std::get_if<ToRefuse>(&next)) {
      host.storage_failed(std::move(refused->context), error);
    } else if (auto* again = std::get_if<ToJudgeAgain>(&next)) {
      lanes.done(again->proposal.lane);
      host.storage_failed(std::move(again->proposal.context), error);
    }
  }
}

}  // namespace rapporteur::journal
