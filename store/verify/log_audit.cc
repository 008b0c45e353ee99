#include "store/verify/log_audit.h"

#include "proto/base/sabotage.h"
#include "store/merkle/frontier.h"
#include "store/notes/checkpoint.h"
#include "store/verify/record_check.h"

namespace rapporteur::verify {
namespace {

// A batch is large enough to keep some threads busy and small enough to be held in memory.
constexpr std::size_t kBatchChecks = 4'096;
constexpr std::size_t kBatchBytes = 16UL << 20U;
// The frontier keeps what proofs of its group need; no proofs are made here.
constexpr std::uint64_t kFrontierGroup = 4'096;

}  // namespace

std::function<void()> run_in_order(std::span<Check> checks) {
  for (Check& check : checks) check.run();
  return [] {};
}

std::string Wrong::line() const {
  const char* const place = where == Where::kEntry ? "entry " : "checkpoint of size ";
  const std::string kept = source.empty() ? "" : ", kept in " + source;
  return place + std::to_string(at) + kept + ": " + reason;
}

struct LogAudit::Impl {
  Impl(notes::VerifierKey verifier, Executor executor, Bodies bodies)
      : log(std::move(verifier)), run(std::move(executor)), records(log, bodies) {}

  notes::VerifierKey log;
  Executor run;
  RecordCheck records;
  merkle::Frontier tree;
  CarriedEntries carried{{}};
  TreeSize covered;
  TreeSize signed_up_to;  // by a checkpoint whose signature was checked, too
  TreeSize own_head;      // size of the log's own newest checkpoint so far
  std::uint64_t checkpoints = 0;
  std::vector<Check> pending;
  std::size_t pending_bytes = 0;
  std::optional<Wrong> wrong;
  std::vector<Check> running;
  std::function<void()> wait;  // for those that run; gone before them

  void found(Wrong::Where where, std::uint64_t at, std::string reason, std::string source = {}) {
    finish_pending();
    if (!wrong) wrong = Wrong{where, at, std::move(reason), std::move(source)};
  }

  // One batch runs while the next is made. Checks stand in the order of the log, and before
  // whatever is found while they are pending.
  void start_pending() {
    finish_running();
    running.swap(pending);
    pending_bytes = 0;
    if (!running.empty()) wait = run(running);
  }
  void finish_running() {
    if (running.empty()) return;
    wait();
    for (const Check& check : running) {
      if (wrong) continue;
      if (check.holds_) {
        if (check.checkpoint_) signed_up_to = TreeSize{check.at_};
        continue;
      }
      wrong = Wrong{check.checkpoint_ ? Wrong::Where::kCheckpoint : Wrong::Where::kEntry, check.at_,
                    std::string(check.reason_), check.source_};
    }
    running.clear();
  }
  void finish_pending() {
    start_pending();
    finish_running();
  }

