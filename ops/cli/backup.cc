// backup create, list, verify: copies of a running hub's log, each a log folder of its own.
#include <algorithm>
#include <fstream>
#include <memory>
#include <system_error>

#include <spdlog/fmt/fmt.h>

#include "adapters/client/files.h"
#include "adapters/client/hub_file.h"
#include "ops/cli/commands.h"
#include "ops/cli/hub_folder.h"
#include "ops/cli/log_check.h"
#include "ops/cli/log_copy.h"
#include "ops/cli/operator_line.h"
#include "ops/cli/trust.h"
#include "proto/base/clock.h"
#include "proto/base/counted.h"
#include "proto/base/limits.h"
#include "proto/base/sabotage.h"
#include "proto/crypto/encoding.h"
#include "store/notes/checkpoint.h"
#include "store/rocks/body_key_file.h"
#include "store/rocks/local_journal.h"

namespace rapporteur::cli {
namespace {

namespace fs = std::filesystem;

struct CreateOptions {
  fs::path out;
  fs::path body_keys;
  bool full = false;
};

// What `backup create` knows of a copy once it was read back.
struct About {
  std::string hub;
  std::string origin;
  std::uint64_t size = 0;
  std::string root;  // base64
  std::uint64_t verified_ms = 0;
};

std::string about_text(const About& about) {
  return json_line({{"hub", about.hub},
                    {"origin", about.origin},
                    {"size", about.size},
                    {"root", about.root},
                    {"verified_ms", about.verified_ms}});
}

// Empty for a folder that is no finished backup.
std::optional<About> read_about(const fs::path& folder) {
  const auto text = client::read_small_file(folder / kAboutBackup, limits::kConfigurationBytes);
  if (!text) return std::nullopt;
  const auto said = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!said.is_object()) return std::nullopt;
  About about;
  const auto take = [&](const char* name, auto& into) {
    const auto found = said.find(name);
    if (found == said.end()) return false;
    if constexpr (std::is_same_v<std::decay_t<decltype(into)>, std::string>) {
      if (found->is_string()) into = found->template get<std::string>();
      return found->is_string();
    } else {
      if (found->is_number_unsigned()) into = found->template get<std::uint64_t>();
      return found->is_number_unsigned();
    }
  };
  const bool whole = take("hub", about.hub) && take("origin", about.origin) &&
                     take("size", about.size) && take("root", about.root) &&
                     take("verified_ms", about.verified_ms);
  return whole ? std::optional(about) : std::nullopt;
}

// The folder for the backups of one log: logs of one hub have sizes of their own.
fs::path folder_of_log(const fs::path& out, const std::string& origin) {
  std::string name = "log-";
  for (const char c : origin) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-';
    name += plain ? c : '_';
  }
  return out / name;
}

struct Backup {
  fs::path folder;
  About about;
};

// By origin and size. kUsage for a folder that is not there.
Result<std::vector<Backup>> backups_in(const fs::path& out) {
  std::vector<Backup> found;
  std::error_code error;
  const auto list = [&](const fs::path& folder, const auto& use) {
    for (fs::directory_iterator one(folder, error), end; !error && one != end;
         one.increment(error)) {
      if (one->is_directory(error)) use(one->path());
    }
  };
  list(out, [&](const fs::path& log) {
    std::error_code inner;
    for (fs::directory_iterator one(log, inner), end; !inner && one != end; one.increment(inner)) {
      if (auto about = read_about(one->path())) found.push_back({one->path(), *about});
    }
  });
  if (error) {
    return fail(ErrorKind::kUsage, "cannot read: " + error.message(), out.string(),
                "name the folder that `backup create --out` named");
  }
  std::ranges::sort(found, {},
                    [](const Backup& one) { return std::pair(one.about.origin, one.about.size); });
  return found;
}

Result<v1::Snapshot> ask_for_snapshot(OperatorLine& line) {
  v1::Query query;
  query.mutable_snapshot();
  const auto answer = line.query(query);
  if (!answer) return tl::unexpected(answer.error());
  if (::access(answer->snapshot().folder().c_str(), R_OK | X_OK) != 0) {
    return fail(ErrorKind::kUsage,
                "cannot read the snapshot: " + std::generic_category().message(errno),
                answer->snapshot().folder(),
                "make backups on the hub's machine, as the user that the hub runs as");
  }
  return answer->snapshot();
}

// Those of the hub's data folder, in which the snapshot lies.
fs::path keys_beside(const CreateOptions& options, const v1::Snapshot& snapshot) {
  if (!options.body_keys.empty()) return options.body_keys;
  return fs::path(snapshot.folder()).parent_path().string() + ".keys";
}

