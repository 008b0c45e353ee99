// What holds now, folded from everything received: revisions replace, deletions take away.
//
// Threads: one at a time. Memory: the figures that hold, at most kMostFigures.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "adapters/sinks/received.h"
#include "adapters/sinks/table/figures_table.h"
#include "adapters/sources/binding.h"
#include "adapters/sources/findings.h"

namespace rapporteur::sinks {

class CurrentFigures {
 public:
  static constexpr std::size_t kMostFigures = 200'000;

  // Errors: kRefused beyond kMostFigures.
  [[nodiscard]] Status apply(const ReceivedSubmission& submission);
  // A file of figures that were exported before: its rows in their order, senders as its column
  // SENDER says. Errors: those of sources::read_figures.
  [[nodiscard]] Status apply_file(const std::string& path, sources::FindingLog& findings);

  // In the order of dataflow, sender and key.
  [[nodiscard]] std::vector<Figure> figures() const;

 private:
  // Dataflow, sender, then the dimensions.
  using Key = std::array<std::string, 2 + kDimensions>;

  [[nodiscard]] static Key key_of(const Figure& figure);
  [[nodiscard]] Status put(Figure figure);
  void take_away(const std::string& sender, const sources::BoundDeletion& deletion);

  std::map<Key, Figure> figures_;
};

// The figures that hold after a file, or all files of a folder in the order of their names.
[[nodiscard]] Result<std::vector<Figure>> read_exported_figures(const std::string& path,
                                                                sources::FindingLog& findings);

}  // namespace rapporteur::sinks
