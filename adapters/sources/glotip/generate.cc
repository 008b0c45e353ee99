// Turns names.csv into sorted arrays that glotip.cc includes. Runs when the project is built; a
// mistake in the file stops the build with one line that names file and row.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "proto/base/ascii.h"
#include "proto/codelists/table.h"

namespace {

using rapporteur::codelists::literal;
using rapporteur::codelists::stop;
using rapporteur::codelists::Table;
using rapporteur::codelists::words_of;

// Text of a C++ array element, by the name in lower case: std::string compares bytes as unsigned.
using Entries = std::map<std::string, std::string>;

std::string lower_case(std::string text) {
  for (char& c : text) c = rapporteur::ascii_lower(c);
  return text;
}

void add(Entries& entries, const std::string& where, const std::string& name,
         const std::string& code, const std::string& why_none) {
  const bool added = entries
                         .emplace(lower_case(name), "{" + literal(name) + ", " + literal(code) +
                                                        ", " + literal(why_none) + "}")
                         .second;
  if (!added) stop(where, "the name stands twice");
}

// Components of the file that take countries, and the list of area.csv each draws on.
const std::map<std::string, std::string>& area_lists() {
  static const std::map<std::string, std::string> lists{{"CITIZEN", "citizen"},
                                                        {"COUNTERPART_AREA", "counterpart_area"}};
  return lists;
}

bool lists_it(const Table& areas, std::size_t row, const std::string& list) {
  for (const std::string& word : words_of(areas.get(row, "lists"))) {
    if (word == list) return true;
  }
  return false;
}

std::set<std::string> codes_in(const Table& areas, const std::string& list) {
  std::set<std::string> codes;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (lists_it(areas, i, list)) codes.insert(areas.get(i, "code"));
  }
  return codes;
}

// The English labels of what is an area; of "Total" and the like the source has its own words.
void add_labels(const Table& areas, const std::string& list, Entries& entries) {
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const std::string& code = areas.get(i, "code");
    if (code[0] == '_' || !lists_it(areas, i, list)) continue;
    add(entries, areas.at(i), areas.required(i, "label_en"), code, "");
  }
}

std::map<std::string, Entries> read(const Table& names, const Table& areas) {
  std::map<std::string, Entries> all;
  for (const auto& [component, list] : area_lists()) add_labels(areas, list, all[component]);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& given = names.required(i, "component");
    const std::string& name = names.required(i, "name");
    const std::string& code = names.get(i, "code");
    const std::string& why_none = names.get(i, "why_none");
    const std::string where = names.at(i) + ": " + name;
    if (code.empty() == why_none.empty()) stop(where, "give either a code or why there is none");
    std::set<std::string> components{given};
    if (given == "AREA") components = {"CITIZEN", "COUNTERPART_AREA"};
    for (const std::string& component : components) {
      const auto list = area_lists().find(component);
      if (list != area_lists().end() && !code.empty() &&
          !codes_in(areas, list->second).contains(code)) {
        stop(where, "unknown code " + code);
      }
      add(all[component], where, name, code, why_none);
    }
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: generate NAMES AREAS OUTPUT\n";
    return 2;
  }
  try {
    std::ostringstream out;
    for (const auto& [component, entries] : read(Table(argv[1], 2), Table(argv[2]))) {
      out << "constexpr CodeName kNames_" << component << "[] = {\n";
      for (const auto& [key, element] : entries) out << "    " << element << ",\n";
      out << "};\n";
    }
    std::ofstream file(argv[3], std::ios::binary);
    file << out.str();
    if (!file.flush()) stop(argv[3], "cannot write");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
