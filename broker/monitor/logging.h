// The process's log: text on a terminal, one JSON object a line otherwise, on standard error.
//
// What is logged names things (participants, codes, counts, files), never payloads, keys or values.
// Threads: any, after set_up. Errors: none.
#pragma once

#include <memory>
#include <string>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace rapporteur::monitor {

enum class LogFormat { kText, kJson };

// `format` is auto, text or json; `level` debug, info, warning or error.
[[nodiscard]] std::shared_ptr<spdlog::logger> make_log(const std::string& level,
                                                       const std::string& format);
// Whether that format is JSON here.
[[nodiscard]] bool logs_json(const std::string& format);
// The same on a sink of the caller's.
[[nodiscard]] std::shared_ptr<spdlog::logger> make_log(const std::string& level, LogFormat format,
                                                       std::shared_ptr<spdlog::sinks::sink> sink);

}  // namespace rapporteur::monitor
