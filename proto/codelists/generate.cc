// Turns the CSV files of this folder into sorted arrays that code_lists.cc includes. Runs when the
// project is built; a mistake in a file stops the build with one line that names file and row.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "proto/codelists/table.h"
#include "proto/statistics/dimensions.h"

namespace {

using rapporteur::codelists::literal;
using rapporteur::codelists::stop;
using rapporteur::codelists::Table;
using rapporteur::codelists::words_of;

class Generator {
 public:
  Generator(std::filesystem::path folder, std::ostream& out)
      : folder_(std::move(folder)), out_(out) {}

  void run() {
    for (const auto& [array, file] : std::initializer_list<std::pair<const char*, const char*>>{
             {"kFreqCodes", "freq.csv"},
             {"kExplFormCodes", "expl_form.csv"},
             {"kSexCodes", "sex.csv"},
             {"kUnitMeasureCodes", "unit_measure.csv"},
             {"kObsStatusCodes", "obs_status.csv"},
             {"kConfStatusCodes", "conf_status.csv"},
             {"kValueQualifierCodes", "value_qualifier.csv"},
             {"kUnitMultCodes", "unit_mult.csv"},
             {"kIndicatorCodes", "indicators.csv"}}) {
      const Table table(folder_ / file);
      codes(array, table, {});
    }
    areas();
    indicators();
    dataflows();
  }

 private:
  // Those rows whose column `lists` names `member`; all when it is empty.
  void codes(const std::string& array, const Table& table, const std::string& member) {
    out_ << "constexpr Code " << array << "[] = {\n";
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (!member.empty()) {
        const auto lists = words_of(table.required(i, "lists"));
        if (std::find(lists.begin(), lists.end(), member) == lists.end()) continue;
      }
      out_ << "    {" << literal(table.required(i, "code")) << ", "
           << literal(table.required(i, "label_en")) << ", "
           << literal(table.required(i, "label_fr")) << "},\n";
    }
    out_ << "};\n";
  }

  void areas() {
    const Table table(folder_ / "area.csv");
    const std::map<std::string, std::string> arrays{{"ref_area", "kAreaCodes"},
                                                    {"counterpart_area", "kCounterpartAreaCodes"},
                                                    {"citizen", "kCitizenCodes"},
                                                    {"reg_org", "kRegOrgCodes"}};
    for (std::size_t i = 0; i < table.size(); ++i) {
      for (const std::string& list : words_of(table.get(i, "lists"))) {
        if (!arrays.contains(list)) stop(table.at(i), "unknown list " + list);
      }
    }
    for (const auto& [list, array] : arrays) codes(array, table, list);
    const Table aliases(folder_ / "area_alias.csv");
    out_ << "constexpr Alias kAreaAliases[] = {\n";
    for (std::size_t i = 0; i < aliases.size(); ++i) {
      const std::string& code = aliases.get(i, "code");
      const std::string& means = aliases.get(i, "means");
      if (table.has(code)) stop(aliases.at(i), "is a code of its own");
      if (!table.has(means)) stop(aliases.at(i), "stands for no known area");
      out_ << "    {" << literal(code) << ", " << literal(means) << "},\n";
    }
    out_ << "};\n";
  }

  // Writes an array and gives its name; nothing and "{}" for no words.
  std::string array_of(const std::string& type, const std::string& array,
                       const std::vector<std::string>& elements) {
    if (elements.empty()) return "{}";
    out_ << "constexpr " << type << " " << array << "[] = {";
    for (const std::string& element : elements) out_ << element << ", ";
    out_ << "};\n";
    return array;
  }

  [[nodiscard]] static std::vector<std::string> known_codes(const Table& owner, std::size_t row,
                                                            std::string_view column,
                                                            const Table& known) {
    std::vector<std::string> out;
    for (const std::string& code : words_of(owner.get(row, column))) {
      if (!known.has(code)) stop(owner.at(row), "unknown code " + code);
      out.push_back(literal(code));
    }
    return out;
  }

  [[nodiscard]] static std::vector<std::string> dimensions_of(const Table& table, std::size_t row,
                                                              std::string_view column,
                                                              const std::set<std::string>& always) {
    const auto given = words_of(table.get(row, column));
    std::set<std::string> wanted(given.begin(), given.end());
    wanted.insert(always.begin(), always.end());
    std::vector<std::string> out;
    for (std::size_t d = 0; d < rapporteur::kDimensions; ++d) {
      if (wanted.erase(std::string(rapporteur::kDimensionNames[d])) > 0) {
        out.push_back("static_cast<Dimension>(" + std::to_string(d) + ")");
      }
    }
    if (!wanted.empty()) stop(table.at(row), "unknown dimension " + *wanted.begin());
    return out;
  }

  void indicators() {
    const Table table(folder_ / "indicators.csv");
    const Table units(folder_ / "unit_measure.csv");
    std::ostringstream entries;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::string& code = table.get(i, "code");
      const auto unit_codes = known_codes(table, i, "unit_codes", units);
      if (unit_codes.empty()) stop(table.at(i), "no unit");
      entries << "    {.code = " << literal(code)
              << ", .family = " << literal(table.required(i, "family"))
              << ", .label_en = " << literal(table.required(i, "label_en"))
              << ", .label_fr = " << literal(table.required(i, "label_fr"))
              << ", .definition_en = " << literal(table.required(i, "definition_en"))
              << ", .units = " << array_of("std::string_view", "kUnits_" + code, unit_codes)
              << ", .dimensions = "
              << array_of("Dimension", "kDimensions_" + code,
                          dimensions_of(table, i, "dimensions", {"REF_AREA", "TIME_PERIOD"}))
              << ", .expected_breakdowns = "
              << array_of("Dimension", "kBreakdowns_" + code,
                          dimensions_of(table, i, "expected_breakdowns", {}))
              << ", .parts = "
              << array_of("std::string_view", "kParts_" + code,
                          known_codes(table, i, "parts_of_this", table))
              << ", .is_protected = " << (table.yes(i, "protected") ? "true" : "false")
              << ", .sums_over_area = " << (table.yes(i, "sums_over_area") ? "true" : "false")
              << "},\n";
    }
    out_ << "constexpr Indicator kIndicators[] = {\n" << entries.str() << "};\n";
  }

  void dataflows() {
    const Table table(folder_ / "dataflows.csv");
    out_ << "constexpr Dataflow kDataflows[] = {\n";
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::string& free_text = table.get(i, "free_text");
      if (free_text != "none" && free_text != "scanned") {
        stop(table.at(i), "free_text is none or scanned");
      }
      out_ << "    {" << literal(table.required(i, "code")) << ", "
           << literal(table.required(i, "structure")) << ", "
           << literal(table.required(i, "population")) << ", "
           << literal(table.required(i, "label_en")) << ", "
           << literal(table.required(i, "label_fr")) << ",\n     {" << std::stoul(table.get(i, "k"))
           << ", " << std::stoul(table.get(i, "depth_from")) << ", "
           << (table.yes(i, "zeros_sensitive") ? "true" : "false") << ", "
           << std::stoul(table.get(i, "interval_width"))
           << ", FreeText::" << (free_text == "none" ? "kNone" : "kScanned") << "}},\n";
    }
    out_ << "};\n";
  }

  std::filesystem::path folder_;
  std::ostream& out_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: generate FOLDER OUTPUT\n";
    return 2;
  }
  try {
    std::ostringstream out;
    Generator(argv[1], out).run();
    std::ofstream file(argv[2], std::ios::binary);
    file << out.str();
    if (!file.flush()) stop(argv[2], "cannot write");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
