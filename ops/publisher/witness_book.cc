#include "ops/publisher/witness_book.h"

#include <algorithm>

#include "proto/base/whole_number.h"

namespace rapporteur::publisher {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackOffFirst{1'000};
constexpr milliseconds kBackOffMost{30'000};
constexpr std::string_view kSizeType = "text/x.tlog.size";
constexpr int kDone = 200;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;

std::string first_line(const std::string& text) {
  return printable(std::string_view(text).substr(0, text.find('\n')), 200);
}

}  // namespace

WitnessBook::WitnessBook(const verify::Policy& policy, Report report) : report_(std::move(report)) {
  for (const auto& witness : policy.witnesses()) {
    known_.push_back({witness.name, witness.key, {}, false, {}, {}, {}});
  }
}

bool WitnessBook::free(std::size_t witness, MonotonicTime now) const {
  const Known& known = known_[witness];
  return known.key && !known.busy && now >= known.next_try;
}

void WitnessBook::say(Known& known, const std::string& problem) {
  if (problem == known.problem) return;
  known.problem = problem;
  report_(known.name, problem);
}

WitnessBook::Taken WitnessBook::fail_with(Known& known, const std::string& problem,
                                          MonotonicTime now) {
  known.back_off = std::clamp(known.back_off * 2, kBackOffFirst, kBackOffMost);
  known.next_try = now + known.back_off;
  say(known, problem);
  return {};
}

void WitnessBook::contradicted(std::size_t witness, const std::string& problem, MonotonicTime now) {
  // The next request finds out anew how far it is.
  known_[witness].size = TreeSize{};
  fail_with(known_[witness], problem, now);
}

WitnessBook::Taken WitnessBook::take(const WitnessReply& reply, MonotonicTime now) {
  Known& known = known_[reply.witness];
  known.busy = false;
  if (!reply.reply) return fail_with(known, reply.reply.error().line(), now);
  switch (reply.reply->status) {
    case kDone:
      return cosigned(known, reply, now);
    case kConflict:
      return conflict(known, reply, now);
    case kUnprocessable:
      return fail_with(
          known, "it has seen another history of this log: " + first_line(reply.reply->body), now);
    default:
      return fail_with(known,
                       "it answers " + std::to_string(reply.reply->status) + ": " +
                           first_line(reply.reply->body),
                       now);
  }
}

WitnessBook::Taken WitnessBook::cosigned(Known& known, const WitnessReply& reply,
                                         MonotonicTime now) {
  const auto note = notes::Note::parse(reply.request.checkpoint + reply.reply->body);
  const auto checkpoint = note ? notes::Checkpoint::parse(note->text)
                               : Result<notes::Checkpoint>(tl::unexpected(note.error()));
  if (!checkpoint || !notes::verify(*note, std::span(&*known.key, 1))) {
    return fail_with(known, "its cosignature does not hold", now);
  }
  known.back_off = milliseconds(0);
  known.next_try = now;
  known.size = checkpoint->size;
  say(known, {});
  const auto signature = std::ranges::find_if(note->signatures, [&](const auto& one) {
    return one.name == known.key->name && one.key_id == known.key->id();
  });
  return {*signature, false};
}

WitnessBook::Taken WitnessBook::conflict(Known& known, const WitnessReply& reply,
                                         MonotonicTime now) {
  std::string_view text = reply.reply->body;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto size = parse_whole_number(text);
  const bool with_size = size && reply.reply->type.starts_with(kSizeType);
  // The same size again would be asked about for ever.
  if (with_size && TreeSize{*size} != reply.request.old_size) {
    known.size = TreeSize{*size};
    return {{}, true};
  }
  // Nothing was to prove: it compared the roots.
  if (reply.request.old_size.value > 0 && reply.request.proof.empty()) {
    return fail_with(known, "it has seen another history of this log: another tree of this size",
                     now);
  }
  return fail_with(known,
                   with_size ? "it does not take the size that it says it has"
                             : "it answers 409 without its size",
                   now);
}

}  // namespace rapporteur::publisher
