// What every command of rapporteur-adapter has at hand: the folder, how to speak, when to stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "proto/base/clock.h"
#include "proto/base/counted.h"
#include "proto/base/ids.h"
#include "proto/base/result.h"

namespace CLI {
class App;
}

namespace rapporteur::agency {

struct Program {
  std::filesystem::path folder = ".";
  bool json = false;
  SystemClock clock;

  // A line on standard output.
  void print(std::string_view line) const;
  // A line for a person on standard output; nothing with --json.
  void say(std::string_view line) const;
  // A line on standard error; with --json, as for what follows, a JSON object on one line.
  void warn(std::string_view line) const;
  // What went wrong, as a line on standard error.
  void fail(const Error& error) const;
  // The same for a line that could not be had, and when it is tried again.
  void warn_of_retry(const Error& error, std::chrono::milliseconds next_try) const;
  // The answer of a command with --json: one document.
  void answer(const nlohmann::ordered_json& document) const;
};

// Exit code, or what went wrong.
using Outcome = Result<int>;
using Command = std::function<Outcome(Program&)>;

// Each declares its command and its options; `chosen` becomes the command that was named.
void add_init(CLI::App& app, Command& chosen);
void add_enrol(CLI::App& app, Command& chosen);
void add_keygen(CLI::App& app, Command& chosen);
void add_sync(CLI::App& app, Command& chosen);
void add_validate(CLI::App& app, Command& chosen);
void add_convert(CLI::App& app, Command& chosen);
void add_anonymise(CLI::App& app, Command& chosen);
void add_push(CLI::App& app, Command& chosen);
void add_revise(CLI::App& app, Command& chosen);
void add_withdraw(CLI::App& app, Command& chosen);
void add_receive(CLI::App& app, Command& chosen);
void add_run(CLI::App& app, Command& chosen);
void add_outbox(CLI::App& app, Command& chosen);
void add_subscription(CLI::App& app, Command& chosen);
void add_witness(CLI::App& app, Command& chosen);

enum class Tone { kGood, kBad, kWarning };
// kScreen: in colour on a terminal, plain elsewhere.
enum class Paint { kScreen, kPlain };
[[nodiscard]] std::string toned(std::string_view text, Tone tone, Paint paint = Paint::kScreen);
[[nodiscard]] bool stdout_is_terminal();
// A message id of the command line; kUsage for what is none.
[[nodiscard]] Result<MessageId> named_message(const std::string& text);
// 2026-11-23T22:41:05Z
[[nodiscard]] std::string time_text(UnixMillis time);

// SIGINT and SIGTERM as a question, so that loops end between two steps. Blocks both signals for
// this process for good.
class StopSignals {
 public:
  StopSignals();
  [[nodiscard]] bool requested();

 private:
  bool requested_ = false;
};

// "12 of 200" on standard error, only where that is a terminal.
class Progress {
 public:
  explicit Progress(std::size_t total) : total_(total) {}
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance();

 private:
  std::size_t total_;
  std::size_t done_ = 0;
};

}  // namespace rapporteur::agency
