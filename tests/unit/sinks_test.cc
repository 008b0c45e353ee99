// Destinations: files whole or not at all, cells that stay text, tables that tell absences apart.
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/sink.h"
#include "adapters/sinks/table/current_figures.h"
#include "adapters/sinks/table/figures_table.h"
#include "tests/support/paths.h"

namespace rapporteur::sinks {
namespace {

namespace fs = std::filesystem;
using rapporteur::testing::read_file;
using rapporteur::testing::TempDir;

Observation figure(const std::string& area, const std::string& period, const std::string& value,
                   const std::string& status = "A") {
  Observation o;
  o.key = {"A", area, "_Z", "CJ_INV", "SEX", "_Z", "_Z", "_Z", "_Z", "CASE", period};
  if (!value.empty()) o.value = *Decimal::parse(value);
  o[Attribute::kObsStatus] = status;
  return o;
}

ObservationSet set_of(const std::vector<Observation>& observations) {
  ObservationSetBuilder builder;
  for (const auto& observation : observations) builder.add(observation);
  return builder.build();
}

MessageId id_of(std::uint64_t number) {
  MessageId id;
  id.bytes.back() = static_cast<std::byte>(number);
  return id;
}

ReceivedSubmission submission(std::uint64_t index, const std::vector<Observation>& observations) {
  ReceivedSubmission out;
  out.sender = "commission";
  out.message_id = id_of(index);
  out.log_index = {index};
  out.dataflow = "RAPPORTEUR:THB(1.0)";
  out.indicator = "CJ_INV";
  out.observations = set_of(observations);
  return out;
}

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// The promise: a file appears whole or not at all.
TEST(AtomicFile, WhatIsNotCommittedIsNotThere) {
  TempDir folder;
  const std::string path = folder / "out.csv";
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append("half a li"));
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_EQ(entries_of(folder.path()), 0U);
}

TEST(AtomicFile, TheFileOfBeforeStaysUntilTheNewOneIsWhole) {
  TempDir folder;
  const std::string path = folder / "out.csv";
  rapporteur::testing::write_file(path, "before");
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->append("after"));
  EXPECT_EQ(read_file(path), "before");
  ASSERT_TRUE((*file)->commit());
  EXPECT_EQ(read_file(path), "after");
  EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(AtomicFile, AFolderThatIsNotThereIsSaidSo) {
  const auto file = AtomicFile::create("/nowhere/at/all/out.csv");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::kStorage);
  EXPECT_FALSE(file.error().remedy.empty());
}

TEST(AtomicFile, WhatIsNoRegularFileIsRefusedAndStays) {
  TempDir folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_symlink(pipe, folder / "link");
  fs::create_directory(folder / "folder");
  for (const char* name : {"pipe", "link", "folder"}) {
    const auto file = AtomicFile::create(folder / name);
    ASSERT_FALSE(file) << name;
    EXPECT_EQ(file.error().kind, ErrorKind::kUsage);
    EXPECT_FALSE(file.error().remedy.empty());
  }
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(entries_of(folder.path()), 3U);
}

TEST(AtomicFile, ALinkStaysAndWhatItLeadsToIsWritten) {
  TempDir folder;
  fs::create_directory(folder / "there");
  fs::create_symlink("there/out.csv", folder / "link");
  for (const char* content : {"first", "second"}) {
    auto file = AtomicFile::create(folder / "link");
    ASSERT_TRUE(file) << file.error().line();
    ASSERT_TRUE((*file)->append(content));
    EXPECT_TRUE(fs::exists(folder / "there/.out.csv.part")) << "written beside the target";
    ASSERT_TRUE((*file)->commit());
    EXPECT_EQ(read_file(folder / "there/out.csv"), content);
  }
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  fs::create_symlink("loop", folder / "loop");
  EXPECT_FALSE(AtomicFile::create(folder / "loop"));
}

