#include "adapters/sinks/table/table_sink.h"

#include <array>
#include <cstdio>
#include <set>
#include <utility>

#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/table/current_figures.h"
#include "adapters/sinks/table/figures_table.h"

namespace rapporteur::sinks {
namespace {

constexpr std::array kNotShown{Attribute::kConfRedist, Attribute::kSourceCode, Attribute::kMethod,
                               Attribute::kCommentObs};

class TableSink final : public Sink {
 public:
  TableSink(SinkOptions options, sources::FindingLog& findings)
      : options_(std::move(options)), findings_(findings) {}

  Status write(const ReceivedSubmission& submission) override {
    for (const Attribute attribute : kNotShown) {
      for (const auto& code : submission.observations.column(attribute).codes) {
        if (!code.empty()) not_shown_.insert(name(attribute));
      }
    }
    return current_.apply(submission);
  }

  Status finish() override {
    for (const auto attribute : not_shown_) {
      findings_.add({.severity = sources::Severity::kWarning,
                     .code = "NOT_SHOWN",
                     .column_name = std::string(attribute),
                     .what = "a table on a terminal has no place for this attribute",
                     .remedy = "receive to sdmx-csv-2.0, which keeps everything"});
    }
    std::string text =
        figures_table(current_.figures(), {.colours = options_.colours, .width = options_.width});
    if (options_.destination != "-") return write_file(text);
    if (text.empty()) text = "there is nothing to show\n";
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (written) return {};
    return fail(ErrorKind::kStorage, "cannot be written", "standard output");
  }

 private:
  Status write_file(const std::string& text) {
    auto file = AtomicFile::create(options_.destination);
    if (!file) return tl::unexpected<Error>(file.error());
    if (auto written = (*file)->append(text); !written) return written;
    return (*file)->commit();
  }

  SinkOptions options_;
  sources::FindingLog& findings_;
  CurrentFigures current_;
  std::set<std::string_view> not_shown_;
};

}  // namespace

Result<std::unique_ptr<Sink>> open_table_sink(const SinkOptions& options,
                                              sources::FindingLog& findings) {
  return std::make_unique<TableSink>(options, findings);
}

}  // namespace rapporteur::sinks
