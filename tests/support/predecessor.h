// The predecessor in the first record of a log that continues another, as far as the store needs
// it.
#pragma once

#include "rapporteur/v1/audit.pb.h"
#include "store/rocks/succession.h"

namespace rapporteur::testing {

inline void name_predecessor(v1::Started& started, const rocks::Carried& carried) {
  v1::Predecessor& before = *started.mutable_predecessor();
  before.set_log_verifier_key(carried.verifier_key);
  before.set_checkpoint(carried.checkpoint);
  before.set_first_nonce(carried.first_nonce);
  before.set_first_record(carried.first_record);
  before.set_carried_size(carried.size.value);
}

}  // namespace rapporteur::testing
