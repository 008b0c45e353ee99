#include "adapters/client/quorum_wait.h"

#include <algorithm>

#include "proto/base/fault_codes.h"
#include "store/merkle/tree.h"
#include "store/verify/receipt.h"

namespace rapporteur::client {
namespace {

constexpr std::chrono::milliseconds kAskAgain{200};

}  // namespace

QuorumWait::QuorumWait(const Quorum& quorum, KnownLog& log, const Receipts& receipts,
                       std::vector<Receipted> waiting,
                       std::function<void(const Receipted&, const verify::TrustedHead&)> upgraded)
    : quorum_(quorum),
      log_(log),
      receipts_(receipts),
      waiting_(std::move(waiting)),
      upgraded_(std::move(upgraded)) {
  std::ranges::sort(waiting_, std::ranges::greater(), &Receipted::index);
}

Status QuorumWait::begin(Connection&) {
  question_ = 0;
  return {};
}

Status QuorumWait::step(Connection& line, MonotonicTime now) {
  now_ = now;
  if (waiting_.empty() || question_ != 0 || now < again_) return {};
  v1::Frame frame;
  v1::CosignedQuery& query = *frame.mutable_query()->mutable_cosigned();
  query.set_index(waiting_.back().index.value);
  query.set_wait(true);
  const auto sent = line.send(frame);
  if (!sent) return tl::unexpected(sent.error());
  question_ = *sent;
  return {};
}

Result<bool> QuorumWait::take(Connection& line, const v1::Frame& frame) {
  if (question_ == 0 || frame.correlation() != question_) return false;
  question_ = 0;
  if (frame.has_fault()) {
    const std::string& code = frame.fault().code();
    if (code != faults::kNotFound && code != faults::kOverloaded) {
      return tl::unexpected(error_of(frame.fault(), line.hub()));
    }
    because_ = printable(frame.fault().message());
    again_ = now_ + kAskAgain;
    return true;
  }
  const auto done = upgrade(line, frame.answer().cosigned());
  if (!done) return tl::unexpected(done.error());
  return true;
}

Status QuorumWait::upgrade(Connection& line, const v1::Cosigned& answer) {
  const Receipted& one = waiting_.back();
  const auto head = quorum_.open(answer.checkpoint());
  if (!head) {
    because_ = head.error().what;
    again_ = now_ + kAskAgain;
    return {};
  }
  if (auto tied = log_.tie(line, head->checkpoint, answer.checkpoint()); !tied) return tied;
  auto proof = merkle::unpack(answer.proof());
  if (!proof) return tl::unexpected(proof.error());
  auto receipt = receipts_.read(one.message_id);
  if (!receipt) return tl::unexpected(receipt.error());
  receipt->proof = std::move(*proof);
  receipt->checkpoint = answer.checkpoint();
  if (auto verified = verify::verify_receipt(*receipt, head->log); !verified) {
    return tl::unexpected(verified.error());
  }
  if (auto stored = receipts_.replace(one.message_id, *receipt); !stored) return stored;
  upgraded_(one, *head);
  waiting_.pop_back();
  return {};
}

}  // namespace rapporteur::client
