// gate: how long the hub's rules and disclosure control take over one submission, beside what its
// sender published earlier, bodies read from bytes as the hub reads them.
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "adapters/anonymise/certify.h"
#include "adapters/anonymise/release.h"
#include "broker/disclosure/release_check.h"
#include "broker/disclosure/small_cell.h"
#include "broker/rules/rule_book.h"
#include "ops/bench/percentiles.h"
#include "ops/bench/runs.h"
#include "ops/bench/table_shapes.h"
#include "proto/codelists/code_lists.h"
#include "proto/statistics/body_codec.h"

namespace rapporteur::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kSender = "lv";
constexpr std::string_view kDataflow = "RAPPORTEUR:THB(1.0)";
constexpr std::string_view kIndicator = "VIC_RETURN";
constexpr std::string_view kUnit = "PER";
constexpr std::string_view kArea = "LV";
constexpr int kYear = 2020;
// Every cell is above the threshold where nothing is hidden.
constexpr std::int64_t kLeast = 10;
constexpr double kCases = 20'000;

struct GateOptions {
  std::string earlier = "years";
  std::size_t releases = 10;
  std::uint32_t citizens = 18;
  bool hidden = false;
  std::size_t rounds = 300;
};

// Leaf codes of a list, its collective ones left out.
std::vector<std::string> codes_of(codelists::ListId list, std::size_t count) {
  std::vector<std::string> out;
  for (const codelists::Code& code : codelists::list(list)) {
    if (code.code.front() != '_' && code.code.size() <= 3 && out.size() < count) {
      out.emplace_back(code.code);
    }
  }
  return out;
}

anonymise::Axis named_axis(Dimension dimension, const std::vector<std::string>& leaves) {
  anonymise::Axis axis = flat_axis(static_cast<std::uint32_t>(leaves.size()));
  axis.dimension = dimension;
  for (std::size_t i = 0; i < leaves.size(); ++i) axis.codes[i + 1].code = leaves[i];
  return axis;
}

// Which tables of two dimensions there are of four.
constexpr std::array kBrokenDown{Dimension::kExplForm, Dimension::kSex, Dimension::kAge,
                                 Dimension::kCitizen};
