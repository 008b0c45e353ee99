#include "adapters/sources/dataset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/sources/limits.h"
#include "proto/base/check.h"

namespace rapporteur::sources {
namespace {

constexpr std::array<std::pair<char, Action>, 5> kActions{{{'I', Action::kInformation},
                                                           {'A', Action::kAppend},
                                                           {'R', Action::kReplace},
                                                           {'D', Action::kDelete},
                                                           {'M', Action::kMerge}}};

tl::unexpected<Error> bad_values(std::string what, std::string_view cell) {
  return fail(ErrorKind::kMalformed, std::move(what) + ": \"" + printable(cell, 80) + '"', {},
              "separate values by the sub-field separator of the header's first column");
}

// Cuts `cell` at `separator` outside quotes; a quoted part loses its quotes, and doubled quotes in
// it become single ones.
Result<std::vector<std::pair<std::string, bool>>> cut(std::string_view separator,
                                                      std::string_view cell) {
  std::vector<std::pair<std::string, bool>> parts;  // text, was quoted
  std::size_t at = 0;
  while (true) {
    if (parts.size() >= limits::kSubValues) return bad_values("holds too many values", cell);
    std::string part;
    bool quoted = false;
    if (at < cell.size() && cell[at] == '"') {
      quoted = true;
      ++at;
      while (true) {
        const std::size_t quote = cell.find('"', at);
        if (quote == std::string_view::npos) {
          return bad_values("has a quotation mark that does not close", cell);
        }
        part += cell.substr(at, quote - at);
        at = quote + 1;
        if (at >= cell.size() || cell[at] != '"') break;
        part += '"';
        ++at;
      }
      if (at < cell.size() && cell.substr(at, separator.size()) != separator) {
        return bad_values("has text after a closing quotation mark", cell);
      }
    } else {
      const std::size_t end = std::min(cell.find(separator, at), cell.size());
      part = cell.substr(at, end - at);
      at = end;
    }
    parts.emplace_back(std::move(part), quoted);
    if (at >= cell.size()) return parts;
    at += separator.size();
  }
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

Result<LocalisedValue> with_language(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (colon == std::string_view::npos || colon < 2 || colon > 3 ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_lower)) {
    return bad_values("has no language before its text", text);
  }
  return LocalisedValue{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace

std::string_view name(StructureKind kind) {
  switch (kind) {
    case StructureKind::kDataflow:
      return "dataflow";
    case StructureKind::kDataStructure:
      return "datastructure";
    case StructureKind::kDataProvision:
      return "dataprovision";
  }
  return "";
}

std::optional<Action> action_of(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  for (const auto& [c, action] : kActions) {
    if (c == letter[0]) return action;
  }
  return std::nullopt;
}

char letter(Action action) {
  for (const auto& [c, known] : kActions) {
    if (known == action) return c;
  }
  return 'I';
}

bool is_structure_reference(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view id = text.substr(colon + 1);
  const std::size_t open = id.find('(');
  if (id.empty() || open == 0 || id.find_first_of(" :\t\r\n") != std::string_view::npos) {
    return false;
  }
  return open == std::string_view::npos || (id.back() == ')' && open + 2 < id.size());
}

const Component* Dataset::find(std::string_view id) const {
  for (const auto& component : components) {
    if (component.id == id && component.role != ComponentRole::kLabel) return &component;
  }
  return nullptr;
}

void RowBlock::clear(std::size_t width) {
  width_ = width;
  text_.clear();
  ends_.clear();
  lines_.clear();
  actions_.clear();
  structures_.clear();
}

std::string_view RowBlock::open_cell(std::size_t column) const {
  return cell(rows(), column);
}

void RowBlock::keep_row(std::uint64_t line, Action action, std::uint32_t structure) {
  RAPPORTEUR_CHECK(open_cells() == width_);
  lines_.push_back(line);
  actions_.push_back(action);
  structures_.push_back(structure);
}

void RowBlock::cut_row(std::size_t cells) {
  ends_.resize(std::min(ends_.size(), rows() * width_ + cells));
  text_.resize(ends_.empty() ? 0 : ends_.back());
}

void RowBlock::drop_row() {
  cut_row(0);
}

Result<MultipleValues> split_values(const Component& component, std::string_view separator,
                                    std::string_view cell) {
  MultipleValues out;
  if (cell.empty()) return out;
  if (component.shape == ValueShape::kSingle || separator.empty()) {
    out.push_back({LocalisedValue{"", std::string(cell)}});
    return out;
  }
  const auto parts = cut(separator, cell);
  if (!parts) return tl::unexpected<Error>(parts.error());
  const bool multilingual = component.shape == ValueShape::kMultilingual;
  for (const auto& [text, quoted] : *parts) {
    std::vector<std::pair<std::string, bool>> inner{{text, false}};
    if (quoted) {
      auto nested = cut(separator, text);
      if (!nested) return tl::unexpected<Error>(nested.error());
      inner = std::move(*nested);
    }
    // The languages of a value that stands alone are not quoted together: en:x;fr:y is one value.
    if (!multilingual || quoted || out.empty()) out.emplace_back();
    for (const auto& [value, inner_quoted] : inner) {
      if (value.empty() && inner.size() == 1) continue;
      if (!multilingual) {
        out.back().push_back({"", value});
        continue;
      }
      auto localised = with_language(value);
      if (!localised) return tl::unexpected<Error>(localised.error());
      out.back().push_back(std::move(*localised));
    }
  }
  return out;
}

std::string join_values(const Component& component, std::string_view separator,
                        const MultipleValues& values) {
  if (values.empty()) return {};
  if (component.shape == ValueShape::kSingle || separator.empty()) {
    return values.front().empty() ? std::string() : values.front().front().text;
  }
  const bool multilingual = component.shape == ValueShape::kMultilingual;
  std::string out;
  for (const auto& branch : values) {
    bool plain = multilingual ? values.size() == 1 : branch.size() < 2;
    std::string joined;
    for (std::size_t i = 0; i < branch.size(); ++i) {
      const std::string text =
          multilingual ? branch[i].language + ':' + branch[i].text : branch[i].text;
      const bool as_it_is = text.find(separator) == std::string::npos && !text.starts_with('"');
      plain = plain && as_it_is;
      if (i > 0) joined += separator;
      joined += as_it_is ? text : in_quotes(text);
    }
    if (&branch != &values.front()) out += separator;
    out += plain ? joined : in_quotes(joined);
  }
  return out;
}

}  // namespace rapporteur::sources
