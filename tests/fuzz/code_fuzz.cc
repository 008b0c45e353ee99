// Everything that is one code, number or name on the wire, from any bytes: what is read is written
// as it was, what has a range keeps to it.
#include <algorithm>
#include <cstdint>

#include "proto/base/check.h"
#include "proto/base/decimal.h"
#include "proto/base/limits.h"
#include "proto/codelists/code_lists.h"
#include "proto/crypto/encoding.h"
#include "proto/statistics/time_period.h"

namespace {

using namespace rapporteur;

void numbers_and_names(std::string_view text) {
  if (const auto value = Decimal::parse(text)) RAPPORTEUR_CHECK(value->text() == text);
  if (const auto id = parse_uuid(text)) RAPPORTEUR_CHECK(uuid_text(*id) == text);
  if (const auto bytes = crypto::parse_base64(text)) {
    RAPPORTEUR_CHECK(crypto::base64(bytes_of(*bytes)) == text);
  }
  RAPPORTEUR_CHECK(!valid_participant_id(text) || text.size() <= limits::kIdBytes);
  RAPPORTEUR_CHECK(printable(text, 80).size() <= 80);
  RAPPORTEUR_CHECK(matches_pattern("*", text));
}

void periods_and_ages(std::string_view text) {
  if (const auto period = TimePeriod::parse(text)) {
    RAPPORTEUR_CHECK(!period->last_day || *period->first_day <= *period->last_day);
    RAPPORTEUR_CHECK(codelists::valid(Dimension::kTimePeriod, text));
    RAPPORTEUR_CHECK(codelists::find(codelists::ListId::kFreq, period->freq) != nullptr);
  }
  if (const auto before = one_year_before(text)) {
    RAPPORTEUR_CHECK(TimePeriod::parse(*before)->freq == TimePeriod::parse(text)->freq);
    RAPPORTEUR_CHECK(TimePeriod::parse(*before)->first_day < TimePeriod::parse(text)->first_day);
  }
  if (const auto band = codelists::parse_age_band(text)) {
    RAPPORTEUR_CHECK(0 <= band->first && band->first <= band->last);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  numbers_and_names(text);
  periods_and_ages(text);
  constexpr std::size_t kSlowBeyond = 8;
  if (text.size() > kSlowBeyond) return 0;
  for (const auto list : {codelists::ListId::kArea, codelists::ListId::kIndicator}) {
    const auto near = codelists::nearest(list, text);
    RAPPORTEUR_CHECK(near.size() <= 3);
    const auto* known = codelists::find(list, text);
    RAPPORTEUR_CHECK(known == nullptr || std::find(near.begin(), near.end(), text) != near.end());
  }
  return 0;
}
