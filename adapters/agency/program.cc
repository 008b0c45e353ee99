#include "adapters/agency/program.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <unistd.h>

namespace rapporteur::agency {
namespace {

constexpr std::size_t kLeastForProgress = 20;
constexpr std::size_t kBarCells = 30;

void put(std::FILE* to, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), to);
  std::fputc('\n', to);
  std::fflush(to);
}

std::string json_line(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool colours_wanted() {
  return stdout_is_terminal() && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

void Program::print(std::string_view line) const {
  put(stdout, line);
}
void Program::say(std::string_view line) const {
  if (!json) put(stdout, line);
}
void Program::warn(std::string_view line) const {
  put(stderr, json ? json_line({{"warning", line}}) : "rapporteur-adapter: " + std::string(line));
}
void Program::fail(const Error& error) const {
  put(stderr, json ? json_line({{"error", error.what},
                                {"where", error.where},
                                {"remedy", error.remedy},
                                {"exit_code", exit_code(error.kind)}})
                   : "rapporteur-adapter: " + error.line());
}
void Program::warn_of_retry(const Error& error, std::chrono::milliseconds next_try) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(next_try).count();
  warn(error.line() + ", next try in " + std::to_string(seconds) + " s");
}
void Program::answer(const nlohmann::ordered_json& document) const {
  using Json = nlohmann::ordered_json;
  if (json) put(stdout, document.dump(2, ' ', false, Json::error_handler_t::replace));
}

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

std::string toned(std::string_view text, Tone tone, Paint paint) {
  if (paint == Paint::kPlain || !colours_wanted()) return std::string(text);
  const char* colour = tone == Tone::kGood  ? "\x1b[32m"
                       : tone == Tone::kBad ? "\x1b[31m"
                                            : "\x1b[33m";
  return colour + std::string(text) + "\x1b[0m";
}

Result<MessageId> named_message(const std::string& text) {
  auto id = parse_uuid(text);
  if (id) return id;
  Error error = id.error();
  error.kind = ErrorKind::kUsage;
  return tl::unexpected(error);
}

std::string time_text(UnixMillis time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

StopSignals::StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool StopSignals::requested() {
  sigset_t pending;
  if (!requested_ && sigpending(&pending) == 0) {
    requested_ = sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
  }
  return requested_;
}

void Progress::advance() {
  ++done_;
  if (total_ < kLeastForProgress || ::isatty(STDERR_FILENO) != 1) return;
  const std::size_t filled = done_ * kBarCells / total_;
  std::fprintf(stderr, "\r[%s%s] %zu of %zu", std::string(filled, '#').c_str(),
               std::string(kBarCells - filled, ' ').c_str(), done_, total_);
  std::fflush(stderr);
}

Progress::~Progress() {
  if (total_ >= kLeastForProgress && done_ > 0 && ::isatty(STDERR_FILENO) == 1) {
    std::fputc('\n', stderr);
  }
}

}  // namespace rapporteur::agency
