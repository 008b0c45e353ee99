// Certificates forged, foreign and stale, sent through the shipped broker by an agency that means
// harm: it has a right to send, signs what it sends, and uses the client library.
#include <algorithm>
#include <functional>
#include <thread>

#include <gmock/gmock.h>

#include "adapters/agency/planned_file.h"
#include "adapters/client/ledger.h"
#include "broker/disclosure/certificate.h"
#include "tests/crash/loaded_parties.h"
#include "tests/crash/program_hub.h"

namespace rapporteur::crash {
namespace {

using namespace std::chrono_literals;
using disclosure::Certificate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto kWaitMost = 60s;

std::string row(int year, const std::string& sex, const std::string& value) {
  return "dataflow,RAPPORTEUR:THB(1.0),I,A,NL,_Z,VIC_REG,_T," + sex + ",_T,_T,_Z,PER," +
         std::to_string(year) + "," + value + "," + (value.empty() ? "Q" : "A") + "\n";
}
std::string header() {
  return "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,"
         "CITIZEN,REG_ORG,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n";
}
// Women and men hidden, beneath a total where there is one.
std::string hidden(int year, const std::string& total = "") {
  std::string rows = header() + row(year, "F", "") + row(year, "M", "");
  return total.empty() ? rows : rows + row(year, "_T", total);
}

// A line of what was said is an error of that rule.
std::vector<std::string> errors_in(const std::string& said) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < said.size();) {
    const std::size_t end = std::min(said.find('\n', at), said.size());
    const std::string line = said.substr(at, end - at);
    if (line.find(": error ") != std::string::npos) out.push_back(line);
    at = end + 1;
  }
  return out;
}

class HostileSender {
 public:
  explicit HostileSender(const std::filesystem::path& folder) {
    program_.folder = folder;
    program_.json = true;  // says nothing to a person
  }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    testing::write_file(program_.folder / name, text);
    return program_.folder / name;
  }
  // What an honest agency would send, against what it knows now.
  [[nodiscard]] client::NewItem honest(const std::filesystem::path& file) const {
    auto desk = agency::Desk::open(program_).value();
    const client::Ledger ledger(desk->agency.state(), client::log_key(desk->hub).key);
    const auto check = agency::LocalCheck::open(desk->participant(), ledger).value();
    const auto planned = agency::plan_file(file.string(), {}, check).value();
    return agency::items_of(planned).at(0);
  }
  // Past all of the adapter's own checks.
  void put_into_outbox(const client::NewItem& item) const {
    auto desk = agency::Desk::open(program_).value();
    ASSERT_TRUE(desk->outbox.add({&item, 1}, "mallory"));
  }
  [[nodiscard]] std::string adapter(std::vector<std::string> words, int code) const {
    words.insert(words.begin(),
                 {testing::program("rapporteur-adapter"), "-C", program_.folder.string()});
    return testing::run_program(std::move(words), code);
  }
  // Sends it; returns the errors that the hub named.
  [[nodiscard]] std::vector<std::string> refused(const client::NewItem& item) const {
    put_into_outbox(item);
    return errors_in(adapter({"push"}, 1));
  }

 private:
  agency::Program program_;
};

std::string altered(const std::string& bytes, const std::function<void(Certificate&)>& alter) {
  Certificate certificate = disclosure::decode_certificate(bytes).value();
  alter(certificate);
  return disclosure::encode(certificate).value();
}

class Hostile : public ::testing::Test {
 protected:
  Hostile() {
    hub_.start();
    sender_ = std::make_unique<HostileSender>(hub_.enrol("nl", "NL"));
    other_ = std::make_unique<LoadedSender>(hub_.enrol("lv", "LV"), "LV");
    receiver_ = std::make_unique<LoadedReceiver>(hub_.enrol("receiver", ""));
  }
  ~Hostile() override {
    other_->finish();
    receiver_->finish();
  }

  [[nodiscard]] bool wait_until(const std::function<bool()>& holds) {
    const auto give_up = std::chrono::steady_clock::now() + kWaitMost;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > give_up || !hub_.running()) return false;
      if (!other_->trouble().empty() || !receiver_->trouble().empty()) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  void expect_refused(const client::NewItem& item, const std::string& code,
                      const std::string& mention, std::size_t lines = 1) {
    SCOPED_TRACE(code + " " + mention);
    const std::size_t before = other_->receipts();
    const auto errors = sender_->refused(item);
    ++refused_;
    ASSERT_EQ(errors.size(), lines) << ::testing::PrintToString(errors);
    for (const std::string& line : errors) {
      EXPECT_THAT(line, HasSubstr(": error " + code + " "));
      EXPECT_THAT(line, HasSubstr(mention));
      EXPECT_EQ(line.back(), ')') << "no remedy: " << line;
    }
    codes_.push_back(code);
    if (!item.certificate.empty()) certificates_.push_back(item.certificate);
    EXPECT_TRUE(wait_until([&] { return other_->receipts() > before; }))
        << "the other sender is not served " << other_->trouble() << hub_.said();
  }
  void check_log();
  void check_refusal(const journal::StoredEntry& entry, const v1::Record& record);

