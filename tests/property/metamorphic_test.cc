// What must not change a verdict or a pattern: in which order rows come, what codes are called, and
// in how many submissions a table is sent.
//
// Each RapidCheck case takes ten tables made by chance, so that an ordinary run takes 1,000.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/anonymise/cases.h"
#include "adapters/anonymise/certificate_json.h"
#include "adapters/anonymise/certify.h"
#include "adapters/anonymise/release.h"
#include "adapters/sinks/hub_dataset.h"
#include "broker/rules/rule_codes.h"
#include "tests/attacker/code_choice.h"
#include "tests/attacker/equations.h"
#include "tests/support/made_submission.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

using attacker::Chance;

constexpr std::uint64_t kTablesACase = 10;
// Looked at, at the most, for so many that can be divided.
constexpr std::uint64_t kLooked = 20 * kTablesACase;

// The first of the tables of a case.
rc::Gen<std::uint64_t> first_table() {
  return rc::gen::inRange<std::uint64_t>(0, 100'000'000);
}

template <typename T>
void shuffle(Chance& chance, std::vector<T>& items) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[chance.below(static_cast<std::uint32_t>(i))]);
  }
}

// With the keys of one in the place of those of the other, cell by cell.
Verdict as_called_in(const MadeSubmission& names, const MadeSubmission& made,
                     const Verdict& verdict) {
  std::map<std::string, std::string> other;
  for (std::size_t i = 0; i < made.table.cells.size(); ++i) other[made.key(i)] = names.key(i);
  Verdict out;
  for (const auto& [key, code] : verdict) {
    const auto found = other.find(key);
    out.emplace(found == other.end() ? key : found->second, code);
  }
  return out;
}

MadeSubmission in_another_order(Chance& chance, const MadeSubmission& made) {
  std::vector<std::size_t> order(made.table.cells.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  shuffle(chance, order);
  MadeSubmission out = made;
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.table.cells[i] = made.table.cells[order[i]];
    out.is_new[i] = made.is_new[order[i]];
  }
  return out;
}

// A solver takes most of the time: one table in ten gets a certificate, of the
// others it is asked what follows from equations.
disclosure::CertificateSource source_for(std::uint64_t number) {
  if (number % kTablesACase == 0) return anonymise::certify;
  return disclosure::given_certificate({});
}

bool is_error(const std::string& code) {
  const rules::Rule* rule = rules::find_rule(code);
  return rule == nullptr || rule->severity == rules::Severity::kError;
}
// Errors; that there is no certificate is none where none was made.
Verdict errors_of(const MadeSubmission& made, std::uint64_t number) {
  Verdict out = verdict_on(made, source_for(number));
  std::erase_if(out, [&](const auto& finding) {
    const bool none_made =
        number % kTablesACase != 0 && finding.second == rules::code::kNeedsCertificate;
    return none_made || !is_error(finding.second);
  });
  return out;
}

// What was sent, and what was said of it.
std::string described(const MadeSubmission& made, const Verdict& verdict) {
  std::string out = made.indicator + ", k " + std::to_string(made.policy.k) + ", width " +
                    std::to_string(made.policy.interval_width) + ", depth " +
                    std::to_string(made.policy.depth_from) +
                    (made.policy.zeros_sensitive ? ", zeros sensitive\n" : "\n");
  for (std::size_t i = 0; i < made.table.cells.size(); ++i) {
    const attacker::Said said = made.table.cells[i].said;
    out += made.key(i) + (made.is_new[i] != 0 ? " sent " : " published ") +
           (said == attacker::Said::kHidden    ? "hidden"
            : said == attacker::Said::kNothing ? "nothing"
                                               : std::to_string(made.count(i)));
    for (const auto& [key, code] : verdict) out += key == made.key(i) ? " " + code : "";
    out += "\n";
  }
  return out;
}

