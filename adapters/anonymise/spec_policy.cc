// What a spec says beside the policy of its dataflow.
#include "adapters/anonymise/spec.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::anonymise {

std::string text_of(const SpecCell& cell) {
  std::string text;
  for (const auto& [dimension, code] : cell) {
    if (!text.empty()) text += ' ';
    text.append(name(dimension)).append("=").append(printable(code, 40));
  }
  return text.empty() ? "_T" : text;
}

std::vector<std::string> Spec::looser_than_policy() const {
  const codelists::DataflowPolicy& policy = codelists::find_dataflow(dataflow)->policy;
  std::vector<std::string> out;
  const auto beside = [](std::string_view key, auto own, auto of_policy) {
    return std::string(key) + " = " + std::to_string(own) + ", not " + std::to_string(of_policy);
  };
  if (rule.k < policy.k) out.push_back(beside("k", rule.k, policy.k));
  if (method == Method::kCellKey && cell_key.rule.js + 1 < std::int64_t{policy.k}) {
    out.push_back(beside("js", cell_key.rule.js, policy.k - 1));
  }
  if (method == Method::kRound && round.base < std::int64_t{policy.k}) {
    out.push_back(beside("base", round.base, policy.k));
  }
  if (rule.width < policy.interval_width) {
    out.push_back(beside("width", rule.width, policy.interval_width));
  }
  if (depth_from > policy.depth_from) {
    out.push_back(beside("depth_from", depth_from, policy.depth_from));
  }
  if (zeros_public && policy.zeros_sensitive) {
    out.emplace_back(R"(zeros = "public", not "sensitive")");
  }
  return out;
}

}  // namespace rapporteur::anonymise
