#include "broker/monitor/logging.h"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include "proto/base/result.h"

namespace rapporteur::monitor {
namespace {

// The message as a JSON string, whatever it holds.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text(message.payload.data(), message.payload.size());
    const std::string quoted =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

// One line, however many the text has.
class TextMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    constexpr std::size_t kLineMost = 4'096;
    const std::string line =
        printable(std::string_view(message.payload.data(), message.payload.size()), kLineMost);
    out.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<TextMessage>();
  }
};

}  // namespace

std::shared_ptr<spdlog::logger> make_log(const std::string& level, LogFormat format,
                                         std::shared_ptr<spdlog::sinks::sink> sink) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (format == LogFormat::kJson) {
    formatter->add_flag<JsonMessage>('*').set_pattern(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%*})");
  } else {
    formatter->add_flag<TextMessage>('*').set_pattern("%Y-%m-%d %H:%M:%S.%e %-7l %*");
  }
  auto logger = std::make_shared<spdlog::logger>("rapporteur-broker", std::move(sink));
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::shared_ptr<spdlog::logger> make_log(const std::string& level, const std::string& format) {
  return make_log(level, logs_json(format) ? LogFormat::kJson : LogFormat::kText,
                  std::make_shared<spdlog::sinks::stderr_sink_mt>());
}

bool logs_json(const std::string& format) {
  return format == "json" || (format == "auto" && ::isatty(STDERR_FILENO) == 0);
}

}  // namespace rapporteur::monitor
