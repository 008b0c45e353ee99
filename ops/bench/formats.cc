// formats: how fast files are written, read and bound to the hub's key, and in how much memory.
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/dataset_writer.h"
#include "adapters/sources/binding.h"
#include "adapters/sources/bound_source.h"
#include "adapters/sources/limits.h"
#include "ops/bench/runs.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kGlotip = "glotip";

struct FormatOptions {
  std::string format = "sdmx-csv-2.0";
  std::uint64_t rows = 1'000'000;
};

double elapsed(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

std::vector<std::string> some_codes(codelists::ListId list, std::size_t most) {
  std::vector<std::string> out;
  for (const auto& code : codelists::list(list)) {
    if (out.size() < most && !code.code.starts_with('_')) out.emplace_back(code.code);
  }
  return out;
}

// Victims by area, year, sex, age and citizenship: keys come again after some hundred thousand
// rows.
class Figures {
 public:
  void add(std::uint64_t number, sources::RowBlock& block) const {
    const auto take = [&](const std::vector<std::string>& codes) -> std::string_view {
      const std::string& code = codes[number % codes.size()];
      number /= codes.size();
      return code;
    };
    const std::uint64_t value = number * 7 % 5'000;
    const std::string_view citizen = take(citizens_);
    const std::string_view sex = take(sexes_);
    const std::string_view age = take(ages_);
    const std::string_view area = take(areas_);
    const std::string_view year = take(years_);
    for (const std::string_view cell :
         {std::string_view("A"), area, std::string_view("_Z"), std::string_view("VIC_IDENT"),
          std::string_view("_T"), sex, age, citizen, std::string_view("_Z"),
          std::string_view("PER"), year}) {
      block.add_cell(cell);
    }
    block.add_cell(std::to_string(value));
    block.add_cell("A");
    for (std::size_t a = 1; a < kAttributes; ++a) block.add_cell({});
    block.keep_row(number, sources::Action::kInformation, 0);
  }
  // A line as the bulk file of UNODC has it.
  static void append_glotip(std::uint64_t number, std::string& out) {
    constexpr std::array<std::string_view, 4> kAreas{"AUT", "BEL", "FRA", "ROU"};
    constexpr std::array<std::string_view, 3> kSexes{"Total", "Female", "Male"};
    out += kAreas[number % 4];
    out += ",Country,Europe,Western Europe,Detected trafficking victims,by citizenship,";
    out += number % 2 == 0 ? "Romania," : "Nigeria,";
    out += kSexes[number % 3];
    out += ",Total,";
    out += std::to_string(2000 + number % 24);
    out += ",Counts,";
    out += number % 5 == 0 ? "<5" : std::to_string(number % 900);
    out += ",CTS\n";
  }

 private:
  std::vector<std::string> areas_ = some_codes(codelists::ListId::kArea, 27);
  std::vector<std::string> citizens_ = some_codes(codelists::ListId::kCitizen, 150);
  std::vector<std::string> sexes_{"F", "M", "_T"};
  std::vector<std::string> ages_{"Y_LT18", "Y_GE18", "_T"};
  std::vector<std::string> years_{"2019", "2020", "2021", "2022", "2023"};
};

Status write_glotip(const std::string& path, std::uint64_t rows) {
  auto file = sinks::AtomicFile::create(path, {.durable = false});
  if (!file) return tl::unexpected(file.error());
  std::string text =
      "Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of "
      "measurement,txtVALUE,Source\n";
  for (std::uint64_t row = 0; row < rows; ++row) {
    Figures::append_glotip(row, text);
    if (text.size() < sources::limits::kBlockBytes) continue;
    if (auto written = (*file)->append(text); !written) return written;
    text.clear();
  }
  return (*file)->append(text).and_then([&]() { return (*file)->commit(); });
}

Status write_format(const sinks::DatasetFormat& format, const std::string& path,
                    std::uint64_t rows) {
  sources::Dataset dataset = sources::hub_dataset();
  dataset.structures.push_back({sources::StructureKind::kDataflow, "RAPPORTEUR:THB(1.0)", {}});
  auto file = sinks::AtomicFile::create(path, {.durable = false});
  if (!file) return tl::unexpected(file.error());
  sinks::Losses losses;
  auto writer = format.open(dataset, **file, {}, losses);
  if (!writer) return tl::unexpected(writer.error());
  const Figures figures;
  sources::RowBlock block;
  for (std::uint64_t row = 0; row < rows;) {
    block.clear(dataset.components.size());
    for (; row < rows && block.rows() < sources::limits::kBlockRows; ++row) figures.add(row, block);
    if (auto written = (*writer)->write(block); !written) return written;
  }
  return (*writer)->finish();
}

// In a process of its own, so that its memory is its own; what it does ends with its exit.
struct Measured {
  double seconds = 0;
  double peak_mib = 0;
};
template <typename Work>
Result<Measured> measure_apart(const Work& work) {
  const auto began = SteadyClock::now();
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorKind::kConfiguration, "no process can be started", {});
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  rusage used{};
  if (::wait4(child, &status, 0, &used) != child || status != 0) {
    return fail(ErrorKind::kMalformed, "the file could not be read back", {});
  }
  return Measured{elapsed(began), static_cast<double>(used.ru_maxrss) / 1024};
}

