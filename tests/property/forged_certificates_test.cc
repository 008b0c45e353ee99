// Certificates of made-up releases, altered by somebody who knows how they are checked.
//
// RAPPORTEUR_FULL=1 takes 3,000 tables, an ordinary run the first 300 of them.
#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "adapters/anonymise/certify.h"
#include "broker/disclosure/certificate.h"
#include "broker/disclosure/release_check.h"
#include "broker/rules/rule_codes.h"
#include "tests/support/made_submission.h"
#include "tests/support/seed.h"

namespace rapporteur::testing {
namespace {

using disclosure::Certificate;
using disclosure::CertificateTask;
using disclosure::Witness;
namespace code = rules::code;

// Finer than any tolerance that somebody would take for harmless.
constexpr std::int64_t kHair = std::int64_t{1} << 20U;

enum class Forgery { kSum, kBound, kSingle, kNearly, kOfAnotherTable, kOfAnotherRule, kCount };

std::vector<Witness> whole_ones(const Certificate& certificate) {
  std::vector<Witness> out;
  std::ranges::copy_if(certificate.witnesses, std::back_inserter(out),
                       [](const Witness& witness) { return witness.denominator == 1; });
  return out;
}

// On from one table past another until a count is less than it can be; nothing is negative yet.
std::optional<Witness> past_a_bound(const CertificateTask& task, const Witness& one,
                                    const Witness& other) {
  constexpr std::int64_t kSteps = 1 << 16;
  for (std::int64_t step = 1; step <= 8 * kSteps; step *= 2) {
    Witness out{kSteps, {}};
    bool below = false;
    for (std::size_t v = 0; v < one.numerators.size(); ++v) {
      const std::int64_t beyond =
          one.numerators[v] * kSteps + step * (one.numerators[v] - other.numerators[v]);
      if (beyond < 0) return std::nullopt;
      below = below || beyond < task.system.bounds[v].least * kSteps;
      out.numerators.push_back(beyond);
    }
    if (below) return out;
  }
  return std::nullopt;
}

// All tables drawn towards the first, so that the widest range falls short by a hair.
std::optional<std::vector<Witness>> nearly_wide(const CertificateTask& task,
                                                std::vector<Witness> from) {
  // Nothing bounds some counts, and products of what they may be would not fit.
  constexpr std::int64_t kFits = 1 << 16;
  std::erase_if(from, [](const Witness& one) {
    return std::ranges::any_of(one.numerators, [](std::int64_t count) { return count > kFits; });
  });
  std::int64_t widest = 0;
  for (const auto& range : disclosure::ranges_of(task.targets, from)) {
    widest = std::max(widest, range.whole_width());
  }
  if (widest < task.rule.width) return std::nullopt;
  const std::int64_t denominator = widest * kHair;
  const std::int64_t share = task.rule.width * kHair - 1;
  std::vector<Witness> out;
  for (const Witness& witness : from) {
    Witness& drawn = out.emplace_back(Witness{denominator, {}});
    for (std::size_t v = 0; v < witness.numerators.size(); ++v) {
      const std::int64_t first = from.front().numerators[v];
      drawn.numerators.push_back(first * denominator + share * (witness.numerators[v] - first));
    }
  }
  return out;
}

// False where the table gives no occasion for it.
bool forge(Forgery forgery, const CertificateTask& task, Certificate& certificate) {
  const std::vector<Witness> whole = whole_ones(certificate);
  if (whole.size() < 2) return false;
  certificate.witnesses = whole;
  switch (forgery) {
    case Forgery::kSum:
      ++certificate.witnesses.back().numerators[task.targets.back().variable];
      break;
    case Forgery::kBound: {
      std::optional<Witness> past;
      for (std::size_t i = 0; i < whole.size() * whole.size() && !past; ++i) {
        const std::size_t one = i / whole.size();
        const std::size_t other = i % whole.size();
        if (one != other) past = past_a_bound(task, whole[one], whole[other]);
      }
      if (!past) return false;
      certificate.witnesses.push_back(*past);
      break;
    }
    case Forgery::kSingle:
      certificate.witnesses.resize(1);
      break;
    case Forgery::kNearly: {
      auto nearly = nearly_wide(task, whole);
      if (!nearly) return false;
      certificate.witnesses = std::move(*nearly);
      break;
    }
    case Forgery::kOfAnotherTable: {
      disclosure::LinearSystem other = task.system;
      ++other.equations.front().constant;
      certificate.system_sha256 = disclosure::system_sha256(other);
      break;
    }
    case Forgery::kOfAnotherRule:
      --certificate.rule.width;
      break;
    case Forgery::kCount:
      return false;
  }
  certificate.narrowest =
      disclosure::narrowest_of(disclosure::ranges_of(task.targets, certificate.witnesses));
  return true;
}

std::vector<std::string> said(const MadeSubmission& made,
                              const disclosure::CertificateSource& source) {
  const ObservationSet sent = made.sent();
  const std::vector<std::string> areas{"LV"};
  const rules::NothingPublished nothing;
  std::vector<std::string> out;
  for (const auto& finding :
       disclosure::check_release({"lv", "RAPPORTEUR:THB(1.0)", made.indicator, areas, sent},
                                 made.policy, nothing, nothing, source)) {
    out.push_back(finding.code);
  }
  return out;
}

std::vector<std::string> wanted(Forgery forgery, const Learned& learned) {
  switch (forgery) {
    case Forgery::kSum:
    case Forgery::kBound:
      return {std::string(code::kBadCertificate)};
    case Forgery::kOfAnotherTable:
    case Forgery::kOfAnotherRule:
      return {std::string(code::kStaleLedger)};
    default:
      break;
  }
  std::vector<std::string> narrow(learned.targets.size(), std::string(code::kInterval));
  return narrow;
}

TEST(ForgedCertificates, AreRefused) {
  const std::uint64_t tables = full_run() ? 6'000 : 600;
  std::map<Forgery, int> forged;
  constexpr std::uint64_t kFirst = 1'000'000;
  std::uint64_t done = 0;
  for (std::uint64_t number = kFirst; done < tables && number < kFirst + 8 * tables; ++number) {
    SCOPED_TRACE("table " + std::to_string(number));
    attacker::Chance chance(number);
    const MadeSubmission made = made_submission(chance);
    if (std::ranges::find(made.is_new, 0) != made.is_new.end()) continue;
    ++done;
    const Learned learned = learned_from(made.table, made.policy);
    // Under a small total less is enough.
    const bool plain = std::ranges::none_of(
        learned.targets, [](const attacker::Target& target) { return target.whole.has_value(); });
    if (!plain || learned.targets.empty() || !said(made, anonymise::certify).empty()) continue;
    for (int kind = 0; kind < static_cast<int>(Forgery::kCount); ++kind) {
      const auto forgery = static_cast<Forgery>(kind);
      bool there = false;
      const auto findings = said(made, [&](const CertificateTask& task) {
        auto given = anonymise::certify(task);
        auto certificate = disclosure::decode_certificate(given->bytes).value();
        there = forge(forgery, task, certificate);
        if (there) given->bytes = disclosure::encode(certificate).value();
        return given;
      });
      if (!there) continue;
      ++forged[forgery];
      EXPECT_EQ(findings, wanted(forgery, learned)) << kind;
    }
    if (HasFailure()) return;
  }
  for (int kind = 0; kind < static_cast<int>(Forgery::kCount); ++kind) {
    std::cout << "forgery " << kind << ": " << forged[static_cast<Forgery>(kind)] << '\n';
    EXPECT_GT(forged[static_cast<Forgery>(kind)], 10) << kind;
  }
}

}  // namespace
}  // namespace rapporteur::testing
