// Tables of state.db.
//
// Times are Unix milliseconds; ids, keys, headers, records and bodies are blobs as on the wire.
#pragma once

#include <string_view>

namespace rapporteur::client {

inline constexpr std::string_view kStateSchema = R"sql(
CREATE TABLE IF NOT EXISTS signing_keys (
  key_id BLOB PRIMARY KEY,
  next_sequence INTEGER NOT NULL          -- the next number to give away
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY,                 -- order of adding
  message_id BLOB NOT NULL,
  state TEXT NOT NULL,
  kind INTEGER NOT NULL,
  dataflow TEXT NOT NULL,
  indicator TEXT NOT NULL,
  rows INTEGER NOT NULL,
  source TEXT NOT NULL,                   -- the file it came from
  envelope BLOB NOT NULL,                 -- unsigned while held
  key_id BLOB,                            -- from here to sequence: once signed
  sequence INTEGER,
  number_lost INTEGER NOT NULL DEFAULT 0, -- the number went to another message
  attempts INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',          -- why it is where it is
  outcome BLOB,                           -- receipt or refusal as received
  log_index INTEGER,
  backed_up INTEGER NOT NULL DEFAULT 0,   -- a verified backup holds it: the envelope is dropped
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  released_ms INTEGER,
  released_by TEXT,
  release_reason TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS outbox_message ON outbox (message_id);
CREATE UNIQUE INDEX IF NOT EXISTS outbox_number ON outbox (key_id, sequence)
  WHERE state <> 'discarded' AND number_lost = 0;
CREATE INDEX IF NOT EXISTS outbox_to_send ON outbox (key_id, sequence)
  WHERE state IN ('ready', 'sent');

CREATE INDEX IF NOT EXISTS outbox_kept ON outbox (log_index) WHERE backed_up = 0;

CREATE TABLE IF NOT EXISTS outbox_lines ( -- where in its file each row of an item stands
  outbox_id INTEGER PRIMARY KEY,
  lines TEXT NOT NULL                     -- line numbers, each followed by a space
);

CREATE TABLE IF NOT EXISTS watched (      -- files of the watched folder that are in the outbox
  name TEXT NOT NULL,
  content_sha256 BLOB NOT NULL,
  message_id BLOB NOT NULL,
  PRIMARY KEY (name, content_sha256, message_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS known_logs (   -- the largest checkpoint seen
  origin TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  note TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS subscriptions (
  name TEXT PRIMARY KEY,
  filter BLOB NOT NULL,
  start INTEGER NOT NULL,
  start_value INTEGER NOT NULL,
  delivery_number INTEGER NOT NULL,       -- the last one stored
  delivered_sha256 BLOB NOT NULL,         -- running hash up to it
  acknowledged INTEGER NOT NULL,          -- the last one the hub has confirmed
  written INTEGER NOT NULL                -- arrival of the last one handed to a destination
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (       -- acknowledged earlier; the hub may go back to one
  subscription TEXT NOT NULL,
  delivery_number INTEGER NOT NULL,
  delivered_sha256 BLOB NOT NULL,
  PRIMARY KEY (subscription, delivery_number, delivered_sha256)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS moved (        -- subscriptions that go on in a new log of the hub
  subscription TEXT PRIMARY KEY,
  restored_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS received (     -- every entry once
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription TEXT NOT NULL,
  delivery_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  message_id BLOB NOT NULL,
  sender TEXT NOT NULL,
  delivery BLOB NOT NULL,                 -- as received
  live INTEGER NOT NULL,                  -- 0 once replaced, and for withdrawals
  replay INTEGER NOT NULL DEFAULT 0       -- a rewind asked for it again
);
CREATE INDEX IF NOT EXISTS received_arrival ON received (subscription, arrival);
CREATE UNIQUE INDEX IF NOT EXISTS received_once ON received (subscription, sender, message_id);
DROP INDEX IF EXISTS received_entry;
DROP INDEX IF EXISTS received_message;

CREATE TABLE IF NOT EXISTS synced (       -- as of the last sync
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL,
  synced_ms INTEGER NOT NULL
) WITHOUT ROWID;
-- An earlier version kept live submissions alone: what it fetched is fetched anew.
DELETE FROM synced WHERE EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'ledger');
DROP TABLE IF EXISTS ledger;
CREATE TABLE IF NOT EXISTS published (    -- the agency's own submissions
  log_index INTEGER PRIMARY KEY,
  header BLOB NOT NULL,
  body BLOB NOT NULL,
  ended_by INTEGER NOT NULL               -- the entry that replaced or withdrew it; 0: live
);

CREATE TABLE IF NOT EXISTS waived (       -- cells of the waivers in the synced directory
  root_sha256 BLOB NOT NULL UNIQUE,
  cells BLOB NOT NULL
);
)sql";

}  // namespace rapporteur::client
