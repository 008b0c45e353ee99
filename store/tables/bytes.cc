#include "store/tables/bytes.h"

namespace rapporteur::tables {

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i > 0; --i) out += static_cast<char>(value >> (8 * (i - 1)) & 0xFFU);
}

std::uint64_t read_number(const char* at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<unsigned char>(at[i]);
  return value;
}

journal::ResourceId named_id(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    append_number(joined, part.size(), 4);
    joined += part;
  }
  return journal::resource_named(joined);
}

}  // namespace rapporteur::tables
