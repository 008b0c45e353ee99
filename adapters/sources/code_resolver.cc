#include "adapters/sources/code_resolver.h"

#include <algorithm>

#include "adapters/sources/period_format.h"
#include "adapters/sources/sdmx_csv/columns.h"
#include "adapters/sources/suggest.h"
#include "proto/base/ascii.h"
#include "proto/base/limits.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::sources {
namespace {

// Several names of one code are proposed as one.
constexpr std::size_t kNamesLookedAt = 12;
constexpr std::size_t kNamesProposed = 3;

bool is_text(Attribute attribute) {
  return attribute == Attribute::kSourceCode || attribute == Attribute::kMethod ||
         attribute == Attribute::kCommentObs;
}

bool is_coded(const Target& target) {
  if (target.kind == Target::Kind::kDimension) return true;
  return target.kind == Target::Kind::kAttribute && !is_text(static_cast<Attribute>(target.index));
}

bool same_label(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ascii_lower(x) == ascii_lower(y);
         });
}

ResolvedCode unknown(std::string_view component, std::string_view text,
                     std::optional<codelists::ListId> list) {
  ResolvedCode out{.code = std::string(text), .source = "", .problem = "UNKNOWN_CODE"};
  out.what = "no code of " + std::string(component);
  const auto near = list ? codelists::nearest(*list, text) : std::vector<std::string_view>{};
  out.remedy = did_you_mean_one_of(near);
  if (!out.remedy.empty()) out.remedy += ' ';
  out.remedy += "map it under [codes." + std::string(component) + ']';
  return out;
}

std::optional<std::string> code_of_label(codelists::ListId list, std::string_view text) {
  for (const auto& code : codelists::list(list)) {
    if (same_label(code.label_en, text) || same_label(code.label_fr, text)) {
      return std::string(code.code);
    }
  }
  return std::nullopt;
}

std::optional<codelists::ListId> list_of(const Target& target) {
  if (target.kind == Target::Kind::kDimension) {
    return codelists::list_of(static_cast<Dimension>(target.index));
  }
  return std::nullopt;
}

// Names near the text, each with its code, and each code once: "Albania (AL)". Where none is, the
// labels of the list, which are in French, too.
std::vector<std::string> near_names(const Target& target, CodeNames names, std::string_view text) {
  std::vector<std::string_view> known;
  for (const CodeName& entry : names) {
    if (!entry.code.empty()) known.push_back(entry.name);
  }
  std::vector<std::string> out;
  std::vector<std::string_view> codes;
  for (const std::string_view name : nearest_names(text, known, kNamesLookedAt)) {
    const std::string_view code = find_name(names, name)->code;
    if (out.size() >= kNamesProposed) break;
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) continue;
    codes.push_back(code);
    out.push_back(std::string(name) + " (" + std::string(code) + ')');
  }
  if (const auto list = list_of(target); list && out.empty()) {
    for (const std::string_view code : codelists::nearest(*list, text, kNamesProposed)) {
      out.push_back(std::string(codelists::find(*list, code)->label_en) + " (" + std::string(code) +
                    ')');
    }
  }
  return out;
}

ResolvedCode mapped(std::string code, std::string_view text) {
  ResolvedCode out{.code = std::move(code)};
  if (out.code != text) out.source = text;
  return out;
}

}  // namespace

CodeResolver::CodeResolver(const Mapping& mapping, const Dataset& dataset)
    : mapping_(mapping), dataset_(dataset) {}

