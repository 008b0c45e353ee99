// The report as one HTML file: no script, no font, no address that a browser would call.
#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "adapters/anonymise/report.h"
#include "adapters/anonymise/report_method.h"
#include "adapters/anonymise/report_words.h"
#include "proto/base/html.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::anonymise {
namespace {

using html::element;
using html::escaped;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--line:#c9d1d9;--heat:31,95,168;--hatch:#8a929b}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#14181d;--line:#3d444d;--heat:110,170,255;--hatch:#7d8590}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:60rem;padding:1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin-bottom:.3rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{border:1px solid var(--line);padding:.3rem .45rem;text-align:right;white-space:nowrap}
th{font-weight:600;text-align:left}
td.h{background:repeating-linear-gradient(45deg,transparent 0 4px,var(--hatch) 4px 5px);text-align:center;font-weight:700}
td.n{color:var(--hatch);text-align:center}
dl{display:grid;grid-template-columns:fit-content(75%) 1fr;gap:.1rem 1rem;margin:0}dd{margin:0}
)";

// Opacity of the ground below a count, in hundredths: by its logarithm, readable at any.
int heat_of(std::int64_t count) {
  return std::min(60, 5 * static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))));
}

class HtmlReport {
 public:
  HtmlReport(const ReleaseReport& report, Language language)
      : report_(report), language_(language) {}

  std::string run() && {
    const std::string_view code = language_ == Language::kFrench ? "fr" : "en";
    const std::string title = std::string(say(words::kTitle)) + ": " + indicator_label();
    out_ = "<!DOCTYPE html>\n<html lang=\"" + std::string(code) +
           "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n" +
           element("title", escaped(title)) + "\n" + element("style", kStyle) +
           "\n</head>\n<body>\n" + element("h1", escaped(title)) + "\n";
    add_parameters();
    if (hides(report_.spec.method)) {
      add_comparison();
      add_dimensions();
    } else {
      add_changes();
    }
    add_legend();
    for (const ReleasedSlice& slice : report_.release.slices) add_slice(slice);
    return out_ + "</body>\n</html>\n";
  }

 private:
  [[nodiscard]] std::string_view say(const Words& words) const { return words.in(language_); }

  [[nodiscard]] std::string indicator_label() const {
    const auto* known = codelists::find_indicator(report_.spec.indicator);
    return std::string(language_ == Language::kFrench ? known->label_fr : known->label_en);
  }

  [[nodiscard]] std::string label_of_code(Dimension dimension, std::string_view code) const {
    if (code == "_T") return std::string(say(words::kTotal));
    if (dimension == Dimension::kAge) {
      if (std::string age = age_label(code, language_); !age.empty()) return age;
    }
    const auto list = codelists::list_of(dimension);
    const auto* known = list ? codelists::find(*list, code) : nullptr;
    if (known == nullptr) return std::string(code);
    return std::string(language_ == Language::kFrench ? known->label_fr : known->label_en);
  }

  void add_parameters() {
    out_ += element("h2", say(words::kParameters)) + "\n<dl>";
    const auto add = [&](std::string_view name, const std::string& value) {
      out_ += element("dt", name) + element("dd", escaped(value));
    };
    for (const auto& [name, value] : parameters_of(report_.spec, language_)) add(name, value);
    if (report_.cases.refused > 0) add(say(words::kLeftOut), std::to_string(report_.cases.refused));
    out_ += "</dl>\n" + element("h2", say(words::kGuarantees)) + "\n";
    for (const std::string& one : guarantees_of(report_.spec, language_)) {
      out_ += element("p", escaped(one)) + "\n";
    }
  }

