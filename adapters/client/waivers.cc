#include "adapters/client/waivers.h"

#include <optional>
#include <utility>

#include "proto/base/limits.h"
#include "store/merkle/digest_set.h"

namespace rapporteur::client {
namespace {

// Empty where they are not kept.
Result<std::optional<std::string>> kept(Database& state, const v1::Waiver& waiver) {
  Statement select = state.prepare("SELECT cells FROM waived WHERE root_sha256 = ?");
  auto row = select.bind_blob(waiver.root_sha256()).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  return select.bytes(0);
}

Result<std::string> asked(Connection& line, const v1::Waiver& waiver) {
  v1::Frame question;
  question.mutable_query()->mutable_waived_cells()->set_index(waiver.index());
  auto answer = line.ask(question);
  if (!answer) return tl::unexpected(answer.error());
  return std::move(*answer->mutable_answer()->mutable_waived_cells()->mutable_cell_sha256s());
}

}  // namespace

Result<WaivedCells> verified_cells(const v1::Waiver& waiver, std::string_view packed) {
  auto cells = merkle::DigestSet::parse(packed, limits::kWaivedCells);
  if (!cells || cells->root().view() != waiver.root_sha256()) {
    return fail(ErrorKind::kNotVerified, "the cells of a waiver are not those that the hub signed",
                "waiver " + std::to_string(waiver.index()),
                "ask the hub's operator: an honest hub does not send this");
  }
  return WaivedCells{waiver.index(), waiver.dataflow(),
                     std::make_shared<const std::vector<Digest>>(cells->hashes())};
}

Result<std::vector<WaivedCells>> ask_waived_cells(Connection& line, Database& state,
                                                  const v1::DirectoryState& directory) {
  std::vector<WaivedCells> all;
  for (const v1::Waiver& waiver : directory.waivers()) {
    const auto known = kept(state, waiver);
    if (!known) return tl::unexpected(known.error());
    if (*known) {
      if (auto one = verified_cells(waiver, **known)) {
        all.push_back(std::move(*one));
        continue;
      }
    }
    const auto fetched = asked(line, waiver);
    if (!fetched) return tl::unexpected(fetched.error());
    auto one = verified_cells(waiver, *fetched);
    if (!one) return tl::unexpected(one.error());
    all.push_back(std::move(*one));
  }
  return all;
}

Status keep_waived_cells(Database& state, const std::vector<WaivedCells>& all) {
  auto done = state.run("DELETE FROM waived");
  for (const WaivedCells& one : all) {
    if (!done) break;
    const auto cells = merkle::DigestSet::of(*one.cells);
    const std::string packed = cells.packed();
    const Digest root = cells.root();
    done = state.prepare("INSERT OR IGNORE INTO waived (root_sha256, cells) VALUES (?, ?)")
               .bind_blob(root.view())
               .bind_blob(packed)
               .run();
  }
  return done;
}

Result<std::vector<WaivedCells>> kept_waived_cells(Database& state,
                                                   const v1::DirectoryState& directory) {
  std::vector<WaivedCells> all;
  for (const v1::Waiver& waiver : directory.waivers()) {
    const auto known = kept(state, waiver);
    if (!known) return tl::unexpected(known.error());
    if (!*known) continue;
    auto one = verified_cells(waiver, **known);
    if (!one) {
      return fail(ErrorKind::kStorage, "the synced cells of a waiver are damaged", "state.db",
                  "sync again");
    }
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace rapporteur::client
