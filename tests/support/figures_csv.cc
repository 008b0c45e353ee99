#include "tests/support/figures_csv.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "proto/statistics/time_period.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

[[noreturn]] void reject(const std::string& what) {
  throw std::runtime_error(what);
}

unsigned number_in(std::string_view text, int base) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size())
    reject("no number: " + std::string(text));
  return value;
}

std::string expanded(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field.substr(i).starts_with("\\x") && i + 3 < field.size()) {
      out += static_cast<char>(number_in(field.substr(i + 2, 2), 16));
      i += 3;
    } else if (const std::size_t star = field.find('*', i);
               field[i] == '{' && star != std::string::npos) {
      const std::size_t close = field.find('}', star);
      for (unsigned n = number_in(field.substr(i + 1, star - i - 1), 10); n > 0; --n) {
        out += field.substr(star + 1, close - star - 1);
      }
      i = close;
    } else {
      out += field[i];
    }
  }
  return out;
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

void set_policy(rules::Policy& policy, const std::string& text) {
  for (const std::string& word : words_of(text)) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (key == "k") {
      policy.k = number_in(value, 10);
    } else if (key == "depth_from") {
      policy.depth_from = number_in(value, 10);
    } else if (key == "zeros_sensitive") {
      policy.zeros_sensitive = value == "yes";
    } else if (key == "free_text") {
      policy.free_text =
          value == "none" ? codelists::FreeText::kNone : codelists::FreeText::kScanned;
    } else {
      reject("unknown policy " + key);
    }
  }
}

Observation observation_of(const std::vector<std::string>& columns,
                           const std::vector<std::string>& fields) {
  Observation observation;
  observation.key.fill("_Z");
  observation[Dimension::kFreq].clear();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string value = i < fields.size() ? expanded(fields[i]) : "";
    if (const auto dimension = dimension_named(columns[i])) {
      observation[*dimension] = value;
    } else if (const auto attribute = attribute_named(columns[i])) {
      observation[*attribute] = value;
    } else if (columns[i] != "OBS_VALUE") {
      reject("unknown column " + columns[i]);
    } else if (!value.empty()) {
      const auto number = Decimal::parse(value);
      if (!number) reject("no value: " + value);
      observation.value = *number;
    }
  }
  if (observation[Dimension::kFreq].empty()) {
    const auto period = TimePeriod::parse(observation[Dimension::kTimePeriod]);
    observation[Dimension::kFreq] = period ? std::string(period->freq) : "_U";
  }
  return observation;
}

ObservationSet set_of(const std::vector<Observation>& observations) {
  ObservationSetBuilder builder;
  for (const Observation& observation : observations) builder.add(observation);
  return builder.build();
}

FiguresFile::Part part_of(const std::vector<Observation>& observations) {
  std::set<std::string> areas;
  for (const Observation& observation : observations)
    areas.insert(observation[Dimension::kRefArea]);
  return {observations.empty() ? "" : observations.front()[Dimension::kIndicator],
          {areas.begin(), areas.end()},
          set_of(observations)};
}

// Reads line by line; rows go to the section that was named last.
class FileReader {
 public:
  FiguresFile read(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) read_line(line);
    file_.parts = file_.whole_file ? parts_of(own_) : std::vector{part_of(own_)};
    if (claimed_indicator_) file_.parts.front().indicator = *claimed_indicator_;
    if (claimed_areas_) file_.parts.front().ref_areas = *claimed_areas_;
    file_.published.add(set_of(published_));
    file_.before.add(set_of(published_));
    file_.before.add(set_of(replaced_));
    file_.published.add_ended(set_of(replaced_));
    file_.published.add_ended(set_of(ended_));
    file_.before.add_ended(set_of(ended_));
    return std::move(file_);
  }

 private:
  void read_line(const std::string& line) {
    if (line.empty()) return;
    if (line.starts_with("# ")) {
      read_directive(line.substr(2));
    } else if (columns_.empty()) {
      columns_ = csv_fields(line);
    } else {
      section_->push_back(observation_of(columns_, csv_fields(line)));
    }
  }

  void read_directive(const std::string& text) {
    const std::size_t colon = text.find(": ");
    const std::string name = text.substr(0, colon);
    const std::string value = colon == std::string::npos ? "" : text.substr(colon + 2);
    if (name == "sender") file_.sender = value;
    if (name == "dataflow") file_.dataflow = value;
    if (name == "policy") set_policy(file_.policy, value);
    if (name == "certificate") file_.certificate = value;
    if (name == "file") file_.whole_file = true;
    if (name == "second_signature") file_.second_signature = true;
    if (name == "indicator") claimed_indicator_ = value;
    if (name == "ref_areas") claimed_areas_ = words_of(value);
    if (name == "published") section_ = &published_;
    if (name == "replaced") section_ = &replaced_;
    if (name == "ended") section_ = &ended_;
  }

  FiguresFile file_;
  std::vector<std::string> columns_;
  std::vector<Observation> own_;
  std::vector<Observation> published_;
  std::vector<Observation> replaced_;
  std::vector<Observation> ended_;
  std::vector<Observation>* section_ = &own_;
  std::optional<std::string> claimed_indicator_;
  std::optional<std::vector<std::string>> claimed_areas_;
};

}  // namespace

