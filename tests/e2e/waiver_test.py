"""Waivers through a real broker: figures that were published once pass as they stand, marked, and
nothing else does. Then the same for every bulk file of GLOTIP among the real data."""

import collections
import csv
import json
import os
import pathlib
import re
import sqlite3
import time
import unittest
import urllib.request

import e2e
from local_hub import DATAFLOW, LocalHub
from published_sums import with_lines

GLOTIP = "UNODC:GLOTIP(1.0)"
HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,"
          "AGE,CITIZEN,REG_ORG,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
STORAGE = 6
REFERENCE = "Global report, edition of 2025"


def victims(area, year, sex, value):
    return (f"dataflow,{DATAFLOW},I,A,{area},_Z,VIC_REG,_T,{sex},_T,_T,_Z,PER,{year},"
            f"{'' if value is None else value},{'Q' if value is None else 'A'}\n")


def real_files():
    folder = pathlib.Path(os.environ.get("RAPPORTEUR_REAL_DATA", e2e.ROOT / "../shared/data"))
    return [path for path in sorted(folder.rglob("*.csv")) if with_lines(path)]


class AtAHub(unittest.TestCase):
    hub = None

    def operator(self, *words, expect=0):
        return self.hub.operator("--json", *words, expect=expect)

    def waive(self, path, dataflow, *options):
        done = self.operator("waiver", "add", "--file", path, "--dataflow", dataflow, "--reference",
                             REFERENCE, *options)
        return json.loads(done.stdout)

    def push(self, party, path, *options, expect=0):
        done = self.hub.adapter(party, "--json", "push", path, *options, expect=expect)
        return json.loads(done.stdout)

    def of_the_hub(self, pushed):
        return [finding for item in pushed["items"] for finding in item["findings"]]

    def marks(self):
        """Findings waived so far, by rule, as the hub counts them."""
        with urllib.request.urlopen(f"http://{self.hub.monitor}/metrics", timeout=10) as answer:
            found = re.findall(r'^rapporteur_waived_findings_total{rule="(\w+)"} (\d+)',
                               answer.read().decode(), re.MULTILINE)
        return collections.Counter({rule: int(count) for rule, count in found})


class Waivers(AtAHub):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.enrol("nl", submits=[("*", "NL")])

    def write(self, name, rows):
        path = self.hub.party_folder("nl") / name
        path.write_text(HEADER + rows)
        return path

    def test_what_was_published_passes_marked_here_and_there(self):
        table = victims("NL", 2005, "_T", 18) + victims("NL", 2005, "F", 16) + victims(
            "NL", 2005, "M", None)
        path = self.write("printed.csv", table)
        self.hub.adapter("nl", "sync")
        self.push("nl", path, expect=1)
        made = self.waive(path, DATAFLOW)
        self.assertEqual((made["cells"], made["rows_left_out"]), (3, 0))
        listed, = map(json.loads, self.operator("waiver", "list").stdout.splitlines())
        self.assertEqual((listed["waiver"], listed["reference"], listed["root_sha256"]),
                         (made["waiver"], REFERENCE, made["root_sha256"]))

        # Here only after a sync; then as the hub says it.
        self.assertIn("LINEAR_EXACT", self.hub.adapter("nl", "validate", path, expect=1).stdout)
        self.assertIn("1 waiver", self.hub.adapter("nl", "sync").stdout)
        mark = (f": waived LINEAR_EXACT OBS_VALUE: SEX=M: M = _T − F = 18 − 16 = 2 "
                f"(published already: waiver {made['waiver']})")
        self.assertIn(mark, self.hub.adapter("nl", "validate", path).stdout)
        pushed = self.push("nl", path)
        said, = [one for one in self.of_the_hub(pushed) if one["code"] == "LINEAR_EXACT"]
        self.assertEqual((said["severity"], said["waived_by"]), ("warning", [made["waiver"]]))
        shown = self.hub.operator("show", str(pushed["items"][0]["index"])).stdout
        self.assertIn(f"LINEAR_EXACT WAIVED by {made['waiver']}", shown)
        self.assertEqual(self.marks(), {"LINEAR_EXACT": 1})
        self.hub.enrol("no")
        received = self.hub.adapter("no", "receive", "--to", self.hub.folder / "received.csv")
        self.assertIn(f": LINEAR_EXACT x1 WAIVED by waiver {made['waiver']} of the hub",
                      received.stderr)
        self.hub.stop_broker()
        self.hub.verify_log()

    def test_it_holds_after_a_restart_and_ends_with_its_removal(self):
        printed = self.write("printed.csv",
                             victims("NL", 2005, "F", 3) + victims("NL", 2006, "F", 4))
        waiver = self.waive(printed, DATAFLOW)["waiver"]
        self.hub.stop_broker()
        self.hub.start_broker()
        first = self.write("first.csv", victims("NL", 2005, "F", 3))
        self.assertEqual(self.push("nl", first, "--as-is")["items"][0]["state"], "receipted")
        self.operator("waiver", "remove", str(waiver), "--reason", "withdrawn by its publisher")
        self.assertEqual(self.hub.operator("waiver", "list").stdout, "nothing is waived\n")
        second = self.write("second.csv", victims("NL", 2006, "F", 4))
        pushed = self.push("nl", second, "--as-is", expect=1)
        self.assertEqual([one["code"] for one in self.of_the_hub(pushed)], ["SMALL_CELL"])

    def test_cells_that_were_damaged_here_are_fetched_anew(self):
        printed = self.write("printed.csv", victims("NL", 2005, "F", 3))
        self.waive(printed, DATAFLOW)
        self.hub.adapter("nl", "sync")
        self.hub.adapter("nl", "validate", printed)
        with sqlite3.connect(self.hub.party_folder("nl") / "state.db") as state:
            state.execute("UPDATE waived SET cells = zeroblob(32)")
        self.assertIn("sync again",
                      self.hub.adapter("nl", "validate", printed, expect=STORAGE).stderr)
        self.hub.adapter("nl", "sync")
        self.hub.adapter("nl", "validate", printed)

    def test_what_cannot_be_waived_is_said(self):
        printed = self.write("printed.csv", victims("NL", 2005, "F", 3) + "dataflow,X,I\n")
        add = ["waiver", "add", "--dataflow", DATAFLOW, "--reference", "r", "--file"]
        said = self.hub.operator(*add, printed, expect=1).stderr
        self.assertIn("--skip-refused-rows", said)
        self.hub.operator(*add, printed, "--skip-refused-rows")
        printed = self.write("printed.csv", victims("NL", 2005, "F", 3))
        self.assertIn("ALREADY_WAIVED", self.hub.operator(*add, printed, expect=1).stderr)
        add[3] = GLOTIP
        said = self.hub.operator(*add, printed, expect=2).stderr
        self.assertIn(f"what it has is of {DATAFLOW}", said)
        self.hub.operator(*add, self.hub.folder / "none.csv", expect=2)
        self.assertIn("UNKNOWN_WAIVER",
                      self.hub.operator("waiver", "remove", "1", "--reason", "r", expect=1).stderr)


