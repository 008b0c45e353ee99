#include "ops/publisher/tile_keeper.h"

#include "adapters/client/hub_file.h"
#include "proto/base/limits.h"
#include "store/export/tile_export.h"

namespace rapporteur::publisher {
namespace {

class HubLeaves final : public exports::LeafSource {
 public:
  explicit HubLeaves(client::Connection& line) : line_(line) {}

  [[nodiscard]] Result<std::vector<merkle::LeafEntry>> leaves(LogIndex first,
                                                              std::size_t count) override {
    v1::Frame question;
    v1::EntriesQuery& query = *question.mutable_query()->mutable_entries();
    query.set_from(first.value);
    query.set_count(
        static_cast<std::uint32_t>(std::min<std::size_t>(count, limits::kEntriesPerAnswer)));
    const auto answer = line_.ask(question);
    if (!answer) return tl::unexpected(answer.error());
    std::vector<merkle::LeafEntry> out;
    for (const v1::Entry& entry : answer->answer().entries().entries()) {
      if (entry.index() != first.value + out.size() || out.size() == count) {
        return fail(ErrorKind::kRefused, "the hub does not show all entries to this identity",
                    line_.hub().endpoint, "enrol the publisher as an auditor");
      }
      out.push_back(merkle::leaf_entry(bytes_of(entry.nonce()), bytes_of(entry.record())));
    }
    return out;
  }

  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(TreeSize first,
                                                              TreeSize second) override {
    v1::Frame question;
    v1::ConsistencyQuery& query = *question.mutable_query()->mutable_consistency();
    query.set_first_size(first.value);
    query.set_second_size(second.value);
    const auto answer = line_.ask(question);
    if (!answer) return tl::unexpected(answer.error());
    return merkle::unpack(answer->answer().consistency().proof());
  }

 private:
  client::Connection& line_;
};

// The tree is checked against the note's root, so a line is trusted with nothing.
Status bring_to(const TileKeeperParts& parts, std::unique_ptr<client::Connection>& line,
                const std::string& note) {
  if (line == nullptr) {
    auto opened = client::Connection::open(parts.hub, parts.keys, parts.line);
    if (!opened) return tl::unexpected(opened.error());
    if (auto welcome = (*opened)->hello(); !welcome) return tl::unexpected(welcome.error());
    line = std::move(*opened);
  }
  HubLeaves leaves(*line);
  const auto exported =
      exports::export_tiles(parts.folder, client::log_key(parts.hub), note, leaves);
  if (exported) return {};
  // What is wrong with a line is not known.
  line.reset();
  return tl::unexpected(exported.error());
}

}  // namespace

std::unique_ptr<NoteWorker> make_tile_keeper(const TileKeeperParts& parts, spdlog::logger& logger) {
  const auto line = std::make_shared<std::unique_ptr<client::Connection>>();
  return std::make_unique<NoteWorker>(
      NoteWorker::Options{"tiles", parts.interval},
      [parts, line](const std::string& note) { return bring_to(parts, *line, note); }, logger);
}

}  // namespace rapporteur::publisher
