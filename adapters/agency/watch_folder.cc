#include "adapters/agency/watch_folder.h"

#include <algorithm>

#include "adapters/agency/item_view.h"
#include "adapters/agency/waiting_keys.h"
#include "adapters/client/files.h"
#include "adapters/client/ledger.h"
#include "adapters/client/login.h"
#include "proto/crypto/sha256.h"

namespace rapporteur::agency {
namespace {

using client::Item;
using client::ItemState;
using client::WatchedFile;

constexpr std::chrono::milliseconds kLookEvery{500};
constexpr std::chrono::milliseconds kComplete{1'000};
constexpr std::size_t kFileBytes = 256UL << 20U;

bool is_left_alone(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp");
}

bool settled(const Item& item) {
  return item.state == ItemState::kReceipted || item.state == ItemState::kRefused ||
         item.state == ItemState::kDiscarded;
}

std::string report_of(const PlannedFile& planned, const LocalCheck& check) {
  std::string report;
  for (const FileFinding& finding : planned.findings) {
    report += finding.sentence(planned.file, Paint::kPlain) + "\n";
  }
  if (planned.readable) report += check.basis() + "\n";
  return report + "nothing was sent\n";
}

// "mine.csv", else "mine.2.csv", the first that is free.
std::filesystem::path free_name(const std::filesystem::path& folder,
                                const std::filesystem::path& name) {
  std::filesystem::path path = folder / name;
  std::error_code ignored;  // what cannot be looked up cannot be written either
  for (int i = 2; std::filesystem::exists(path, ignored); ++i) {
    path = folder / (name.stem().string() + "." + std::to_string(i) + name.extension().string());
  }
  return path;
}

}  // namespace

WatchFolder::WatchFolder(Desk& desk, const Program& program, std::filesystem::path folder,
                         std::function<void(const Moved&)> moved)
    : desk_(&desk),
      program_(&program),
      folder_(std::move(folder)),
      moved_(std::move(moved)),
      watched_(desk.agency.state()) {}

Result<WatchFolder> WatchFolder::open(Desk& desk, const Program& program,
                                      std::filesystem::path folder,
                                      std::function<void(const Moved&)> moved) {
  for (const char* name : {"done", "refused"}) {
    std::error_code error;
    std::filesystem::create_directories(folder / name, error);
    if (error) {
      return fail(ErrorKind::kConfiguration, "cannot make the folder: " + error.message(),
                  (folder / name).string(), "see run.watch in adapter.toml");
    }
  }
  WatchFolder watch(desk, program, std::move(folder), std::move(moved));
  if (auto forgotten = watch.forget_what_is_gone(); !forgotten) {
    return tl::unexpected(forgotten.error());
  }
  return watch;
}

// Moved, but the last process was ended before it could say so; or taken away by a person.
Status WatchFolder::forget_what_is_gone() {
  auto files = watched_.files();
  if (!files) return tl::unexpected(files.error());
  for (const WatchedFile& file : *files) {
    const auto there = client::is_there(folder_ / file.name);
    if (!there) return tl::unexpected(there.error());
    if (*there) continue;
    if (auto forgotten = watched_.forget(file); !forgotten) return forgotten;
  }
  return {};
}

bool WatchFolder::complete(const std::filesystem::directory_entry& entry, MonotonicTime now) {
  std::error_code gone;
  const std::string name = entry.path().filename().string();
  if (is_left_alone(name) || !entry.is_regular_file(gone)) return false;
  const Seen found{entry.file_size(gone), entry.last_write_time(gone), now, {}};
  if (gone) return false;
  const auto [known, is_new] = seen_.try_emplace(name, found);
  if (known->second.size != found.size || known->second.changed != found.changed) {
    known->second = found;
  }
  return now - known->second.since >= kComplete;
}

Status WatchFolder::look(MonotonicTime now) {
  if (now < next_look_) return {};
  next_look_ = now + kLookEvery;
  std::error_code error;
  std::vector<std::filesystem::path> ready;
  std::map<std::string, Seen> before;
  std::swap(before, seen_);
  for (std::filesystem::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    // What is gone is forgotten, since only what is there is carried over.
    const auto known = before.find(entry->path().filename().string());
    if (known != before.end()) seen_.insert(*known);
    if (complete(*entry, now)) ready.push_back(entry->path());
  }
  if (error) {
    return fail(ErrorKind::kStorage, "cannot read the watched folder: " + error.message(),
                folder_.string());
  }
  std::sort(ready.begin(), ready.end());
  for (const auto& path : ready) {
    auto handled = handle(path, seen_.at(path.filename().string()));
    if (!handled) return handled;
  }
  return {};
}

Status WatchFolder::handle(const std::filesystem::path& path, Seen& seen) {
  if (!seen.content_sha256) {
    auto content = client::read_small_file(path, kFileBytes);
    if (!content) return move(path, false, content.error().line() + "\n");
    seen.content_sha256 = crypto::sha256(*content);
  }
  const WatchedFile file{path.filename().string(), *seen.content_sha256};
  auto ids = watched_.messages(file);
  if (!ids) return tl::unexpected(ids.error());
  return ids->empty() ? take(path, file) : settle(path, file, *ids);
}

Status WatchFolder::take(const std::filesystem::path& path, const WatchedFile& file) {
  const client::Ledger ledger(desk_->agency.state(), client::log_key(desk_->hub).key);
  auto check = LocalCheck::open(desk_->participant(), ledger);
  if (!check) return tl::unexpected(check.error());
  if (auto expected = expect_waiting(*desk_, *check); !expected) return expected;
  const FileOptions reading = FileOptions().with_default(desk_->agency.settings().mapping);
  auto planned = plan_file(path.string(), reading, *check);
  if (!planned) return move(path, false, planned.error().line() + "\n");
  if (!planned->readable || !planned->rules_hold) {
    return move(path, false, report_of(*planned, *check));
  }
  auto added =
      desk_->outbox.add(items_of(*planned), client::login(),
                        [&](std::span<const MessageId> ids) { return watched_.add(file, ids); });
  if (!added) return tl::unexpected(added.error());
  return {};
}

Status WatchFolder::settle(const std::filesystem::path& path, const WatchedFile& file,
                           std::span<const MessageId> ids) {
  std::string report;
  bool accepted = true;
  for (const MessageId& id : ids) {
    auto item = desk_->outbox.find(id);
    if (!item) return tl::unexpected(item.error());
    if (!settled(*item)) return {};
    accepted = accepted && item->state == ItemState::kReceipted;
    report += item_text(*item, Paint::kPlain) + "\n";
    for (const FileFinding& finding : hub_findings(*item)) {
      report += finding.sentence(item->source, Paint::kPlain) + "\n";
    }
  }
  return move(path, accepted, report).and_then([&]() { return watched_.forget(file); });
}

// The report first: a file in done/ or refused/ has one.
Status WatchFolder::move(const std::filesystem::path& path, bool accepted,
                         const std::string& report) {
  const std::filesystem::path to =
      free_name(folder_ / (accepted ? "done" : "refused"), path.filename());
  const std::string report_file = to.string() + ".report.txt";
  if (auto written = client::write_file_atomically(report_file, report); !written) return written;
  std::error_code error;
  std::filesystem::rename(path, to, error);
  if (error) {
    return fail(ErrorKind::kStorage, "cannot be moved: " + error.message(), path.string());
  }
  moved_({path.filename().string(), accepted, report_file});
  return {};
}

}  // namespace rapporteur::agency
