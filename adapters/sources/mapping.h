// How the columns and codes of a source become the hub's: a TOML file, checked when it is read.
//
// Threads: any, once read. Errors of reading: kUsage when there is no such file, else
// kConfiguration with file:line; an unknown key or an unknown code comes with the nearest known
// ones. Source: adapters/sources/examples/com-2008-657.toml explains every key.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/sources/dataset.h"
#include "adapters/sources/findings.h"
#include "adapters/sources/releasability.h"
#include "adapters/sources/source.h"
#include "proto/base/result.h"
#include "proto/statistics/dimensions.h"

namespace rapporteur::sources {

// A component of the hub's observation that a column or constant may be bound to.
struct Target {
  enum class Kind : std::uint8_t { kDimension, kAttribute, kReleasability, kDataflow };
  Kind kind = Kind::kDimension;
  std::size_t index = 0;  // of the Dimension or Attribute
  auto operator<=>(const Target&) const = default;

  [[nodiscard]] std::string_view name() const;
  // Names of the hub's dimensions and attributes, RELEASABILITY and DATAFLOW.
  [[nodiscard]] static std::optional<Target> named(std::string_view name);
  // All of them.
  [[nodiscard]] static std::vector<std::string_view> names();
};

struct ColumnMapping {
  std::string column;
  Target target;
  std::string prefix;  // put before every value that is not blank; attributes only
};

// One column of figures. A wide table has several, each with codes of its own.
struct MeasureMapping {
  std::string column;
  std::map<Target, std::string> constants;
};

struct ValueRules {
  std::optional<char> decimal_mark;   // as the dataset says, unless given
  std::string thousands;              // "" is none
  std::string blank_status = "O";     // of a blank without a status
  std::string number_status = "A";    // of a number without a status
  bool qualifiers_in_values = false;  // "<5", ">3", "~7" are a number and its qualifier
  // Text instead of a number: a status (no value), or "0" for a zero.
  std::map<std::string, std::string, std::less<>> markers;
};

struct Mapping {
  std::string file;    // "" for the identity
  std::string format;  // "" detects it
  std::optional<char> delimiter;
  std::optional<std::string> dataflow;
  Releasability releasability;
  std::vector<ColumnMapping> columns;
  std::vector<MeasureMapping> measures;
  std::vector<std::string> ignored;  // columns left out on purpose
  // Of components that no column gives, and where the cell of their column is blank.
  std::map<Target, std::string> constants;
  // Per component: text of the source to the hub's code.
  std::map<Target, std::map<std::string, std::string, std::less<>>> codes;
  bool read_labels = false;                 // labels of the hub's lists count as their codes
  std::vector<std::string> period_formats;  // beside the hub's own
  ValueRules values;
  bool by_name = false;  // columns bind to the component of the same name

  // What to open the file with.
  [[nodiscard]] OpenOptions open_options() const;
  // Every column that has the name of a hub component is bound to it, OBS_VALUE is the measure, the
  // dataflow is the file's.
  [[nodiscard]] static Mapping identity();
  [[nodiscard]] static Result<Mapping> read_file(const std::string& path);
  // `file` is what errors call it.
  [[nodiscard]] static Result<Mapping> parse(std::string_view toml, std::string file);
};

}  // namespace rapporteur::sources
