#include "broker/disclosure/interval_check.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "broker/disclosure/bounds.h"
#include "broker/disclosure/certificate.h"
#include "broker/disclosure/proof_text.h"
#include "broker/disclosure/targets.h"
#include "broker/rules/rule_codes.h"
#include "proto/base/sabotage.h"

namespace rapporteur::disclosure {
namespace {

using rules::Detail;

constexpr std::size_t kHoldingShown = 4;

std::string text_of(const Range::Ratio& ratio) {
  std::string numerator = std::to_string(ratio.numerator);
  if (ratio.denominator == 1) return numerator;
  if (ratio.numerator % ratio.denominator == 0) {
    return std::to_string(ratio.numerator / ratio.denominator);
  }
  return numerator + "/" + std::to_string(ratio.denominator);
}

class IntervalCheck {
 public:
  IntervalCheck(const JudgedTable& judged, std::vector<Target> targets)
      : judged_(judged),
        targets_(std::move(targets)),
        rule_{judged.policy().interval_width, judged.policy().k} {}

  std::vector<IntervalFinding> run(const CertificateSource& source,
                                   const std::function<const JudgedTable*()>& before) && {
    auto given = source({linear(), targets_, rule_, judged_.policy().zeros_sensitive});
    if (!given || given->bytes.empty()) return {missing(given ? nullptr : &given.error())};
    auto certificate = decode_certificate(given->bytes);
    if (!certificate) {
      return {bad({"the certificate cannot be read: " + certificate.error().what,
                   "le certificat est illisible : " + certificate.error().what})};
    }
    if (auto stale = other_system(*certificate)) return {std::move(*stale)};
    if (auto misfit = first_misfit(*certificate)) return {std::move(*misfit)};
    const std::vector<Range> ranges = ranges_of(targets_, certificate->witnesses);
    if (certificate->variables != linear().bounds.size() ||
        certificate->hidden_cells != targets_.size() ||
        certificate->narrowest != narrowest_of(ranges)) {
      return {bad({"its counts are not those of this table and its witnesses",
                   "ses nombres ne sont pas ceux de ce tableau et de ses témoins"})};
    }
    return narrow(ranges, *given, before);
  }

 private:
  [[nodiscard]] const LinearSystem& linear() const { return judged_.table().linear(); }

  static IntervalFinding bad(Detail detail) {
    return {rules::code::kBadCertificate, std::nullopt, std::move(detail)};
  }

  [[nodiscard]] IntervalFinding missing(const Error* why) const {
    const std::string cells = std::to_string(targets_.size());
    Detail detail{"nothing shows that the hidden counts (" + cells + ") cannot be told",
                  "rien ne montre que les nombres masqués (" + cells + ") restent inconnus"};
    if (why != nullptr) {
      detail.en += ": " + why->what;
      detail.fr += " : " + why->what;
    }
    return {rules::code::kNeedsCertificate, std::nullopt, std::move(detail)};
  }

  [[nodiscard]] std::optional<IntervalFinding> other_system(const Certificate& certificate) const {
    if (certificate.rule.k != rule_.k || certificate.rule.width != rule_.width ||
        certificate.zeros_sensitive != judged_.policy().zeros_sensitive) {
      return IntervalFinding{rules::code::kStaleLedger,
                             std::nullopt,
                             {"the certificate was made under another policy than the dataflow's",
                              "le certificat suit une autre politique que celle du flux"}};
    }
    if (certificate.system_sha256 == system_sha256(linear()) ||
        sabotaged("foreign-certificate-taken")) {
      return std::nullopt;
    }
    return IntervalFinding{
        rules::code::kStaleLedger,
        std::nullopt,
        {"the certificate is of another table, or other figures are public beside this one by now",
         "le certificat porte sur un autre tableau, ou d'autres chiffres sont publics depuis"}};
  }

