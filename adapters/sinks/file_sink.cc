#include "adapters/sinks/file_sink.h"

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "adapters/sinks/atomic_file.h"
#include "adapters/sinks/hub_dataset.h"

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

// One output of received submissions, whichever they are.
class ReceivedFile {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ReceivedFile>> open(const DatasetFormat& format,
                                                                  std::unique_ptr<Output> output) {
    auto file = std::unique_ptr<ReceivedFile>(new ReceivedFile(std::move(output)));
    auto writer = format.open(file->dataset_, *file->output_, {}, file->losses_);
    if (!writer) return tl::unexpected<Error>(writer.error());
    file->writer_ = std::move(*writer);
    return file;
  }

  // For a file of this submission alone.
  void head(const ReceivedSubmission& submission) {
    dataset_.message.id = uuid_text(submission.message_id);
    dataset_.message.sender = submission.sender;
  }
  [[nodiscard]] Status write(const ReceivedSubmission& submission) {
    block_.clear(dataset_.components.size());
    append_rows(submission, dataset_, block_);
    return writer_->write(block_);
  }
  [[nodiscard]] Status finish(std::string_view format, sources::FindingLog& findings) {
    auto done = writer_->finish();
    losses_.report(findings, format);
    return done;
  }

 private:
  explicit ReceivedFile(std::unique_ptr<Output> output)
      : dataset_(received_dataset()), output_(std::move(output)) {}

  sources::Dataset dataset_;
  std::unique_ptr<Output> output_;
  Losses losses_;
  sources::RowBlock block_;
  std::unique_ptr<DatasetWriter> writer_;
};

class FolderSink final : public Sink {
 public:
  FolderSink(const DatasetFormat& format, std::filesystem::path folder,
             sources::FindingLog& findings)
      : format_(format), folder_(std::move(folder)), findings_(findings) {}

  Status write(const ReceivedSubmission& submission) override {
    if (leaves_no_row(submission, findings_)) return {};
    const std::string name = submission_file_name(submission.log_index, submission.message_id,
                                                  submission.sender, submission.indicator) +
                             std::string(format_.extension);
    auto output = AtomicFile::create((folder_ / name).string());
    if (!output) return tl::unexpected<Error>(output.error());
    auto file = ReceivedFile::open(format_, std::move(*output));
    if (!file) return tl::unexpected<Error>(file.error());
    (*file)->head(submission);
    return (*file)->write(submission).and_then([&]() {
      return (*file)->finish(format_.name, findings_);
    });
  }
  Status finish() override { return {}; }

 private:
  const DatasetFormat& format_;
  std::filesystem::path folder_;
  sources::FindingLog& findings_;
};

class FileSink final : public Sink {
 public:
  FileSink(const DatasetFormat& format, std::unique_ptr<ReceivedFile> file,
           sources::FindingLog& findings)
      : format_(format), file_(std::move(file)), findings_(findings) {}

  Status write(const ReceivedSubmission& submission) override {
    if (!written_.emplace(submission.sender, submission.message_id).second) return {};
    if (leaves_no_row(submission, findings_)) return {};
    return file_->write(submission);
  }
  Status finish() override { return file_->finish(format_.name, findings_); }

 private:
  const DatasetFormat& format_;
  std::unique_ptr<ReceivedFile> file_;
  sources::FindingLog& findings_;
  // Not by index: a hub that was restored gives indices anew.
  std::set<std::pair<std::string, MessageId>> written_;
};

Result<std::unique_ptr<Output>> open_output(const DatasetFormat& format,
                                            const std::string& destination) {
  if (destination == "-") return std::make_unique<StandardOutput>();
  const std::string beginning = format.beginning(received_dataset());
  auto file = AtomicFile::create(destination, {.beginning = beginning});
  if (!file) return tl::unexpected<Error>(file.error());
  return std::move(*file);
}

}  // namespace

std::string submission_file_name(LogIndex index, const MessageId& message_id,
                                 std::string_view sender, std::string_view indicator) {
  std::string number = std::to_string(index.value);
  number.insert(0, kLogIndexDigits - std::min(kLogIndexDigits, number.size()), '0');
  return number + '-' + as_name(sender) + '-' + as_name(indicator) + '-' + uuid_text(message_id);
}

Result<std::unique_ptr<Sink>> open_file_sink(const DatasetFormat& format,
                                             const SinkOptions& options,
                                             sources::FindingLog& findings) {
  const std::string& destination = options.destination;
  std::error_code error;
  if (destination.ends_with('/') || std::filesystem::is_directory(destination, error)) {
    std::filesystem::create_directories(destination, error);
    if (error) {
      return fail(ErrorKind::kStorage, "the folder cannot be made: " + error.message(),
                  destination);
    }
    return std::make_unique<FolderSink>(format, destination, findings);
  }
  auto output = open_output(format, destination);
  if (!output) return tl::unexpected<Error>(output.error());
  auto file = ReceivedFile::open(format, std::move(*output));
  if (!file) return tl::unexpected<Error>(file.error());
  return std::make_unique<FileSink>(format, std::move(*file), findings);
}

}  // namespace rapporteur::sinks
