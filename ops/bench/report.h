// What a run prints: a table for people, one JSON object for programs.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace rapporteur::bench {

class Report {
 public:
  explicit Report(std::string name) : name_(std::move(name)) {}
  // `target` says what the figure is held against; empty if nothing.
  void add(const std::string& figure, double value, const std::string& unit,
           const std::string& target = {});
  void print(bool as_json) const;

 private:
  struct Row {
    std::string figure;
    double value;
    std::string unit;
    std::string target;
  };
  std::string name_;
  std::vector<Row> rows_;
};

}  // namespace rapporteur::bench