  [[nodiscard]] std::optional<IntervalFinding> first_misfit(const Certificate& certificate) const {
    if (sabotaged("certificate-unchecked")) return std::nullopt;
    for (std::size_t i = 0; i < certificate.witnesses.size(); ++i) {
      const auto misfit = misfit_of(linear(), certificate.witnesses[i]);
      if (!misfit) continue;
      const std::string number = std::to_string(i + 1);
      const TableSystem& table = judged_.table();
      switch (misfit->kind) {
        case Misfit::Kind::kEquation: {
          const std::string equation = equation_text(table, misfit->at);
          return bad({"witness " + number + " does not fit " + equation,
                      "le témoin " + number + " ne satisfait pas " + equation});
        }
        case Misfit::Kind::kBound: {
          const std::string cell = breakdown_of(misfit->at);
          return bad({"witness " + number + " gives " + cell + " a count that it cannot have",
                      "le témoin " + number + " donne à " + cell + " un nombre impossible"});
        }
        case Misfit::Kind::kShape:
          return bad({"witness " + number + " is not of this table",
                      "le témoin " + number + " n'est pas de ce tableau"});
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<IntervalFinding> narrow(
      const std::vector<Range>& ranges, const GivenCertificate& given,
      const std::function<const JudgedTable*()>& before) const {
    std::vector<IntervalFinding> findings;
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      if (!ranges[i].shows(targets_[i], rule_)) left.push_back(i);
    }
    if (left.empty()) return findings;
    const KnownBefore known = known_before(before());
    for (const std::size_t i : left) {
      const auto earlier = known.find(key_of(targets_[i].variable));
      const bool nothing_new = earlier != known.end() && ranges[i].covers(earlier->second);
      findings.push_back({nothing_new ? rules::code::kAlreadyPublic : rules::code::kInterval,
                          targets_[i].variable, detail(targets_[i], ranges[i], given)});
    }
    return findings;
  }

  // What anybody could tell of a count from bounds alone: at the least what could be told.
  using KnownBefore = std::unordered_map<std::string, Bounds>;
  [[nodiscard]] static KnownBefore known_before(const JudgedTable* earlier) {
    KnownBefore known;
    if (earlier == nullptr) return known;
    const TableSystem& table = earlier->table();
    const Tightened tight = tighten(table.linear());
    if (tight.contradiction) return known;
    for (Variable v = 0; v < tight.bounds.size(); ++v) {
      if (tight.bounds[v].most) known.emplace(table.key_text(table.cell_of(v)), tight.bounds[v]);
    }
    return known;
  }

  [[nodiscard]] std::string key_of(Variable variable) const {
    return judged_.table().key_text(judged_.table().cell_of(variable));
  }
  [[nodiscard]] std::string breakdown_of(Variable variable) const {
    const TableSystem& table = judged_.table();
    const std::string text = printable(table.protection().breakdown_text(table.cell_of(variable)));
    return text.empty() ? "_T" : text;
  }

  [[nodiscard]] Detail detail(const Target& target, const Range& range,
                              const GivenCertificate& given) const {
    const std::string cell = breakdown_of(target.variable);
    Detail out{cell + ": ", cell + " : "};
    if (range.least()) {
      const std::string least = text_of(*range.least());
      const std::string most = text_of(*range.most());
      out.en += "only counts from " + least + " to " + most + " are shown to be possible; ";
      out.fr += "seuls des nombres de " + least + " à " + most + " sont montrés possibles ; ";
    } else {
      out.en += "no count is shown to be possible; ";
      out.fr += "aucun nombre n'est montré possible ; ";
    }
    const std::string width = std::to_string(rule_.width);
    if (target.small_total && *target.small_total < rule_.width) {
      const std::string total = std::to_string(*target.small_total);
      out.en += "all from 0 to " + total + " must be";
      out.fr += "tous de 0 à " + total + " doivent l'être";
    } else {
      const std::string most = std::to_string(rule_.k - 1);
      out.en += "they must lie " + width + " apart, and not all from 1 to " + most;
      out.fr += "il en faut à " + width + " d'écart, et pas tous de 1 à " + most;
    }
    append_holding(target.variable, given, out);
    return out;
  }

  void append_holding(Variable variable, const GivenCertificate& given, Detail& out) const {
    const auto held = std::ranges::find(given.held, variable, &HeldCount::variable);
    if (held == given.held.end() || held->equations.empty()) return;
    std::string equations;
    std::size_t shown = 0;
    for (const std::uint32_t equation : held->equations) {
      if (!equations.empty()) equations += ", ";
      if (shown++ == kHoldingShown) {
        equations += "…";
        break;
      }
      equations += equation_text(judged_.table(), equation);
    }
    out.en += "; held by " + equations;
    out.fr += " ; tenu par " + equations;
  }

  const JudgedTable& judged_;
  std::vector<Target> targets_;
  WidthRule rule_;
};

}  // namespace

std::vector<IntervalFinding> check_intervals(const JudgedTable& judged,
                                             const CertificateSource& source,
                                             const std::function<const JudgedTable*()>& before) {
  std::vector<Target> targets = targets_of(judged);
  if (targets.empty()) return {};
  return IntervalCheck(judged, std::move(targets)).run(source, before);
}

}  // namespace rapporteur::disclosure
