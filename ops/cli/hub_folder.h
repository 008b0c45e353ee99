// The folder of a hub as `init` and `restore` make it: keys, configuration, data, and the public
// file that everybody gets.
//
// Threads: one. Errors: kUsage for an option that will not do and a folder that is not empty,
// kStorage. Nothing is left behind when something fails.
#pragma once

#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "adapters/client/connection.h"
#include "proto/crypto/ed25519.h"

namespace rapporteur::cli {

struct HubFolder {
  std::filesystem::path folder;
  std::string hub;
  std::string endpoint = "tcp://127.0.0.1:5570";
  std::string monitor = "127.0.0.1:9570";
};

struct HubKeys {
  crypto::CurveKeyPair curve;
  crypto::SigningKey log;
};

void add_listen_options(CLI::App& command, HubFolder& hub);
// The name of a hub, or the origin of a log.
[[nodiscard]] Status check_name(const std::string& name, const char* option);
// What the broker would refuse when it starts, and what would be wrong for ever.
[[nodiscard]] Status check_hub_folder(const HubFolder& hub);
// What nobody can connect to is only warned of: the text, or nothing.
[[nodiscard]] std::string endpoint_warning(const HubFolder& hub);

// In `folder`/keys, new; `curve_key` is taken where a file is named.
[[nodiscard]] Result<HubKeys> make_hub_keys(const std::filesystem::path& folder,
                                            const std::filesystem::path& curve_key = {});
// hub.toml and hub-public.toml in `folder`.
[[nodiscard]] Status write_hub_files(const std::filesystem::path& folder, const HubFolder& hub,
                                     const std::string& origin, const client::HubAddress& address);

// A folder beside the one that is to be, which takes its place when all is in it; gone otherwise.
class Scaffold {
 public:
  [[nodiscard]] static Result<Scaffold> beside(const std::filesystem::path& folder);
  ~Scaffold();
  Scaffold(Scaffold&& other) noexcept;
  Scaffold& operator=(Scaffold&&) = delete;
  Scaffold(const Scaffold&) = delete;
  Scaffold& operator=(const Scaffold&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // On disk, name included, when it returns.
  [[nodiscard]] Status put_in_place();

 private:
  Scaffold(std::filesystem::path path, std::filesystem::path target)
      : path_(std::move(path)), target_(std::move(target)) {}
  std::filesystem::path path_;
  std::filesystem::path target_;
};

}  // namespace rapporteur::cli
