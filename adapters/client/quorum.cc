#include "adapters/client/quorum.h"

#include <algorithm>

namespace rapporteur::client {
namespace {

constexpr std::chrono::minutes kLookEvery{1};

}  // namespace

Result<Quorum> Quorum::read(const std::filesystem::path& file, const notes::VerifierKey& log) {
  auto policy = verify::Policy::read(file);
  if (!policy) return tl::unexpected(policy.error());
  if (std::ranges::none_of(policy->logs(), [&](const auto& one) { return one.key == log; })) {
    return fail(ErrorKind::kConfiguration, "the policy does not name the hub's log", file.string(),
                "add the line: log " + log.text());
  }
  return Quorum(std::move(*policy), log);
}

Result<verify::TrustedHead> Quorum::open(std::string_view note) const {
  auto head = policy_.open(note);
  if (head && head->log != log_) {
    return fail(ErrorKind::kNotVerified, "the cosigned checkpoint is another log's");
  }
  return head;
}

bool Quorum::cosigned_since(std::string_view note, std::chrono::sys_seconds time) const {
  auto parsed = notes::Note::parse(note);
  if (!parsed) return false;
  std::erase_if(parsed->signatures, [&](const notes::NoteSignature& one) {
    const auto witness = std::ranges::find_if(policy_.witnesses(), [&](const auto& each) {
      return each.key && each.key->name == one.name && each.key->id() == one.key_id;
    });
    if (witness == policy_.witnesses().end()) return false;
    const auto holds = notes::verify({parsed->text, {one}}, std::span(&*witness->key, 1));
    return !holds || *holds->front().time < time;
  });
  return policy_.open(parsed->bytes()).has_value();
}

std::string Quorum::complaint(std::string_view note, UnixMillis now) const {
  if (note.empty()) {
    return "the hub has no checkpoint that a quorum of witnesses cosigned: ask its operator "
           "whether "
           "its publisher runs";
  }
  if (const auto head = open(note); !head) {
    return "the hub's cosigned checkpoint is none by this agency's policy: " + head.error().what;
  }
  const auto since = std::chrono::floor<std::chrono::seconds>(now) - kCosignedWithin;
  if (cosigned_since(note, since)) return {};
  return "by the witnesses' times and this machine's clock, no quorum has seen the hub's log for " +
         std::to_string(kCosignedWithin.count()) +
         " minutes: it may be withheld, or the clock wrong";
}

Status QuorumWatch::begin(Connection& line) {
  question_ = 0;
  due_ = clock_.monotonic() + kLookEvery;
  note_ = line.welcome().cosigned_checkpoint();
  return look(line);
}

Status QuorumWatch::step(Connection& line, MonotonicTime now) {
  if (now < due_) return {};
  due_ = now + kLookEvery;
  if (question_ != 0) {
    complain();  // a hub that says nothing does not make it newer
    return {};
  }
  v1::Frame frame;
  frame.mutable_query()->mutable_status();
  const auto sent = line.send(frame);
  if (!sent) return tl::unexpected(sent.error());
  question_ = *sent;
  return {};
}

Result<bool> QuorumWatch::take(Connection& line, const v1::Frame& frame) {
  if (question_ == 0 || frame.correlation() != question_) return false;
  question_ = 0;
  if (frame.has_fault()) {
    complain();  // a hub that cannot say is asked again
    return true;
  }
  note_ = frame.answer().status().cosigned_checkpoint();
  const auto looked = look(line);
  if (!looked) return tl::unexpected(looked.error());
  return true;
}

void QuorumWatch::complain() {
  const std::string wrong = quorum_.complaint(note_, clock_.now());
  if (wrong != said_) warn_(wrong);
  said_ = wrong;
}

Status QuorumWatch::look(Connection& line) {
  complain();
  const auto head = quorum_.open(note_);
  if (!head) return {};
  return log_.tie(line, head->checkpoint, note_);
}

}  // namespace rapporteur::client