std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

namespace {

template <typename Wanted>
void use_rows(const std::vector<ObservationSet>& sets, const rules::TableKey& table,
              const rules::PublishedFigures::Use& use, const Wanted& wanted) {
  for (const ObservationSet& set : sets) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < set.rows(); ++row) {
      if (set.code(Dimension::kIndicator, row) == table.indicator &&
          set.code(Dimension::kRefArea, row) == table.ref_area &&
          set.code(Dimension::kTimePeriod, row) == table.time_period && wanted(set, row)) {
        rows.push_back(row);
      }
    }
    if (!rows.empty()) use(set, rows);
  }
}

}  // namespace

void FiguresInMemory::visit(const rules::TableKey& table, const Use& use) const {
  use_rows(sets_, table, use, [](const ObservationSet&, std::uint32_t) { return true; });
}

void FiguresInMemory::visit_ended(const rules::TableKey& table, const Use& use) const {
  use_rows(ended_, table, use,
           [](const ObservationSet& set, std::uint32_t row) { return set.has_count(row); });
}

rules::Submission FiguresFile::submission(std::size_t part) const {
  const Part& p = parts[part];
  return {sender, dataflow, p.indicator, p.ref_areas, p.observations, second_signature};
}

FiguresFile parse_figures(std::string_view text) {
  return FileReader().read(text);
}

FiguresFile read_figures(const std::filesystem::path& path) {
  return parse_figures(read_file(path));
}

std::vector<FiguresFile::Part> parts_of(const std::vector<Observation>& observations) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<Observation>> by_indicator;
  for (const Observation& observation : observations) {
    auto& rows = by_indicator[observation[Dimension::kIndicator]];
    if (rows.empty()) order.push_back(observation[Dimension::kIndicator]);
    rows.push_back(observation);
  }
  std::vector<FiguresFile::Part> parts;
  parts.reserve(order.size());
  for (const std::string& indicator : order) parts.push_back(part_of(by_indicator[indicator]));
  return parts;
}

std::vector<Observation> facts_of_2008() {
  static const std::map<std::string, std::string> kNames{{"indicator", "INDICATOR"},
                                                         {"geo", "REF_AREA"},
                                                         {"period", "TIME_PERIOD"},
                                                         {"exploitation_form", "EXPL_FORM"},
                                                         {"sex", "SEX"},
                                                         {"age", "AGE"},
                                                         {"unit", "UNIT_MEASURE"},
                                                         {"qualifier", "VALUE_QUALIFIER"},
                                                         {"value", "OBS_VALUE"},
                                                         {"status", "OBS_STATUS"}};
  std::istringstream in(read_file(fixtures() / "com-2008-657.csv"));
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> header = csv_fields(line);
  std::vector<Observation> facts;
  while (std::getline(in, line)) {
    const std::vector<std::string> fields = csv_fields(line);
    std::vector<std::string> columns;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto name = kNames.find(header[i]);
      if (name == kNames.end()) continue;
      columns.push_back(name->second);
      values.push_back(fields[i]);
    }
    facts.push_back(observation_of(columns, values));
  }
  return facts;
}

}  // namespace rapporteur::testing
