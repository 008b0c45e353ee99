// protect: how long an agency's table takes from its counts to what may be published, with proof.
#include "adapters/anonymise/protect.h"

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>

#include <sys/resource.h>

#include "ops/bench/runs.h"
#include "ops/bench/table_shapes.h"

namespace rapporteur::bench {
namespace {

using anonymise::Axis;
using SteadyClock = std::chrono::steady_clock;

struct ProtectOptions {
  std::string shape = "7k";
  double cases = 200'000;
  std::uint32_t width = 1;
  std::size_t threads = 2;
};

struct Shape {
  std::vector<Axis> axes;  // of one table
  std::size_t tables = 1;  // that have no total in common
  std::string target;      // at a width of 1, on two cores
};

Shape shape_of(const std::string& name) {
  if (name == "7k") {
    return {{flat_axis(5), flat_axis(2), flat_axis(4), flat_axis(6), flat_axis(10)}, 1, "<= 1 s"};
  }
  if (name == "20k") {
    return {{flat_axis(5), area_axis(), flat_axis(2), flat_axis(4), flat_axis(6)}, 1, "<= 15 s"};
  }
  if (name == "84k") {
    return {{area_axis(), flat_axis(2), flat_axis(4), flat_axis(6), flat_axis(4)}, 5, "<= 90 s"};
  }
  return {{area_axis(), flat_axis(2), flat_axis(4), flat_axis(6), flat_axis(12)}, 10, "<= 400 s"};
}

struct Done {
  std::size_t cells = 0;
  std::size_t primary = 0;
  std::size_t hidden = 0;
  std::size_t programs = 0;
  std::size_t witnesses = 0;
};

Result<Done> protect_one(const ShapedTable& shaped, std::uint32_t width) {
  const anonymise::CaseTable table(shaped.axes, shaped.counts);
  anonymise::PatternTask task{table, {width, kThreshold}, true, {}, {}, {}};
  Done done;
  for (std::uint32_t cell = 0; cell < table.cells(); ++cell) {
    bool broken_down = false;
    for (std::size_t i = 0; i < table.axes().size(); ++i) {
      broken_down |= table.key(cell)[i] != table.axes()[i].total;
    }
    const bool primary = broken_down && table.count(cell) < kThreshold;
    task.is_protected.push_back(broken_down ? 1 : 0);
    task.primary.push_back(primary ? 1 : 0);
    task.kept.push_back(0);
    done.primary += primary ? 1 : 0;
  }
  const auto result = anonymise::protect(task);
  if (!result) return tl::unexpected(result.error());
  done.cells = table.cells();
  done.hidden = result->hidden_cells.size();
  done.programs = result->programs;
  done.witnesses = result->witnesses.size();
  return done;
}

Result<Report> run(const ProtectOptions& options) {
  const Shape shape = shape_of(options.shape);
  std::vector<ShapedTable> tables;
  for (std::size_t i = 0; i < shape.tables; ++i) {
    tables.push_back(shaped_table(shape.axes, options.cases, i + 1));
  }
  std::vector<Result<Done>> results(tables.size());
  std::atomic<std::size_t> next{0};
  const auto began = SteadyClock::now();
  const std::clock_t cpu_began = std::clock();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(options.threads, tables.size()); ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < tables.size(); at = next++) {
          results[at] = protect_one(tables[at], options.width);
        }
      });
    }
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - began).count();
  const double cpu = static_cast<double>(std::clock() - cpu_began) / CLOCKS_PER_SEC;
  Done all;
  for (const Result<Done>& one : results) {
    if (!one) return tl::unexpected(one.error());
    all.cells += one->cells;
    all.primary += one->primary;
    all.hidden += one->hidden;
    all.programs += one->programs;
    all.witnesses += one->witnesses;
  }
  const auto share = [&](std::size_t cells) {
    return 100.0 * static_cast<double>(cells) / static_cast<double>(all.cells);
  };
  Report report("protect " + options.shape + ", width " + std::to_string(options.width));
  report.add("cells", static_cast<double>(all.cells), "");
  report.add("below the threshold", share(all.primary), "%");
  report.add("hidden", share(all.hidden), "%");
  report.add("programs solved", static_cast<double>(all.programs), "");
  report.add("witnesses", static_cast<double>(all.witnesses), "");
  report.add("from counts to proof", seconds, "s", options.width == 1 ? shape.target : "");
  report.add("processor time", cpu, "s");
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  report.add("peak memory", static_cast<double>(used.ru_maxrss) / 1024, "MiB", "<= 2048 MiB");
  return report;
}

}  // namespace

void add_protect(CLI::App& app, Session& session) {
  auto options = std::make_shared<ProtectOptions>();
  CLI::App* command = app.add_subcommand(
      "protect", "From counts to a table that may be published, with the tables that prove it");
  command->add_option("--shape", options->shape, "About how many cells, margins among them")
      ->check(CLI::IsMember({"7k", "20k", "84k", "437k"}))
      ->capture_default_str();
  command->add_option("--cases", options->cases, "Cases in each table that has a total")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str();
  command->add_option("--width", options->width, "Least range of a hidden count")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Tables side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->callback([&session, options] { session.finish(run(*options)); });
}

}  // namespace rapporteur::bench