RC_GTEST_PROP(Metamorphic, TheOrderOfRowsChangesNoVerdictNorTheCertificateThatHolds, ()) {
  const std::uint64_t first = *first_table() * kTablesACase;
  for (std::uint64_t number = first; number < first + kTablesACase; ++number) {
    Chance chance(number);
    const MadeSubmission made = made_submission(chance);
    std::string certificate;
    const Verdict verdict = verdict_on(made, [&](const disclosure::CertificateTask& task) {
      auto given = source_for(number)(task);
      if (given) certificate = given->bytes;
      return given;
    });
    // The certificate was made for the rows as they stood.
    const MadeSubmission other = in_another_order(chance, made);
    RC_ASSERT(verdict_on(other, disclosure::given_certificate(certificate)) == verdict);
  }
}

using Names = std::map<std::string, std::string>;

// Some of them, each once.
Names renamed_by_chance(Chance& chance, const attacker::Dimension& dimension,
                        std::vector<std::string> to) {
  shuffle(chance, to);
  Names out;
  for (const attacker::Code& code : dimension.codes) {
    if (code.name == "_T" || code.name == "_U") continue;
    out[code.name] = to.back();
    to.pop_back();
  }
  return out;
}

// Other limits, in the same order.
std::string other_band(const std::string& code) {
  static const std::map<std::string, std::string> limits{{"18", "12"}, {"25", "31"}, {"45", "60"},
                                                         {"17", "11"}, {"24", "30"}, {"44", "59"}};
  std::string out;
  for (std::size_t at = 0; at < code.size();) {
    const auto known = limits.find(code.substr(at, 2));
    out += known == limits.end() ? code.substr(at, 1) : known->second;
    at += known == limits.end() ? 1 : 2;
  }
  return out;
}

const std::vector<std::string> kForms{"LAB", "SEX", "BEG", "CRIM", "DOM", "MARR"};
const std::vector<std::string> kCountries{"BG", "RO", "MD", "NG", "UA", "VN"};

void rename_codes(Chance& chance, attacker::Dimension& dimension) {
  Names names;
  if (dimension.name == "SEX" && chance.once_in(2)) names = {{"F", "M"}, {"M", "F"}};
  if (dimension.name == "EXPL_FORM") names = renamed_by_chance(chance, dimension, kForms);
  if (dimension.name == "CITIZEN") names = renamed_by_chance(chance, dimension, kCountries);
  for (attacker::Code& code : dimension.codes) {
    if (const auto name = names.find(code.name); name != names.end()) code.name = name->second;
    if (dimension.name == "AGE") code.name = other_band(code.name);
  }
}

// Forms of exploitation become citizenships, and the other way round: both are
// lists of codes.
void rename_dimensions(Chance& chance, std::vector<attacker::Dimension>& dimensions) {
  for (attacker::Dimension& dimension : dimensions) {
    const bool form = dimension.name == "EXPL_FORM";
    if (!form && dimension.name != "CITIZEN") continue;
    const Names names = renamed_by_chance(chance, dimension, form ? kCountries : kForms);
    dimension.name = form ? "CITIZEN" : "EXPL_FORM";
    for (attacker::Code& code : dimension.codes) {
      if (const auto name = names.find(code.name); name != names.end()) code.name = name->second;
    }
  }
}

MadeSubmission with_other_names(Chance& chance, const MadeSubmission& made) {
  MadeSubmission out = made;
  if (chance.once_in(2)) rename_dimensions(chance, out.table.dimensions);
  for (attacker::Dimension& dimension : out.table.dimensions) rename_codes(chance, dimension);
  return out;
}

RC_GTEST_PROP(Metamorphic, NamesOfCodesChangeNoVerdict, ()) {
  const std::uint64_t first = *first_table() * kTablesACase;
  for (std::uint64_t number = first; number < first + kTablesACase; ++number) {
    Chance chance(number);
    const MadeSubmission made = made_submission(chance);
    const MadeSubmission other = with_other_names(chance, made);
    const Verdict errors = errors_of(made, number);
    const Verdict renamed = as_called_in(made, other, errors_of(other, number));
    if (renamed != errors) RC_FAIL(described(made, errors) + described(made, renamed));
  }
}

