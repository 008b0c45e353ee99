#include "broker/admission/waiver_book.h"

#include <algorithm>

#include "proto/base/limits.h"
#include "rapporteur/v1/audit.pb.h"
#include "store/merkle/digest_set.h"

namespace rapporteur::admission {
namespace {

tl::unexpected<Error> damaged(std::uint64_t index) {
  return fail(ErrorKind::kStorage,
              "the waiver of entry " + std::to_string(index) + " cannot be read", {},
              "run `rapporteur audit fsck`");
}

}  // namespace

Result<std::string> waived_cells(const journal::JournalReader& reader, LogIndex index) {
  const auto stored = reader.entry(index);
  if (!stored) return tl::unexpected(stored.error());
  v1::Record record;
  v1::AdministrativeAction action;
  if (!record.ParseFromString(stored->record) ||
      !action.ParseFromString(record.administered().action()) || !action.has_add_waiver()) {
    return damaged(index.value);
  }
  return std::move(*action.mutable_add_waiver()->mutable_cell_sha256s());
}

Result<std::vector<rules::Waiver>> WaiverBook::of(const directory::Directory& directory,
                                                  std::string_view dataflow) const {
  std::vector<rules::Waiver> waivers;
  for (const v1::Waiver& waiver : directory.state().waivers()) {
    if (waiver.dataflow() != dataflow) continue;
    auto cells = cells_of(waiver);
    if (!cells) return tl::unexpected(cells.error());
    waivers.push_back({waiver.index(), std::move(*cells)});
  }
  forget_all_but(directory.state());
  return waivers;
}

Result<WaiverBook::Cells> WaiverBook::cells_of(const v1::Waiver& waiver) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(waiver.index()); known != known_.end()) return known->second;
  }
  const auto packed = waived_cells(reader_, LogIndex{waiver.index()});
  if (!packed) return tl::unexpected(packed.error());
  auto parsed = merkle::DigestSet::parse(*packed, limits::kWaivedCells);
  if (!parsed || parsed->root().view() != waiver.root_sha256()) return damaged(waiver.index());
  auto cells = std::make_shared<const std::vector<Digest>>(parsed->hashes());
  const std::lock_guard lock(mutex_);
  return known_.emplace(waiver.index(), std::move(cells)).first->second;
}

// A judgement that still sees an earlier directory reads again what it needs.
void WaiverBook::forget_all_but(const v1::DirectoryState& state) const {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&](const auto& known) {
    return std::none_of(state.waivers().begin(), state.waivers().end(),
                        [&](const v1::Waiver& one) { return one.index() == known.first; });
  });
}

}  // namespace rapporteur::admission
