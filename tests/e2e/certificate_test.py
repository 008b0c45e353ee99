"""Hidden counts through a real broker: with the certificate that the adapter makes, and not otherwise."""

import concurrent.futures
import hashlib
import json
import sqlite3
import unittest

import e2e
from local_hub import LocalHub

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
ROW = "dataflow,RAPPORTEUR:THB(1.0),I,"
CERTIFICATE_SHA256, CERTIFICATE = 14, 6  # fields of Header and Envelope


def victims(area, year, sex, value):
    status = "Q" if value is None else "A"
    return (ROW + f"A,{area},_Z,VIC_REG,_T,{sex},_T,_T,_Z,PER,{year},"
            f"{'' if value is None else value},{status}\n")


def hidden(area, year, total=None):
    rows = victims(area, year, "F", None) + victims(area, year, "M", None)
    return rows + (victims(area, year, "_T", total) if total is not None else "")


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    """(number, value) of each field of a message; values of varints as numbers, else bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        yield tag >> 3, value


class Certificates(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.enrol("nl", submits=[("*", "NL")])

    def write(self, party, name, rows):
        path = self.hub.party_folder(party) / name
        path.write_text(HEADER + rows)
        return path

    def push(self, party, name, rows, *options, expect=0):
        return self.hub.adapter(party, "--json", "push", self.write(party, name, rows), *options,
                                expect=expect)

    def states(self, done):
        return [item["state"] for item in json.loads(done.stdout)["items"]]

    def outbox(self):
        with sqlite3.connect(self.hub.party_folder("nl") / "state.db") as state:
            return state.execute("SELECT count(*) FROM outbox").fetchone()[0]

    def envelope(self, party):
        """Of the newest item of the outbox."""
        with sqlite3.connect(self.hub.party_folder(party) / "state.db") as state:
            blob, = state.execute("SELECT envelope FROM outbox ORDER BY id DESC").fetchone()
        return dict(fields(blob))

    def test_the_hidden_part_of_a_published_total_is_refused(self):
        self.push("nl", "total.csv", victims("NL", 2005, "_T", 18))
        self.hub.adapter("nl", "sync")
        parts = victims("NL", 2005, "F", 16) + victims("NL", 2005, "M", None)
        done = self.push("nl", "parts.csv", parts, expect=1)
        self.assertIn("LINEAR_EXACT", done.stdout)
        self.assertIn("M = _T − F = 18 − 16 = 2", done.stdout)
        self.assertEqual(self.outbox(), 1)
        # The hub says the same.
        done = self.push("nl", "parts.csv", parts, "--as-is", expect=1)
        self.assertEqual(self.states(done), ["refused"])
        self.assertIn("M = _T − F = 18 − 16 = 2", done.stdout)

    def test_two_hidden_parts_pass_with_their_certificate(self):
        done = self.push("nl", "table.csv", hidden("NL", 2005, 18))
        self.assertEqual(self.states(done), ["receipted"])
        sent = self.envelope("nl")
        header = dict(fields(sent[1]))
        self.assertEqual(hashlib.sha256(sent[CERTIFICATE]).digest(), header[CERTIFICATE_SHA256])
        # What hides nothing carries none.
        self.push("nl", "open.csv", victims("NL", 2006, "_T", 18))
        self.assertNotIn(CERTIFICATE, self.envelope("nl"))

    def test_a_narrow_count_stays_here_and_names_what_holds_it(self):
        path = self.write("nl", "narrow.csv", hidden("NL", 2005, 10))
        for command in ("validate", "push"):
            done = self.hub.adapter("nl", command, path, expect=1)
            self.assertIn("INTERVAL", done.stdout)
            self.assertIn("held by _T (10) = F + M", done.stdout)
        self.hub.adapter("nl", "push", path, "--dry-run", expect=1)
        self.assertEqual(self.outbox(), 0)
        done = self.push("nl", "narrow.csv", hidden("NL", 2005, 10), "--as-is", expect=1)
        self.assertIn("INTERVAL", done.stdout)
        self.assertEqual(self.states(done), ["refused"])

    def test_one_made_before_other_figures_came_is_stale_until_the_next_sync(self):
        # Without a sync nothing accepted is kept here.
        self.push("nl", "total.csv", victims("NL", 2005, "_T", 18))
        done = self.push("nl", "parts.csv", hidden("NL", 2005), expect=1)
        self.assertIn("STALE_LEDGER", done.stdout)
        self.hub.adapter("nl", "sync")
        self.assertEqual(self.states(self.push("nl", "parts.csv", hidden("NL", 2005))),
                         ["receipted"])

    def test_what_was_withdrawn_is_still_known(self):
        done = self.push("nl", "women.csv", victims("NL", 2005, "F", 16))
        message = json.loads(done.stdout)["items"][0]["message_id"]
        self.hub.adapter("nl", "sync")
        self.hub.adapter("nl", "withdraw", message)
        rows = hidden("NL", 2005, 18)
        gives_away = "M = _T − F = 18 − 16 = 2"

        # By what was accepted from here since the sync, by what a sync fetches, and by the hub.
        for _ in range(2):
            done = self.hub.adapter("nl", "validate", self.write("nl", "table.csv", rows), expect=1)
            self.assertIn("DIFFERENCE_WITH", done.stdout)
            self.assertIn(gives_away, done.stdout)
            self.hub.adapter("nl", "sync")
        done = self.push("nl", "table.csv", rows, "--as-is", expect=1)
        self.assertEqual(self.states(done), ["refused"])
        self.assertIn(gives_away, done.stdout)
        # A total that the old count contradicts is of another count.
        self.push("nl", "anew.csv", hidden("NL", 2005, 12))

    def test_what_an_earlier_version_fetched_does_not_pass_for_all(self):
        self.hub.adapter("nl", "sync")
        path = self.write("nl", "total.csv", victims("NL", 2005, "_T", 18))
        self.assertIn("checked against the sync of",
                      self.hub.adapter("nl", "validate", path).stdout)
        with sqlite3.connect(self.hub.party_folder("nl") / "state.db") as state:
            state.execute("CREATE TABLE ledger (log_index INTEGER PRIMARY KEY, header BLOB, body BLOB)")
        self.assertIn("never synced", self.hub.adapter("nl", "validate", path).stdout)
        self.hub.adapter("nl", "sync")
        self.assertIn("checked against the sync of",
                      self.hub.adapter("nl", "validate", path).stdout)

    def test_a_correction_by_a_few_persons_is_refused_here_and_there(self):
        done = self.push("nl", "women.csv", victims("NL", 2005, "F", 16))
        message = json.loads(done.stdout)["items"][0]["message_id"]
        self.hub.adapter("nl", "sync")
        corrected = self.write("nl", "corrected.csv", victims("NL", 2005, "F", 18))
        for options in ((), ("--as-is",)):
            done = self.hub.adapter("nl", "revise", message, corrected, *options, expect=1)
            self.assertIn("SMALL_CHANGE", done.stdout)
            self.assertIn("16 before, 18 now", done.stdout)
        enough = self.write("nl", "corrected.csv", victims("NL", 2005, "F", 26))
        self.hub.adapter("nl", "revise", message, enough)

    def test_files_of_one_push_are_certified_one_after_the_other(self):
        total = self.write("nl", "total.csv", victims("NL", 2005, "_T", 18))
        parts = self.write("nl", "parts.csv", hidden("NL", 2005))
        done = self.hub.adapter("nl", "--json", "push", total, parts)
        self.assertEqual(self.states(done), ["receipted", "receipted"])

    def test_two_agencies_at_once_do_not_disturb_each_other(self):
        self.hub.enrol("lv", submits=[("*", "LV")])
        with concurrent.futures.ThreadPoolExecutor() as both:
            for year in range(2001, 2006):
                pushes = [both.submit(self.push, party, f"{year}.csv",
                                      hidden(party.upper(), year, 18 + year % 7))
                          for party in ("nl", "lv")]
                for one in pushes:
                    self.assertEqual(self.states(one.result()), ["receipted"])


if __name__ == "__main__":
    e2e.main()
