#include "proto/base/decimal.h"

#include <array>
#include <charconv>
#include <limits>

#include "proto/base/check.h"

namespace rapporteur {
namespace {

constexpr std::array<std::int64_t, Decimal::kMaxScale + 1> kPowersOfTen{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

__extension__ using Wide = __int128;

Wide widened(const Decimal& value, std::uint8_t scale) {
  return static_cast<Wide>(value.mantissa()) * kPowersOfTen[scale - value.scale()];
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Decimal::Decimal(std::int64_t mantissa, std::uint8_t scale) : mantissa_(mantissa), scale_(scale) {
  RAPPORTEUR_CHECK(scale <= kMaxScale);
}

Result<Decimal> Decimal::parse(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return fail(ErrorKind::kMalformed, "'" + printable(text, 40) + "' is not a number: " + why);
  };
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  const std::size_t point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view{} : digits.substr(point + 1);
  if (!all_digits(whole)) return refuse("digits expected");
  if (point != std::string_view::npos && !all_digits(fraction)) {
    return refuse("digits expected after the point");
  }
  if (whole.size() > 1 && whole.front() == '0') return refuse("leading zero");
  if (fraction.size() > kMaxScale) return refuse("more than 6 digits after the point");
  std::string joined = negative ? "-" : "";
  joined.append(whole).append(fraction);
  std::int64_t mantissa = 0;
  const auto [end, error] = std::from_chars(joined.data(), joined.data() + joined.size(), mantissa);
  if (error != std::errc{} || end != joined.data() + joined.size()) return refuse("out of range");
  if (negative && mantissa == 0) return refuse("minus zero");
  return Decimal(mantissa, static_cast<std::uint8_t>(fraction.size()));
}

std::string Decimal::text() const {
  const bool negative = mantissa_ < 0;
  std::string digits = std::to_string(mantissa_);
  if (negative) digits.erase(0, 1);
  if (scale_ > 0) {
    if (digits.size() <= scale_) digits.insert(0, scale_ + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale_, ".");
  }
  return negative ? "-" + digits : digits;
}

std::optional<std::int64_t> Decimal::whole() const {
  if (mantissa_ % kPowersOfTen[scale_] != 0) return std::nullopt;
  return mantissa_ / kPowersOfTen[scale_];
}

std::optional<Decimal> Decimal::plus(const Decimal& other) const {
  const std::uint8_t scale = std::max(scale_, other.scale_);
  const Wide sum = widened(*this, scale) + widened(other, scale);
  if (sum > std::numeric_limits<std::int64_t>::max() ||
      sum < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return Decimal(static_cast<std::int64_t>(sum), scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const std::uint8_t scale = std::max(a.scale_, b.scale_);
  return widened(a, scale) <=> widened(b, scale);
}

}  // namespace rapporteur
