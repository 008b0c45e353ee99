#include "adapters/sources/input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/sources/limits.h"

namespace rapporteur::sources {
namespace {

class FileInput final : public Input {
 public:
  FileInput(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~FileInput() override { ::close(descriptor_); }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    if (head_at_ < head_.size()) {
      const std::size_t taken = std::min(into.size(), head_.size() - head_at_);
      std::memcpy(into.data(), head_.data() + head_at_, taken);
      head_at_ += taken;
      return taken;
    }
    return read_fully(into);
  }

  Result<std::string_view> head() override {
    if (head_.empty()) {
      head_.resize(limits::kReadBytes);
      const auto got = read_fully(head_);
      if (!got) return tl::unexpected<Error>(got.error());
      head_.resize(*got);
    }
    return std::string_view(head_);
  }

  const std::string& name() const override { return path_; }

 private:
  Result<std::size_t> read_fully(std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t got = ::read(descriptor_, into.data() + filled, into.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return fail(ErrorKind::kStorage, std::string("cannot be read: ") + std::strerror(errno),
                    path_);
      }
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return filled;
  }

  std::string path_;
  int descriptor_;
  std::string head_;
  std::size_t head_at_ = 0;
};

class TextInput final : public Input {
 public:
  TextInput(std::string name, std::string content)
      : name_(std::move(name)), content_(std::move(content)) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t taken = std::min(into.size(), content_.size() - at_);
    std::memcpy(into.data(), content_.data() + at_, taken);
    at_ += taken;
    return taken;
  }
  Result<std::string_view> head() override {
    return std::string_view(content_).substr(0, limits::kReadBytes);
  }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::string content_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Input>> open_file_input(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return fail(ErrorKind::kUsage, std::string("cannot be opened: ") + std::strerror(errno), path,
                "check the path, and that this login may read it");
  }
  auto input = std::make_unique<FileInput>(path, descriptor);
  struct stat about {};
  if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
    return fail(ErrorKind::kUsage, S_ISDIR(about.st_mode) ? "is a folder" : "is not a regular file",
                path, "give the path of a file that is complete");
  }
  return input;
}

std::unique_ptr<Input> make_text_input(std::string name, std::string content) {
  return std::make_unique<TextInput>(std::move(name), std::move(content));
}

}  // namespace rapporteur::sources
