#include "adapters/sources/binding.h"

#include "adapters/sources/binder.h"

namespace rapporteur::sources {

Observation BoundFigures::observation(std::size_t row) const {
  Observation out;
  for (std::size_t d = 0; d < kDimensions; ++d) out.key[d] = dimensions_[d].code(row);
  for (std::size_t a = 0; a < kAttributes; ++a) out.attributes[a] = attributes_[a].code(row);
  out.value = values_[row];
  return out;
}

Result<BoundFigures> bind(Source& source, const Mapping& mapping, const BindOptions& options,
                          FindingLog& findings) {
  Binder binder(source.dataset(), mapping, options, findings);
  if (auto fits = binder.fit(); !fits) return tl::unexpected<Error>(fits.error());
  RowBlock block;
  while (true) {
    const auto more = source.read(block, findings);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) break;
    binder.bind(block);
  }
  binder.leave_out(source.left_out());
  return binder.take();
}

Result<BoundFigures> read_figures(const std::string& path, const Mapping* mapping,
                                  const BindOptions& options, FindingLog& findings) {
  const Mapping identity = Mapping::identity();
  const Mapping& used = mapping == nullptr ? identity : *mapping;
  auto source = open_source(path, used.open_options(), findings);
  if (!source) return tl::unexpected<Error>(source.error());
  return bind(**source, used, options, findings);
}

}  // namespace rapporteur::sources
