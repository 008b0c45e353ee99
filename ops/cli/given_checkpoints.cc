#include "ops/cli/given_checkpoints.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "ops/cli/trust.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "store/export/files.h"
#include "store/verify/proof_file.h"

namespace rapporteur::cli {
namespace {

constexpr std::size_t kMostFiles = 1'000'000;

Result<std::vector<std::string>> files_of(const std::filesystem::path& folder) {
  constexpr const char* kRemedy = "name a folder with checkpoints or receipts that were kept";
  if (auto there = readable(folder, kRemedy); !there) return tl::unexpected(there.error());
  std::error_code error;
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path().string());
    if (files.size() > kMostFiles) {
      return fail(ErrorKind::kUsage, "more files than can be read at once", folder.string(),
                  "spread them over several folders");
    }
  }
  if (error) return fail(ErrorKind::kUsage, error.message(), folder.string(), kRemedy);
  std::ranges::sort(files);
  return files;
}

Result<GivenCheckpoint> read_one(const std::string& file, const notes::VerifierKey& log) {
  auto bytes = exports::read_file(file, limits::kProofFileBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  auto receipt = verify::ProofFile::parse(*bytes);
  GivenCheckpoint given{file, std::move(receipt ? receipt->checkpoint : *bytes), {}};
  auto head = notes::open_checkpoint(given.note, log);
  if (!head) {
    return fail(ErrorKind::kNotVerified, head.error().what, file,
                "take it out of the folder if it is no checkpoint of " + log.name);
  }
  given.head = std::move(*head);
  return given;
}

}  // namespace

Result<std::vector<GivenCheckpoint>> read_given_checkpoints(const std::filesystem::path& folder,
                                                            const notes::VerifierKey& log) {
  std::vector<GivenCheckpoint> all;
  if (folder.empty() || sabotaged("given-unread")) return all;
  const auto files = files_of(folder);
  if (!files) return tl::unexpected(files.error());
  for (const std::string& file : *files) {
    auto one = read_one(file, log);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  std::ranges::stable_sort(all, {}, [](const GivenCheckpoint& one) { return one.head.size; });
  const auto fork = std::ranges::adjacent_find(
      all, [](const GivenCheckpoint& left, const GivenCheckpoint& right) {
        return left.head.size == right.head.size && left.head.root != right.head.root;
      });
  if (fork != all.end()) {
    const GivenCheckpoint& other = *std::next(fork);
    return fail(ErrorKind::kNotVerified,
                fmt::format("{} and {} are two heads of one size, {}: the log's key signed two "
                            "histories",
                            fork->file, other.file, other.head.size.value),
                folder.string(), "keep both: they prove it to anybody");
  }
  return all;
}

}  // namespace rapporteur::cli