// What is sent now in two parts, one after the other: by rows, or as the linked tables that have
// the same dimensions at their totals.
std::vector<char> parts_by_chance(Chance& chance, const MadeSubmission& made) {
  const bool linked = chance.once_in(2);
  std::map<std::vector<char>, char> by_margin;
  std::vector<char> out;
  for (const attacker::Cell& cell : made.table.cells) {
    std::vector<char> margin;
    for (std::size_t d = 0; linked && d < cell.codes.size(); ++d) {
      margin.push_back(cell.codes[d] == made.table.dimensions[d].total ? 1 : 0);
    }
    const auto part = static_cast<char>(chance.below(2));
    out.push_back(linked ? by_margin.emplace(margin, part).first->second : part);
  }
  return out;
}

// Of what is sent, the first part alone; or the second, when the first is public.
MadeSubmission one_part(const MadeSubmission& made, const std::vector<char>& parts, bool second) {
  MadeSubmission out = made;
  out.table.cells.clear();
  out.is_new.clear();
  for (std::size_t i = 0; i < made.table.cells.size(); ++i) {
    const bool later = made.is_new[i] != 0 && parts[i] == 1;
    if (later && !second) continue;
    out.table.cells.push_back(made.table.cells[i]);
    out.is_new.push_back(second ? static_cast<char>(later) : made.is_new[i]);
  }
  return out;
}

// Errors about what an attacker cannot tell from the first part alone. The hub judges what is
// added: of a count that followed from the first part already, or stood in it, a second one that
// tells it again says nothing new (ALREADY_PUBLIC, or no finding at all), while both at once are
// refused.
Verdict news_in(const Verdict& errors, const MadeSubmission& made, const std::vector<char>& parts) {
  attacker::PublicTable before = made.table;
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < before.cells.size(); ++i) {
    numbers[made.key(i)] = i;
    if (made.is_new[i] != 0 && parts[i] == 1) before.cells[i].said = attacker::Said::kNothing;
  }
  const attacker::Equations equations(attacker::puzzle_of(before));
  Verdict out;
  for (const auto& [key, code] : errors) {
    const auto number = numbers.find(key);
    const bool told = number != numbers.end() && equations.told(attacker::atoms_below(
                                                     before, before.cells[number->second].codes));
    if (!told) out.emplace(key, code);
  }
  return out;
}

// Whoever sends a table in parts gets as much past the hub as who sends it at once, and no more: of
// a first part that passes, the second is refused if and only if both at once are, for what is
// news.
RC_GTEST_PROP(Metamorphic, AVerdictIsOfAllThatIsPublicHoweverManySubmissionsItCameIn, ()) {
  const std::uint64_t first = *first_table() * kTablesACase;
  std::uint64_t compared = 0;
  for (std::uint64_t number = first; compared < kTablesACase && number < first + kLooked;
       ++number) {
    Chance chance(number);
    const MadeSubmission made = made_submission(chance);
    const std::vector<char> parts = parts_by_chance(chance, made);
    const MadeSubmission early = one_part(made, parts, false);
    const MadeSubmission late = one_part(made, parts, true);
    // What is refused is not published, and one part alone is no division.
    if (std::ranges::count(late.is_new, 1) == 0 || std::ranges::count(early.is_new, 1) == 0 ||
        !errors_of(early, number).empty()) {
      continue;
    }
    ++compared;
    const Verdict at_once = errors_of(made, number);
    const Verdict at_last = errors_of(late, number);
    if (at_last.empty() == at_once.empty()) continue;
    // A range may have been as narrow before; that it is wide enough holds either way.
    const bool ranges = number % kTablesACase == 0 && !at_once.empty();
    if (!ranges && news_in(at_last, made, parts).empty() != news_in(at_once, made, parts).empty()) {
      RC_FAIL(std::to_string(number) + described(made, at_once) + described(late, at_last));
    }
  }
  RC_ASSERT(compared == kTablesACase);
}

