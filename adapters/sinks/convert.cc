#include "adapters/sinks/convert.h"

#include "proto/base/counted.h"

namespace rapporteur::sinks {

Result<Conversion> convert(sources::Source& source, const DatasetFormat& format, Output& output,
                           const ConvertOptions& options, Losses& losses,
                           sources::FindingLog& findings) {
  sources::RowBlock block;
  auto more = source.read(block, findings);
  if (!more) return tl::unexpected<Error>(more.error());
  auto writer = format.open(source.dataset(), output, options.writer, losses);
  if (!writer) return tl::unexpected<Error>(writer.error());
  Conversion out;
  while (*more) {
    if (auto written = (*writer)->write(block); !written) {
      return tl::unexpected<Error>(written.error());
    }
    out.rows += block.rows();
    more = source.read(block, findings);
    if (!more) return tl::unexpected<Error>(more.error());
  }
  out.rows_left_out = source.left_out().size();
  if (out.rows_left_out > 0 && !options.skip_refused_rows) {
    return fail(ErrorKind::kRefused,
                counted(out.rows_left_out, "row") + " cannot be read, and nothing was written",
                source.dataset().file, "mend them, or leave them out with --skip-refused-rows");
  }
  if (auto done = (*writer)->finish(); !done) return tl::unexpected<Error>(done.error());
  return out;
}

}  // namespace rapporteur::sinks