TEST(AtomicFile, AFileKeepsItsMode) {
  TempDir folder;
  const std::string path = folder / "out.csv";
  rapporteur::testing::write_file(path, "before");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->commit());
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(Sinks, AFileThatWasNotReceivedIsNotReplaced) {
  TempDir folder;
  sources::FindingLog findings;
  const std::string path = folder / "mine.csv";
  for (const std::string format : {"sdmx-csv-2.0", "table"}) {
    rapporteur::testing::write_file(path, "STRUCTURE,STRUCTURE_ID,ACTION,FREQ\n");
    const auto refused = open_sink({.format = format, .destination = path}, findings);
    ASSERT_FALSE(refused) << format;
    EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(read_file(path), "STRUCTURE,STRUCTURE_ID,ACTION,FREQ\n");
    rapporteur::testing::write_file(path, "");
    for (int time = 0; time < 2; ++time) {
      auto sink = open_sink({.format = format, .destination = path}, findings);
      ASSERT_TRUE(sink) << format << ": " << sink.error().line();
      ASSERT_TRUE((*sink)->write(submission(1, {figure("AT", "2006", "1")})));
      ASSERT_TRUE((*sink)->finish());
    }
  }
  EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(SdmxCsvSink, AFolderGetsOneWholeFileASubmissionAndTwiceIsOnce) {
  TempDir folder;
  sources::FindingLog findings;
  auto sink = open_sink({.destination = folder.path().string() + "/received/"}, findings);
  ASSERT_TRUE(sink);
  const auto first = submission(7, {figure("AT", "2006", "1")});
  ASSERT_TRUE((*sink)->write(first));
  ASSERT_TRUE((*sink)->write(first));
  ASSERT_TRUE((*sink)->write(submission(8, {figure("BE", "2006", "1")})));
  const fs::path received = folder / "received";
  EXPECT_EQ(entries_of(received), 2U);
  EXPECT_TRUE(
      fs::exists(received / ("000000000007-commission-CJ_INV-" + uuid_text(id_of(7)) + ".csv")));
}

TEST(SdmxCsvSink, OneFileIsThereOnlyAfterFinish) {
  TempDir folder;
  const std::string path = folder / "all.csv";
  sources::FindingLog findings;
  auto sink = open_sink({.destination = path}, findings);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(submission(1, {figure("AT", "2006", "1")})));
  ASSERT_TRUE((*sink)->write(submission(1, {figure("AT", "2006", "1")})));
  EXPECT_FALSE(fs::exists(path));
  ASSERT_TRUE((*sink)->finish());
  const auto figures = read_exported_figures(path, findings);
  ASSERT_TRUE(figures);
  ASSERT_EQ(figures->size(), 1U);
  EXPECT_EQ(figures->front().sender, "commission");
}

// Before and after a hub was restored.
TEST(SdmxCsvSink, TwoSubmissionsOfOneIndexAreBothWritten) {
  TempDir folder;
  sources::FindingLog findings;
  const auto before = submission(7, {figure("AT", "2006", "1")});
  auto after = submission(7, {figure("AT", "2007", "2")});
  after.message_id = id_of(8);
  for (const std::string& to : {folder.path().string() + "/each/", (folder / "all.csv").string()}) {
    auto sink = open_sink({.destination = to}, findings);
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write(before));
    ASSERT_TRUE((*sink)->write(after));
    ASSERT_TRUE((*sink)->finish());
    const auto figures = read_exported_figures(to, findings);
    ASSERT_TRUE(figures) << figures.error().line();
    EXPECT_EQ(figures->size(), 2U) << to;
  }
}

TEST(SdmxCsvSink, NamesFromOutsideStayInTheFolder) {
  TempDir folder;
  sources::FindingLog findings;
  auto sink = open_sink({.destination = folder.path().string()}, findings);
  ASSERT_TRUE(sink);
  auto evil = submission(1, {figure("AT", "2006", "1")});
  evil.sender = "../../etc/at";
  ASSERT_TRUE((*sink)->write(evil));
  EXPECT_TRUE(
      fs::exists(folder / ("000000000001-______etc_at-CJ_INV-" + uuid_text(id_of(1)) + ".csv")));
}

TEST(SdmxCsvSink, CellsThatLookLikeFormulasLeaveAsText) {
  auto risky = figure("AT", "2006", "-5");
  risky[Attribute::kCommentObs] = "=1+1";
  risky[Attribute::kMethod] = "@SUM(A1)";
  risky[Attribute::kSourceCode] = "'+x";
  risky[Attribute::kValueQualifier] = "=";
  TempDir folder;
  sources::FindingLog findings;
  const std::string file = folder / "out.csv";
  auto sink = open_sink({.destination = file}, findings);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(submission(1, {risky})));
  ASSERT_TRUE((*sink)->finish());
  const std::string text = read_file(file);
  EXPECT_NE(text.find(",'=1+1,"), std::string::npos) << text;
  EXPECT_NE(text.find(",'@SUM(A1),"), std::string::npos);
  EXPECT_NE(text.find(",''+x,"), std::string::npos);
  EXPECT_NE(text.find(",=,"), std::string::npos) << "a sign alone is no formula";
  EXPECT_NE(text.find(",-5,"), std::string::npos) << "a number is no formula";
}

TEST(SdmxCsvSink, WhatCannotBeCarriedIsReported) {
  auto odd = figure("AT", "2006", "1");
  odd[Attribute::kCommentObs] = std::string("a\0b", 3);
  TempDir folder;
  sources::FindingLog findings;
  auto sink = open_sink({.destination = folder / "out.csv"}, findings);
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write(submission(1, {odd})));
  ASSERT_TRUE((*sink)->finish());
  ASSERT_EQ(findings.warnings(), 1U);
  EXPECT_EQ(findings.findings()[0].code, "CANNOT_CARRY");
  EXPECT_EQ(findings.findings()[0].column_name, "COMMENT_OBS");
}

