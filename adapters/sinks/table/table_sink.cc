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

// How a file begins, so that it is known for one that may be written anew.
constexpr std::string_view kTitle = "The figures that hold, as received\n\n";

class TableSink final : public Sink {
 public:
  // `file` null: standard output.
  TableSink(SinkOptions options, std::unique_ptr<AtomicFile> file, sources::FindingLog& findings)
      : options_(std::move(options)), file_(std::move(file)), findings_(findings) {}

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
    if (file_) return write_file(text);
    if (text.empty()) text = "there is nothing to show\n";
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (written) return {};
    return fail(ErrorKind::kStorage, "cannot be written", "standard output");
  }

 private:
  Status write_file(const std::string& text) {
    return file_->append(kTitle).and_then([&]() { return file_->append(text); }).and_then([&]() {
      return file_->commit();
    });
  }

  SinkOptions options_;
  std::unique_ptr<AtomicFile> file_;
  sources::FindingLog& findings_;
  CurrentFigures current_;
  std::set<std::string_view> not_shown_;
};

}  // namespace

Result<std::unique_ptr<Sink>> open_table_sink(const SinkOptions& options,
                                              sources::FindingLog& findings) {
  if (options.destination == "-") return std::make_unique<TableSink>(options, nullptr, findings);
  auto file = AtomicFile::create(options.destination, {.beginning = kTitle});
  if (!file) return tl::unexpected<Error>(file.error());
  return std::make_unique<TableSink>(options, std::move(*file), findings);
}

}  // namespace rapporteur::sinks