  void checkpoint(std::string_view bytes, const std::string& source);
  [[nodiscard]] std::string why_another_root(const std::string& source) const;
  void flush_if_full(std::size_t added_bytes) {
    pending_bytes += added_bytes;
    if (pending.size() >= kBatchChecks || pending_bytes >= kBatchBytes) start_pending();
  }
};

std::string LogAudit::Impl::why_another_root(const std::string& source) const {
  if (!source.empty() && own_head == tree.size()) {
    return "the log's own checkpoint of this size has another root: two heads of one size are two "
           "histories of one log";
  }
  return "its root is not that of the entries: one of entries " + std::to_string(covered.value) +
         " to " + std::to_string(tree.size().value) +
         " (not included) was changed, or another log was signed";
}

void LogAudit::Impl::checkpoint(std::string_view bytes, const std::string& source) {
  const std::uint64_t size = tree.size().value;
  const auto refuse = [&](std::uint64_t at, std::string reason) {
    found(Wrong::Where::kCheckpoint, at, std::move(reason), source);
  };
  const auto note = notes::Note::parse(bytes);
  if (!note) return refuse(size, note.error().what);
  const auto head = notes::Checkpoint::parse(note->text);
  if (!head) return refuse(size, head.error().what);
  if (head->size.value > size) {
    return refuse(head->size.value,
                  "the log has only " + std::to_string(size) + " entries: the others are missing");
  }
  if (head->size.value < size) return refuse(head->size.value, "it is not in ascending order");
  if (head->root != tree.root()) {
    return refuse(size, why_another_root(source));
  }
  pending.emplace_back([bytes = std::string(bytes),
                        key = log] { return notes::open_checkpoint(bytes, key).has_value(); },
                       "the log's key did not sign it", size, source);
  covered = TreeSize{size};
  if (source.empty()) own_head = covered;
  ++checkpoints;
  flush_if_full(bytes.size());
}

LogAudit::LogAudit(notes::VerifierKey log, Executor run, Bodies bodies)
    : impl_(std::make_unique<Impl>(std::move(log), std::move(run), bodies)) {}
LogAudit::~LogAudit() = default;
LogAudit::LogAudit(LogAudit&&) noexcept = default;
LogAudit& LogAudit::operator=(LogAudit&&) noexcept = default;

bool LogAudit::add(const AuditEntry& entry) {
  if (impl_->wrong) return false;
  const std::uint64_t expected = impl_->tree.size().value;
  if (entry.index.value != expected) {
    impl_->found(Wrong::Where::kEntry, expected,
                 "it is missing: entry " + std::to_string(entry.index.value) + " comes instead");
    return false;
  }
  if (auto checked = impl_->records.add(entry, impl_->pending); !checked) {
    impl_->found(Wrong::Where::kEntry, expected, checked.error().what);
    return false;
  }
  const Digest leaf =
      entry.leaf ? *entry.leaf : merkle::record_leaf_hash(entry.nonce, entry.record);
  if (expected == 0) impl_->carried = CarriedEntries(impl_->records.logs_before());
  if (auto checked = impl_->carried.add(entry.index, leaf); !checked) {
    impl_->found(Wrong::Where::kEntry, 0, checked.error().what);
    return false;
  }
  impl_->tree.append(leaf);
  if (impl_->tree.size().value % kFrontierGroup == 0) {
    impl_->tree.begin_group();
    static_cast<void>(impl_->tree.take_completed());
  }
  impl_->flush_if_full(entry.record.size());
  return !impl_->wrong;
}

bool LogAudit::add_checkpoint(std::string_view note, const std::string& source) {
  if (!impl_->wrong) impl_->checkpoint(note, source);
  return !impl_->wrong;
}

TreeSize LogAudit::size() const {
  return impl_->tree.size();
}

AuditReport LogAudit::finish() {
  impl_->finish_pending();
  const Status whole = impl_->carried.finish(impl_->tree.size());
  if (!whole && !impl_->wrong) impl_->found(Wrong::Where::kEntry, 0, whole.error().what);
  AuditReport report;
  report.predecessors = impl_->carried.logs();
  report.size = impl_->tree.size();
  report.covered = impl_->covered;
  report.root = impl_->tree.root();
  report.counts = impl_->records.counts();
  report.counts.checkpoints = impl_->checkpoints;
  report.wrong = impl_->wrong;
  ErasureCheck::Summary erasures = impl_->records.erasures(report.size);
  report.counts.bodies_erased = erasures.erased;
  report.erased_later = std::move(erasures.erased_later);
  report.sealed = impl_->records.sealed();
  if (!report.wrong && erasures.unexplained && !sabotaged("erasures-unchecked")) {
    report.wrong = Wrong{Wrong::Where::kEntry, erasures.unexplained->value,
                         "its salt and body are gone, and no entry erased them"};
  }
  if (report.wrong) {
    report.held = report.wrong->where == Wrong::Where::kEntry ? TreeSize{report.wrong->at}
                                                              : impl_->signed_up_to;
  }
  return report;
}

}  // namespace rapporteur::verify
