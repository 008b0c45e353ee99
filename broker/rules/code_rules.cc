// Rules that look at codes: header claims, code lists, grammars, the catalogue, duplicate keys.
#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "broker/rules/checks.h"
#include "broker/rules/relations.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/result.h"
#include "proto/statistics/time_period.h"

namespace rapporteur::rules {
namespace {

// Looking for near codes is the dearest thing the rules do: only for so many codes.
constexpr std::size_t kHintsPerSubmission = 20;

std::string joined(std::span<const std::string_view> words, std::string_view separator) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string quoted(std::string_view code) {
  constexpr std::size_t kMostBytes = 80;
  return "\"" + printable(code, kMostBytes) + "\"";
}

std::vector<std::string_view> distinct_areas(const ObservationSet& observations) {
  const auto& codes = observations.column(Dimension::kRefArea).codes;
  std::vector<std::string_view> areas(codes.begin(), codes.end());
  std::sort(areas.begin(), areas.end());
  return areas;
}

// `wrong[i]` tells whether the i-th code of the column is wrong; calls use(row, code position).
template <typename Use>
void each_wrong_row(const Column& column, std::size_t rows, const std::vector<char>& wrong,
                    const Use& use) {
  if (std::find(wrong.begin(), wrong.end(), 1) == wrong.end()) return;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint32_t position = column.index(row);
    if (wrong[position] != 0) use(row, position);
  }
}

template <typename IsWrong>
std::vector<char> mark(const Column& column, const IsWrong& is_wrong) {
  std::vector<char> wrong(column.codes.size(), 0);
  for (std::size_t i = 0; i < wrong.size(); ++i) wrong[i] = is_wrong(column.codes[i]) ? 1 : 0;
  return wrong;
}

// What to say of a code that is in no list: made once a code, for the first few.
class Hints {
 public:
  Detail of(std::optional<codelists::ListId> list, const std::string& code) {
    Detail detail{quoted(code) + " is no code of the list",
                  quoted(code) + " n’est pas un code de la liste"};
    const std::vector<std::string_view> near = nearest(list, code);
    if (near.empty()) return detail;
    detail.en += "; the nearest are " + joined(near, ", ");
    detail.fr += " ; les plus proches sont " + joined(near, ", ");
    return detail;
  }

 private:
  std::vector<std::string_view> nearest(std::optional<codelists::ListId> list,
                                        const std::string& code) {
    if (!list) return {};
    for (const Known& known : known_) {
      if (known.list == *list && known.code == code) return known.near;
    }
    if (known_.size() >= kHintsPerSubmission) return {};
    std::vector<std::string_view> near;
    const bool is_area =
        *list == codelists::ListId::kArea || *list == codelists::ListId::kCounterpartArea ||
        *list == codelists::ListId::kCitizen || *list == codelists::ListId::kRegOrg;
    const auto alias = is_area ? codelists::area_alias(code) : std::nullopt;
    near = alias ? std::vector<std::string_view>{*alias} : codelists::nearest(*list, code);
    known_.push_back({*list, code, near});
    return near;
  }

  struct Known {
    codelists::ListId list;
    std::string code;
    std::vector<std::string_view> near;
  };
  std::vector<Known> known_;
};

template <typename Component>
void check_list(const ObservationSet& observations, Component component, bool may_be_empty,
                Hints& hints, FindingSink& sink) {
  const Column& column = observations.column(component);
  const auto wrong = mark(column, [&](const std::string& code) {
    return !(code.empty() && may_be_empty) && !codelists::valid(component, code);
  });
  each_wrong_row(column, observations.rows(), wrong, [&](std::size_t row, std::uint32_t position) {
    sink.add_at(code::kUnknownCode, name(component), observations, row,
                [&] { return hints.of(codelists::list_of(component), column.codes[position]); });
  });
}

void check_age(const ObservationSet& observations, FindingSink& sink) {
  const Column& column = observations.column(Dimension::kAge);
  const auto wrong = mark(
      column, [](const std::string& code) { return !codelists::valid(Dimension::kAge, code); });
  each_wrong_row(column, observations.rows(), wrong, [&](std::size_t row, std::uint32_t position) {
    sink.add_at(code::kBadAge, name(Dimension::kAge), observations, row, [&] {
      const std::string code = quoted(column.codes[position]);
      return Detail{code + " is no age band", code + " n’est pas une tranche d’âge"};
    });
  });
}

void check_period_and_freq(const ObservationSet& observations, FindingSink& sink) {
  const Column& periods = observations.column(Dimension::kTimePeriod);
  const Column& freqs = observations.column(Dimension::kFreq);
  std::vector<std::string_view> freq_of_period;  // "" where the period cannot be read
  freq_of_period.reserve(periods.codes.size());
  for (const std::string& code : periods.codes) {
    const auto period = TimePeriod::parse(code);
    freq_of_period.push_back(period ? period->freq : std::string_view());
  }
  for (std::size_t row = 0; row < observations.rows(); ++row) {
    const std::string_view expected = freq_of_period[periods.index(row)];
    if (expected.empty()) {
      sink.add_at(code::kBadTimePeriod, name(Dimension::kTimePeriod), observations, row, [&] {
        const std::string code = quoted(periods.code(row));
        return Detail{code + " is no period", code + " n’est pas une période"};
      });
    } else if (freqs.code(row) != expected) {
      sink.add_at(code::kFreqMismatch, name(Dimension::kFreq), observations, row, [&] {
        const std::string is = quoted(freqs.code(row));
        const std::string should_be = quoted(expected);
        const std::string period = quoted(periods.code(row));
        return Detail{"FREQ is " + is + ", and TIME_PERIOD " + period + " is " + should_be,
                      "FREQ est " + is + ", et TIME_PERIOD " + period + " est " + should_be};
      });
    }
  }
}

void check_applicable(const ObservationSet& observations, const codelists::Indicator& indicator,
                      FindingSink& sink) {
  for (const Dimension d : kPersonalDimensions) {
    const auto& own = indicator.dimensions;
    if (std::find(own.begin(), own.end(), d) != own.end()) continue;
    const Column& column = observations.column(d);
    const auto wrong =
        mark(column, [](const std::string& code) { return !is_total_or_none(code); });
    each_wrong_row(
        column, observations.rows(), wrong, [&](std::size_t row, std::uint32_t position) {
          sink.add_at(code::kDimensionNotApplicable, name(d), observations, row, [&] {
            const std::string is = std::string(name(d)) + "=" + quoted(column.codes[position]);
            const std::string of(indicator.code);
            return Detail{of + " is not broken down by it: " + is,
                          of + " n’est pas ventilé ainsi : " + is};
          });
        });
  }
}

void check_unit(const ObservationSet& observations, const codelists::Indicator& indicator,
                FindingSink& sink) {
  const Column& column = observations.column(Dimension::kUnitMeasure);
  const auto wrong = mark(column, [&](const std::string& code) {
    return std::find(indicator.units.begin(), indicator.units.end(), code) == indicator.units.end();
  });
  each_wrong_row(column, observations.rows(), wrong, [&](std::size_t row, std::uint32_t position) {
    sink.add_at(code::kUnitMismatch, name(Dimension::kUnitMeasure), observations, row, [&] {
      const std::string is = quoted(column.codes[position]);
      const std::string of(indicator.code);
      return Detail{of + " is counted in " + joined(indicator.units, " or ") + ", not in " + is,
                    of + " se compte en " + joined(indicator.units, " ou ") + ", non en " + is};
    });
  });
}

}  // namespace

