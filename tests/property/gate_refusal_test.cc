// A refusal leaves nothing of what it refused in the log.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/fakes/gate_stage.h"

namespace rapporteur::admission {
namespace {

using fakes::figure;
using fakes::Sender;

std::string secret_word() {
  return "secret" + *rc::gen::container<std::string>(12, rc::gen::inRange('a', 'z'));
}

// A row that may be wrong in several ways, and everything in it that must not be kept.
Observation secret_row(std::vector<std::string>& secrets) {
  const auto value = *rc::gen::inRange<std::int64_t>(100'000'000, 900'000'000);
  Observation row = figure("VIC_REG", *rc::gen::element<std::string>("AT", "DE"),
                           std::to_string(*rc::gen::inRange(1990, 2020)), value);
  secrets.push_back(std::to_string(value));
  for (const Attribute text :
       {Attribute::kCommentObs, Attribute::kMethod, Attribute::kSourceCode}) {
    row[text] = secret_word();
    secrets.push_back(row[text]);
  }
  if (*rc::gen::arbitrary<bool>()) {
    const auto dimension = *rc::gen::element(Dimension::kSex, Dimension::kAge, Dimension::kCitizen,
                                             Dimension::kExplForm, Dimension::kTimePeriod);
    row[dimension] = secret_word();
    secrets.push_back(row[dimension]);
  }
  if (*rc::gen::arbitrary<bool>()) row[Attribute::kObsStatus] = "O";
  return row;
}

RC_GTEST_PROP(GateRefusal, RecordHoldsNoValueNoTextAndNoUnlistedCode, ()) {
  fakes::GateStage stage;
  Sender at("at");
  stage.enrol(at, "AT");
  std::vector<std::string> secrets;
  std::vector<Observation> rows;
  const int count = *rc::gen::inRange(1, 8);
  for (int i = 0; i < count; ++i) rows.push_back(secret_row(secrets));
  rows.front()[Attribute::kObsStatus] = "O";  // a value with it is an error
  v1::Envelope envelope = at.submission(rows);
  v1::SecondSignature& second = *envelope.mutable_second_signature();
  second.set_key_id(std::string(8, 'k'));
  second.set_signature(std::string(64, 's'));
  second.set_reason(secret_word());
  secrets.push_back(second.reason());
  secrets.push_back(envelope.salt());

  const auto verdict = stage.judge(envelope, at);
  const auto& enter = std::get<Enter>(verdict);
  RC_ASSERT(!enter.accepted);
  const journal::Draft& draft = enter.entry.draft;
  RC_ASSERT(draft.salt.empty());
  RC_ASSERT(draft.body.empty());
  RC_ASSERT(draft.tables.empty());
  RC_ASSERT(draft.state.empty());
  for (const std::string& secret : secrets) {
    RC_ASSERT(draft.record.find(secret) == std::string::npos);
  }
  v1::Record record;
  RC_ASSERT(record.ParseFromString(draft.record));
  RC_ASSERT(record.refused().rules_size() > 0);
}

}  // namespace
}  // namespace rapporteur::admission
