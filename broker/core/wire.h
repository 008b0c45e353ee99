// The outer frame, read and written without copying what it carries.
//
// Threads: any. Source: exchange.proto, message Frame; PROTOCOL.md, "Dialogue".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <google/protobuf/message_lite.h>

#include "broker/core/item.h"
#include "rapporteur/v1/exchange.pb.h"

namespace rapporteur::core {

struct FrameView {
  std::uint64_t correlation = 0;
  v1::Frame::MessageCase message = v1::Frame::MESSAGE_NOT_SET;
  std::string_view payload;  // within the frame
};
// Unknown fields are skipped. MESSAGE_NOT_SET for bytes that are no frame, for a message that this
// version does not know, and for two messages in one; the correlation is there as far as it was
// read.
[[nodiscard]] FrameView read_frame(std::string_view frame);

[[nodiscard]] std::string make_frame(std::uint64_t correlation, v1::Frame::MessageCase message,
                                     const google::protobuf::MessageLite& payload);
// The same for a payload that is serialized already.
[[nodiscard]] std::string make_frame(std::uint64_t correlation, v1::Frame::MessageCase message,
                                     std::string_view payload);
[[nodiscard]] std::string make_fault(std::uint64_t correlation, const v1::Fault& fault);

// A v1.Deliver under construction.
class DeliverBatch {
 public:
  void add(ItemPtr item);
  [[nodiscard]] std::size_t count() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Leaves the batch empty.
  [[nodiscard]] std::string take_frame(std::string_view subscription, DeliveryNumber first);

 private:
  std::vector<ItemPtr> items_;
  std::size_t bytes_ = 0;
};

}  // namespace rapporteur::core
