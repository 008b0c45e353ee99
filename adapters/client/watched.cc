#include "adapters/client/watched.h"

namespace rapporteur::client {

Result<std::vector<WatchedFile>> Watched::files() const {
  Statement select = state_.prepare("SELECT DISTINCT name, content_sha256 FROM watched");
  std::vector<WatchedFile> files;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return files;
    const auto digest = Digest::from(select.bytes(1));
    if (!digest) return fail(ErrorKind::kStorage, "a watched file's entry is damaged", "state.db");
    files.push_back({select.bytes(0), *digest});
  }
}

Result<std::vector<MessageId>> Watched::messages(const WatchedFile& file) const {
  Statement select = state_.prepare(
      "SELECT message_id FROM watched WHERE name = ? AND content_sha256 = ? ORDER BY message_id");
  select.bind_text(file.name).bind_blob(file.content_sha256.view());
  std::vector<MessageId> ids;
  while (true) {
    auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return ids;
    const auto id = MessageId::from(select.bytes(0));
    if (!id) return fail(ErrorKind::kStorage, "a watched file's entry is damaged", "state.db");
    ids.push_back(*id);
  }
}

Status Watched::add(const WatchedFile& file, std::span<const MessageId> ids) {
  for (const MessageId& id : ids) {
    auto added =
        state_.prepare("INSERT INTO watched (name, content_sha256, message_id) VALUES (?, ?, ?)")
            .bind_text(file.name)
            .bind_blob(file.content_sha256.view())
            .bind_blob(id.view())
            .run();
    if (!added) return added;
  }
  return {};
}

Status Watched::forget(const WatchedFile& file) {
  return state_.prepare("DELETE FROM watched WHERE name = ? AND content_sha256 = ?")
      .bind_text(file.name)
      .bind_blob(file.content_sha256.view())
      .run();
}

}  // namespace rapporteur::client
