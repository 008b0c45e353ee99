#include "adapters/sources/names.h"

#include <algorithm>

#include "proto/base/ascii.h"

namespace rapporteur::sources {
namespace {

bool ascii_less(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(ascii_lower(x)) < static_cast<unsigned char>(ascii_lower(y));
  });
}

}  // namespace

const CodeName* find_name(CodeNames names, std::string_view text) {
  const auto found = std::lower_bound(names.begin(), names.end(), text,
                                      [](const CodeName& entry, std::string_view wanted) {
                                        return ascii_less(entry.name, wanted);
                                      });
  if (found == names.end() || ascii_less(text, found->name)) return nullptr;
  return &*found;
}

}  // namespace rapporteur::sources