void check_header(const Submission& submission, FindingSink& sink) {
  const ObservationSet& observations = submission.observations;
  if (codelists::find_dataflow(submission.dataflow) == nullptr) {
    sink.add(code::kUnknownDataflow, "dataflow", 0, "", [&] {
      std::vector<std::string_view> known;
      for (const codelists::Dataflow& dataflow : codelists::dataflows())
        known.push_back(dataflow.id);
      const std::string is = quoted(submission.dataflow);
      return Detail{is + " is unknown; known are " + joined(known, ", "),
                    is + " est inconnu ; sont connus " + joined(known, ", ")};
    });
  }
  if (observations.empty()) return;

  const auto& indicators = observations.column(Dimension::kIndicator).codes;
  if (indicators.front() != submission.indicator) {
    sink.add(code::kHeaderIndicator, "indicator", 0, "", [&] {
      const std::string said = quoted(submission.indicator);
      const std::string is = quoted(indicators.front());
      return Detail{"the header says " + said + ", the observations say " + is,
                    "l’en-tête dit " + said + ", les observations disent " + is};
    });
  }
  const std::vector<std::string_view> areas = distinct_areas(observations);
  if (!std::equal(areas.begin(), areas.end(), submission.ref_areas.begin(),
                  submission.ref_areas.end())) {
    sink.add(code::kHeaderAreas, "ref_areas", 0, "", [&] {
      const std::string is = printable(joined(areas, " "));
      const std::vector<std::string_view> claimed(submission.ref_areas.begin(),
                                                  submission.ref_areas.end());
      const std::string said = printable(joined(claimed, " "));
      return Detail{"the header says " + said + "; the observations are of " + is,
                    "l’en-tête dit " + said + " ; les observations portent sur " + is};
    });
  }
}

void check_codes(const Submission& submission, FindingSink& sink) {
  const ObservationSet& observations = submission.observations;
  Hints hints;
  for (std::size_t i = 0; i < kDimensions; ++i) {
    const auto d = static_cast<Dimension>(i);
    if (codelists::list_of(d)) check_list(observations, d, false, hints, sink);
  }
  for (const Attribute a : {Attribute::kObsStatus, Attribute::kConfStatus,
                            Attribute::kValueQualifier, Attribute::kUnitMult}) {
    check_list(observations, a, true, hints, sink);
  }
  check_age(observations, sink);
  check_period_and_freq(observations, sink);

  const Column& indicators = observations.column(Dimension::kIndicator);
  if (indicators.codes.size() > 1) {
    sink.add(code::kMixedIndicators, name(Dimension::kIndicator), 0, "", [&] {
      const std::string first = quoted(indicators.codes[0]);
      const std::string second = quoted(indicators.codes[1]);
      return Detail{"the submission holds " + first + " and " + second,
                    "l’envoi contient " + first + " et " + second};
    });
    return;
  }
  const codelists::Indicator* indicator = codelists::find_indicator(indicators.codes.front());
  if (indicator == nullptr) return;
  check_applicable(observations, *indicator, sink);
  check_unit(observations, *indicator, sink);
}

bool check_duplicate_keys(const ObservationSet& observations, FindingSink& sink) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
  order.reserve(observations.rows());
  for (std::uint32_t row = 0; row < observations.rows(); ++row) {
    order.emplace_back(observations.key_hash(row), row);
  }
  std::sort(order.begin(), order.end());
  bool any = false;
  for (std::size_t i = 1; i < order.size(); ++i) {
    for (std::size_t j = i; j-- > 0 && order[j].first == order[i].first;) {
      if (!observations.same_key(order[i].second, observations, order[j].second)) continue;
      sink.add_at(code::kDuplicateKey, "key", observations, order[i].second, [&] {
        const std::string other = std::to_string(order[j].second + 1);
        return Detail{"the same key stands in row " + other,
                      "la même clé figure à la ligne " + other};
      });
      any = true;
      break;
    }
  }
  return any;
}

}  // namespace rapporteur::rules
