// What a sweep of the log for bodies whose time is over asks for and gets: values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/directory/directory.h"
#include "proto/base/clock.h"
#include "store/journal/sequencer.h"

namespace rapporteur::core {

// One rule of the retention of a dataflow.
struct Expiry {
  std::string dataflow;
  bool superseded = false;  // counted from what replaced or withdrew it
  std::uint32_t days = 0;
};

// A piece of the log to be looked at; answered by ExpiredFound.
struct FindExpired {
  std::uint64_t sweep = 0;
  Expiry rule;
  LogIndex from;
  UnixMillis now;
  TreeSize as_of;  // the directory is not older: what changes it later makes the answer stale
  std::shared_ptr<const directory::Directory> directory;
};

struct ExpiredPiece {
  LogIndex next;      // everything below it was looked at
  bool last = false;  // what comes after is younger, or not there yet
  std::vector<LogIndex> indices;
  std::vector<journal::TableWrite> tables;
  journal::ReadSet reads;  // it goes stale like a verdict
};

}  // namespace rapporteur::core
