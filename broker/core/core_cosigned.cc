// What witnesses said to the hub's checkpoints: handed in by who asked them, kept, and given to
// whoever asks for it.
#include "broker/core/core.h"
#include "broker/core/entries.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::core {

using namespace std::chrono_literals;

void Core::cosignatures(Connection& connection, const FrameView& frame) {
  const auto* asker = directory_->participant(connection.identity.participant);
  if (options_.policy == nullptr || asker == nullptr ||
      (asker->kind() != v1::OPERATOR && asker->kind() != v1::AUDITOR)) {
    return refuse(connection, frame.correlation,
                  {faults::kNotAllowed,
                   options_.policy == nullptr ? "this hub has no policy of witnesses"
                                              : "operators and auditors hand cosignatures in",
                   0ms});
  }
  if (storage_error_) {
    return refuse(connection, frame.correlation,
                  {faults::kStorage, "the hub cannot write at present", 30s});
  }
  v1::Cosignatures handed_in;
  if (!handed_in.ParseFromArray(frame.payload.data(), static_cast<int>(frame.payload.size()))) {
    return refuse(connection, frame.correlation,
                  {faults::kMalformed, "Cosignatures cannot be read", 0ms});
  }
  if (auto who = ask(connection, frame.correlation, frame.payload.size())) {
    actions_->push_back(VerifyCosignatures{std::move(*who), std::move(*handed_in.mutable_note()),
                                           handed_in_.note, options_.policy});
  }
}

void Core::on(CosignaturesVerified&& event) {
  if (storage_error_) {
    return fault(event.asker, {faults::kStorage, "the hub cannot write at present", 30s});
  }
  // What came in meanwhile for the same checkpoint counts too.
  if (event.size == handed_in_.size && event.held != handed_in_.note) {
    actions_->push_back(VerifyCosignatures{std::move(event.asker), std::move(event.note),
                                           handed_in_.note, options_.policy});
    return;
  }
  const Cosigned taken{std::move(event.note), event.size};
  if (taken.size >= handed_in_.size) handed_in_ = taken;
  // A larger one may have been begun without a quorum: it does not hold up one that has it.
  if (!event.quorum || taken.size < next_cosigned_.size || taken.note == next_cosigned_.note) {
    return answer_cosigned(event.asker);
  }
  next_cosigned_ = taken;
  propose(cosigned_draft(taken.note), CosignedWritten{std::move(event.asker), taken});
}

void Core::cosigned_written(CosignedWritten& written) {
  cosigned_ = std::move(written.cosigned);
  answer_cosigned(written.asker);
}

void Core::answer_cosigned(const Asker& asker) {
  v1::Answer reply;
  reply.mutable_cosigned()->set_checkpoint(cosigned_.note);
  reply.mutable_cosigned()->set_tree_size(cosigned_.size.value);
  answer(asker, make_frame(asker.correlation, v1::Frame::kAnswer, reply));
}

}  // namespace rapporteur::core
