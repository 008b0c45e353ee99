#include "ops/bench/submissions.h"

#include <array>
#include <chrono>
#include <numeric>

#include <spdlog/fmt/fmt.h>

#include "proto/base/check.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::bench {
namespace {

constexpr std::string_view kDataflow = "RAPPORTEUR:THB(1.0)";
// What one figure alone says completely, and what comes with breakdowns.
constexpr std::string_view kSingle = "CJ_INV";
constexpr std::string_view kBrokenDown = "VIC_IDENT";
constexpr std::array<std::string_view, 8> kAreas{"AT", "BE", "BG", "CZ", "DE", "DK", "FI", "FR"};
constexpr int kSmallestValue = 10;

std::uint64_t next_random(std::uint64_t& state) {  // xorshift64*
  state ^= state >> 12U;
  state ^= state << 25U;
  state ^= state >> 27U;
  return state * 0x2545F4914F6CDD1DULL;
}

// Days of every second year from 1000 on: a million and a half before a run would repeat a table,
// and each the first of its series, with no figure of the year before to be compared with.
std::string day_text(std::uint64_t number) {
  using std::chrono::sys_days, std::chrono::days, std::chrono::year_month_day;
  constexpr std::uint64_t kDays = 365;
  const std::chrono::year year(1000 + 2 * static_cast<int>(number / kDays));
  const year_month_day date(sys_days(year / 1 / 1) + days(number % kDays));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Two-letter codes of citizenship, without totals and residuals.
const std::vector<std::string>& citizenships() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> out;
    for (const auto& code : codelists::list(codelists::ListId::kCitizen)) {
      if (code.code.size() == 2 && code.code.front() != '_') out.emplace_back(code.code);
    }
    return out;
  }();
  return codes;
}

}  // namespace

SubmissionFactory::SubmissionFactory(const std::string& hub, const SenderIdentity& sender,
                                     std::uint32_t observations)
    : hub_(hub),
      sender_(sender),
      observations_(observations),
      indicator_(observations == 1 ? kSingle : kBrokenDown) {
  RAPPORTEUR_CHECK(observations >= 1 && observations <= 2 * citizenships().size());
}

ObservationSet SubmissionFactory::observations_for(const std::string& area,
                                                   const std::string& period) {
  ObservationSetBuilder builder;
  Observation observation;
  observation.key = {"D",   area,
                     "_Z",  std::string(indicator_),
                     "_T",  "_T",
                     "_T",  "_T",
                     "_Z",  observations_ == 1 ? "CASE" : "PER",
                     period};
  observation[Attribute::kObsStatus] = "A";
  if (observations_ == 1) {
    observation.value = Decimal(kSmallestValue + static_cast<int>(next_random(random_) % 1000));
    builder.add(observation);
    return builder.build();
  }
  // Citizenship by sex, in an order of its own for every submission.
  std::vector<std::uint32_t> order(2 * citizenships().size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint32_t i = 0; i < observations_; ++i) {
    std::swap(order[i], order[i + next_random(random_) % (order.size() - i)]);
    observation[Dimension::kSex] = order[i] % 2 == 0 ? "F" : "M";
    observation[Dimension::kCitizen] = citizenships()[order[i] / 2];
    observation.value = Decimal(kSmallestValue + static_cast<int>(next_random(random_) % 1000));
    builder.add(observation);
  }
  return builder.build();
}

std::string SubmissionFactory::next() {
  const std::string area(kAreas[made_ % kAreas.size()]);
  const std::string period = day_text(made_ / kAreas.size());
  client::EnvelopeParts parts;
  parts.hub = hub_;
  parts.sender = sender_.participant;
  parts.created = SystemClock().now();
  parts.message_id = crypto::new_message_id(parts.created);
  parts.sequence = Sequence{++made_};
  parts.dataflow = kDataflow;
  parts.indicator = indicator_;
  parts.ref_areas = {area};
  parts.releasability.set_audience(v1::AUDIENCE_PARTICIPANTS);
  parts.body = BodyCodec::encode(observations_for(area, period), 0);
  return client::make_envelope(parts, sender_.signing_key).SerializeAsString();
}

}  // namespace rapporteur::bench
