// The work of bind(): fits a mapping to a dataset once, then binds row by row.
//
// Threads: one at a time. Each distinct text of a column is looked at once.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sources/binding.h"
#include "adapters/sources/code_resolver.h"
#include "adapters/sources/number.h"
#include "adapters/sources/text_index.h"

namespace rapporteur::sources {

// Where dimensions stand in a row.
inline constexpr auto kFreq = static_cast<std::size_t>(Dimension::kFreq);
inline constexpr auto kRefArea = static_cast<std::size_t>(Dimension::kRefArea);
inline constexpr auto kCounterpart = static_cast<std::size_t>(Dimension::kCounterpartArea);
inline constexpr auto kIndicator = static_cast<std::size_t>(Dimension::kIndicator);
inline constexpr auto kUnit = static_cast<std::size_t>(Dimension::kUnitMeasure);
inline constexpr auto kTime = static_cast<std::size_t>(Dimension::kTimePeriod);

class Binder {
 public:
  Binder(const Dataset& dataset, const Mapping& mapping, const BindOptions& options,
         FindingLog& findings);

  // Errors: a column of the mapping that the file has not.
  [[nodiscard]] Status fit();
  void bind(const RowBlock& block);
  void leave_out(std::span<const LeftOutRow> rows);
  [[nodiscard]] BoundFigures take();

 private:
  static constexpr std::uint32_t kNotGiven = 0xFFFFFFFF;

  // What stands where nothing is given.
  using AbsentCodes = std::array<std::uint32_t, kDimensions>;

  // What a distinct text of a column means.
  struct Meaning {
    std::uint32_t code = kNotGiven;     // in the dictionary of the target
    std::uint32_t source = kNotGiven;   // in source_codes_, where the code was mapped
    std::uint32_t problem = kNotGiven;  // in problems_
  };
  struct BoundColumn {
    std::size_t column = 0;
    Target target;
    std::string prefix;
    const Component* component = nullptr;
    TextIndex texts;
    std::vector<Meaning> meanings;  // one a text
  };
  struct Measure {
    std::size_t column = 0;
    std::size_t field = 0;  // of the file
    std::string name;
    std::vector<std::pair<Target, std::uint32_t>> constants;
  };
  // One row while it is bound: indices into the dictionaries.
  struct Row {
    const RowBlock* block = nullptr;
    std::size_t row = 0;
    std::uint64_t line = 0;
    bool refused = false;
    std::array<std::uint32_t, kDimensions> dimensions{};
    std::array<std::uint32_t, kAttributes> attributes{};
    std::uint32_t dataflow = kNotGiven;
    std::uint32_t releasability = kNotGiven;
    std::vector<std::pair<Target, std::uint32_t>> mapped;  // source_codes_
  };

  // fit
  [[nodiscard]] Result<const Component*> component_named(const std::string& column);
  [[nodiscard]] Status bind_columns();
  [[nodiscard]] Status bind_measures();
  void bind_by_name();
  void bind_column(const Component& component, Target target, std::string prefix);
  [[nodiscard]] Status refuse_misspelt();
  [[nodiscard]] bool is_used(const Component& component) const;
  void report_unbound_columns();
  [[nodiscard]] bool is_bound(const Component& component) const;
  [[nodiscard]] std::uint32_t intern(const Target& target, std::string_view code);
  [[nodiscard]] std::uint32_t intern_dataflow(std::string_view id);
  [[nodiscard]] std::uint32_t intern_releasability(const Releasability& releasability);

  // rows
  void bind_row(Row& row);
  void read_columns(Row& row);
  void read_column(BoundColumn& column, Row& row);
  [[nodiscard]] Meaning meaning_of(const BoundColumn& column, std::string_view text);
  void report_problem(const BoundColumn& column, const Meaning& meaning, std::string_view text,
                      Row& row);
  void find_dataflow(Row& row);
  void bind_measure(const Row& base, const Measure& measure);
  void derive_frequency(Row& row);
  void fill_absent(Row& row);
  [[nodiscard]] AbsentCodes absent_codes(const std::string& indicator, const std::string& unit);
  [[nodiscard]] bool has_whole_key(Row& row);
  [[nodiscard]] bool read_value(const Measure& measure, Row& row, std::optional<Decimal>& value);
  void note_sources(Row& row);
  void keep(const Row& row, const std::optional<Decimal>& value);
  void bind_deletion(const Row& row);
  void refuse(const Row& row);
  void add(Finding finding, const Row& row, std::size_t field);

  const Dataset& dataset_;
  const Mapping& mapping_;
  BindOptions options_;
  FindingLog& findings_;
  CodeResolver resolver_;
  NumberReader numbers_;

  std::vector<BoundColumn> columns_;
  std::vector<Measure> measures_;
  std::array<CodeColumn, kDimensions> dimensions_;
  std::array<CodeColumn, kAttributes> attributes_;
  std::array<std::uint32_t, kDimensions> constant_dimensions_{};
  std::array<std::uint32_t, kAttributes> constant_attributes_{};
  std::array<bool, kDimensions> has_column_{};
  TextIndex source_codes_;
  std::vector<ResolvedCode> problems_;
  std::vector<std::uint32_t> frequency_of_;  // of the code of TIME_PERIOD
  std::map<std::pair<std::uint32_t, std::uint32_t>, AbsentCodes> absent_;  // by indicator, unit
  TextIndex dataflows_;
  std::vector<bool> dataflow_known_;  // of the hub
  TextIndex releasability_texts_;     // numbered as out_.releasabilities_
  BoundFigures out_;
};

}  // namespace rapporteur::sources
