#include "store/export/record_export.h"

#include <algorithm>

namespace rapporteur::exports {
namespace {

constexpr std::size_t kRecordBytesAtOnce = 16UL << 20U;
constexpr std::size_t kMarkBytes = 256;

Result<RecordsMark> read_mark(const std::filesystem::path& folder, bool bodies) {
  const std::filesystem::path file = folder / kRecordsMark;
  const auto text = read_file(file, kMarkBytes);
  if (!text && text.error().kind == ErrorKind::kNotFound) {
    // The mark comes before the first tile.
    std::error_code ignored;
    if (!std::filesystem::exists(folder / "tile", ignored)) return RecordsMark{{}, bodies};
    return fail(ErrorKind::kUsage,
                "the folder holds tiles, which anybody may have; records are not", folder.string(),
                "name another folder");
  }
  if (!text) return tl::unexpected(text.error());
  auto mark = RecordsMark::parse(*text);
  if (!mark) {
    mark.error().where = file.string();
    return mark;
  }
  if (mark->bodies != bodies) {
    return fail(ErrorKind::kUsage,
                mark->bodies ? "this export holds bodies" : "this export holds no bodies",
                folder.string(),
                mark->bodies ? "give --bodies, or name another folder"
                             : "leave out --bodies, or name another folder");
  }
  return mark;
}

// The entry that would say why the body is missing is not in the export.
Status erased_meanwhile(const journal::StoredEntry& entry, TreeSize end) {
  return fail(ErrorKind::kOverloaded,
              "its body was erased by entry " + std::to_string(entry.erased_by->value) +
                  ", and the export ends at " + std::to_string(end.value),
              "entry " + std::to_string(entry.index.value),
              "run again; in a log that was restored erase it again first (BACKUP.md)");
}

std::uint64_t bundle_begin(TreeSize size) {
  return size.value / merkle::kTileWidth * merkle::kTileWidth;
}

// Writes bundles of records and bodies from the one of `begin` on.
class RecordWriter {
 public:
  RecordWriter(const WritableFolder& files, const journal::JournalReader& reader, bool bodies)
      : files_(files), reader_(reader), bodies_(bodies) {}

  Status write(std::uint64_t begin, TreeSize end) {
    for (std::uint64_t next = begin; next < end.value;) {
      const auto wanted =
          std::min<std::uint64_t>(end.value - next, merkle::kTileWidth - next % merkle::kTileWidth);
      const auto entries = reader_.entries(LogIndex{next}, static_cast<std::size_t>(wanted),
                                           kRecordBytesAtOnce, bodies_);
      if (!entries) return tl::unexpected(entries.error());
      if (entries->empty()) {
        return fail(ErrorKind::kStorage, "the log gave no entry", "entry " + std::to_string(next));
      }
      for (const journal::StoredEntry& entry : *entries) {
        if (entry.state == journal::BodyState::kSealed) {
          return fail(ErrorKind::kStorage, "the keys of the bodies are not here",
                      "entry " + std::to_string(entry.index.value),
                      "put their file beside the data folder, or leave out --bodies");
        }
        if (entry.erased_by && *entry.erased_by >= LogIndex{end.value}) {
          return erased_meanwhile(entry, end);
        }
        append_frame(records_, entry.nonce, entry.record);
        if (bodies_) append_frame(salted_, entry.salt, entry.body);
      }
      next += entries->size();
      if (next % merkle::kTileWidth != 0 && next != end.value) continue;
      if (auto flushed = flush(next); !flushed) return flushed;
    }
    return {};
  }

 private:
  Status flush(std::uint64_t end) {
    const std::uint64_t number = (end - 1) / merkle::kTileWidth;
    const std::uint64_t width = end - number * merkle::kTileWidth;
    auto written = files_.write(bundle_path(kRecordBundles, number, width), records_);
    if (written && bodies_) {
      written = files_.write(bundle_path(kBodyBundles, number, width), salted_);
    }
    records_.clear();
    salted_.clear();
    return written;
  }

  const WritableFolder& files_;
  const journal::JournalReader& reader_;
  bool bodies_;
  std::string records_;
  std::string salted_;
};

// Writes a bundle of checkpoints for each bundle of records from that of `begin` on.
class CheckpointWriter {
 public:
  CheckpointWriter(const WritableFolder& files, std::uint64_t begin)
      : files_(files), begin_(begin), number_(begin / merkle::kTileWidth) {}

  // False when something went wrong: finish() says what.
  bool add(TreeSize size, const std::string& note) {
    if (begin_ != 0 && size.value <= begin_) return true;
    const std::uint64_t number = size.value == 0 ? 0 : (size.value - 1) / merkle::kTileWidth;
    while (number_ < number && written_) flush(merkle::kTileWidth);
    append_frame(bundle_, note);
    return written_.has_value();
  }

  Status finish(TreeSize end) {
    while (written_ && number_ * merkle::kTileWidth < end.value) {
      flush(std::min<std::uint64_t>(merkle::kTileWidth, end.value - number_ * merkle::kTileWidth));
    }
    return written_;
  }

 private:
  void flush(std::uint64_t width) {
    written_ = files_.write(bundle_path(kCheckpointBundles, number_, width), bundle_);
    bundle_.clear();
    ++number_;
  }

  const WritableFolder& files_;
  std::uint64_t begin_;
  std::uint64_t number_;
  std::string bundle_;
  Status written_;
};

void remove_partial(const WritableFolder& files, TreeSize before, TreeSize now) {
  const std::uint64_t number = before.value / merkle::kTileWidth;
  if (tile_width(before, {0, number}) == 0) return;
  if (tile_width(now, {0, number}) != merkle::kTileWidth) return;
  for (const char* const below : {kRecordBundles, kBodyBundles, kCheckpointBundles}) {
    files.remove_all(bundle_path(below, number, merkle::kTileWidth) + ".p");
  }
}

}  // namespace

Result<Exported> export_records(const std::filesystem::path& folder, const notes::VerifierKey& log,
                                const journal::JournalReader& reader, bool bodies) {
  auto tiles = TileExport::open(folder, log, WritableFolder::Readers::kOwner);
  if (!tiles) return tl::unexpected(tiles.error());
  const auto mark = read_mark(folder, bodies);
  if (!mark) return tl::unexpected(mark.error());
  const auto note = reader.checkpoint();
  JournalSource source(reader);
  const auto target = tiles->check(*note, source);
  if (!target) return tl::unexpected(target.error());
  const std::uint64_t begin = bundle_begin(mark->size);
  const WritableFolder& files = tiles->files();
  if (auto begun = files.write(kRecordsMark, mark->text()); !begun) {
    return tl::unexpected(begun.error());
  }
  if (mark->size < target->size) {
    CheckpointWriter checkpoints(files, begin);
    auto written = RecordWriter(files, reader, bodies).write(begin, target->size).and_then([&] {
      return reader.checkpoints(
          [&](TreeSize size, const std::string& each) { return checkpoints.add(size, each); });
    });
    if (written) written = checkpoints.finish(target->size);
    if (!written) return tl::unexpected(written.error());
  }
  auto advanced = tiles->advance_to(*note, source);
  if (!advanced) return advanced;
  auto marked = files.write(kRecordsMark, RecordsMark{target->size, bodies}.text()).and_then([&] {
    return files.sync();
  });
  if (!marked) return tl::unexpected(marked.error());
  remove_partial(files, mark->size, target->size);
  return Exported{mark->size, target->size};
}

}  // namespace rapporteur::exports
