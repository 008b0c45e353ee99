#include "store/rocks/checkpoint_file.h"
#include "store/rocks/recovery.h"
#include "store/rocks/whole.h"

namespace rapporteur::rocks {

Result<AuditedLog> open_for_audit(const std::filesystem::path& folder,
                                  const LocalJournalOptions& options) {
  if (auto checked = check_log_folder(folder); !checked) return tl::unexpected(checked.error());
  // Before the database: a broker that runs on may give out newer ones meanwhile, but the database
  // never has less than the file says.
  const auto slots = read_checkpoint_slots(folder);
  if (!slots) {
    Error error = slots.error();
    error.remedy =
        "copy the whole data folder; where the file is lost, put the newest checkpoint "
        "that a witness or a receipt holds into it";
    return tl::unexpected(error);
  }
  auto database = Database::open(database_folder(folder), Database::Mode::kRead, options);
  if (!database) return tl::unexpected(database.error());
  auto found = recover(**database);
  if (!found) return tl::unexpected(found.error());
  const auto given = newest_of(*slots, found->log);
  if (!given) return tl::unexpected(given.error());
  auto checked = check_against(**database, found->tree, given->checkpoint, folder.string());
  if (!checked) return tl::unexpected(checked.error());

  Head head{found->tree.size(), found->tree.edge(),
            std::make_shared<const std::string>(given->note), given->checkpoint.size};
  if (found->newest && found->newest->checkpoint.size > given->checkpoint.size) {
    head.checkpoint = std::make_shared<const std::string>(found->newest->note(found->log));
    head.checkpoint_size = found->newest->checkpoint.size;
  }
  auto keys = BodyKeyReader::open(
      options.body_keys.empty() ? body_key_file_of(folder) : options.body_keys, found->log.text());
  if (!keys && keys.error().kind != ErrorKind::kNotFound) return tl::unexpected(keys.error());
  AuditedLog log;
  log.verifier_key = found->log.text();
  const std::shared_ptr<const Database> shared = std::move(*database);
  log.read_rest = [shared, db = database_folder(folder),
                   &files = files_of(options)]() -> Result<std::vector<std::string>> {
    if (auto read = shared->verify_tables(); !read) return tl::unexpected(read.error());
    return check_ends(db, files);
  };
  log.reader = std::make_unique<Reader>(shared, keys ? std::move(*keys) : nullptr, found->log,
                                        std::make_shared<const Head>(std::move(head)));
  return log;
}

Status check_files(const std::filesystem::path& folder) {
  if (auto checked = check_log_folder(folder); !checked) return checked;
  const auto database = Database::open(database_folder(folder), Database::Mode::kRead, {});
  if (!database) return tl::unexpected(database.error());
  return (*database)->verify_tables();
}

}  // namespace rapporteur::rocks