// A register with columns that are called like the dimensions, and the spec
// that reads it.
struct Register {
  std::string spec;
  std::string header;
  std::vector<std::string> cases;
  std::vector<std::string> table;  // the same, one row a combination
};

std::string leaves_of(const attacker::Dimension& dimension) {
  std::string out;
  for (const attacker::Code& code : dimension.codes) {
    if (code.leaves.size() == 1) out += (out.empty() ? "\"" : ", \"") + code.name + '"';
  }
  return out;
}

Register register_by_chance(Chance& chance) {
  const auto dimensions = attacker::dimensions_by_chance(chance, {.fewest = 2,
                                                                  .most = 2,
                                                                  .most_cells = 24,
                                                                  .groups_of_countries = false,
                                                                  .totals_may_be_missing = false});
  Register out;
  out.spec =
      "dataflow = \"RAPPORTEUR:THB(1.0)\"\nindicator = "
      "\"VIC_REG\"\nunit = \"PER\"\n"
      "ref_area = \"LV\"\ntime = \"2007\"\n";
  for (const attacker::Dimension& dimension : dimensions) {
    out.spec +=
        "[[dimensions]]\nname = \"" + dimension.name + "\"\ncolumn = \"" + dimension.name + "\"\n";
    if (dimension.name == "AGE") out.spec += "bands = [" + leaves_of(dimension) + "]\n";
    out.header += dimension.name + ",";
  }
  for (const auto& [atom, count] : attacker::counts_by_chance(chance, dimensions)) {
    std::string codes;
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
      codes += dimensions[d].codes[atom[d] + 1].name + ",";
    }
    out.table.push_back(codes + std::to_string(count) + "\n");
    for (std::int64_t i = 0; i < count; ++i) out.cases.push_back(codes + "1\n");
  }
  return out;
}

// What would be written: the file, its certificate and where it hides; or why
// nothing is.
std::vector<std::string> written(const std::string& toml, const std::string& header,
                                 const std::vector<std::string>& rows, const TempDir& folder) {
  std::string csv = header + "count\n";
  for (const std::string& row : rows) csv += row;
  const std::string file = (folder / "in.csv").string();
  write_file(file, csv);
  const auto spec = anonymise::Spec::parse(toml, "s.toml");
  if (!spec) return {spec.error().line()};
  const auto cases = anonymise::read_cases(*spec, file);
  if (!cases) return {cases.error().line()};
  const auto released = anonymise::release({*spec, cases->axes(), cases->slices});
  if (!released) return {released.error().line()};
  const ObservationSet observations = anonymise::observations_of(*spec, *released);
  std::vector<std::string> hidden;
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    if (!observations.value(row)) hidden.push_back(observations.key_text(row));
  }
  std::ranges::sort(hidden);
  const std::string text = sinks::sdmx_csv_of(spec->dataflow, observations);
  hidden.push_back(anonymise::certificate_json(*spec, *released, text));
  hidden.push_back(text);
  return hidden;
}

RC_GTEST_PROP(Metamorphic, TheOrderOfARegisterChangesNoByteOfWhatIsPublished, ()) {
  const std::uint64_t first = *first_table();
  const TempDir folder;
  for (std::uint64_t number = first; number < first + kTablesACase; ++number) {
    Chance chance(number);
    Register made = register_by_chance(chance);
    const auto as_it_stood = written(made.spec, made.header, made.cases, folder);
    shuffle(chance, made.cases);
    RC_ASSERT(written(made.spec, made.header, made.cases, folder) == as_it_stood);
    if (number % kTablesACase != 0) continue;
    // Nor does it matter whether cases come one by one.
    shuffle(chance, made.table);
    const std::string counted = "input = \"table\"\n" + made.spec;
    RC_ASSERT(written(counted, made.header, made.table, folder).back() == as_it_stood.back());
  }
}

}  // namespace
}  // namespace rapporteur::testing