TEST(CurrentFigures, RevisionsReplaceAndDeletionsTakeAwayThroughAFileToo) {
  TempDir folder;
  sources::FindingLog findings;
  auto first = submission(1, {figure("AT", "2006", "1"), figure("BE", "2006", "2")});
  auto second = submission(2, {figure("AT", "2006", "5")});
  second.kind = SubmissionKind::kRevision;
  Observation gone;
  gone.key = figure("BE", "2006", "").key;
  second.deleted = set_of({gone});
  CurrentFigures live;
  auto sink = open_sink({.destination = folder.path().string()}, findings);
  ASSERT_TRUE(sink);
  for (const auto* one : {&first, &second}) {
    ASSERT_TRUE(live.apply(*one));
    ASSERT_TRUE((*sink)->write(*one));
  }
  const auto read = read_exported_figures(folder.path().string(), findings);
  ASSERT_TRUE(read) << read.error().line();
  for (const auto& figures : {live.figures(), *read}) {
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures[0].observation.value->text(), "5");
  }
}

std::vector<Figure> series_of_the_document() {
  std::vector<Figure> out;
  for (const auto& [year, value] : std::vector<std::pair<std::string, std::string>>{
           {"2001", "195"}, {"2002", ""}, {"2003", "453"}, {"2005", "1060"}, {"2006", "1569"}}) {
    out.push_back({"commission", "RAPPORTEUR:THB(1.0)",
                   figure("EU", year, value, value.empty() ? "O" : "A")});
  }
  return out;
}

TEST(FiguresSeries, GapsAreShownAsMissing) {
  const auto text = figures_series(series_of_the_document(), {"CJ_INV", "EU", "", ""}, {});
  EXPECT_NE(text.find("2001 · 2002 · 2003 · 2004 ·  2005 ·  2006\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" 195 ·   :O ·  453 ·    : · 1 060 · 1 569\n"), std::string::npos) << text;
  EXPECT_NE(
      text.find("195 · 453 · 1 060 · 1 569 (2001 · 2003 · 2005 · 2006); missing: 2002 · 2004"),
      std::string::npos)
      << text;
  EXPECT_EQ(figures_series(series_of_the_document(), {"CJ_INV", "AT", "", ""}, {}), "");
}

TEST(FiguresTable, AbsencesAndSendersAreToldApart) {
  std::vector<Figure> figures;
  figures.push_back({"at", "D", figure("AT", "2006", "0")});
  figures.push_back({"commission", "D", figure("AT", "2006", "128", "U")});
  figures.push_back({"be", "D", figure("BE", "2006", "", "Q")});
  figures.push_back({"be", "D", figure("BE", "2007", "", "L")});
  const auto text = figures_table(figures, {});
  EXPECT_NE(text.find("AT Austria  at                0     :\n"), std::string::npos) << text;
  EXPECT_NE(text.find("commission  128 (U)"), std::string::npos) << text;
  EXPECT_NE(text.find(":Q"), std::string::npos);
  EXPECT_NE(text.find(":L"), std::string::npos);
  EXPECT_NE(text.find(":   nothing received"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(figures_table(figures, {.colours = true}).find('\x1b'), std::string::npos);
}

TEST(FiguresTable, NarrowTerminalsGetSeveralTables) {
  const auto figures = series_of_the_document();
  const auto text = figures_table(figures, {.width = 50});
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = text.find('\n', from);
    EXPECT_LE(display_width(std::string_view(text).substr(from, end - from)), 50U);
    from = end + 1;
  }
  EXPECT_NE(text.find("\n\n"), std::string::npos);
}

TEST(FiguresTable, WhatAllColumnsShareStandsOnceAndPeriodsStayWhole) {
  std::vector<Figure> figures;
  for (const std::string year : {"2006", "2007", "2008"}) {
    for (const std::string sex : {"_T", "F", "M"}) {
      Observation one = figure("AT", year, "1");
      one[Dimension::kSex] = sex;
      figures.push_back({"at", "D", one});
    }
  }
  const auto text = figures_table(figures, {.width = 60});
  EXPECT_EQ(text.find("CJ_INV CASE EXPL_FORM=SEX\n"), 0U) << text;
  EXPECT_EQ(text.find("CJ_INV", 1), std::string::npos);
  EXPECT_EQ(text.find("CASE", 8), std::string::npos);
  EXPECT_EQ(text.find("EXPL_FORM", 13), std::string::npos);
  for (const char* year : {"2006", "2007", "2008"}) {
    const std::string three = std::string(year) + "   " + year + "   " + year;
    EXPECT_NE(text.find(three), std::string::npos) << text;
  }
  EXPECT_NE(text.find("\n\n"), std::string::npos) << "it does not fit in one part";
}

TEST(FiguresTable, TextFromOutsideCannotMoveTheCursor) {
  auto evil = figure("AT", "2006", "1", "A");
  evil[Dimension::kRefArea] = "\x1b[2J";
  const auto text = figures_table(std::vector<Figure>{{"a\nb", "D", evil}}, {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("é · ü"), 5U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("\xFF\xFE"), 2U);
}

TEST(Sinks, AnUnknownFormatIsAUsageErrorWithTheNearest) {
  sources::FindingLog findings;
  const auto sink = open_sink({.format = "sdmx-csv-2", .destination = "x"}, findings);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::kUsage);
  EXPECT_NE(sink.error().remedy.find("sdmx-csv-2.0"), std::string::npos);
}

}  // namespace
}  // namespace rapporteur::sinks
