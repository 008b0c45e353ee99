#include "broker/core/item.h"

#include <algorithm>
#include <functional>

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "proto/base/check.h"
#include "proto/crypto/sha256.h"
#include "proto/statistics/dimensions.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::core {
namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

std::size_t length_delimited_size(int field, std::size_t payload) {
  const auto tag = Wire::MakeTag(field, Wire::WIRETYPE_LENGTH_DELIMITED);
  return pb::io::CodedOutputStream::VarintSize32(tag) +
         pb::io::CodedOutputStream::VarintSize64(payload) + payload;
}

std::uint8_t* write_head(int field, std::size_t payload, std::uint8_t* at) {
  at = pb::io::CodedOutputStream::WriteTagToArray(
      Wire::MakeTag(field, Wire::WIRETYPE_LENGTH_DELIMITED), at);
  return pb::io::CodedOutputStream::WriteVarint64ToArray(payload, at);
}

std::uint8_t* write_bytes(int field, std::string_view bytes, std::uint8_t* at) {
  if (bytes.empty()) return at;
  at = write_head(field, bytes.size(), at);
  return std::copy(bytes.begin(), bytes.end(), at);
}

// Serialized in one go: a Delivery is large, and is made once for all its receivers.
std::string delivery_field(const EntryView& entry) {
  using v1::Delivery;
  std::size_t size = 0;
  const auto index_tag = Wire::MakeTag(Delivery::kIndexFieldNumber, Wire::WIRETYPE_VARINT);
  if (entry.index.value != 0) {
    size += pb::io::CodedOutputStream::VarintSize32(index_tag) +
            pb::io::CodedOutputStream::VarintSize64(entry.index.value);
  }
  const std::pair<int, std::string_view> parts[] = {{Delivery::kNonceFieldNumber, entry.nonce},
                                                    {Delivery::kRecordFieldNumber, entry.record},
                                                    {Delivery::kSaltFieldNumber, entry.salt},
                                                    {Delivery::kBodyFieldNumber, entry.body}};
  for (const auto& [field, bytes] : parts) {
    if (!bytes.empty()) size += length_delimited_size(field, bytes.size());
  }
  constexpr int kField = v1::Deliver::kDeliveriesFieldNumber;
  std::string out(length_delimited_size(kField, size), '\0');
  auto* at = write_head(kField, size, reinterpret_cast<std::uint8_t*>(out.data()));
  if (entry.index.value != 0) {
    at = pb::io::CodedOutputStream::WriteTagToArray(index_tag, at);
    at = pb::io::CodedOutputStream::WriteVarint64ToArray(entry.index.value, at);
  }
  for (const auto& [field, bytes] : parts) at = write_bytes(field, bytes, at);
  return out;
}

std::vector<std::string> areas_of(const v1::Header& header, const v1::Accepted& accepted) {
  std::vector<std::string> areas(header.ref_areas().begin(), header.ref_areas().end());
  constexpr auto kArea = static_cast<int>(Dimension::kRefArea);
  if (accepted.deleted().dimensions_size() > kArea) {
    const auto& codes = accepted.deleted().dimensions(kArea).codes();
    areas.insert(areas.end(), codes.begin(), codes.end());
  }
  std::ranges::sort(areas);
  areas.erase(std::unique(areas.begin(), areas.end()), areas.end());
  return areas;
}

std::size_t route_hash(const Item& item) {
  const std::hash<std::string_view> hash;
  std::size_t out = hash(item.dataflow);
  out = out * 31 + hash(item.indicator);
  return out * 31 + hash(item.sender);
}

}  // namespace

Result<ItemPtr> make_item(const EntryView& entry) {
  pb::Arena arena;
  auto* record = pb::Arena::CreateMessage<v1::Record>(&arena);
  const auto unreadable = [&](const char* what) {
    return fail(ErrorKind::kMalformed, what, "log entry " + std::to_string(entry.index.value));
  };
  if (!record->ParseFromArray(entry.record.data(), static_cast<int>(entry.record.size()))) {
    return unreadable("record cannot be read");
  }
  if (!record->has_accepted()) return ItemPtr();
  auto* header = pb::Arena::CreateMessage<v1::Header>(&arena);
  if (!header->ParseFromString(record->header())) return unreadable("header cannot be read");
  auto item = std::make_shared<Item>();
  item->index = entry.index;
  item->field = delivery_field(entry);
  item->header_sha256 = crypto::sha256(record->header());
  item->dataflow = header->dataflow();
  item->indicator = header->indicator();
  item->sender = header->sender();
  item->route_hash = route_hash(*item);
  item->areas = areas_of(*header, record->accepted());
  item->releasability = header->releasability();
  return ItemPtr(std::move(item));
}

ItemPtr erased(const Item& item) {
  v1::Deliver field;
  v1::Delivery delivery;
  // This process wrote them.
  RAPPORTEUR_CHECK(field.ParseFromString(item.field) &&
                   delivery.ParseFromString(field.deliveries(0)));
  auto out = std::make_shared<Item>(item);
  out->field = delivery_field({item.index, delivery.nonce(), delivery.record(), {}, {}});
  return out;
}

void add(Chunk& chunk, ItemPtr item) {
  chunk.bytes += item->field.size() + sizeof(Item);
  chunk.items.push_back(std::move(item));
}

}  // namespace rapporteur::core
