"""Agencies exchange figures through a real broker: what is accepted arrives, once, and stays provable."""

import csv
import json
import time
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub, run

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
ROW = "dataflow,RAPPORTEUR:THB(1.0),I,"


def victims(area, year, total, status="A", sex="_T"):
    return ROW + f"A,{area},_Z,VIC_IDENT,_T,{sex},_T,_T,_Z,PER,{year},{total},{status}\n"


class Exchange(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.enrol("at", submits=[("*", "AT")])
        self.hub.enrol("observer", "observer")

    def write(self, name, *rows):
        path = self.hub.party_folder("at") / name
        path.write_text(HEADER + "".join(rows))
        return path

    def push(self, path, *options, expect=0):
        done = self.hub.adapter("at", "--json", "push", path, *options, expect=expect)
        return json.loads(done.stdout)["items"]

    def received(self, name="observer"):
        """The figures that hold, from the party's own file after it has taken all there is."""
        target = self.hub.party_folder(name) / "received.csv"
        self.hub.adapter(name, "receive", "--to", target)
        with open(target, newline="", encoding="utf-8") as file:
            return {(row["REF_AREA"], row["INDICATOR"], row["SEX"], row["TIME_PERIOD"]):
                    (row["OBS_VALUE"], row["OBS_STATUS"]) for row in csv.DictReader(file)}

    def test_what_is_accepted_arrives_and_its_receipt_verifies(self):
        receipts = self.push(self.write("a.csv", victims("AT", 2024, 162)))
        self.assertEqual(receipts[0]["state"], "receipted")
        self.assertEqual(self.received(), {("AT", "VIC_IDENT", "_T", "2024"): ("162", "A")})
        proofs = list((self.hub.party_folder("at") / "receipts").glob("*.tlog-proof"))
        self.assertEqual(len(proofs), 1)
        public = self.hub.home / "hub-public.toml"
        run(PROGRAMS / "rapporteur", "proof", "verify", *proofs, "--public", public)
        flipped = self.hub.folder / "flipped.tlog-proof"
        content = bytearray(proofs[0].read_bytes())
        content[len(content) // 2] ^= 1
        flipped.write_bytes(content)
        run(PROGRAMS / "rapporteur", "proof", "verify", flipped, "--public", public, expect=1)

    def test_an_absent_subscriber_gets_everything_later_once_and_over_a_restart(self):
        self.received()
        for year in range(2010, 2020):
            self.push(self.write(f"{year}.csv", victims("AT", year, 100 + year)))
        self.hub.kill_broker()
        self.hub.start_broker()
        live = self.received()
        self.assertEqual(len(live), 10)
        again = self.received()
        self.assertEqual(again, live)

    def test_zero_and_every_kind_of_missing_stay_apart(self):
        rows = [victims("AT", 2000 + i, value, status) for i, (value, status) in enumerate(
            [("0", "A"), ("", "O"), ("", "L"), ("", "M"), ("", "K"), ("", "Q")])]
        self.push(self.write("kinds.csv", *rows))
        live = self.received()
        self.assertEqual([live[("AT", "VIC_IDENT", "_T", str(2000 + i))] for i in range(6)],
                         [("0", "A"), ("", "O"), ("", "L"), ("", "M"), ("", "K"), ("", "Q")])

    def test_a_revision_replaces_and_a_withdrawal_deletes(self):
        first = self.push(self.write("a.csv", victims("AT", 2022, 50), victims("AT", 2023, 60)))
        message = first[0]["message_id"]
        done = self.hub.adapter("at", "--json", "revise", message,
                                self.write("b.csv", victims("AT", 2023, 61)))
        revision = json.loads(done.stdout)["items"][0]["message_id"]
        self.assertEqual(self.received(), {("AT", "VIC_IDENT", "_T", "2023"): ("61", "A")})
        self.hub.adapter("at", "withdraw", revision)
        self.assertEqual(self.received(), {})

    def test_the_same_key_twice_is_refused_with_the_message_to_revise(self):
        first = self.push(self.write("a.csv", victims("AT", 2024, 162)))
        done = self.hub.adapter("at", "push", self.write("b.csv", victims("AT", 2024, 163)),
                                "--as-is", expect=1)
        self.assertIn("KEY_EXISTS", done.stdout + done.stderr)
        self.assertIn(first[0]["message_id"], done.stdout + done.stderr)

    def test_a_suspended_party_is_cut_off_within_a_second(self):
        self.hub.operator("participant", "suspend", "at", "--reason", "test")
        began = time.monotonic()
        path = self.write("a.csv", victims("AT", 2024, 162))
        self.assertNotEqual(
            self.hub.adapter("at", "push", path, expect=None).returncode, 0)
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(self.received(), {})
        self.hub.operator("participant", "resume", "at", "--reason", "test")
        # What waited in the outbox goes out with the next push, in its order.
        self.push(self.write("b.csv", victims("AT", 2023, 150)))
        self.assertEqual(len(self.received()), 2)


if __name__ == "__main__":
    e2e.main()
