// A file read, bound, cut into submissions and checked: what validate shows and push sends.
//
// Errors: those of reading a mapping or a file; findings stand in the result, also after an error
// in the file's content (then there is no plan).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/agency/file_finding.h"
#include "adapters/agency/local_check.h"
#include "adapters/agency/program.h"
#include "adapters/client/outbox.h"
#include "adapters/sources/binding.h"
#include "adapters/sources/mapping.h"
#include "adapters/sources/plan.h"

namespace rapporteur::agency {

struct FileOptions {
  std::string mapping;  // "" is the identity
  bool skip_refused_rows = false;
  bool keep_unknown_codes = false;
  // Whose mapping it is: what is wrong with that of adapter.toml is wrong with the configuration.
  bool mapping_is_default = false;

  [[nodiscard]] FileOptions with_default(const std::string& agency_mapping) const;
};

struct PlannedFile {
  std::string file;
  std::vector<sources::PlannedSubmission> submissions;
  std::vector<std::string> certificates;  // by submission; "" where there is none
  // By submission: the live one whose place it takes; empty where it is new.
  std::vector<std::optional<MessageId>> replaces;
  sources::FileColumns columns;
  std::vector<FileFinding> findings;  // of reading, then of the rules, each by line
  std::uint64_t findings_not_kept = 0;
  std::uint64_t rows_left_out = 0;
  bool readable = false;    // there is a plan
  bool rules_hold = false;  // no rule found an error

  [[nodiscard]] std::size_t observations() const;
  [[nodiscard]] nlohmann::ordered_json json() const;
  // The findings, and how many rows were left out, for a person.
  void show(const Program& program) const;
};

// The figures of a file by the mapping of the options, and what was found in reading it.
[[nodiscard]] Result<sources::BoundFigures> read_by_mapping(const std::string& file,
                                                            const FileOptions& options,
                                                            sources::FindingLog& log);

// Which live submissions the plan takes the place of, one for each of its own; an error refuses the
// file. May take submissions off the plan.
using FindReplaced = std::function<Result<std::vector<std::optional<MessageId>>>(
    std::vector<sources::PlannedSubmission>& submissions)>;

// Without `find_replaced` all is new.
[[nodiscard]] Result<PlannedFile> plan_file(const std::string& file, const FileOptions& options,
                                            const LocalCheck& check,
                                            const FindReplaced& find_replaced = {});

[[nodiscard]] v1::Releasability wire(const sources::Releasability& releasability);
// By submission, in order.
[[nodiscard]] std::vector<client::NewItem> items_of(const PlannedFile& file);

}  // namespace rapporteur::agency