bool read_to_end(const std::string& path) {
  sources::FindingLog findings(path);
  auto source = sources::open_source(path, {}, findings);
  sources::RowBlock block;
  while (source) {
    const auto more = (*source)->read(block, findings);
    if (!more) return false;
    if (!*more) return (*source)->left_out().empty();
  }
  return false;
}

bool bind_whole(const std::string& path) {
  sources::FindingLog findings(path);
  const auto figures = sources::read_figures(path, nullptr, {}, findings);
  return figures && findings.errors() == 0;
}

Result<Report> run(const FormatOptions& options, const std::filesystem::path& folder) {
  const std::string path = (folder / ("formats." + std::to_string(::getpid()))).string();
  const auto began = SteadyClock::now();
  Status written;
  if (options.format == kGlotip) {
    written = write_glotip(path, options.rows);
  } else if (const auto* format = sinks::dataset_format(options.format)) {
    written = write_format(*format, path, options.rows);
  } else {
    return fail(ErrorKind::kUsage, "no such format: " + options.format, {});
  }
  const double writing = elapsed(began);
  if (!written) return tl::unexpected(written.error());
  std::error_code ignored;
  const double mib = static_cast<double>(std::filesystem::file_size(path, ignored)) / (1 << 20);
  const auto reading = measure_apart([&] { return read_to_end(path); });
  const auto binding = measure_apart([&] { return bind_whole(path); });
  std::filesystem::remove(path, ignored);
  if (!reading) return tl::unexpected(reading.error());
  if (!binding) return tl::unexpected(binding.error());

  Report report("formats " + options.format);
  const auto rows = static_cast<double>(options.rows);
  report.add("rows", rows, "");
  report.add("file", mib, "MiB");
  report.add("written", rows / writing, "rows/s");
  report.add("read", rows / reading->seconds, "rows/s");
  report.add("read", mib * 1.048576 / reading->seconds, "MB/s");
  report.add("memory to read", reading->peak_mib, "MiB", "<= 64 MiB");
  report.add("read and bound", rows / binding->seconds, "rows/s", ">= 1000000");
  report.add("read and bound", mib * 1.048576 / binding->seconds, "MB/s", "or >= 150");
  report.add("memory to bind", binding->peak_mib, "MiB");
  return report;
}

}  // namespace

void add_formats(CLI::App& app, Session& session) {
  auto options = std::make_shared<FormatOptions>();
  CLI::App* command = app.add_subcommand(
      "formats", "Rows a second written, read, and bound to the hub's key, of one format");
  command->add_option("--format", options->format, "A format that is written, or glotip")
      ->capture_default_str();
  command->add_option("--rows", options->rows, "Rows of the file")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  command->callback([&session, options] { session.finish(run(*options, session.folder)); });
}

}  // namespace rapporteur::bench