  ProgramHub hub_;
  std::unique_ptr<HostileSender> sender_;
  std::unique_ptr<LoadedSender> other_;
  std::unique_ptr<LoadedReceiver> receiver_;
  std::vector<std::string> codes_;         // of what was refused, in order
  std::vector<std::string> certificates_;  // of the same
  std::size_t refused_ = 0;
  std::size_t accepted_ = 0;  // of all senders
};

// Rule codes, counts and the keys of cells; nothing else of what was refused.
void Hostile::check_refusal(const journal::StoredEntry& entry, const v1::Record& record) {
  EXPECT_TRUE(entry.salt.empty());
  EXPECT_TRUE(entry.body.empty());
  v1::Record kept;
  kept.set_time_ms(record.time_ms());
  kept.set_header(record.header());
  kept.set_signature(record.signature());
  for (const v1::RuleCount& rule : record.refused().rules()) {
    v1::RuleCount& one = *kept.mutable_refused()->add_rules();
    one.set_code(rule.code());
    one.set_count(rule.count());
  }
  for (const v1::RefusedCell& cell : record.refused().cells()) {
    v1::RefusedCell& one = *kept.mutable_refused()->add_cells();
    one.set_code(cell.code());
    one.set_key(cell.key());
    EXPECT_THAT(cell.key(), HasSubstr("VIC_REG"));
  }
  EXPECT_EQ(kept.SerializeAsString(), record.SerializeAsString());
}

void Hostile::check_log() {
  const auto reader = hub_.log();
  const auto entries = reader->entries(LogIndex{0}, SIZE_MAX, SIZE_MAX, true);
  ASSERT_TRUE(entries) << entries.error().line();
  std::vector<std::string> codes;
  for (const journal::StoredEntry& entry : *entries) {
    v1::Record record;
    ASSERT_TRUE(record.ParseFromString(entry.record));
    accepted_ += record.has_accepted() ? 1 : 0;
    for (const std::string& certificate : certificates_) {
      EXPECT_EQ(entry.record.find(certificate), std::string::npos);
    }
    if (!record.has_refused()) continue;
    check_refusal(entry, record);
    ASSERT_EQ(record.refused().rules_size(), 1);
    codes.push_back(record.refused().rules(0).code());
  }
  EXPECT_EQ(codes, codes_);
  const std::string said = hub_.said();
  for (const char* payload : {"VIC_REG", "witness", "F + M", "_T"}) {
    EXPECT_THAT(said, Not(HasSubstr(payload)));
  }
}

TEST_F(Hostile, EachForgeryIsRefusedByItsOwnRuleAndDisturbsNobody) {
  const auto table = sender_->write("table.csv", hidden(2005, "18"));
  const client::NewItem honest = sender_->honest(table);
  ASSERT_FALSE(honest.certificate.empty());

  client::NewItem item = honest;
  item.certificate = sender_->honest(sender_->write("other.csv", hidden(2006, "24"))).certificate;
  expect_refused(item, "STALE_LEDGER", "of another table");

  item.certificate = altered(honest.certificate, [](Certificate& certificate) {
    ++certificate.witnesses.front().numerators.front();
  });
  expect_refused(item, "BAD_CERTIFICATE", "does not fit");

  // Both tables hold, but they are one: a range of nothing for women and for men.
  item.certificate = altered(honest.certificate, [](Certificate& certificate) {
    certificate.witnesses = {certificate.witnesses.front(), certificate.witnesses.front()};
    certificate.narrowest = 0;
  });
  expect_refused(item, "INTERVAL", "are shown to be possible", 2);

  item.certificate = honest.certificate.substr(0, honest.certificate.size() - 3);
  expect_refused(item, "BAD_CERTIFICATE", "");
  item.certificate = std::string(1U << 20U, 'x');
  expect_refused(item, "BAD_CERTIFICATE", "");
  item.certificate.clear();
  expect_refused(item, "NEEDS_CERTIFICATE", "");

  // The rows themselves are good, with the certificate that is theirs.
  EXPECT_THAT(errors_in(sender_->adapter({"push", table.string()}, 0)), IsEmpty());

  other_->finish();
  ASSERT_TRUE(wait_until([&] { return other_->done(); })) << other_->trouble() << hub_.said();
  receiver_->finish();
  ASSERT_TRUE(wait_until([&] { return receiver_->done(); })) << receiver_->trouble();
  EXPECT_EQ(hub_.stop(), 0) << hub_.said();
  hub_.audit();
  check_log();
  EXPECT_EQ(accepted_, other_->receipts() + 1);
  EXPECT_EQ(receiver_->arrivals().size(), accepted_);
}

TEST_F(Hostile, WhatIsStaleGoesThroughAfterASync) {
  const auto parts = sender_->write("parts.csv", hidden(2005));
  const client::NewItem early = sender_->honest(parts);
  const auto total = sender_->write("total.csv", header() + row(2005, "_T", "18"));
  EXPECT_THAT(errors_in(sender_->adapter({"push", total.string()}, 0)), IsEmpty());
  expect_refused(early, "STALE_LEDGER", "other figures are public");
  // As an agency goes on that means no harm.
  static_cast<void>(sender_->adapter({"sync"}, 0));
  EXPECT_THAT(sender_->adapter({"push", parts.string()}, 0), HasSubstr("receipted"));
  EXPECT_EQ(refused_, 1U);
}

}  // namespace
}  // namespace rapporteur::crash
