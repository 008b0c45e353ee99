// Waivers: what they name is checked here once, and never again.
#include <algorithm>

#include "broker/directory/change_parts.h"
#include "broker/directory/refusal.h"
#include "proto/base/limits.h"
#include "store/merkle/digest_set.h"

namespace rapporteur::directory {
namespace {

Status check_words(const v1::Waiver& asked) {
  if (asked.index() != 0 || !asked.added_by().empty()) {
    return refuse(refusal::kBadAction, "the hub sets the index and who added it",
                  "add_waiver.waiver", "leave them out");
  }
  if (codelists::find_dataflow(asked.dataflow()) == nullptr) {
    return refuse(refusal::kUnknownDataflow, quoted(asked.dataflow()) + " is not a dataflow",
                  "add_waiver.waiver.dataflow", "AGENCY:ID(VERSION), like RAPPORTEUR:THB(1.0)");
  }
  if (asked.reference().empty()) {
    return refuse(refusal::kBadText, "no reference is given", "add_waiver.waiver.reference",
                  "say what was published, where and when");
  }
  return check_text(asked.reference(), limits::kReasonBytes, "add_waiver.waiver.reference");
}

Status check_cells(const v1::WaiverAdd& asked) {
  const v1::Waiver& waiver = asked.waiver();
  const auto wrong = [](const std::string& what, const char* where) {
    return refuse(refusal::kBadWaiver, what, where,
                  "make it with `rapporteur waiver add` of this hub's version");
  };
  const auto cells = merkle::DigestSet::parse(asked.cell_sha256s(), limits::kWaivedCells);
  if (!cells) return wrong(cells.error().what, "add_waiver.cell_sha256s");
  if (cells->size() == 0) return wrong("it names no cell", "add_waiver.cell_sha256s");
  if (cells->size() != waiver.cells()) {
    return wrong("it does not name as many cells as it says", "add_waiver.waiver.cells");
  }
  if (cells->root().view() != waiver.root_sha256()) {
    return wrong("the root is not that of its cells", "add_waiver.waiver.root_sha256");
  }
  if (!Digest::from(waiver.file_sha256())) {
    return wrong("no SHA-256 of the file", "add_waiver.waiver.file_sha256");
  }
  return {};
}

}  // namespace

State add_waiver(const Directory& directory, const v1::WaiverAdd& asked, std::string_view actor,
                 LogIndex index) {
  if (auto ok = check_words(asked.waiver()); !ok) return tl::unexpected(ok.error());
  if (auto ok = check_cells(asked); !ok) return tl::unexpected(ok.error());
  v1::DirectoryState state = directory.state();
  auto& waivers = *state.mutable_waivers();
  if (static_cast<std::size_t>(waivers.size()) >= limits::kWaivers) {
    return refuse(refusal::kLimit,
                  "the hub holds at most " + std::to_string(limits::kWaivers) + " waivers",
                  "add_waiver", "remove one that is not needed any more");
  }
  const auto same = std::find_if(waivers.begin(), waivers.end(), [&](const v1::Waiver& one) {
    return one.dataflow() == asked.waiver().dataflow() &&
           one.root_sha256() == asked.waiver().root_sha256();
  });
  if (same != waivers.end()) {
    return refuse(refusal::kAlreadyWaived,
                  "waiver " + std::to_string(same->index()) + " names the same cells", "add_waiver",
                  "see `rapporteur waiver list`");
  }
  v1::Waiver& added = *waivers.Add();
  added = asked.waiver();
  added.set_index(index.value);
  added.set_added_by(std::string(actor));
  return state;
}

State remove_waiver(const Directory& directory, const v1::AdministrativeAction& asked) {
  if (asked.reason().empty()) {
    return refuse(refusal::kBadText, "a removal needs a reason", "reason",
                  "say why; it is kept in the log");
  }
  v1::DirectoryState state = directory.state();
  auto& waivers = *state.mutable_waivers();
  const std::uint64_t index = asked.remove_waiver().index();
  const auto held = std::find_if(waivers.begin(), waivers.end(),
                                 [&](const v1::Waiver& one) { return one.index() == index; });
  if (held == waivers.end()) {
    return refuse(refusal::kUnknownWaiver, "there is no waiver " + std::to_string(index),
                  "remove_waiver.index", "see `rapporteur waiver list`");
  }
  waivers.erase(held);
  return state;
}

}  // namespace rapporteur::directory
