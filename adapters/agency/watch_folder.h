// A folder whose files are sent as they come: checked, put into the outbox, and moved to done/ or
// refused/ with a report beside when the hub has answered for all of it.
//
// A file counts as complete when it did not change between looks of kComplete; names that begin
// with '.' or end in .part or .tmp are left alone, so that who writes in place can rename at last.
// Durability: that a file was taken is stored in the transaction that puts it into the outbox: a
// kill at any point sends it once.
// Errors: kStorage ends the watch; what is wrong with a file is in its report.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "adapters/agency/desk.h"
#include "adapters/agency/planned_file.h"
#include "adapters/client/watched.h"

namespace rapporteur::agency {

class WatchFolder {
 public:
  struct Moved {
    std::string file;  // its name in the folder
    bool accepted = false;
    std::string report;  // path
  };
  // `desk` outlives it. Makes done/ and refused/ in the folder.
  [[nodiscard]] static Result<WatchFolder> open(Desk& desk, const Program& program,
                                                std::filesystem::path folder,
                                                std::function<void(const Moved&)> moved);

  // Cheap when called too often.
  [[nodiscard]] Status look(MonotonicTime now);

 private:
  struct Seen {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type changed;
    MonotonicTime since;
    std::optional<Digest> content_sha256;  // once it was read
  };
  WatchFolder(Desk& desk, const Program& program, std::filesystem::path folder,
              std::function<void(const Moved&)> moved);
  [[nodiscard]] Status forget_what_is_gone();
  [[nodiscard]] bool complete(const std::filesystem::directory_entry& entry, MonotonicTime now);
  [[nodiscard]] Status handle(const std::filesystem::path& path, Seen& seen);
  [[nodiscard]] Status take(const std::filesystem::path& path, const client::WatchedFile& file);
  [[nodiscard]] Status settle(const std::filesystem::path& path, const client::WatchedFile& file,
                              std::span<const MessageId> ids);
  [[nodiscard]] Status move(const std::filesystem::path& path, bool accepted,
                            const std::string& report);

  Desk* desk_;
  const Program* program_;
  std::filesystem::path folder_;
  std::function<void(const Moved&)> moved_;
  client::Watched watched_;
  std::map<std::string, Seen> seen_;
  MonotonicTime next_look_;
};

}  // namespace rapporteur::agency
