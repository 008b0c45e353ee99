// Rules that look at one number with its status, qualifier, multiplier and unit.
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "broker/rules/amount.h"
#include "broker/rules/checks.h"
#include "broker/rules/relations.h"
#include "broker/rules/rule_codes.h"

namespace rapporteur::rules {
namespace {

constexpr Amount kFirstYear = Amount::whole(1800);
constexpr Amount kLastYear = Amount::whole(2100);
constexpr Amount kNone = Amount::whole(0);
constexpr Amount kYes = Amount::whole(1);
constexpr Amount kAll = Amount::whole(100);

// One row, with what its codes say.
struct Row {
  std::size_t row;
  UnitKind unit;
  bool missing;
  char qualifier;  // '=' when none is given
  std::optional<int> power;
};

// What `read` says of each code of the column. Not vector<bool>: a char is read without a proxy.
template <typename Read>
auto each(const Column& column, const Read& read) {
  using Value = decltype(read(std::string_view()));
  std::vector<std::conditional_t<std::is_same_v<Value, bool>, char, Value>> values;
  values.reserve(column.codes.size());
  for (const std::string& code : column.codes) values.push_back(read(code));
  return values;
}

class ValueCheck {
 public:
  ValueCheck(const ObservationSet& observations, FindingSink& sink)
      : observations_(observations), sink_(sink) {}

  void run() {
    const Column& statuses = observations_.column(Attribute::kObsStatus);
    const Column& qualifiers = observations_.column(Attribute::kValueQualifier);
    const Column& multipliers = observations_.column(Attribute::kUnitMult);
    const Column& units = observations_.column(Dimension::kUnitMeasure);
    const auto missing = each(statuses, is_status_of_missing);
    const auto qualifier =
        each(qualifiers, [](std::string_view c) { return c.size() == 1 ? c.front() : '='; });
    const auto power = each(multipliers, multiplier_power);
    const auto unit = each(units, kind_of_unit);
    for (std::size_t row = 0; row < observations_.rows(); ++row) {
      check(Row{row, unit[units.index(row)], missing[statuses.index(row)] != 0,
                qualifier[qualifiers.index(row)], power[multipliers.index(row)]});
    }
  }

 private:
  void check(const Row& row) {
    const auto& value = observations_.value(row.row);
    if (!value) {
      check_absent(row);
      return;
    }
    if (row.missing) {
      found(code::kValueWithMissingStatus, name(Attribute::kObsStatus), row, [&] {
        const std::string status = observations_.code(Attribute::kObsStatus, row.row);
        return Detail{
            "the value is " + value->text() + " and status " + status + " says that it is missing",
            "la valeur est " + value->text() + " et le statut " + status + " la dit manquante"};
      });
    }
    if (observations_.code(Attribute::kObsStatus, row.row).empty()) {
      found(code::kStatusMissing, name(Attribute::kObsStatus), row, [&] {
        return Detail{"the value is " + value->text() + ", without a status",
                      "la valeur est " + value->text() + ", sans statut"};
      });
    }
    const bool takes_power = row.unit == UnitKind::kCount || row.unit == UnitKind::kQuantity;
    if (!takes_power && row.power.value_or(0) != 0) {
      found(code::kMultiplierNotApplicable, name(Attribute::kUnitMult), row, [&] {
        const std::string& unit = observations_.code(Dimension::kUnitMeasure, row.row);
        return Detail{"unit " + unit + " with a multiplier", "unité " + unit + " multipliée"};
      });
      return;
    }
    if (!row.power) return;  // an unknown code, said elsewhere
    const auto amount = Amount::of(*value, *row.power);
    if (!amount) {
      found(code::kValueOutOfRange, "OBS_VALUE", row, [&] {
        const std::string product = value->text() + " × 10^" + std::to_string(*row.power);
        return Detail{product + " cannot be held exactly",
                      product + " ne se représente pas exactement"};
      });
      return;
    }
    check_amount(row, *amount);
  }

  void check_absent(const Row& row) {
    if (!row.missing) {
      found(code::kValueMissing, "OBS_VALUE", row, [&] {
        const std::string& status = observations_.code(Attribute::kObsStatus, row.row);
        const std::string is = status.empty() ? "no status" : "status " + status;
        const std::string est = status.empty() ? "sans statut" : "au statut " + status;
        return Detail{"there is no number, with " + is, "il n’y a pas de nombre, " + est};
      });
    }
    if (!observations_.code(Attribute::kValueQualifier, row.row).empty() && row.qualifier != '=') {
      found(code::kQualifierWithoutValue, name(Attribute::kValueQualifier), row, [&] {
        const std::string is = std::string("'") + row.qualifier + "'";
        return Detail{is + " without a number", is + " sans nombre"};
      });
    }
  }

  void check_amount(const Row& row, Amount amount) {
    check_range(row, amount);
    const bool below_nothing = row.qualifier == '<' && amount <= kNone;
    const bool above_all = row.qualifier == '>' && row.unit == UnitKind::kPercent && amount >= kAll;
    const bool qualified_answer = row.qualifier != '=' && row.unit == UnitKind::kYesOrNo;
    if (!below_nothing && !above_all && !qualified_answer) return;
    found(code::kQualifierImpossible, name(Attribute::kValueQualifier), row, [&] {
      const std::string is = std::string(1, row.qualifier) + amount.text();
      return Detail{is + " says nothing that can be", is + " ne dit rien de possible"};
    });
  }

  void check_range(const Row& row, Amount amount) {
    const std::string_view broken = broken_range(row.unit, amount);
    if (broken.empty()) return;
    found(broken, "OBS_VALUE", row, [&] {
      const std::string is = amount.text();
      const std::string& unit = observations_.code(Dimension::kUnitMeasure, row.row);
      return Detail{"the value is " + is + " in unit " + unit,
                    "la valeur est " + is + " dans l’unité " + unit};
    });
  }

  static std::string_view broken_range(UnitKind unit, Amount amount) {
    switch (unit) {
      case UnitKind::kYesOrNo:
        return amount == kNone || amount == kYes ? "" : code::kNotYesOrNo;
      case UnitKind::kYear:
        return amount.is_whole() && amount >= kFirstYear && amount <= kLastYear
                   ? ""
                   : code::kImplausibleYear;
      case UnitKind::kPercent:
        return amount >= kNone && amount <= kAll ? "" : code::kPercentRange;
      case UnitKind::kQuantity:
        return amount >= kNone ? "" : code::kNegativeValue;
      case UnitKind::kCount:
        if (amount < kNone) return code::kNegativeValue;
        return amount.is_whole() ? "" : code::kNotWhole;
    }
    return "";
  }

  template <typename MakeDetail>
  void found(std::string_view code, std::string_view field, const Row& row,
             const MakeDetail& make_detail) {
    sink_.add_at(code, field, observations_, row.row, make_detail);
  }

  const ObservationSet& observations_;
  FindingSink& sink_;
};

}  // namespace

void check_values(const ObservationSet& observations, FindingSink& sink) {
  ValueCheck(observations, sink).run();
}

}  // namespace rapporteur::rules
