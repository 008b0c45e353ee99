// Addresses, numbers and dates are found wherever they stand; ordinary comments pass.
#include "broker/rules/personal_text.h"

#include <algorithm>
#include <chrono>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/figures_csv.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

using rules::PersonalKind;

bool finds(PersonalKind kind, std::string_view text) {
  const auto found = rules::find_personal_text(rules::make_plain(text));
  return std::any_of(found.begin(), found.end(), [&](const auto& f) { return f.kind == kind; });
}

bool clean(std::string_view text) {
  return rules::find_personal_text(rules::make_plain(text)).empty();
}

// What statistical offices write beside figures.
const std::vector<std::string>& ordinary_comments() {
  static const std::vector<std::string> kComments{
      "2 039 en 2005 and 2 143 en 2006",
      "2\u00A0039 en 2005 et 2\u202F143 en 2006",
      "Directive 2004/81/EC",
      "directive 2004/81/CE, article 6",
      "Council Framework Decision 2002/629/JHA of 19 July 2002",
      "Regulation (EC) No 862/2007 of 11 July 2007",
      "Directive 2011/36/EU, as amended by Directive (EU) 2024/1712",
      "COM(2008) 657 final, 17.10.2008",
      "OJ L 261, 6.8.2004, p. 19",
      "série 195 · 453 · 1 060 · 1 569 pour 2001, 2003, 2005 et 2006",
      "AT (162), BE (121), BG (81), CZ (14), FI (9), IT (2 143), LT (96), PL (10), NO (37)",
      "from 01/01/2006 to 31/12/2006",
      "period 05/2006-07/2007",
      "data as of 2008-10-17; revised 2009-01-05",
      "averages 12.5 10.3 11.2 per 100 000 inhabitants",
      "0.12 0.34 0.56 of the total",
      "+12.5 % against 2005, -3 % against 2004",
      "estimate: 10000-15000 victims",
      "between 100 000 and 150 000 persons a year",
      "telephone survey of 1 200 households in 2006",
      "helpline calls: 128 in 2006, 153 in 2007",
      "case file data of 2006; cases: 195, 453",
      "reference period 2005-2006, reference year 2006",
      "affaires instruites en 2006 : 1 569",
      "le délai de réflexion varie entre 30 jours et 6 mois",
      "3102484.78 EUR; 3102484EUR; 2 millions d'euros",
      "includes EU27_2007 and Y_LT18; see Q3 2006 and 2006-Q3, 2006Q4",
      "enfants nés en 2006; children born in 1990 or later",
      "Eurostat, Trafficking in human beings, 2015 edition",
      "n.e.c., e.g. begging; i.e. not specified",
      "chiffres provisoires\xC2\xA0: à confirmer par le ministère",
      "Action plan of 12/03/1987, revised on 6 May 2005",
      "1 000 000 to 2 500 000 euro",
      "0 in 2005, 12 in 2006",
      "part 1/3 of 2/3",
      "Convention of 16 May 2005 (CETS No. 197)",
      "UN Protocol of 15 November 2000",
      "code source SL, non défini; lu SI (Slovénie)",
      "Source: police, 2007.Figures by sex missing."};
  return kComments;
}

TEST(PersonalText, OrdinaryCommentsPass) {
  for (const std::string& comment : ordinary_comments()) {
    const auto found = rules::find_personal_text(rules::make_plain(comment));
    EXPECT_TRUE(found.empty()) << comment << " [" << found.front().first << ", "
                               << found.front().last << "] kind "
                               << static_cast<int>(found.front().kind);
  }
}

TEST(PersonalText, TheDocumentItselfHoldsOnlyItsLinks) {
  const auto folder = real_data();
  if (!folder) GTEST_SKIP() << "the real data are not there";
  // Its notes of quotations, as comments.
  std::istringstream in(read_file(*folder / "com-2008-657-figures.csv"));
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) EXPECT_TRUE(clean(csv_fields(line).back())) << line;
}

