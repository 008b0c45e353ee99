#include "adapters/agency/waiting_keys.h"

#include <set>

#include "proto/statistics/body_codec.h"

namespace rapporteur::agency {
namespace {

using client::Item;
using client::ItemState;

bool waits(const Item& item) {
  const bool unsettled = item.state == ItemState::kHeld || item.state == ItemState::kReady ||
                         item.state == ItemState::kSent;
  return unsettled && (item.kind == v1::KIND_NEW || item.kind == v1::KIND_REVISION);
}

// With the dataflow before each key.
std::set<std::string> keys_of(const PlannedFile& file) {
  std::set<std::string> keys;
  for (const sources::PlannedSubmission& planned : file.submissions) {
    for (std::size_t row = 0; row < planned.observations.rows(); ++row) {
      keys.insert(planned.dataflow + " " + planned.observations.key_text(row));
    }
  }
  return keys;
}

}  // namespace

Status warn_of_waiting(const Program& program, const Desk& desk, const PlannedFile& file) {
  auto items = desk.outbox.list();
  if (!items) return tl::unexpected(items.error());
  const std::set<std::string> keys = keys_of(file);
  for (const Item& item : *items) {
    if (!waits(item)) continue;
    auto envelope = desk.outbox.envelope(item);
    if (!envelope) return tl::unexpected(envelope.error());
    auto body = BodyCodec::decode(bytes_of(envelope->body()));
    if (!body) continue;  // the hub will say so
    std::size_t again = 0;
    for (std::size_t row = 0; row < body->observations.rows(); ++row) {
      again += keys.count(item.dataflow + " " + body->observations.key_text(row));
    }
    if (again == 0) continue;
    program.say(file.file + ": " + toned("warning", Tone::kWarning) +
                " KEYS_WAIT: " + counted(again, "key") + " of it already in the outbox as " +
                uuid_text(item.message_id) + ", " + std::string(client::name(item.state)) +
                " (the hub takes one of the two: 'outbox discard' takes the other back)");
  }
  return {};
}

Status expect_waiting(const Desk& desk, LocalCheck& check) {
  for (const ItemState state : {ItemState::kReady, ItemState::kSent}) {
    auto items = desk.outbox.list(state);
    if (!items) return tl::unexpected(items.error());
    for (const Item& item : *items) {
      if (item.kind == v1::KIND_SKIP) continue;
      auto envelope = desk.outbox.envelope(item);
      if (!envelope) return tl::unexpected(envelope.error());
      v1::Header header;
      auto body = BodyCodec::decode(bytes_of(envelope->body()));
      if (!body || !header.ParseFromString(envelope->header())) continue;  // the hub will say so
      check.expect(item.dataflow, MessageId::from(header.revises()), std::move(body->observations));
    }
  }
  return {};
}

}  // namespace rapporteur::agency
