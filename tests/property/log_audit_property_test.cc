// One thing changed in a log is always found, and nothing before it is accused.
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/little_log.h"

namespace rapporteur::verify {
namespace {

using testing::LittleLog;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

LittleLog any_log(Random& random) {
  LittleLog log;
  const std::vector<std::string> senders = {"at", "be", "op"};
  log.enrol("at", v1::COORDINATION_BODY);
  log.enrol("be", v1::COORDINATION_BODY);
  log.subscribe("be");
  std::uint64_t delivered = 0;
  for (std::uint64_t steps = 5 + random.below(30); steps > 0; --steps) {
    const std::string& sender = senders[random.below(senders.size())];
    switch (random.below(8)) {
      case 0:
        log.refuse(sender);
        break;
      case 1:
        log.skip(sender);
        break;
      case 2:
        log.rotate(sender);
        break;
      case 3:
        delivered += 1 + random.below(3);
        log.acknowledge("be", delivered, std::to_string(delivered));
        break;
      case 4:
        log.restart();
        break;
      case 5:
        log.enrol("x" + std::to_string(steps), v1::OBSERVER);
        break;
      default:
        log.submit(sender, "body " + std::to_string(steps));
    }
    if (random.one_in(3)) log.checkpoint();
  }
  log.checkpoint();
  return log;
}

void flip(std::string& bytes, Random& random) {
  char& byte = bytes[random.below(bytes.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random.below(8)));
}

// No entry before `changed` is accused, and the first checkpoint that covers it is the last chance.
void assert_found(const LittleLog& log, std::uint64_t changed) {
  const AuditReport report = log.audit();
  RC_ASSERT(report.wrong.has_value());
  if (report.wrong->where == Wrong::Where::kEntry) {
    RC_ASSERT(report.wrong->at >= changed);
  } else {
    RC_ASSERT(report.wrong->at > changed);
  }
  for (const auto& head : log.heads) {
    if (head.size <= changed) continue;
    RC_ASSERT(report.wrong->at <= head.size);
    break;
  }
}

RC_GTEST_PROP(LogAuditProperty, AnHonestLogIsVerified, (std::uint64_t seed)) {
  Random random(seed);
  const AuditReport report = any_log(random).audit();
  if (report.wrong) RC_FAIL(report.wrong->line());
  RC_ASSERT(report.covered == report.size);
}

RC_GTEST_PROP(LogAuditProperty, AFlippedBitIsFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  const std::uint64_t at = random.below(log.entries.size());
  auto& entry = log.entries[at];
  std::vector<std::string*> parts = {&entry.nonce, &entry.record};
  if (!entry.salt.empty()) parts.push_back(&entry.salt);
  if (!entry.body.empty()) parts.push_back(&entry.body);
  flip(*parts[random.below(parts.size())], random);
  assert_found(log, at);
}

RC_GTEST_PROP(LogAuditProperty, ADroppedEntryIsFound, (std::uint64_t seed, bool renumbered)) {
  Random random(seed);
  LittleLog log = any_log(random);
  const std::uint64_t at = random.below(log.entries.size());
  log.entries.erase(log.entries.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::size_t i = 0; renumbered && i < log.entries.size(); ++i) log.entries[i].index = i;
  assert_found(log, at);
}

RC_GTEST_PROP(LogAuditProperty, SwappedEntriesAreFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  const std::uint64_t first = random.below(log.entries.size() - 1);
  const std::uint64_t second = first + 1 + random.below(log.entries.size() - first - 1);
  std::swap(log.entries[first], log.entries[second]);
  std::swap(log.entries[first].index, log.entries[second].index);
  assert_found(log, first);
}

RC_GTEST_PROP(LogAuditProperty, ARepeatedEntryIsFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  // The last entry repeated would stand behind the last checkpoint, where nothing is proved.
  const std::uint64_t at = random.below(log.entries.size() - 1);
  const auto copy = log.entries[at];
  log.entries.insert(log.entries.begin() + static_cast<std::ptrdiff_t>(at), copy);
  for (std::size_t i = 0; i < log.entries.size(); ++i) log.entries[i].index = i;
  assert_found(log, at + 1);
}

RC_GTEST_PROP(LogAuditProperty, AnAlteredCheckpointIsFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  flip(log.heads[random.below(log.heads.size())].note, random);
  const AuditReport report = log.audit();
  RC_ASSERT(report.wrong.has_value());
  RC_ASSERT(report.wrong->where == Wrong::Where::kCheckpoint);
}

// The hub itself rewrites its log and signs it anew: what others signed still binds it.
RC_GTEST_PROP(LogAuditProperty, ARewrittenLogIsFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  std::vector<std::size_t> messages;
  for (std::size_t i = 0; i < log.entries.size(); ++i) {
    v1::Record record;
    RC_ASSERT(record.ParseFromString(log.entries[i].record));
    if (!record.header().empty()) messages.push_back(i);
  }
  const std::size_t at = messages[random.below(messages.size())];
  v1::Record record;
  RC_ASSERT(record.ParseFromString(log.entries[at].record));
  switch (random.below(3)) {
    case 0:
      flip(*record.mutable_header(), random);
      break;
    case 1:
      flip(*record.mutable_signature(), random);
      break;
    default:
      log.entries.insert(log.entries.begin() + static_cast<std::ptrdiff_t>(at), log.entries[at]);
  }
  log.entries[at].record = record.SerializeAsString();
  log.rewrite();
  const AuditReport report = log.audit();
  RC_ASSERT(report.wrong.has_value());
  RC_ASSERT(report.wrong->where == Wrong::Where::kEntry);
  RC_ASSERT(report.wrong->at == at || report.wrong->at == at + 1);
}

// A message that is taken out leaves a gap, unless it was the last of its key.
RC_GTEST_PROP(LogAuditProperty, AMessageTakenOutOfARewrittenLogIsFound, (std::uint64_t seed)) {
  Random random(seed);
  LittleLog log = any_log(random);
  const std::size_t before = log.entries.size();
  for (int i = 0; i < 3; ++i) log.submit("at", "body");
  log.checkpoint();
  log.entries.erase(log.entries.begin() + static_cast<std::ptrdiff_t>(before + random.below(2)));
  log.rewrite();
  const AuditReport report = log.audit();
  RC_ASSERT(report.wrong.has_value());
  RC_ASSERT(report.wrong->at >= before);
  RC_ASSERT(report.wrong->reason.find("sequence number") != std::string::npos);
}

}  // namespace
}  // namespace rapporteur::verify
