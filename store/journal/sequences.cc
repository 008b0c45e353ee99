#include "store/journal/sequences.h"

#include "proto/crypto/encoding.h"

namespace rapporteur::journal {
namespace {

constexpr std::size_t kNumberBytes = 8;

tl::unexpected<Error> damaged(std::string where) {
  return fail(ErrorKind::kStorage, "damaged sequence number in the journal's state",
              std::move(where), "restore the log from a verified backup");
}

}  // namespace

std::string sequence_state_name(const KeyId& key) {
  return std::string(kSequencePrefix) + crypto::hex(key.span());
}

Result<Sequence> next_sequence(std::string_view value) {
  if (value.empty()) return Sequence{1};
  if (value.size() != kNumberBytes) return damaged({});
  std::uint64_t number = 0;
  for (const char byte : value) number = number << 8U | static_cast<unsigned char>(byte);
  return Sequence{number};
}

Status Sequences::load(const JournalReader& reader) {
  auto states = reader.states(kSequencePrefix);
  if (!states) return tl::unexpected(states.error());
  for (const StateWrite& state : *states) {
    const auto raw = crypto::parse_hex(std::string_view(state.name).substr(kSequencePrefix.size()));
    const auto key = raw ? KeyId::from(*raw) : std::nullopt;
    const auto next = next_sequence(state.value);
    if (!key || !next) return damaged(printable(state.name));
    next_.insert_or_assign(*key, *next);
  }
  return {};
}

Sequence Sequences::next(const KeyId& key) const {
  const auto found = next_.find(key);
  return found == next_.end() ? Sequence{1} : found->second;
}

StateWrite Sequences::use(const KeyId& key) {
  const Sequence following{next(key).value + 1};
  next_.insert_or_assign(key, following);
  StateWrite write{sequence_state_name(key), std::string(kNumberBytes, '\0')};
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    write.value[i] = static_cast<char>(following.value >> (56 - 8 * i) & 0xFFU);
  }
  return write;
}

}  // namespace rapporteur::journal
