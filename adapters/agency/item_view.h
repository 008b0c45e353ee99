// Items of the outbox as a person and a machine read them, with the hub's findings led back to the
// line of the file they are about.
#pragma once

#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "adapters/agency/planned_file.h"
#include "adapters/agency/program.h"
#include "adapters/client/outbox.h"

namespace rapporteur::agency {

// What was said of a file here, so that the same from the hub is not said again.
class SaidFindings {
 public:
  void add(const PlannedFile& file);
  [[nodiscard]] bool holds(const std::string& file, const FileFinding& finding) const;

 private:
  using Place = std::tuple<std::string, std::uint64_t, std::string, std::string, std::string>;
  [[nodiscard]] static Place place_of(const std::string& file, const FileFinding& finding);
  std::set<Place> said_;
};

[[nodiscard]] std::string item_text(const client::Item& item, Paint paint = Paint::kScreen);
// With a heading, a line for each; columns that nothing stands in are left out.
[[nodiscard]] std::string items_table(std::span<const client::Item> items);
[[nodiscard]] nlohmann::ordered_json item_json(const client::Item& item);
// The hub's findings about an item that was refused or warned of.
[[nodiscard]] std::vector<FileFinding> hub_findings(const client::Item& item);

}  // namespace rapporteur::agency
