#include "adapters/sinks/table/current_figures.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adapters/sources/sdmx_csv/columns.h"
#include "adapters/sources/source.h"

namespace rapporteur::sinks {
namespace {

// Line of the file, sender of its row.
Result<std::map<std::uint64_t, std::string>> senders_of(const std::string& path,
                                                        sources::FindingLog& findings) {
  std::map<std::uint64_t, std::string> senders;
  auto source = sources::open_source(path, {}, findings);
  if (!source) return tl::unexpected<Error>(source.error());
  const auto* column = (*source)->dataset().find(sources::sdmx_csv::kSender);
  if (column == nullptr) return senders;
  const std::size_t cell = column->column;
  sources::RowBlock block;
  while (true) {
    const auto more = (*source)->read(block, findings);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return senders;
    for (std::size_t row = 0; row < block.rows(); ++row) {
      senders.emplace(block.line(row), block.cell(row, cell));
    }
  }
}

}  // namespace

CurrentFigures::Key CurrentFigures::key_of(const Figure& figure) {
  Key key;
  key[0] = figure.dataflow;
  key[1] = figure.sender;
  std::copy(figure.observation.key.begin(), figure.observation.key.end(), key.begin() + 2);
  return key;
}

Status CurrentFigures::put(Figure figure) {
  figures_.insert_or_assign(key_of(figure), std::move(figure));
  if (figures_.size() <= kMostFigures) return {};
  return fail(ErrorKind::kRefused, "more figures than a table on a terminal can hold", {},
              "receive them to files, or filter the subscription");
}

void CurrentFigures::take_away(const std::string& sender, const sources::BoundDeletion& deletion) {
  std::erase_if(figures_, [&](const auto& entry) {
    const Figure& figure = entry.second;
    if (figure.sender != sender || figure.dataflow != deletion.dataflow) return false;
    for (std::size_t d = 0; d < kDimensions; ++d) {
      const std::string& wanted = deletion.key[d];
      if (!wanted.empty() && wanted != figure.observation.key[d]) return false;
    }
    return true;
  });
}

Status CurrentFigures::apply(const ReceivedSubmission& submission) {
  for (std::size_t row = 0; row < submission.deleted.rows(); ++row) {
    figures_.erase(
        key_of({submission.sender, submission.dataflow, submission.deleted.observation(row)}));
  }
  for (std::size_t row = 0; row < submission.observations.rows(); ++row) {
    auto done =
        put({submission.sender, submission.dataflow, submission.observations.observation(row)});
    if (!done) return done;
  }
  return {};
}

Status CurrentFigures::apply_file(const std::string& path, sources::FindingLog& findings) {
  sources::FindingLog first_reading(path);
  auto senders = senders_of(path, first_reading);
  if (!senders) return tl::unexpected<Error>(senders.error());
  const auto figures = sources::read_figures(
      path, nullptr, {.unknown_codes = sources::UnknownCodes::kKeep}, findings);
  if (!figures) return tl::unexpected<Error>(figures.error());
  auto deletion = figures->deletions().begin();
  const auto delete_before = [&](std::uint64_t line) {
    for (; deletion != figures->deletions().end() && deletion->line < line; ++deletion) {
      take_away((*senders)[deletion->line], *deletion);
    }
  };
  for (std::size_t row = 0; row < figures->rows(); ++row) {
    delete_before(figures->line(row));
    auto done =
        put({(*senders)[figures->line(row)], figures->dataflow(row), figures->observation(row)});
    if (!done) return done;
  }
  delete_before(UINT64_MAX);
  return {};
}

std::vector<Figure> CurrentFigures::figures() const {
  std::vector<Figure> out;
  out.reserve(figures_.size());
  for (const auto& [key, figure] : figures_) out.push_back(figure);
  return out;
}

Result<std::vector<Figure>> read_exported_figures(const std::string& path,
                                                  sources::FindingLog& findings) {
  std::vector<std::string> files{path};
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    files.clear();
    for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      const auto& file = entry->path();
      // A name that begins with a dot is a file that is still being written.
      if (file.extension() == ".csv" && file.filename().string().front() != '.') {
        files.push_back(file.string());
      }
    }
    if (error) return fail(ErrorKind::kStorage, "cannot be listed: " + error.message(), path);
  }
  std::sort(files.begin(), files.end());
  CurrentFigures current;
  for (const auto& file : files) {
    if (auto done = current.apply_file(file, findings); !done) {
      return tl::unexpected<Error>(done.error());
    }
  }
  return current.figures();
}

}  // namespace rapporteur::sinks
