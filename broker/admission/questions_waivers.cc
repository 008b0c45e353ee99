// What agencies ask of the waivers in the directory.
#include <algorithm>

#include "broker/admission/questions.h"
#include "broker/admission/waiver_book.h"
#include "proto/base/fault_codes.h"

namespace rapporteur::admission {

Questions::OrFault<v1::WaivedCells> Questions::waived_cells(
    const core::Ask& question, const v1::WaivedCellsQuery& query) const {
  const auto refuse = [](std::string_view code, const char* why) {
    v1::Fault fault;
    fault.set_code(std::string(code));
    fault.set_message(why);
    return tl::unexpected(std::move(fault));
  };
  const auto& waivers = question.directory->state().waivers();
  if (std::none_of(waivers.begin(), waivers.end(),
                   [&](const v1::Waiver& one) { return one.index() == query.index(); })) {
    return refuse(faults::kNotFound, "no waiver of that entry stands: ask for the directory again");
  }
  auto cells = admission::waived_cells(reader_, LogIndex{query.index()});
  if (!cells) return refuse(faults::kStorage, "the log cannot be read at present");
  v1::WaivedCells out;
  out.set_cell_sha256s(std::move(*cells));
  return out;
}

}  // namespace rapporteur::admission
