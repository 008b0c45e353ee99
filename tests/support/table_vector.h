// A published table with suppressed cells, as the files of public vectors have it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "broker/disclosure/linear_system.h"

namespace rapporteur::testing {

// The suppressed cells of a table as the variables of its constraints.
struct VectorTable {
  explicit VectorTable(const nlohmann::json& vector) {
    using nlohmann::json;
    for (const json& cell : vector.at("cells")) {
      const std::string key = cell.at("key").dump();
      if (!cell.at("suppressed").get<bool>()) {
        published.emplace(key, cell.at("value").get<std::int64_t>());
        continue;
      }
      variables.emplace(key, static_cast<disclosure::Variable>(keys.size()));
      keys.push_back(key);
      system.bounds.emplace_back();
    }
    std::set<std::string> totals;
    for (const json& constraint : vector.at("constraints")) {
      totals.insert(constraint.at("total").dump());
      std::map<disclosure::Variable, std::int32_t> factors;
      std::int64_t constant = 0;
      put(constraint.at("total"), 1, factors, constant);
      for (const json& part : constraint.at("parts")) put(part, -1, factors, constant);
      disclosure::Equation& equation = system.equations.emplace_back();
      equation.constant = constant;
      for (const auto& [variable, factor] : factors) {
        if (factor != 0) equation.terms.push_back({variable, factor});
      }
    }
    const json attacker = vector.value("attacker", json::object());
    for (disclosure::Variable v = 0; v < keys.size(); ++v) {
      if (totals.contains(keys[v])) continue;
      system.bounds[v].least = attacker.value("cell_lower_bound_leaf", 0);
    }
  }

  void put(const nlohmann::json& key, std::int32_t factor,
           std::map<disclosure::Variable, std::int32_t>& factors, std::int64_t& constant) {
    const auto variable = variables.find(key.dump());
    if (variable != variables.end()) {
      factors[variable->second] += factor;
    } else {
      constant -= factor * published.at(key.dump());
    }
  }

  disclosure::LinearSystem system;
  std::vector<std::string> keys;  // by variable
  std::map<std::string, disclosure::Variable> variables;
  std::map<std::string, std::int64_t> published;
};

}  // namespace rapporteur::testing
