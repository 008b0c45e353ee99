#include "adapters/sinks/losses.h"

namespace rapporteur::sinks {

void Losses::add_row(std::string_view component, std::string_view what, std::uint64_t line,
                     std::string_view example) {
  Loss& loss = losses_[{std::string(component), std::string(what)}];
  if (loss.rows++ > 0) return;
  loss.first_line = line;
  loss.example = printable(example, 80);
}

void Losses::add_file(std::string_view component, std::string_view what, std::string_view example) {
  losses_.try_emplace({std::string(component), std::string(what)},
                      Loss{.example = printable(example, 80)});
}

void Losses::report(sources::FindingLog& findings, std::string_view format) {
  for (const auto& [cause, loss] : losses_) {
    findings.add({.severity = sources::Severity::kWarning,
                  .code = "CANNOT_CARRY",
                  .line = loss.first_line,
                  .column_name = cause.first,
                  .text = loss.example,
                  .what = std::string(format) + " cannot carry this: " + cause.second,
                  .remedy = "",
                  .more_rows = loss.rows > 0 ? loss.rows - 1 : 0});
  }
  losses_.clear();
}

}  // namespace rapporteur::sinks
