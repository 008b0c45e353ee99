// What must not change a verdict or a pattern: in which order rows come, and what codes are called.
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
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "broker/rules/rule_codes.h"
#include "tests/attacker/code_choice.h"
#include "tests/support/made_submission.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

using attacker::Chance;

constexpr std::uint64_t kTablesACase = 10;
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

// Rule codes by the cell they are about, numbered as in the table; "" is the
// whole.
using Verdict = std::set<std::pair<std::string, std::string>>;

Verdict verdict_on(const MadeSubmission& made, const disclosure::CertificateSource& source) {
  const ObservationSet sent = made.sent();
  const FiguresInMemory published = made.published();
  const std::vector<std::string> areas{"LV"};
  const rules::Submission submission{"lv", "RAPPORTEUR:THB(1.0)", made.indicator, areas, sent};
  Verdict out;
  for (const auto& finding : disclosure::check_small_cells(submission, made.policy, published)) {
    out.emplace(finding.key, finding.code);
  }
  for (const auto& finding :
       disclosure::check_release(submission, made.policy, published, published, source)) {
    out.emplace(finding.key, finding.code);
  }
  return out;
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
