#include "adapters/sources/suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "proto/base/ascii.h"

namespace rapporteur::sources {
namespace {

constexpr std::size_t kLongestCompared = 64;
constexpr std::size_t kShortestPrefix = 3;
constexpr std::size_t kPrefixDistance = 2;

bool begins_with(std::string_view name, std::string_view text) {
  return text.size() >= kShortestPrefix && name.size() >= text.size() &&
         std::equal(text.begin(), text.end(), name.begin(),
                    [](char a, char b) { return ascii_lower(a) == ascii_lower(b); });
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (ascii_lower(a[i]) == ascii_lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

bool same_letter(char a, char b) {
  return ascii_lower(a) == ascii_lower(b);
}

// Equal but for one slip, or for none.
bool within_one_slip(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  const auto at = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), same_letter).first - a.begin());
  const auto ends_alike = [&](std::size_t of_a, std::size_t of_b) {
    const std::string_view rest_a = a.substr(std::min(of_a, a.size()));
    const std::string_view rest_b = b.substr(std::min(of_b, b.size()));
    return std::equal(rest_a.begin(), rest_a.end(), rest_b.begin(), rest_b.end(), same_letter);
  };
  if (a.size() < b.size()) return ends_alike(at, at + 1);
  const bool swapped = at + 1 < a.size() && same_letter(a[at], b[at + 1]) &&
                       same_letter(a[at + 1], b[at]) && ends_alike(at + 2, at + 2);
  return swapped || ends_alike(at + 1, at + 1);
}

}  // namespace

std::optional<std::string_view> one_slip_from(std::string_view text,
                                              std::span<const std::string_view> known) {
  const auto found = std::find_if(known.begin(), known.end(), [&](std::string_view name) {
    return within_one_slip(text, name);
  });
  if (found == known.end()) return std::nullopt;
  return *found;
}

std::string did_you_mean_one_of(std::span<const std::string_view> near) {
  if (near.empty()) return {};
  std::string out = "did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i > 0) out += i + 1 == near.size() ? " or " : ", ";
    out += near[i];
  }
  return out + '?';
}

std::vector<std::string_view> nearest_names(std::string_view text,
                                            std::span<const std::string_view> known,
                                            std::size_t most) {
  text = text.substr(0, kLongestCompared);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view name : known) {
    std::size_t away = distance(text, name.substr(0, kLongestCompared));
    if (begins_with(name, text)) away = std::min(away, kPrefixDistance);
    if (away <= std::max<std::size_t>(2, name.size() / 3)) near.emplace_back(away, name);
  }
  std::sort(near.begin(), near.end());
  near.resize(std::min(near.size(), most));
  std::vector<std::string_view> names;
  names.reserve(near.size());
  for (const auto& [away, name] : near) names.push_back(name);
  return names;
}

std::string did_you_mean(std::string_view text, std::span<const std::string_view> known) {
  return did_you_mean_one_of(nearest_names(text, known));
}

}  // namespace rapporteur::sources