// The backup holds no keys: of two files with them one should be left when the hub's disk is not.
Status check_copy_of_keys(const v1::Snapshot& snapshot, const notes::VerifierKey& log,
                          TreeSize size) {
  const fs::path copy = snapshot.body_keys_copy();
  if (copy.empty()) {
    return fail(
        ErrorKind::kConfiguration,
        "the keys of the bodies are in one place alone: without them a backup has no bodies",
        "keys.bodies_copy", "name a file on another disk in hub.toml");
  }
  const auto counts = rocks::BodyKeyReader::open(copy, log.text()).and_then([](const auto& reader) {
    return reader->counts();
  });
  constexpr const char* kRemedy = "restart the hub: it writes the copy anew";
  if (!counts) {
    Error wrong = counts.error();
    if (wrong.kind == ErrorKind::kNotFound) wrong.remedy = kRemedy;
    return tl::unexpected(wrong);
  }
  if (counts->made >= size.value) return {};
  return fail(ErrorKind::kStorage, "the copy of the keys of the bodies is behind the log",
              copy.string(), kRemedy);
}

// What a copy has to hold.
struct Copied {
  const v1::Snapshot& snapshot;
  const notes::VerifierKey& log;
  TreeSize size;
};

// Everything in it, bodies included: one that nobody can open is no backup.
Status read_back(const CreateOptions& options, const fs::path& folder, const Copied& copied) {
  if (sabotaged("backup-not-read-back")) return {};
  const fs::path keys = keys_beside(options, copied.snapshot);
  const auto report = check_backup({folder, keys}, copied.log);
  if (!report) return tl::unexpected(report.error());
  if (report->counts.bodies_sealed > 0) {
    return fail(
        ErrorKind::kUsage,
        counted(report->counts.bodies_sealed, "body") + " cannot be opened: the key is not here",
        keys.string(), "name the hub's keys.bodies with --body-keys");
  }
  if (report->covered < copied.size) {
    return fail(ErrorKind::kStorage,
                fmt::format("its checkpoint covers {} entries of {}", report->covered.value,
                            copied.size.value),
                folder.string(), "look at the disk, and try again");
  }
  return {};
}

// One of this size that is there already: of a try that did not come to its end, so it may be
// damaged, and not on disk.
Result<Backup> keep_again(const CreateOptions& options, const fs::path& place, const About& about,
                          const Copied& copied) {
  auto kept = read_back(options, place, copied)
                  .and_then([&] { return sync_path(place); })
                  .and_then([&] { return sync_path(place.parent_path()); })
                  .and_then([&] { return sync_path(options.out); });
  if (kept) return Backup{place, about};
  Error wrong = kept.error();
  if (wrong.kind == ErrorKind::kUsage) return tl::unexpected(wrong);
  wrong.what = "the backup that is there already does not hold: " + wrong.what;
  wrong.remedy = "move " + place.string() + " away, and look at the disk";
  return tl::unexpected(wrong);
}

// The next snapshot would take them along, and they would be lost with it.
Status check_outside(const fs::path& out, const fs::path& data) {
  std::error_code ignored;
  const auto within =
      fs::weakly_canonical(out, ignored).lexically_relative(fs::weakly_canonical(data, ignored));
  if (within.empty() || *within.begin() == "..") return {};
  return fail(ErrorKind::kUsage, "backups do not belong into the hub's data folder", out.string(),
              "name a folder outside it, best on another disk");
}

// A copy of the snapshot in its place, read back whole.
Result<Backup> keep(const CreateOptions& options, const v1::Snapshot& snapshot,
                    const notes::VerifierKey& log, const std::string& hub, CopyCounts& counts) {
  const auto covered =
      check_outside(options.out, fs::path(snapshot.folder()).parent_path()).and_then([&] {
        return notes::open_checkpoint(snapshot.checkpoint(), log);
      });
  if (!covered) return tl::unexpected(covered.error());
  const fs::path home = folder_of_log(options.out, log.name);
  const fs::path place = home / fmt::format("{:012}", covered->size.value);
  std::error_code error;
  const Copied wanted{snapshot, log, covered->size};
  if (fs::exists(place, error)) {
    const auto about = read_about(place);
    if (about && about->origin == log.name && about->size == covered->size.value) {
      return keep_again(options, place, *about, wanted);
    }
    return fail(ErrorKind::kStorage, "something else stands where the backup goes", place.string(),
                "move it away");
  }
  fs::path before;
  if (!options.full) {
    const auto others = backups_in(options.out);
    if (others) {
      for (const Backup& one : *others) {
        if (one.about.origin == log.name) before = one.folder;
      }
    }
  }
  auto scaffold = Scaffold::beside(place);
  if (!scaffold) return tl::unexpected(scaffold.error());
  auto copied = copy_log(snapshot.folder(), scaffold->path(), before);
  if (!copied) return tl::unexpected(copied.error());
  counts = *copied;
  if (auto whole = read_back(options, scaffold->path(), wanted); !whole) {
    Error wrong = whole.error();
    wrong.what = "the copy does not hold, and is not kept: " + wrong.what;
    if (wrong.kind == ErrorKind::kUsage) return tl::unexpected(wrong);
    wrong.remedy = before.empty() ? "look at the hub's disk: `rapporteur audit verify` its folder"
                                  : "with --full nothing is shared with the backup before";
    return tl::unexpected(wrong);
  }
  const About about{hub, log.name, covered->size.value, crypto::base64(covered->root.span()),
                    unix_millis(SystemClock().now())};
  auto placed = client::write_file_atomically(scaffold->path() / kAboutBackup, about_text(about))
                    .and_then([&] { return scaffold->put_in_place(); })
                    .and_then([&] { return sync_path(options.out); });
  if (!placed) return tl::unexpected(placed.error());
  return Backup{place, about};
}

