// Datasets written: one writer for every format, whatever the rows are about.
//
// What is written is in the normal form that plain_source.h describes. A writer says what its
// format cannot carry in `losses`, once for each component and cause, and carries all else.
// Threads: one at a time. Memory: bounded, but for what a format has to say at its end (names of
// codes, say).
// Errors: those of the output; kMalformed where rows cannot be written in this format at all (no
// component is a dimension, say), with the remedy.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/sinks/losses.h"
#include "adapters/sinks/output.h"
#include "adapters/sources/dataset.h"
#include "proto/base/result.h"

namespace rapporteur::sinks {

struct WriterOptions {
  // For formats that may give names of codes beside them, if the dataset knows them.
  sources::Labels labels = sources::Labels::kId;
};

class DatasetWriter {
 public:
  virtual ~DatasetWriter() = default;
  // One cell a component, in the order of the dataset's components.
  [[nodiscard]] virtual Status write(const sources::RowBlock& block) = 0;
  // Makes the output whole, with or without rows, and commits it.
  [[nodiscard]] virtual Status finish() = 0;
};

struct DatasetFormat {
  std::string_view name;
  std::string_view description;
  std::string_view extension;  // of its files, with the dot
  // How every file of this format for these components begins.
  std::string (*beginning)(const sources::Dataset& dataset);
  // `dataset`, `output` and `losses` outlive the writer. The dataset's structures and the names of
  // its codes may grow while rows are written, its components stay as they are.
  Result<std::unique_ptr<DatasetWriter>> (*open)(const sources::Dataset& dataset, Output& output,
                                                 const WriterOptions& options, Losses& losses);
};
[[nodiscard]] std::span<const DatasetFormat> dataset_formats();
// Null when there is none of this name.
[[nodiscard]] const DatasetFormat* dataset_format(std::string_view name);

}  // namespace rapporteur::sinks
