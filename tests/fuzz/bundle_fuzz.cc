// Files of an exported log from any bytes: what is read as whole is what would be written.
#include <cstdint>

#include "proto/base/check.h"
#include "store/export/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapporteur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::uint64_t width : {1U, 2U, 255U, 256U}) {
    if (const auto leaves = exports::parse_leaf_bundle(bytes, width)) {
      RAPPORTEUR_CHECK(leaves->size() == width && bytes.starts_with(exports::leaf_bundle(*leaves)));
    }
    if (const auto tile = exports::parse_tile(bytes, width)) {
      RAPPORTEUR_CHECK(tile->size() == width && bytes.starts_with(tile->front().view()));
    }
  }
  std::string written;
  const auto read = exports::for_each_frame(bytes, [&](std::string_view part) -> Status {
    exports::append_frame(written, part);
    return {};
  });
  RAPPORTEUR_CHECK(bytes.starts_with(written) && (!read || written == bytes));
  if (const auto mark = exports::RecordsMark::parse(bytes)) {
    RAPPORTEUR_CHECK(mark->text() == bytes);
  }
  return 0;
}
