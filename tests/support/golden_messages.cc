#include "tests/support/golden_messages.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include <google/protobuf/text_format.h>

#include "broker/core/cursor.pb.h"
#include "proto/base/ids.h"
#include "proto/crypto/encoding.h"
#include "proto/crypto/sha256.h"
#include "rapporteur/v1/audit.pb.h"
#include "rapporteur/v1/certificate.pb.h"
#include "rapporteur/v1/directory.pb.h"
#include "rapporteur/v1/envelope.pb.h"
#include "rapporteur/v1/exchange.pb.h"
#include "rapporteur/v1/statistics.pb.h"
#include "tests/support/paths.h"

namespace rapporteur::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

constexpr int kElements = 2;

std::array<const google::protobuf::FileDescriptor*, 7> all_files() {
  return {v1::Record::descriptor()->file(),         v1::DirectoryState::descriptor()->file(),
          v1::Envelope::descriptor()->file(),       v1::Frame::descriptor()->file(),
          v1::SubmissionBody::descriptor()->file(), v1::Certificate::descriptor()->file(),
          cursor::CursorState::descriptor()->file()};
}

std::vector<const Descriptor*> all_messages() {
  std::vector<const Descriptor*> all;
  for (const auto* file : all_files()) {
    for (int i = 0; i < file->message_type_count(); ++i) all.push_back(file->message_type(i));
  }
  std::sort(all.begin(), all.end(),
            [](const Descriptor* a, const Descriptor* b) { return a->name() < b->name(); });
  return all;
}

std::unique_ptr<Message> new_message(const Descriptor* type) {
  const auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(
      const_cast<google::protobuf::MessageFactory*>(factory)->GetPrototype(type)->New());
}

void fill(Message& message, const FieldDescriptor* alternative);

// Sets a field, or adds an element to it. Values follow from the field's number and are as large
// as need be for varints of more than one byte.
void set_field(Message& message, const FieldDescriptor* field, int element) {
  const auto* reflection = message.GetReflection();
  const auto number = static_cast<std::uint32_t>(field->number() * 300 + element);
  const std::string text = field->name() + "-" + std::to_string(number);
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? reflection->AddBool(&message, field, true)
                  : reflection->SetBool(&message, field, true);
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? reflection->AddUInt32(&message, field, number)
                  : reflection->SetUInt32(&message, field, number);
    case FieldDescriptor::CPPTYPE_UINT64: {
      const std::uint64_t large = (1ULL << 40U) + number;
      return many ? reflection->AddUInt64(&message, field, large)
                  : reflection->SetUInt64(&message, field, large);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const std::int64_t signed_number = element % 2 == 0 ? -std::int64_t{number} : number;
      return many ? reflection->AddInt64(&message, field, signed_number)
                  : reflection->SetInt64(&message, field, signed_number);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field->enum_type()->value(field->enum_type()->value_count() - 1);
      return many ? reflection->AddEnum(&message, field, value)
                  : reflection->SetEnum(&message, field, value);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->AddString(&message, field, text)
                  : reflection->SetString(&message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(many ? *reflection->AddMessage(&message, field)
                       : *reflection->MutableMessage(&message, field),
                  nullptr);
    default:
      throw std::logic_error("no example for the type of field " + field->full_name());
  }
}

// Of each oneof `alternative` if it belongs to it, else the first.
void fill(Message& message, const FieldDescriptor* alternative) {
  const Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (const OneofDescriptor* oneof = field->containing_oneof()) {
      const bool asked = alternative != nullptr && alternative->containing_oneof() == oneof;
      if (field != (asked ? alternative : oneof->field(0))) continue;
    }
    for (int element = 0; element < (field->is_repeated() ? kElements : 1); ++element) {
      set_field(message, field, element);
    }
  }
}

}  // namespace

std::vector<GoldenMessage> golden_messages() {
  std::vector<GoldenMessage> out;
  const auto add = [&](const Descriptor* type, const FieldDescriptor* alternative) {
    auto message = new_message(type);
    fill(*message, alternative);
    const std::string suffix = alternative == nullptr ? "" : "." + alternative->name();
    out.push_back({type->name() + suffix, std::move(message)});
  };
  for (const Descriptor* type : all_messages()) {
    if (type->oneof_decl_count() == 0) add(type, nullptr);
    for (int i = 0; i < type->oneof_decl_count(); ++i) {
      const OneofDescriptor* oneof = type->oneof_decl(i);
      for (int j = 0; j < oneof->field_count(); ++j) add(type, oneof->field(j));
    }
  }
  return out;
}

std::map<std::string, int> enum_values() {
  std::map<std::string, int> out;
  const auto add = [&](const google::protobuf::EnumDescriptor* type) {
    for (int i = 0; i < type->value_count(); ++i) {
      out[type->full_name() + "." + type->value(i)->name()] = type->value(i)->number();
    }
  };
  for (const auto* file : all_files()) {
    for (int i = 0; i < file->enum_type_count(); ++i) add(file->enum_type(i));
  }
  for (const Descriptor* type : all_messages()) {
    for (int i = 0; i < type->enum_type_count(); ++i) add(type->enum_type(i));
  }
  return out;
}

std::unique_ptr<Message> message_named(const std::string& name) {
  const std::string type_name = name.substr(0, name.find('.'));
  for (const Descriptor* type : all_messages()) {
    if (type->name() == type_name) return new_message(type);
  }
  return nullptr;
}

std::string golden_file(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return crypto::hex(bytes_of(message.SerializeAsString())) + "\n" + text;
}

std::map<std::string, std::string> golden_digests(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (!entry.is_regular_file() || name == kGoldenList) continue;
    out[name] = crypto::hex(crypto::sha256(read_file(entry.path())).span());
  }
  return out;
}

std::map<std::string, std::string> read_golden_list(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  std::istringstream lines(read_file(folder / kGoldenList));
  for (std::string digest, name; lines >> digest >> name;) out[name] = digest;
  return out;
}

GoldenFile read_golden(const std::string& content) {
  const std::size_t end = content.find('\n');
  auto bytes = crypto::parse_hex(std::string_view(content).substr(0, end));
  if (end == std::string::npos || !bytes) throw std::runtime_error("not a golden file");
  return {std::move(*bytes), content.substr(end + 1)};
}

}  // namespace rapporteur::testing