Status create(Session& session, const CreateOptions& options) {
  auto line = OperatorLine::open(session.operator_folder);
  if (!line) return tl::unexpected(line.error());
  const auto snapshot = ask_for_snapshot(*line);
  if (!snapshot) return tl::unexpected(snapshot.error());
  CopyCounts counts;
  const auto log = client::log_key(line->hub());
  const auto kept = keep(options, *snapshot, log, line->hub().hub, counts);
  std::error_code left;
  fs::remove_all(snapshot->folder(), left);
  if (!kept) return tl::unexpected(kept.error());
  if (left) session.warn("the snapshot stays until the next backup: " + left.message());
  v1::Query query;
  query.mutable_backed_up()->set_checkpoint(snapshot->checkpoint());
  const auto answer = line->query(query);
  if (!answer) return tl::unexpected(answer.error());
  const std::uint64_t backed_up_to = answer->backed_up().backed_up_to();
  if (auto keys = check_copy_of_keys(*snapshot, log, TreeSize{kept->about.size}); !keys) {
    session.warn(keys.error().line());
  }
  if (session.json) {
    print(json_line({{"backup", kept->folder.string()},
                     {"size", kept->about.size},
                     {"root", kept->about.root},
                     {"copied_bytes", counts.copied_bytes},
                     {"linked_bytes", counts.linked_bytes},
                     {"backed_up_to", backed_up_to}}));
  } else {
    print(fmt::format("{} of {} in {}, read back whole; {} bytes copied, {} shared\n",
                      counted(kept->about.size, "entry"), kept->about.origin, kept->folder.string(),
                      counts.copied_bytes, counts.linked_bytes));
  }
  return {};
}

Status list(Session& session, const fs::path& out) {
  const auto found = backups_in(out);
  if (!found) return tl::unexpected(found.error());
  TextTable table({"ORIGIN", "ENTRIES", "READ BACK", "FOLDER"});
  for (const Backup& one : *found) {
    if (session.json) {
      print(json_line({{"origin", one.about.origin},
                       {"size", one.about.size},
                       {"root", one.about.root},
                       {"verified", time_text(one.about.verified_ms)},
                       {"backup", one.folder.string()}}));
    }
    table.add({one.about.origin, std::to_string(one.about.size), time_text(one.about.verified_ms),
               one.folder.string()});
  }
  if (session.json) return {};
  print(found->empty() ? "no backup is in " + out.string() + "\n" : table.text());
  return {};
}

struct VerifyOptions {
  fs::path folder;
  fs::path body_keys;
  Trust trust;
};

Status verify_backup(Session& session, const VerifyOptions& options) {
  const auto log = options.trust.log_key();
  if (!log) return tl::unexpected(log.error());
  if (auto there = names_log(options.folder, "name a folder that `backup list` shows"); !there) {
    return there;
  }
  const auto report = check_backup({options.folder, options.body_keys}, *log);
  if (!report) return tl::unexpected(report.error());
  print(session.json ? json_line({{"backup", options.folder.string()},
                                  {"verified", true},
                                  {"size", report->covered.value},
                                  {"root", crypto::base64(report->root.span())}})
                     : fmt::format("{} holds: {} of {}, {} of them under its checkpoint\n",
                                   options.folder.string(), counted(report->size.value, "entry"),
                                   log->name, report->covered.value));
  return {};
}

}  // namespace

void add_backup(CLI::App& app, Session& session) {
  auto* group = app.add_subcommand("backup", "Copies of the hub's log");
  group->require_subcommand(1);

  auto* create_command = group->add_subcommand(
      "create", "Copies the running hub's log and reads the copy back; on the hub's machine");
  auto wanted = std::make_shared<CreateOptions>();
  create_command->add_option("--out", wanted->out, "Folder for backups, best on another disk")
      ->required();
  create_command->add_option("--body-keys", wanted->body_keys,
                             "The keys of the bodies, if they are not beside the data folder");
  create_command->add_flag("--full", wanted->full,
                           "Shares no file with the backup before, copies all");
  create_command->callback([&session, wanted] { session.finish(create(session, *wanted)); });

  auto* list_command = group->add_subcommand("list", "The backups in a folder");
  auto where = std::make_shared<fs::path>();
  list_command->add_option("DIR", *where, "Folder for backups")->required();
  list_command->callback([&session, where] { session.finish(list(session, *where)); });

  auto* verify_command = group->add_subcommand("verify", "Reads one backup back whole");
  auto options = std::make_shared<VerifyOptions>();
  verify_command->add_option("BACKUP", options->folder, "One folder of `backup list`")->required();
  verify_command->add_option("--body-keys", options->body_keys,
                             "The keys of the bodies: without them bodies stay sealed");
  add_trust_options(*verify_command, options->trust);
  verify_command->callback(
      [&session, options] { session.finish(verify_backup(session, *options)); });
}

}  // namespace rapporteur::cli