class PublishedEditions(AtAHub):
    """Agencies send rows of a file that the United Nations have published."""

    PARTIES = ("without", "altered", "agency")  # of the same areas: keys are a sender's own

    def enrol(self):
        for party in self.PARTIES:
            self.hub.enrol(party)
            self.operator("grant", "submit", party, "--dataflow", GLOTIP, "--indicator", "*",
                          "--area", "*")

    def write(self, party, rows):
        """In the layout of the file they are of."""
        path = self.hub.party_folder(party) / "edition.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return path

    def small(self, rows):
        """The place of a count below 5 that no other row repeats."""
        keys = [tuple(value for name, value in row.items() if name != "txtVALUE") for row in rows]
        known = collections.Counter(keys)
        return next(i for i, row in enumerate(rows)
                    if row["txtVALUE"] == "<5" and row["Category"] == "Total"
                    and row["Sex"] == "Female" and known[keys[i]] == 1)

    def errors(self, pushed):
        """Findings that refuse, with what became of their submission."""
        return [(one["code"], one["line"], item["state"]) for item in pushed["items"]
                for one in item["findings"] if one["severity"] == "error"]

    def look_at(self, path):
        lines = [row for _, row in with_lines(path)]
        (iso3, _), = collections.Counter(row["Iso3_code"] for row in lines).most_common(1)
        rows = [row for row in lines if row["Iso3_code"] == iso3]
        small = self.small(rows)
        at = ("SMALL_CELL", small + 2, "refused")
        as_is = ("--skip-refused-rows", "--as-is")
        without = self.push("without", self.write("without", rows), *as_is, expect=1)
        self.assertIn(at, self.errors(without))

        made = self.waive(path, GLOTIP, "--skip-refused-rows")
        changed = rows[:small] + [{**rows[small], "txtVALUE": "<6"}] + rows[small + 1:]
        altered = self.push("altered", self.write("altered", changed), *as_is, expect=1)
        self.assertIn(at, self.errors(altered))
        self.assertLess(len(self.errors(altered)), len(self.errors(without)))

        # All of it, judged here first as agencies do it.
        self.hub.adapter("agency", "sync")
        before = self.marks()
        begin = time.monotonic()
        pushed = self.push("agency", path, "--skip-refused-rows")
        took = time.monotonic() - begin
        found = self.of_the_hub(pushed)
        self.assertEqual({item["state"] for item in pushed["items"]}, {"receipted"})
        self.assertEqual(self.errors(pushed), [])
        waived = collections.Counter(one["code"] for one in found if one["waived_by"])
        self.assertGreater(waived["SMALL_CELL"], 0)
        self.assertEqual({tuple(one["waived_by"]) for one in found if one["waived_by"]},
                         {(made["waiver"],)})
        # The answer to what had to be sent twice repeats the receipt, not what was found.
        self.assertFalse(waived - (self.marks() - before))
        print(f"{path.name}: {made['cells']} cells waived; of {iso3} {len(self.errors(without))} "
              f"errors without the waiver, {len(self.errors(altered))} with one digit changed; all "
              f"{len(pushed['items'])} submissions of the file accepted, marked {dict(waived)}, in "
              f"{took:.1f} s")

    def test_every_bulk_file_of_the_real_data(self):
        files = real_files()
        if not files:
            self.skipTest("no real data")
        for path in files:
            with self.subTest(path.name), LocalHub() as self.hub:
                self.enrol()
                self.look_at(path)


if __name__ == "__main__":
    e2e.main()
