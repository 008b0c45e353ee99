#include "adapters/sinks/sdmx_csv/sdmx_csv_sink.h"

#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/sdmx_csv/writer.h"

namespace rapporteur::sinks {
namespace {

constexpr std::size_t kLogIndexDigits = 12;

// A part of a file name; nothing in it can leave the folder.
std::string as_name(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 64)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-';
    out += plain ? c : '_';
  }
  return out;
}

// A submission of which nothing can be told in rows, such as a withdrawal of what was erased.
bool leaves_no_row(const ReceivedSubmission& submission, sources::FindingLog& findings) {
  if (!submission.observations.empty() || !submission.deleted.empty()) return false;
  const std::string replaced = submission.revises ? uuid_text(*submission.revises) : "";
  findings.add({.severity = sources::Severity::kWarning,
                .code = "NOTHING_TO_WRITE",
                .text = uuid_text(submission.message_id),
                .what = "a submission of " + printable(submission.sender, 40) + " (entry " +
                        std::to_string(submission.log_index.value) +
                        ") has no observation and names no key that it takes away, so that no "
                        "file of rows can say that it came",
                .remedy = replaced.empty()
                              ? ""
                              : "it takes the place of " + replaced + ": remove the file of that"});
  return true;
}

class FolderSink final : public Sink {
 public:
  FolderSink(std::filesystem::path folder, sources::FindingLog& findings)
      : folder_(std::move(folder)), findings_(findings) {}

  Status write(const ReceivedSubmission& submission) override {
    if (leaves_no_row(submission, findings_)) return {};
    const std::string name = sdmx_csv_file_name(submission.log_index, submission.message_id,
                                                submission.sender, submission.indicator);
    auto file = AtomicFile::create((folder_ / name).string());
    if (!file) return tl::unexpected<Error>(file.error());
    sdmx_csv_can_carry(submission, findings_);
    std::string text = sdmx_csv_header();
    append_sdmx_csv_rows(submission, text);
    if (auto written = (*file)->append(text); !written) return written;
    return (*file)->commit();
  }
  Status finish() override { return {}; }

 private:
  std::filesystem::path folder_;
  sources::FindingLog& findings_;
};

class FileSink final : public Sink {
 public:
  // `file` null: standard output.
  FileSink(std::unique_ptr<AtomicFile> file, sources::FindingLog& findings)
      : file_(std::move(file)), findings_(findings) {}

  Status write(const ReceivedSubmission& submission) override {
    if (!written_.emplace(submission.sender, submission.message_id).second) return {};
    if (leaves_no_row(submission, findings_)) return {};
    std::string text = begun_ ? "" : sdmx_csv_header();
    begun_ = true;
    sdmx_csv_can_carry(submission, findings_);
    append_sdmx_csv_rows(submission, text);
    return put(text);
  }
  Status finish() override {
    if (!begun_) {
      if (auto header = put(sdmx_csv_header()); !header) return header;
    }
    if (file_) return file_->commit();
    if (std::fflush(stdout) == 0) return {};
    return fail(ErrorKind::kStorage, "cannot be written", "standard output");
  }

 private:
  Status put(std::string_view text) {
    if (file_) return file_->append(text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
    return fail(ErrorKind::kStorage, "cannot be written", "standard output");
  }

  std::unique_ptr<AtomicFile> file_;
  sources::FindingLog& findings_;
  // Not by index: a hub that was restored gives indices anew.
  std::set<std::pair<std::string, MessageId>> written_;
  bool begun_ = false;
};

}  // namespace

std::string sdmx_csv_file_name(LogIndex index, const MessageId& message_id, std::string_view sender,
                               std::string_view indicator) {
  std::string number = std::to_string(index.value);
  number.insert(0, kLogIndexDigits - std::min(kLogIndexDigits, number.size()), '0');
  return number + '-' + as_name(sender) + '-' + as_name(indicator) + '-' + uuid_text(message_id) +
         ".csv";
}

Result<std::unique_ptr<Sink>> open_sdmx_csv_sink(const SinkOptions& options,
                                                 sources::FindingLog& findings) {
  const std::string& destination = options.destination;
  if (destination == "-") return std::make_unique<FileSink>(nullptr, findings);
  std::error_code error;
  if (destination.ends_with('/') || std::filesystem::is_directory(destination, error)) {
    std::filesystem::create_directories(destination, error);
    if (error) {
      return fail(ErrorKind::kStorage, "the folder cannot be made: " + error.message(),
                  destination);
    }
    return std::make_unique<FolderSink>(destination, findings);
  }
  const std::string header = sdmx_csv_header();
  auto file = AtomicFile::create(destination, {.beginning = header});
  if (!file) return tl::unexpected<Error>(file.error());
  return std::make_unique<FileSink>(std::move(*file), findings);
}

}  // namespace rapporteur::sinks