ResolvedCode CodeResolver::resolve_dimension(Dimension dimension, std::string_view text) const {
  if (codelists::valid(dimension, text)) return {.code = std::string(text)};
  if (dimension == Dimension::kTimePeriod) {
    for (const auto& format : mapping_.period_formats) {
      auto period = read_period(format, text);
      if (period && codelists::valid(dimension, *period)) return {.code = std::move(*period)};
    }
    ResolvedCode out = unknown(name(dimension), text, std::nullopt);
    out.problem = "BAD_PERIOD";
    out.what = "is no period";
    out.remedy =
        "2006, 2006-S1, 2006-Q3, 2006-05, 2006-05-31, two of these joined by /, from 2006, or _U; "
        "other forms under [periods]";
    return out;
  }
  const auto list = codelists::list_of(dimension);
  if (const auto alias = codelists::area_alias(text); alias && list) {
    if (codelists::valid(dimension, *alias)) return mapped(std::string(*alias), text);
  }
  auto labelled = list ? code_of_label(*list, text) : std::nullopt;
  if (labelled && mapping_.read_labels) return mapped(std::move(*labelled), text);
  ResolvedCode out = unknown(name(dimension), text, list);
  if (labelled) {
    out.remedy = "it is the label of " + *labelled +
                 ": write the code, or have labels read with read_labels = true in a mapping file";
  }
  return out;
}

ResolvedCode CodeResolver::resolve_attribute(Attribute attribute, std::string_view prefix,
                                             std::string_view text) const {
  ResolvedCode out{.code = std::string(prefix) + std::string(text)};
  if (is_text(attribute)) {
    if (out.code.size() > rapporteur::limits::kFreeTextBytes) {
      out.problem = "TEXT_TOO_LONG";
      out.what = "is longer than " + std::to_string(rapporteur::limits::kFreeTextCharacters) +
                 " characters";
      out.remedy = "shorten it";
    }
    return out;
  }
  if (codelists::valid(attribute, out.code)) return out;
  return unknown(name(attribute), text, codelists::list_of(attribute));
}

// What is near a name is proposed and never taken for it: a country is not guessed.
ResolvedCode CodeResolver::resolve_name(const Target& target, CodeNames names,
                                        std::string_view text) {
  const CodeName* const name = find_name(names, text);
  if (name != nullptr && !name->code.empty()) return mapped(std::string(name->code), text);
  ResolvedCode out{.code = std::string(text)};
  const std::string remedy = "map it under [codes." + std::string(target.name()) + ']';
  if (name != nullptr) {
    out.problem = "NO_CODE_FITS";
    out.what = "no code is right: " + std::string(name->why_none);
    out.remedy = "if you know what is meant, " + remedy;
    return out;
  }
  out.problem = "UNKNOWN_CODE";
  out.what = "is no name of " + std::string(target.name());
  const std::vector<std::string> near = near_names(target, names, text);
  const std::vector<std::string_view> proposed(near.begin(), near.end());
  out.remedy = did_you_mean_one_of(proposed);
  if (!out.remedy.empty()) out.remedy += ' ';
  out.remedy += remedy;
  return out;
}

ResolvedCode CodeResolver::resolve(const Target& target, const Component& component,
                                   std::string_view prefix, std::string_view cell) const {
  std::string_view text = cell;
  if (dataset_.labels == Labels::kBoth && is_coded(target)) text = text.substr(0, text.find(": "));
  if (dataset_.formulas_escaped && component.role == ComponentRole::kAttribute &&
      sdmx_csv::has_apostrophe(text)) {
    text.remove_prefix(1);
  }
  const auto codes = mapping_.codes.find(target);
  if (codes != mapping_.codes.end()) {
    if (const auto code = codes->second.find(text); code != codes->second.end()) {
      return mapped(code->second, text);
    }
  }
  const bool attribute = target.kind == Target::Kind::kAttribute;
  if (text.empty() || (attribute && dataset_.marks_missing && text == kNotAvailable)) return {};
  if (!component.names.empty()) return resolve_name(target, component.names, text);
  if (target.kind == Target::Kind::kDimension) {
    return resolve_dimension(static_cast<Dimension>(target.index), text);
  }
  if (attribute) {
    return resolve_attribute(static_cast<Attribute>(target.index), prefix, text);
  }
  return {.code = std::string(text)};
}

}  // namespace rapporteur::sources
