#include "broker/core/wire.h"

#include <algorithm>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "proto/base/check.h"

namespace rapporteur::core {
namespace {

namespace pb = google::protobuf;
using pb::io::CodedInputStream;
using pb::io::CodedOutputStream;
using Wire = pb::internal::WireFormatLite;

constexpr auto kCorrelationTag =
    Wire::MakeTag(v1::Frame::kCorrelationFieldNumber, Wire::WIRETYPE_VARINT);

bool known_message(int field) {
  return field >= v1::Frame::kHelloFieldNumber && field <= v1::Frame::kCosignaturesFieldNumber;
}

// Room for tag, length and payload of the message, with correlation before it. Returns where the
// payload goes.
std::uint8_t* lay_out(std::uint64_t correlation, v1::Frame::MessageCase message,
                      std::size_t payload, std::string& out) {
  const auto tag = Wire::MakeTag(static_cast<int>(message), Wire::WIRETYPE_LENGTH_DELIMITED);
  std::size_t size =
      CodedOutputStream::VarintSize32(tag) + CodedOutputStream::VarintSize64(payload) + payload;
  if (correlation != 0) {
    size += CodedOutputStream::VarintSize32(kCorrelationTag) +
            CodedOutputStream::VarintSize64(correlation);
  }
  out.resize(size);
  auto* at = reinterpret_cast<std::uint8_t*>(out.data());
  if (correlation != 0) {
    at = CodedOutputStream::WriteTagToArray(kCorrelationTag, at);
    at = CodedOutputStream::WriteVarint64ToArray(correlation, at);
  }
  at = CodedOutputStream::WriteTagToArray(tag, at);
  return CodedOutputStream::WriteVarint64ToArray(payload, at);
}

}  // namespace

FrameView read_frame(std::string_view frame) {
  const auto* const begin = reinterpret_cast<const std::uint8_t*>(frame.data());
  CodedInputStream in(begin, static_cast<int>(frame.size()));
  FrameView out;
  const auto unreadable = [&] {
    return FrameView{.correlation = out.correlation, .message = {}, .payload = {}};
  };
  std::size_t messages = 0;
  while (const std::uint32_t tag = in.ReadTag()) {
    const int field = Wire::GetTagFieldNumber(tag);
    if (tag == kCorrelationTag) {
      if (!in.ReadVarint64(&out.correlation)) return unreadable();
      continue;
    }
    if (!known_message(field)) {
      if (!Wire::SkipField(&in, tag)) return unreadable();
      continue;
    }
    std::uint32_t length = 0;
    if (Wire::GetTagWireType(tag) != Wire::WIRETYPE_LENGTH_DELIMITED || !in.ReadVarint32(&length)) {
      return unreadable();
    }
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (length > frame.size() - at || !in.Skip(static_cast<int>(length))) return unreadable();
    ++messages;
    out.message = static_cast<v1::Frame::MessageCase>(field);
    out.payload = frame.substr(at, length);
  }
  return in.ConsumedEntireMessage() && messages == 1 ? out : unreadable();
}

std::string make_frame(std::uint64_t correlation, v1::Frame::MessageCase message,
                       const pb::MessageLite& payload) {
  std::string out;
  auto* at = lay_out(correlation, message, payload.ByteSizeLong(), out);
  payload.SerializeWithCachedSizesToArray(at);
  return out;
}

std::string make_frame(std::uint64_t correlation, v1::Frame::MessageCase message,
                       std::string_view payload) {
  std::string out;
  auto* at = lay_out(correlation, message, payload.size(), out);
  std::copy(payload.begin(), payload.end(), at);
  return out;
}

std::string make_fault(std::uint64_t correlation, const v1::Fault& fault) {
  return make_frame(correlation, v1::Frame::kFault, fault);
}

void DeliverBatch::add(ItemPtr item) {
  bytes_ += item->field.size();
  items_.push_back(std::move(item));
}

std::string DeliverBatch::take_frame(std::string_view subscription, DeliveryNumber first) {
  v1::Deliver head;
  head.set_subscription(std::string(subscription));
  head.set_first_number(first.value);
  std::string out;
  auto* at = lay_out(0, v1::Frame::kDeliver, head.ByteSizeLong() + bytes_, out);
  at = head.SerializeWithCachedSizesToArray(at);
  for (const auto& item : items_) at = std::copy(item->field.begin(), item->field.end(), at);
  RAPPORTEUR_CHECK(at == reinterpret_cast<std::uint8_t*>(out.data() + out.size()));
  items_.clear();
  bytes_ = 0;
  return out;
}

}  // namespace rapporteur::core
