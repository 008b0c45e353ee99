// An operator's word that figures are public already.
#pragma once

#include <vector>

#include "proto/crypto/sha256.h"
#include "proto/statistics/waived_cell.h"
#include "rapporteur/v1/directory.pb.h"
#include "store/merkle/digest_set.h"
#include "tests/fakes/sender.h"

namespace rapporteur::fakes {

[[nodiscard]] inline merkle::DigestSet cells_of(const std::vector<Observation>& figures) {
  const ObservationSet set = set_of(figures);
  std::vector<Digest> hashes;
  for (std::size_t row = 0; row < set.rows(); ++row) hashes.push_back(waived_cell_hash(set, row));
  return merkle::DigestSet::of(std::move(hashes));
}

[[nodiscard]] inline v1::AdministrativeAction waiver_of(const std::vector<Observation>& figures,
                                                        const std::string& dataflow = kDataflow) {
  const merkle::DigestSet cells = cells_of(figures);
  v1::AdministrativeAction action;
  v1::WaiverAdd& add = *action.mutable_add_waiver();
  add.mutable_waiver()->set_dataflow(dataflow);
  add.mutable_waiver()->set_reference("Yearbook 2007, table 3");
  add.mutable_waiver()->set_file_sha256(crypto::sha256("yearbook.csv").string());
  add.mutable_waiver()->set_cells(static_cast<std::uint32_t>(cells.size()));
  add.mutable_waiver()->set_root_sha256(cells.root().string());
  add.mutable_waiver()->set_created_ms(kNowMs);
  add.set_cell_sha256s(cells.packed());
  return action;
}

[[nodiscard]] inline v1::AdministrativeAction waiver_removal(std::uint64_t index) {
  v1::AdministrativeAction action;
  action.mutable_remove_waiver()->set_index(index);
  action.set_reason("not what was printed");
  return action;
}

}  // namespace rapporteur::fakes