TEST(PersonalText, IsFoundInManySpellings) {
  using enum PersonalKind;
  const std::vector<std::pair<PersonalKind, std::string>> kSpellings{
      {kEmail, "write to Jane.Doe+thb@ministry.example.org."},
      {kEmail, "jane＠ministry．example．org"},
      {kEmail, "jane (at) ministry.example"},
      {kTelephone, "+33 1 23 45 67 89"},
      {kTelephone, "+33.1.23.45.67.89"},
      {kTelephone, "call +44 (0)20 7946 0000 in 2006"},
      {kTelephone, "00371 67208000"},
      {kTelephone, "01 23 45 67 89"},
      {kTelephone, "0171/5551234"},
      {kTelephone, "0612345678"},
      {kTelephone, "in 2006 call 0612345678"},
      {kTelephone, "tél. : 22 33 44 55"},
      {kTelephone, "phone no 672 080"},
      {kTelephone, "(555) 123-4567"},
      {kTelephone, "+٣٣ ١٢٣ ٤٥٦ ٧٨٩"},
      {kBirthDate, "born 12/03/1987"},
      {kBirthDate, "born on 12 March 1987"},
      {kBirthDate, "née le 3 février 1991"},
      {kBirthDate, "12.03.1987 (date of birth)"},
      {kBirthDate, "dob: 1987-03-12"},
      {kBirthDate, "geb. 12031987"},
      {kBirthDate, "* 12.03.1987"},
      {kCaseNumber, "case no 2006/1234"},
      {kCaseNumber, "dossier n° 06/12345"},
      {kCaseNumber, "Aktenzeichen 123 Js 4567/06"},
      {kCaseNumber, "file number: 4711"},
      {kCaseNumber, "procès-verbal PV 12345/2006"},
      {kCaseNumber, "passport AB123456"},
      {kCaseNumber, "AB123456"},
      {kCaseNumber, "personal number 120386-1234"},
      {kCaseNumber, "860312-1234"},
      {kCaseNumber, "12038612345"},
      {kCaseNumber, "IBAN LV80BANK0000435195001"},
      {kUrl, "https://example.org/report"},
      {kUrl, "see www.example.org"},
      {kUrl, "see europol.europa.eu for more"},
      {kUrl, "mailto:unit"}};
  for (const auto& [kind, text] : kSpellings) EXPECT_TRUE(finds(kind, text)) << text;
}

