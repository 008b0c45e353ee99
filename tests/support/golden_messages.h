// One example of every message on the wire, with every field set, made from the descriptors alone;
// the same on every run.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

namespace rapporteur::testing {

struct GoldenMessage {
  std::string name;  // "Frame.hello" for one alternative of a oneof, else "Header"
  std::unique_ptr<google::protobuf::Message> message;
};

// All top-level messages of rapporteur.v1 and of the hub's own state, by name; one for each
// alternative of a oneof.
[[nodiscard]] std::vector<GoldenMessage> golden_messages();
// Every value of every enumeration of rapporteur.v1, by full name, with its number.
[[nodiscard]] std::map<std::string, int> enum_values();
// An empty message of the type a golden file of that name holds; empty if there is no such type.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> message_named(const std::string& name);

// What a golden file holds: the bytes in hexadecimal on its first line, then the text form.
[[nodiscard]] std::string golden_file(const google::protobuf::Message& message);
// Beside the golden files of a version: the SHA-256 in hexadecimal and the name of each, so that
// none is changed or lost unnoticed.
inline constexpr const char* kGoldenList = "files.sha256";
// Name and SHA-256 of every file below `folder` but the list.
[[nodiscard]] std::map<std::string, std::string> golden_digests(
    const std::filesystem::path& folder);
[[nodiscard]] std::map<std::string, std::string> read_golden_list(
    const std::filesystem::path& folder);

struct GoldenFile {
  std::string bytes;
  std::string text;
};
[[nodiscard]] GoldenFile read_golden(const std::string& content);

}  // namespace rapporteur::testing
