"""A correction by a few persons through a real hub: refused, and passed where the sender's data officer signs, too."""

import csv
import json
import os
import re
import sqlite3
import stat
import unittest

import e2e
from local_hub import LocalHub

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
DONE, REFUSED, USAGE, CONFIGURATION = 0, 1, 2, 3
REASON = "a court counted three women twice"


def women(value, year=2005):
    return HEADER + (f"dataflow,RAPPORTEUR:THB(1.0),I,A,NL,_Z,VIC_REG,_T,F,_T,_T,_Z,PER,{year},"
                     f"{value},A\n")


class SecondSignature(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.enrol("nl", submits=[("*", "NL")])
        self.hub.enrol("lv", submits=[("*", "LV")])
        self.key = self.hub.folder / "officer.key"
        self.public = self.new_key("nl", self.key)
        self.add_key(self.key)

    def new_key(self, party, file):
        """Made where the officer works: without the agency's folder."""
        done = self.hub.adapter("nowhere", "--json", "keygen", party, file)
        return json.loads(done.stdout)["public_key"]

    def add_key(self, file, expect=DONE):
        return self.hub.operator("participant", "add-key", f"{file}.toml", "--reason", "officer",
                                 expect=expect)

    def write(self, name, text):
        path = self.hub.party_folder("nl") / name
        path.write_text(text)
        return path

    def first(self, value=16):
        """The message that is corrected."""
        done = self.hub.adapter("nl", "--json", "push", self.write("first.csv", women(value)))
        self.hub.adapter("nl", "sync")
        return json.loads(done.stdout)["items"][0]["message_id"]

    def revise(self, message, value, *options, expect):
        path = self.write("corrected.csv", women(value))
        return self.hub.adapter("nl", "revise", message, path, *options, expect=expect)

    def officer(self, key=None, reason=REASON):
        return ("--officer-key", key or self.key, "--officer-reason", reason)

    def entry(self, done):
        """Of the log, as the operator is shown it."""
        index = re.search(r"entry (\d+)", done.stdout)[1]
        shown = json.loads(self.hub.operator("--json", "show", index).stdout)
        return shown["event"], shown["detail"]

    def one_line(self, done, *mentions):
        self.assertRegex(done.stderr, r"\Arapporteur-adapter: [^\n]+ \([^\n]+\)\n\Z")
        for mention in mentions:
            self.assertIn(str(mention), done.stderr)

    def finding(self, done, code, *mentions):
        """One line of the findings has the code."""
        lines = [line for line in done.stdout.splitlines() if f"error {code}" in line]
        self.assertEqual(len(lines), 1, done.stdout)
        for mention in mentions:
            self.assertIn(mention, lines[0])

    def test_the_officers_signature_lets_a_small_correction_pass(self):
        message = self.first(16)
        done = self.revise(message, 19, expect=REFUSED)
        self.finding(done, "SMALL_CHANGE", "16 before, 19 now", "let the data officer sign, too")
        done = self.revise(message, 19, *self.officer(), expect=DONE)
        self.assertIn("SMALL_CHANGE_RELEASED", done.stdout)
        self.assertIn("every receiver sees the reason", done.stdout)
        event, detail = self.entry(done)
        self.assertEqual(event, "ACCEPTED")
        self.assertEqual(detail["second_signature"]["reason"], REASON)
        self.assertIn({"code": "SMALL_CHANGE_RELEASED", "count": 1}, detail["accepted"]["warnings"])
        # Who receives it sees it, on the terminal and in the file.
        received = self.hub.folder / "received.csv"
        done = self.hub.adapter("lv", "receive", "--to", received)
        self.assertEqual(done.stderr.count(f"its data officer signed, too: {REASON}"), 1)
        with open(received, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["OBS_VALUE"], row["OFFICER_REASON"]) for row in rows],
                         [("19", REASON)])
        # An auditor checks the signature.
        done = self.hub.verify_log("--json")
        self.assertEqual(json.loads(done.stdout)["second_signatures"], 1)

    def test_the_key_stays_with_the_officer(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.key).st_mode), 0o600)
        request = (self.hub.folder / "officer.key.toml").read_text()
        secret = self.key.read_text().splitlines()[1]
        self.assertNotIn(secret, request)
        shown = json.loads(self.hub.operator("--json", "participant", "show", "nl").stdout)
        self.assertIn(self.public, shown["signing_keys"])
        done = self.hub.adapter("nowhere", "keygen", "nl", self.key, expect=USAGE)
        self.one_line(done, self.key, "never overwritten")
        self.assertEqual(self.key.read_text().splitlines()[1], secret)

    def test_what_is_no_officers_key_is_said_in_one_line(self):
        message = self.first()
        own = self.hub.party_folder("nl") / "keys/signing.key"
        self.one_line(self.revise(message, 19, *self.officer(own), expect=USAGE), own,
                      "the agency's own key")
        os.chmod(self.key, 0o644)
        self.one_line(self.revise(message, 19, *self.officer(), expect=CONFIGURATION), self.key)
        os.chmod(self.key, 0o600)
        missing = self.hub.folder / "none.key"
        self.one_line(self.revise(message, 19, *self.officer(missing), expect=CONFIGURATION),
                      missing)
        self.one_line(self.revise(message, 19, "--officer-reason", "x", expect=USAGE),
                      "--officer-key")
        self.assertEqual(self.outbox(), 1)

    def outbox(self):
        with sqlite3.connect(self.hub.party_folder("nl") / "state.db") as state:
            return state.execute("SELECT count(*) FROM outbox").fetchone()[0]

    def test_a_reason_is_one_line_without_anything_personal(self):
        message = self.first()
        for reason in ("", "two\nlines", "x" * 501):
            done = self.revise(message, 19, *self.officer(reason=reason), expect=USAGE)
            self.one_line(done, "--officer-reason")
        personal = self.officer(reason="ask anna@example.org")
        self.finding(self.revise(message, 19, *personal, expect=REFUSED), "TEXT_EMAIL")
        self.assertEqual(self.outbox(), 1)
        # The hub says the same, and keeps nothing of it.
        done = self.revise(message, 19, *personal, "--as-is", expect=REFUSED)
        event, detail = self.entry(done)
        self.assertEqual(event, "REFUSED")
        self.assertEqual([rule["code"] for rule in detail["refused"]["rules"]], ["TEXT_EMAIL"])
        self.assertNotIn("second_signature", detail)

    def refused_here_and_there(self, message, key):
        done = self.revise(message, 19, *self.officer(key), expect=REFUSED)
        self.finding(done, "SECOND_SIGNATURE", "not a valid signature by a second key")
        done = self.revise(message, 19, *self.officer(key), "--as-is", expect=REFUSED)
        event, detail = self.entry(done)
        self.assertEqual((event, [rule["code"] for rule in detail["refused"]["rules"]]),
                         ("REFUSED", ["SECOND_SIGNATURE"]))

    def test_a_key_that_nobody_enrolled_or_another_holds(self):
        message = self.first()
        stranger = self.hub.folder / "stranger.key"
        self.new_key("nl", stranger)
        self.refused_here_and_there(message, stranger)
        self.refused_here_and_there(message, self.hub.party_folder("lv") / "keys/signing.key")

    def test_a_key_that_was_ended(self):
        message = self.first()
        self.hub.operator("participant", "end-key", "nl", self.public, "--reason", "left")
        # The last sync knows it still: the hub does not.
        done = self.revise(message, 19, *self.officer(), expect=REFUSED)
        self.assertEqual(self.entry(done)[0], "REFUSED")
        self.assertIn("SECOND_SIGNATURE", done.stdout)
        self.hub.adapter("nl", "sync")
        self.refused_here_and_there(message, self.key)
        # What it signed before stays good.
        self.hub.verify_log()

    def test_a_push_after_a_withdrawal_is_signed_likewise(self):
        self.hub.adapter("nl", "withdraw", self.first(16))
        self.hub.adapter("nl", "sync")
        anew = self.write("anew.csv", women(18))
        self.finding(self.hub.adapter("nl", "push", anew, expect=REFUSED), "SMALL_CHANGE")
        done = self.hub.adapter("nl", "push", anew, *self.officer())
        self.assertEqual(self.entry(done)[1]["second_signature"]["reason"], REASON)


if __name__ == "__main__":
    e2e.main()