// A comment with `secret` somewhere between its words.
rc::Gen<std::string> inside(const rc::Gen<std::string>& secret) {
  return rc::gen::map(rc::gen::tuple(secret, rc::gen::elementOf(ordinary_comments()),
                                     rc::gen::inRange<std::size_t>(0, 1'000)),
                      [](const std::tuple<std::string, std::string, std::size_t>& parts) {
                        const auto& [what, comment, place] = parts;
                        std::vector<std::size_t> spaces{0, comment.size()};
                        for (std::size_t i = 0; i < comment.size(); ++i) {
                          // Between letters: a number beside other numbers is another number.
                          const bool between_words =
                              comment[i] == ' ' && i > 0 && i + 1 < comment.size() &&
                              std::isalpha(static_cast<unsigned char>(comment[i - 1])) != 0 &&
                              std::isalpha(static_cast<unsigned char>(comment[i + 1])) != 0;
                          if (between_words) spaces.push_back(i);
                        }
                        const std::size_t at = spaces[place % spaces.size()];
                        return comment.substr(0, at) + " ; " + what + " ; " + comment.substr(at);
                      });
}

rc::Gen<std::string> word_of(std::string_view alphabet, std::size_t least, std::size_t most) {
  const auto letter = rc::gen::elementOf(std::string(alphabet));
  return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [letter](std::size_t size) {
    return rc::gen::container<std::string>(size, letter);
  });
}
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

rc::Gen<std::string> email() {
  return rc::gen::apply([](const std::string& name, const std::string& host,
                           const std::string& top) { return name + "@" + host + "." + top; },
                        word_of("abcdefghijklmnopqrstuvwxyz0123456789._-", 1, 20),
                        word_of(kLetters, 1, 12), word_of(kLetters, 2, 6));
}

rc::Gen<std::string> telephone() {
  return rc::gen::apply(
      [](const std::string& country, const std::vector<std::string>& groups, char separator) {
        std::string number = "+" + country;
        for (const std::string& group : groups) number += separator + group;
        return number;
      },
      word_of("123456789", 1, 3),
      rc::gen::container<std::vector<std::string>>(4, word_of("2345678", 2, 3)),
      rc::gen::element(' ', '-', '.', '/'));
}

rc::Gen<std::string> birth_date() {
  return rc::gen::apply(
      [](const std::string& born, int day, int month, int year, char separator) {
        return born + " " + std::to_string(day) + separator + std::to_string(month) + separator +
               std::to_string(year);
      },
      rc::gen::element<std::string>("born", "née le", "date of birth:", "geb.", "DOB"),
      rc::gen::inRange(1, 29), rc::gen::inRange(1, 13), rc::gen::inRange(1900, 2010),
      rc::gen::element('/', '.', '-'));
}

rc::Gen<std::string> case_number() {
  return rc::gen::apply(
      [](const std::string& word, const std::string& series, const std::string& number) {
        return word + " " + series + "/" + number;
      },
      rc::gen::element<std::string>("case no.", "dossier n°", "file number", "Az.", "affaire nº"),
      word_of("123456789", 1, 4), word_of("3456789", 5, 7));
}

rc::Gen<std::string> url() {
  return rc::gen::apply([](const std::string& scheme, const std::string& host,
                           const std::string& path) { return scheme + host + ".example/" + path; },
                        rc::gen::element<std::string>("http://", "https://", "ftp://", "www."),
                        word_of(kLetters, 1, 12), word_of(kLetters, 0, 8));
}

RC_GTEST_PROP(PersonalText, EmailsAreFoundInside, ()) {
  RC_ASSERT(finds(PersonalKind::kEmail, *inside(email())));
}
RC_GTEST_PROP(PersonalText, TelephoneNumbersAreFoundInside, ()) {
  RC_ASSERT(finds(PersonalKind::kTelephone, *inside(telephone())));
}
RC_GTEST_PROP(PersonalText, BirthDatesAreFoundInside, ()) {
  RC_ASSERT(finds(PersonalKind::kBirthDate, *inside(birth_date())));
}
RC_GTEST_PROP(PersonalText, CaseNumbersAreFoundInside, ()) {
  RC_ASSERT(finds(PersonalKind::kCaseNumber, *inside(case_number())));
}
RC_GTEST_PROP(PersonalText, LinksAreFoundInside, ()) {
  RC_ASSERT(finds(PersonalKind::kUrl, *inside(url())));
}

RC_GTEST_PROP(PersonalText, FiguresOfYearsPass, ()) {
  const auto figures = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9'999'999));
  std::string text;
  int year = 1995;
  for (const int figure : figures) {
    std::string digits = std::to_string(figure);
    for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, " ");
    text += (text.empty() ? "" : ", ") + digits + " en " + std::to_string(year++ % 100 + 1950);
  }
  RC_ASSERT(clean(text));
}

RC_GTEST_PROP(PersonalText, AnyBytesAreRead, (const std::string& bytes)) {
  const auto plain = rules::make_plain(bytes);
  RC_ASSERT(plain.text.size() == plain.character.size());
  RC_ASSERT(plain.text.size() == plain.cased.size());
  for (const auto& found : rules::find_personal_text(plain)) {
    RC_ASSERT(found.first >= 1U && found.first <= found.last && found.last <= plain.characters);
  }
}

// Four times the text takes about four times as long, for texts made to be slow.
TEST(PersonalText, TimeIsLinear) {
  const auto milliseconds = [](const std::string& piece, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += piece;
    double least = 1e9;
    for (int run = 0; run < 3; ++run) {
      const auto start = std::chrono::steady_clock::now();
      (void)rules::find_personal_text(rules::make_plain(text));
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - start;
      least = std::min(least, took.count());
    }
    return least;
  };
  constexpr std::size_t kTimes = 1'000;
  for (const std::string& piece :
       {std::string("@"), std::string("a@a."), std::string("1 "), std::string("0 0/"),
        std::string("case no "), std::string("born "), std::string("1/1/1999 born "),
        std::string("+0 "), std::string("a."), std::string("(at)"), std::string("12-")}) {
    const double small = milliseconds(piece, kTimes) + 1;
    const double large = milliseconds(piece, kTimes * 8);
    EXPECT_LT(large, small * 8 * 4) << piece;
  }
}

}  // namespace
}  // namespace rapporteur::testing
