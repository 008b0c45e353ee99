// What operators ask for backups.
#include "broker/admission/questions.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::admission {

Questions::OrFault<v1::Snapshot> Questions::snapshot() const {
  const auto refuse = [](std::string_view code, std::string why) {
    v1::Fault fault;
    fault.set_code(std::string(code));
    fault.set_message(std::move(why));
    return tl::unexpected(std::move(fault));
  };
  if (snapshots_ == nullptr) return refuse(faults::kUnexpected, "this hub makes no snapshots");
  const auto taken = snapshots_->take_snapshot();
  if (!taken) return refuse(faults::kStorage, "no snapshot: " + taken.error().line());
  v1::Snapshot out;
  out.set_folder(taken->folder);
  out.set_checkpoint(taken->checkpoint);
  out.set_body_keys_copy(taken->body_keys_copy);
  return out;
}

}  // namespace rapporteur::admission