  void add_changes() {
    out_ += element("h2", say(words::kChanges)) + "\n" +
            element("p", escaped(deviation_text(deviation_of(report_.release), language_))) + "\n";
    if (!report_.release.perturbation) return;
    const auto& rows = report_.release.perturbation->rows();
    out_ +=
        element("h2", say(words::kPerturbationTable)) + "\n<div class=\"wide\"><table><thead><tr>";
    for (const Words& head : {words::kCounted, words::kVarianceReached, words::kBecomes}) {
      out_ += "<th scope=\"col\">" + std::string(say(head)) + "</th>";
    }
    out_ += "</tr></thead><tbody>\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string count = std::to_string(i + 1);
      if (i + 1 == rows.size()) count.append(" ").append(say(words::kAndAbove));
      out_ += R"(<tr><th scope="row">)" + count + "</th>" +
              element("td", in_thousandths(variance_of(rows[i]))) + "<td>" +
              chances_of(rows[i], static_cast<std::int64_t>(i + 1)) + "</td></tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  // "0: 0.900, 10: 0.100"
  [[nodiscard]] std::string chances_of(const PerturbationRow& row, std::int64_t count) const {
    std::string out;
    for (const PerturbationRow::Step& step : row.steps) {
      if (!out.empty()) out += language_ == Language::kFrench ? " ; " : ", ";
      out += std::to_string(count + step.deviation) + ": " +
             in_thousandths(static_cast<double>(step.weight) / static_cast<double>(row.whole));
    }
    return out;
  }

  [[nodiscard]] std::string in_thousandths(double value) const {
    const auto thousandths = std::llround(value * 1000);
    std::string rest = std::to_string(1000 + thousandths % 1000).substr(1);
    return std::to_string(thousandths / 1000) + (language_ == Language::kFrench ? "," : ".") + rest;
  }

  void begin_shares(const Words& first) {
    out_ += "<div class=\"wide\"><table><thead><tr>";
    for (const Words& head :
         {first, words::kCells, words::kHidden, words::kCellShare, words::kInformationShare}) {
      out_ += "<th scope=\"col\">" + std::string(say(head)) + "</th>";
    }
    out_ += "</tr></thead><tbody>\n";
  }

  void add_shares(std::string_view name, const Detail& detail) {
    out_ += R"(<tr><th scope="row">)" + escaped(name) + "</th>" +
            element("td", std::to_string(detail.cells)) +
            element("td", std::to_string(detail.hidden())) +
            element("td", percent(detail, detail.cell_share())) +
            element("td", percent(detail, detail.information_share())) + "</tr>\n";
  }

  void add_comparison() {
    out_ += element("h2", say(words::kCompare)) + "\n";
    begin_shares(words::kVariant);
    add_shares(say(words::kAsAsked), report_.detail.all);
    for (const Alternative& one : report_.alternatives) {
      const std::string_view name = name_of(one.dimension, language_);
      if (one.detail) {
        add_shares(name, one.detail->all);
      } else {
        out_ += R"(<tr><th scope="row">)" + escaped(name) + "</th><td colspan=\"4\">" +
                std::string(say(words::kCannot)) + "</td></tr>\n";
      }
    }
    out_ += "</tbody></table></div>\n";
  }

  void add_dimensions() {
    out_ += element("h2", say(words::kDimensions)) + "\n";
    begin_shares(words::kDimension);
    for (const DimensionDetail& one : report_.detail.by_dimension) {
      add_shares(label_of(one.dimension, language_), one.detail);
    }
    out_ += "</tbody></table></div>\n" + element("p", say(words::kWhatIsCounted)) + "\n";
  }

  void add_legend() {
    out_ += "<p>" + std::string(say(words::kLegendCount)) +
            "; × = " + std::string(say(words::kLegendHidden)) +
            "; – = " + std::string(say(words::kNoCell)) + ".</p>\n";
  }

  // Rows are codes of SEX, or of the first dimension, columns those of AGE, or of the second; a map
  // for each form of exploitation, other dimensions at their totals.
  void add_slice(const ReleasedSlice& slice) {
    const std::vector<Axis>& axes = report_.release.axes;
    const auto place = [&](Dimension wanted) -> std::optional<std::size_t> {
      const auto found = std::ranges::find(axes, wanted, &Axis::dimension);
      if (found == axes.end()) return std::nullopt;
      return static_cast<std::size_t>(found - axes.begin());
    };
    std::optional<std::size_t> down = place(Dimension::kSex);
    std::optional<std::size_t> across = place(Dimension::kAge);
    const std::optional<std::size_t> each = place(Dimension::kExplForm);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const bool taken = each == i || down == i || across == i;
      if (!down && !taken) {
        down = i;
      } else if (!across && !taken) {
        across = i;
      }
    }
    std::map<Key, const ReleasedRow*> rows;
    for (const ReleasedRow& row : slice.rows) rows.emplace(row.codes, &row);
    Key key;
    for (const Axis& axis : axes) key.push_back(static_cast<std::uint16_t>(axis.total.value_or(0)));
    out_ += element("h2",
                    escaped(label_of_code(Dimension::kRefArea, slice.area) + " " + slice.period)) +
            "\n";
    const std::size_t maps = each ? axes[*each].codes.size() : 1;
    // The total first, which stands last among the codes.
    for (std::size_t map = maps; map-- > 0;) {
      if (each) key[*each] = static_cast<std::uint16_t>(map);
      add_map(rows, key, {each, down, across});
    }
  }

