#include "store/journal/snapshots.h"

namespace rapporteur::journal {

std::string backed_up_state(TreeSize size) {
  std::string out;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(size.value >> (shift - 8)));
  }
  return out;
}

Result<TreeSize> parse_backed_up(std::string_view state) {
  if (state.empty()) return TreeSize{};
  if (state.size() != sizeof(std::uint64_t)) {
    return fail(ErrorKind::kStorage, "the database holds a damaged state",
                std::string(kBackedUpState), "restore the log from a verified backup");
  }
  TreeSize size;
  for (const char byte : state) size.value = size.value << 8U | static_cast<unsigned char>(byte);
  return size;
}

}  // namespace rapporteur::journal