constexpr std::array<std::array<std::size_t, 2>, 6> kPairs{
    {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

struct Release {
  std::string counterpart;
  std::string period;
  std::uint64_t seed;
  std::optional<std::size_t> pair{};  // of dimensions, with those of its margins that are new
};

bool has(const ObservationSet& set, std::size_t row, std::size_t pair) {
  for (std::size_t i = 0; i < kBrokenDown.size(); ++i) {
    const bool in_pair = i == kPairs[pair][0] || i == kPairs[pair][1];
    if (!in_pair && set.code(kBrokenDown[i], row) != "_T") return false;
  }
  return true;
}
bool is_of(const Release& release, const ObservationSet& set, std::size_t row) {
  for (std::size_t earlier = 0; earlier < *release.pair; ++earlier) {
    if (has(set, row, earlier)) return false;
  }
  return has(set, row, *release.pair);
}

std::vector<anonymise::Axis> axes_of(const GateOptions& options, const Release& release) {
  return {{Dimension::kCounterpartArea, {{release.counterpart, {0}, {}}}, 1, std::nullopt},
          named_axis(Dimension::kExplForm, codes_of(codelists::ListId::kExplForm, 6)),
          named_axis(Dimension::kSex, {"F", "M"}),
          named_axis(Dimension::kAge, {"Y_LT12", "Y12T17", "Y18T24", "Y_GE25"}),
          named_axis(Dimension::kCitizen, codes_of(codelists::ListId::kCitizen, options.citizens))};
}

// As an agency makes them: what is small is hidden by its own method.
Result<ObservationSet> figures_of(const GateOptions& options, const Release& release) {
  ShapedTable shaped =
      shaped_table(axes_of(options, release), kCases, release.seed, options.hidden ? 0 : kLeast);
  anonymise::Spec spec;
  spec.indicator = kIndicator;
  spec.unit = kUnit;
  const anonymise::CaseSlice slice{std::string(kArea), release.period, std::move(shaped.counts)};
  const auto released =
      anonymise::release({spec, std::move(shaped.axes), std::span(&slice, 1), true});
  if (!released) return tl::unexpected(released.error());
  ObservationSet all = anonymise::observations_of(spec, *released);
  if (!release.pair) return all;
  ObservationSetBuilder builder;
  for (std::size_t row = 0; row < all.rows(); ++row) {
    if (is_of(release, all, row)) builder.add(all.observation(row));
  }
  return builder.build();
}

// What is published, as bodies that are decoded when they are first asked for.
class StoredFigures final : public rules::PublishedFigures {
 public:
  void add(std::string period, std::string body, bool live) {
    bodies_.push_back({std::move(period), std::move(body), live, nullptr});
  }
  void forget() {
    for (Body& body : bodies_) body.decoded.reset();
  }
  void visit(const rules::TableKey& table, const Use& use) const override {
    visit_some(true, table, use);
  }
  void visit_ended(const rules::TableKey& table, const Use& use) const override {
    visit_some(false, table, use);
  }

 private:
  struct Body {
    std::string period;
    std::string bytes;
    bool live;
    mutable std::unique_ptr<ObservationSet> decoded;
  };
  void visit_some(bool live, const rules::TableKey& table, const Use& use) const {
    if (table.indicator != kIndicator || table.ref_area != kArea) return;
    for (const Body& body : bodies_) {
      if (body.live != live || body.period != table.time_period) continue;
      if (!body.decoded) {
        body.decoded = std::make_unique<ObservationSet>(
            std::move(BodyCodec::decode(bytes_of(body.bytes)).value().observations));
      }
      std::vector<std::uint32_t> rows;
      for (std::uint32_t row = 0; row < body.decoded->rows(); ++row) {
        if (live || body.decoded->has_count(row)) rows.push_back(row);
      }
      if (!rows.empty()) use(*body.decoded, rows);
    }
  }
  std::vector<Body> bodies_;
};

// Of this thread, whoever else wants the core.
std::chrono::nanoseconds processor_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

struct Spent {
  std::chrono::nanoseconds all{};
  std::chrono::nanoseconds disclosure{};
};

std::vector<rules::Finding> judge(const rules::Submission& submission,
                                  const rules::PublishedFigures& published,
                                  const disclosure::CertificateSource& source, Spent& spent) {
  const rules::Policy policy;
  auto findings = rules::judge(submission, policy, published);
  const auto began = processor_time();
  for (auto& more : {disclosure::check_small_cells(submission, policy, published, published),
                     disclosure::check_release(submission, policy, published, published, source)}) {
    findings.insert(findings.end(), more.begin(), more.end());
  }
  spent.disclosure += processor_time() - began;
  return findings;
}

Result<Report> run(const GateOptions& options) {
  StoredFigures published;
  const bool pairs = options.earlier == "pairs";
  const std::size_t releases = pairs ? kPairs.size() - 1 : options.releases;
  const auto counterparts = codes_of(codelists::ListId::kCounterpartArea, releases + 1);
  for (std::size_t i = 0; i < releases; ++i) {
    Release release{counterparts.back(), std::to_string(kYear), i + 1};
    if (options.earlier == "years")
      release.period = std::to_string(kYear - 1 - static_cast<int>(i));
    if (options.earlier == "beside") release.counterpart = counterparts[i];
    if (options.earlier == "revisions" || pairs) release.seed = 0;
    if (pairs) release.pair = i;
    const auto figures = figures_of(options, release);
    if (!figures) return tl::unexpected(figures.error());
    published.add(release.period, BodyCodec::encode(*figures, 0), options.earlier != "revisions");
  }
  Release last{counterparts.back(), std::to_string(kYear), 0};
  if (pairs) last.pair = releases;
  const auto figures = figures_of(options, last);
  if (!figures) return tl::unexpected(figures.error());
  const std::string body = BodyCodec::encode(*figures, 0);
  const std::vector<std::string> areas{std::string(kArea)};
  std::string certificate;
  const auto make = [&](const disclosure::CertificateTask& task) {
    auto made = anonymise::certify(task);
    if (made) certificate = made->bytes;
    return made;
  };
  Spent spent;
  const auto accepted =
      judge({kSender, kDataflow, kIndicator, areas, *figures}, published, make, spent);
  for (const rules::Finding& finding : accepted) {
    if (finding.severity != rules::Severity::kError) continue;
    return fail(ErrorKind::kRefused, finding.code + ": " + finding.detail_en);
  }
  Percentiles times;
  spent = {};
  for (std::size_t round = 0; round < options.rounds; ++round) {
    published.forget();
    const auto began = SteadyClock::now();
    const auto began_work = processor_time();
    const auto decoded = BodyCodec::decode(bytes_of(body));
    const auto findings = judge({kSender, kDataflow, kIndicator, areas, decoded->observations},
                                published, disclosure::given_certificate(certificate), spent);
    times.add(SteadyClock::now() - began);
    spent.all += processor_time() - began_work;
    if (rules::any_error(findings)) return fail(ErrorKind::kRefused, "another verdict than before");
  }
  std::size_t hidden = 0;
  for (std::size_t row = 0; row < figures->rows(); ++row) hidden += figures->value(row) ? 0 : 1;
  Report report("gate, " + std::to_string(releases) + " earlier releases: " + options.earlier);
  report.add("cells", static_cast<double>(figures->rows()), "");
  report.add("hidden", static_cast<double>(hidden), "");
  report.add("certificate", static_cast<double>(certificate.size()) / 1024, "KiB");
  report.add("verdict, median", times.milliseconds(0.5), "ms", "<= 5 ms");
  report.add("verdict, 99th percentile", times.milliseconds(0.99), "ms", "<= 50 ms");
  const std::chrono::duration<double, std::milli> all = spent.all;
  const std::chrono::duration<double, std::milli> disclosure = spent.disclosure;
  report.add("processor time a verdict", all.count() / static_cast<double>(options.rounds), "ms");
  report.add("disclosure control's share of it", disclosure / all, "");
  return report;
}

}  // namespace

void add_gate(CLI::App& app, Session& session) {
  auto options = std::make_shared<GateOptions>();
  CLI::App* command = app.add_subcommand(
      "gate", "Rules and disclosure control over one submission: one area, one year");
  command
      ->add_option("--earlier", options->earlier,
                   "Earlier releases are of other years, replaced versions, stand beside, or are "
                   "tables of two dimensions each of the same cases")
      ->check(CLI::IsMember({"years", "revisions", "beside", "pairs"}))
      ->capture_default_str();
  command->add_option("--releases", options->releases, "Earlier releases")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command->add_option("--citizens", options->citizens, "Citizenships: the size of the table")
      ->check(CLI::Range(2, 100))
      ->capture_default_str();
  command->add_flag("--hidden", options->hidden, "With small counts, hidden and certified");
  command->add_option("--rounds", options->rounds)
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->callback([&session, options] { session.finish(run(*options)); });
}

}  // namespace rapporteur::bench
