// Appends a script to the log in a folder and says on standard output what was acknowledged, until
// it is done or killed: the child of kill_test.
//
// Usage: journal_writer FOLDER SEED ENTRIES. One empty line before the log is opened; then for each
// group one line "<size> <checkpoint in hex>".
#include <cstdio>
#include <iostream>
#include <string>

#include <unistd.h>

#include "proto/crypto/encoding.h"
#include "store/rocks/local_journal.h"
#include "tests/crash/script.h"

namespace {

bool say(const std::string& line) {
  return ::write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

int run(const std::string& folder, std::uint64_t seed, std::size_t entries) {
  using namespace rapporteur;
  crypto::SecretBytes key;
  key.mutable_bytes()[0] = std::byte{7};
  const crash::Script script(seed, entries);
  if (!say("\n")) return 1;
  const SystemClock clock;
  rocks::LocalJournalOptions options;
  options.wal_bytes = 256U << 10U;  // so that it is killed while files are written, too
  auto log = rocks::LocalJournal::open(folder, crypto::SigningKey::from_seed(key), clock, options);
  if (!log) {
    std::cerr << log.error().line() << '\n';
    return 1;
  }
  const std::size_t done = script.groups_of((*log)->reader().size());
  for (std::size_t i = done; i < script.groups(); ++i) {
    auto drafts = script.group(i);
    auto group = (*log)->append(drafts);
    if (!group) {
      std::cerr << group.error().line() << '\n';
      return 1;
    }
    if (!say(std::to_string(group->size.value) + ' ' + crypto::hex(bytes_of(*group->checkpoint)) +
             '\n')) {
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  return run(arguments[1], std::stoull(arguments[2]), std::stoull(arguments[3]));
}
