// What the SDMX-CSV sink writes, the SDMX-CSV source reads back unchanged.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "adapters/sinks/dataset_writer.h"
#include "adapters/sinks/hub_dataset.h"
#include "adapters/sources/binding.h"
#include "proto/codelists/code_lists.h"

namespace rapporteur::sinks {
namespace {

using codelists::ListId;

rc::Gen<std::string> code_of(ListId list) {
  std::vector<std::string> codes;
  for (const auto& code : codelists::list(list)) codes.emplace_back(code.code);
  return rc::gen::elementOf(codes);
}

// Text with everything that CSV, spreadsheets and labels trip over.
rc::Gen<std::string> any_text() {
  const auto piece = rc::gen::element<std::string>("a", "=", "+", "-", "@", "'", "\"", "\"\"", ",",
                                                   ";", "\n", "\r\n", "\r", "\t", " ", ": ", "é",
                                                   "漢", "0", "NaN", "en:x;fr:y", "|");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string out;
                        for (const auto& text : pieces) out += text;
                        return out.substr(0, out.size() > 500 ? 0 : out.size());
                      });
}

rc::Gen<std::string> optional_code(ListId list) {
  return rc::gen::oneOf(rc::gen::just(std::string()), code_of(list));
}

Observation any_observation() {
  Observation o;
  const std::vector<std::string> periods{"2006", "2006-S1", "2006-Q3",        "2006-05",
                                         "_U",   "2007",    "2003/2006",      "from 2009",
                                         "2008", "2005",    "2006-04/2008-10"};
  o[Dimension::kFreq] = *code_of(ListId::kFreq);
  o[Dimension::kRefArea] = *code_of(ListId::kArea);
  o[Dimension::kCounterpartArea] = *rc::gen::element<std::string>("_Z", "AT", "EL");
  o[Dimension::kIndicator] = *code_of(ListId::kIndicator);
  o[Dimension::kExplForm] = *code_of(ListId::kExplForm);
  o[Dimension::kSex] = *code_of(ListId::kSex);
  o[Dimension::kAge] = *rc::gen::element<std::string>("_T", "_U", "_Z", "Y_LT18", "Y18T24");
  o[Dimension::kCitizen] = *code_of(ListId::kCitizen);
  o[Dimension::kRegOrg] = *code_of(ListId::kRegOrg);
  o[Dimension::kUnitMeasure] = *code_of(ListId::kUnitMeasure);
  o[Dimension::kTimePeriod] = *rc::gen::elementOf(periods);
  if (*rc::gen::arbitrary<bool>()) {
    o.value = Decimal(*rc::gen::arbitrary<std::int64_t>(),
                      static_cast<std::uint8_t>(*rc::gen::inRange(0, 7)));
  }
  o[Attribute::kObsStatus] = *code_of(ListId::kObsStatus);
  o[Attribute::kConfStatus] = *optional_code(ListId::kConfStatus);
  o[Attribute::kConfRedist] = *rc::gen::element<std::string>("", "EUROPOL", "=x", "'");
  o[Attribute::kValueQualifier] = *optional_code(ListId::kValueQualifier);
  o[Attribute::kUnitMult] = *optional_code(ListId::kUnitMult);
  o[Attribute::kSourceCode] = *any_text();
  o[Attribute::kMethod] = *any_text();
  o[Attribute::kCommentObs] = *any_text();
  return o;
}

ReceivedSubmission any_submission() {
  ReceivedSubmission out;
  out.sender = *rc::gen::element<std::string>("at", "europol", "commission");
  out.dataflow = *rc::gen::element<std::string>("RAPPORTEUR:THB(1.0)", "UNODC:GLOTIP(1.0)");
  out.kind = *rc::gen::element(SubmissionKind::kNew, SubmissionKind::kRevision);
  out.releasability = *sources::Releasability::parse(
      *rc::gen::element<std::string>("PUBLIC", "PARTICIPANTS", "COLLECTOR europol"));
  out.rows_left_out = *rc::gen::inRange<std::uint32_t>(0, 9);
  return out;
}

std::string written(const ReceivedSubmission& submission) {
  sources::Dataset dataset = received_dataset();
  sources::RowBlock block;
  block.clear(dataset.components.size());
  append_rows(submission, dataset, block);
  TextOutput out;
  Losses losses;
  auto writer = dataset_format("sdmx-csv-2.0")->open(dataset, out, {}, losses);
  RC_ASSERT(writer.has_value() && (*writer)->write(block) && (*writer)->finish());
  RC_ASSERT(losses.empty());
  return out.text();
}

RC_GTEST_PROP(SdmxCsvRoundTrip, NothingIsLostOrChanged, ()) {
  ReceivedSubmission submission = any_submission();
  const auto rows = *rc::gen::inRange<std::size_t>(1, 12);
  std::vector<Observation> sent;
  ObservationSetBuilder builder;
  for (std::size_t i = 0; i < rows; ++i) {
    sent.push_back(any_observation());
    builder.add(sent.back());
  }
  submission.observations = builder.build();
  const std::string text = written(submission);

  sources::FindingLog findings("round-trip");
  const auto mapping = sources::Mapping::identity();
  auto source = sources::open_source_text("round-trip", text, {}, findings);
  RC_ASSERT(source.has_value());
  RC_ASSERT((*source)->dataset().format == "sdmx_csv");
  const auto figures = sources::bind(**source, mapping, {}, findings);
  RC_ASSERT(figures.has_value());
  RC_ASSERT(findings.errors() == 0U);
  RC_ASSERT(figures->rows() == sent.size());
  for (std::size_t i = 0; i < rows; ++i) {
    RC_ASSERT(figures->observation(i) == sent[i]);
    RC_ASSERT(figures->dataflow(i) == submission.dataflow);
    RC_ASSERT(figures->releasability(i) == submission.releasability);
  }
}

RC_GTEST_PROP(SdmxCsvRoundTrip, DeletedKeysComeBackAsDeletions, ()) {
  ReceivedSubmission submission = any_submission();
  submission.kind = SubmissionKind::kWithdrawal;
  Observation gone;
  gone.key = any_observation().key;
  ObservationSetBuilder builder;
  builder.add(gone);
  submission.deleted = builder.build();
  const std::string text = written(submission);

  sources::FindingLog findings("round-trip");
  auto source = sources::open_source_text("round-trip", text, {}, findings);
  RC_ASSERT(source.has_value());
  const auto figures = sources::bind(**source, sources::Mapping::identity(), {}, findings);
  RC_ASSERT(figures.has_value());
  RC_ASSERT(figures->rows() == 0U);
  RC_ASSERT(figures->deletions().size() == 1U);
  RC_ASSERT(figures->deletions()[0].key == gone.key);
  RC_ASSERT(figures->deletions()[0].dataflow == submission.dataflow);
}

}  // namespace
}  // namespace rapporteur::sinks