  struct Layout {
    std::optional<std::size_t> each, down, across;
  };

  // Codes of an axis in the order in which people read them: ages by their first, wide bands before
  // those within, and what is no band after them. Of no axis the one place there is.
  [[nodiscard]] std::vector<std::size_t> places_of(std::optional<std::size_t> axis) const {
    if (!axis) return {0};
    const Axis& along = report_.release.axes[*axis];
    std::vector<std::size_t> places(along.codes.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    if (along.dimension != Dimension::kAge) return places;
    const auto rank = [&](std::size_t place) {
      const auto band = codelists::parse_age_band(along.codes[place].code);
      return band ? std::pair(band->first, -band->last) : std::pair(INT_MAX, 0);
    };
    std::stable_sort(places.begin(), places.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    return places;
  }

  void add_map(const std::map<Key, const ReleasedRow*>& rows, Key key, const Layout& layout) {
    const std::vector<Axis>& axes = report_.release.axes;
    const std::vector<std::size_t> columns = places_of(layout.across);
    const auto label = [&](std::optional<std::size_t> axis, std::size_t code) {
      if (!axis) return std::string(say(words::kTotal));
      return label_of_code(axes[*axis].dimension, axes[*axis].codes[code].code);
    };
    std::string body;
    bool any = false;
    for (const std::size_t d : places_of(layout.down)) {
      if (layout.down) key[*layout.down] = static_cast<std::uint16_t>(d);
      body += R"(<tr><th scope="row">)" + escaped(label(layout.down, d)) + "</th>";
      for (const std::size_t a : columns) {
        if (layout.across) key[*layout.across] = static_cast<std::uint16_t>(a);
        const auto found = rows.find(key);
        any = any || found != rows.end();
        body += cell_of(found == rows.end() ? nullptr : found->second);
      }
      body += "</tr>\n";
    }
    if (!any) return;
    if (layout.each) {
      out_ += element("h3", escaped(label(layout.each, key[*layout.each]))) + "\n";
    }
    out_ += "<div class=\"wide\"><table><thead><tr><td></td>";
    for (const std::size_t a : columns) {
      out_ += "<th scope=\"col\">" + escaped(label(layout.across, a)) + "</th>";
    }
    out_ += "</tr></thead><tbody>\n" + body + "</tbody></table></div>\n";
  }

  [[nodiscard]] std::string cell_of(const ReleasedRow* row) const {
    if (row == nullptr) {
      return R"(<td class="n" title=")" + std::string(say(words::kNoCell)) + "\">–</td>";
    }
    if (row->hidden) {
      return R"(<td class="h" title=")" + std::string(say(words::kHidden)) + "\">×</td>";
    }
    return "<td style=\"background:rgba(var(--heat),." +
           std::string(heat_of(row->count) < 10 ? "0" : "") + std::to_string(heat_of(row->count)) +
           ")\">" + std::to_string(row->count) + "</td>";
  }

  const ReleaseReport& report_;
  Language language_;
  std::string out_;
};

}  // namespace

std::string report_html(const ReleaseReport& report, Language language) {
  return HtmlReport(report, language).run();
}

}  // namespace rapporteur::anonymise
