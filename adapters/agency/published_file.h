// A file of published figures, looked at for hidden ones that anybody can work out: what
// `validate --disclosure` shows.
//
// The figures are taken as they are, whoever published them: no rights, no policy, no earlier
// figures, nothing is planned to be sent. One dataflow, area and period at a time.
//
// Threads: one. Errors: those of reading a mapping or a file; findings stand in the result, also
// after an error in the file's content.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/agency/planned_file.h"
#include "adapters/agency/program.h"
#include "broker/disclosure/published_sums.h"

namespace rapporteur::agency {

struct PublishedFile {
  std::string file;
  std::vector<FileFinding> findings;  // of reading, then LINEAR_EXACT for each figure that follows
  std::uint64_t findings_not_kept = 0;
  std::vector<FileFinding> violated;  // NON_ADDITIVE: breakdowns that do not add up, by line
  std::map<disclosure::PublishedSums::Kind, disclosure::PublishedSums::Counts> counts;
  std::size_t rows = 0;           // that were looked at
  std::size_t rows_left_out = 0;  // not read, or others with the same key say something else
  std::size_t hidden = 0;
  std::size_t told = 0;
  std::size_t contradictory = 0;
  std::size_t too_complex = 0;
  bool readable = false;

  // Nothing follows of what is hidden, as far as it could be read and worked out.
  [[nodiscard]] bool tells_nothing(bool rows_may_be_left_out) const;
  [[nodiscard]] nlohmann::ordered_json json() const;
  void show(const Program& program) const;
};

[[nodiscard]] Result<PublishedFile> read_published(const std::string& file,
                                                   const FileOptions& options);

}  // namespace rapporteur::agency
