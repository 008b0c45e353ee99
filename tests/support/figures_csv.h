// Small CSV files of observations for tests, and a published view in memory.
//
// A line is a comment or a directive when it begins with '#':
//   # sender: lv            # dataflow: RAPPORTEUR:THB(1.0)
//   # indicator: VIC_REG    # ref_areas: LV UK      what the header claims; else what the rows say
//   # policy: k=10 depth_from=1 zeros_sensitive=yes free_text=none
//   # certificate: made      for this submission; or `altered` (a count of the first witness is one
//                            more), or `elsewhere` (made where nothing is published)
//   # second_signature      the data officer signed, too
//   # file                  the rows are a whole file: one submission for each indicator
//   # published             the rows that follow are published already
//   # replaced              likewise, but the submission replaces them
//   # ended                 they were published, and are in force no more
// The first other line names the columns: dimensions, attributes, OBS_VALUE. A column that is not
// there has its usual code: FREQ follows from TIME_PERIOD, dimensions are _Z, attributes are not
// given. In a field, \xNN stands for a byte and {N*text} for text N times.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "broker/rules/rule_book.h"
#include "proto/statistics/observation_set.h"

namespace rapporteur::testing {

// Fields of one line of CSV, with quotes.
[[nodiscard]] std::vector<std::string> csv_fields(std::string_view line);

// Cells of one sender and dataflow, whoever asks.
class FiguresInMemory final : public rules::PublishedFigures {
 public:
  void add(ObservationSet set) { sets_.push_back(std::move(set)); }
  // The newest first.
  void add_ended(ObservationSet set) { ended_.push_back(std::move(set)); }
  void visit(const rules::TableKey& table, const Use& use) const override;
  void visit_ended(const rules::TableKey& table, const Use& use) const override;

 private:
  std::vector<ObservationSet> sets_;
  std::vector<ObservationSet> ended_;
};

struct FiguresFile {
  std::string sender = "lv";
  std::string dataflow = "RAPPORTEUR:THB(1.0)";
  rules::Policy policy;
  std::string certificate;  // as the directive says; "" is none
  bool whole_file = false;
  bool second_signature = false;
  struct Part {
    std::string indicator;
    std::vector<std::string> ref_areas;
    ObservationSet observations;
  };
  std::vector<Part> parts;
  FiguresInMemory published;  // without what the submission replaces
  FiguresInMemory before;     // with it

  [[nodiscard]] rules::Submission submission(std::size_t part) const;
};

// Aborts the test with a message on what cannot be read.
[[nodiscard]] FiguresFile read_figures(const std::filesystem::path& path);
[[nodiscard]] FiguresFile parse_figures(std::string_view text);

// One part for each indicator, in the order in which they come.
[[nodiscard]] std::vector<FiguresFile::Part> parts_of(const std::vector<Observation>& observations);

// The facts of the 2008 document as observations: `indicator,geo,period,...` of
// tests/fixtures/com-2008-657.csv.
[[nodiscard]] std::vector<Observation> facts_of_2008();

}  // namespace rapporteur::testing
