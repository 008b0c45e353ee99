"""Every State sends what the United Nations published of it, and then the next edition as revisions
of the first: nothing small passes without a waiver, and a subscriber rebuilds the last edition row by
row. Walks the bulk files of GLOTIP among the real data, in the order of their names."""

import collections
import csv
import json
import os
import pathlib
import re
import time
import unittest

import e2e
from local_hub import LocalHub
from published_sums import AXES, BREAKDOWNS, code, key_of, with_lines

DATAFLOW = "UNODC:GLOTIP(1.0)"
OFFENCES = "CJ_CASE_REC"  # not protected
PLACES = ("EXPL_FORM", "SEX", "AGE", "CITIZEN", "COUNTERPART_AREA")


def editions():
    folder = pathlib.Path(os.environ.get("RAPPORTEUR_REAL_DATA", e2e.ROOT / "../shared/data"))
    return [path for path in sorted(folder.rglob("*.csv")) if with_lines(path)]


def figure_of(text):
    """Value and qualifier as the hub has them."""
    text = text.strip()
    if text.startswith("<"):
        return text[1:].replace(",", ""), "<"
    return text.replace(",", ""), ""


def key_of_row(row):
    """None where a word has no code."""
    axis = BREAKDOWNS[row["Dimension"]]
    key = key_of(row, axis)
    words = row["Indicator"]
    if axis == "COUNTERPART_AREA":
        words += " by country of repatriation"
    indicator = code("INDICATOR", words)
    return (indicator, row["Year"], *key) if key and indicator else None


class Editions(unittest.TestCase):
    def write(self, party, rows, edition):
        path = self.hub.party_folder(party) / f"edition-{edition}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return path

    def push(self, party, path, *options, expect=0):
        done = self.hub.adapter(party, "--json", "push", path, "--skip-refused-rows", *options,
                                expect=expect)
        return json.loads(done.stdout) if done.stdout else {"items": []}, done.stderr

    def enrol(self, countries):
        for iso3, area in countries.items():
            self.hub.enrol(iso3.lower())
            self.hub.operator("grant", "submit", iso3.lower(), "--dataflow", DATAFLOW,
                              "--indicator", "*", "--area", area)
        self.hub.enrol("observer", "observer", receives=False)
        self.hub.operator("grant", "receive", "observer", "--dataflow", DATAFLOW, "--from", "0")

    def waive(self, path):
        self.hub.operator("waiver", "add", "--file", path, "--dataflow", DATAFLOW, "--reference",
                          path.stem, "--skip-refused-rows")

    def look_at_first_without_waiver(self, party, path):
        """Something is refused, and all that is refused holds protected counts."""
        pushed, _ = self.push(party, path, "--as-is", expect=None)
        refused = [item for item in pushed["items"] if item["state"] == "refused"]
        self.assertTrue(refused, f"{party}: everything passed without a waiver")
        self.assertFalse([item for item in refused if item["indicator"] == OFFENCES], party)
        return len(refused), len(pushed["items"])

    def send(self, party, path):
        """The edition, whatever of it is published already; what it has no more is withdrawn."""
        self.hub.adapter(party, "sync")
        pushed, said = self.push(party, path, "--revise")
        self.assertEqual({item["state"] for item in pushed["items"]} - {"receipted"}, set(), party)
        gone = re.findall(r"no figure of it is in the file: ([0-9a-f-]{36})", said)
        for message in gone:
            self.hub.adapter(party, "withdraw", message)
        return pushed["items"], gone

    def left_out(self, party, path):
        """Lines of rows that are not sent, each named."""
        done = self.hub.adapter(party, "--json", "validate", path, "--skip-refused-rows",
                                expect=None)
        found, = json.loads(done.stdout)["files"]
        lines = {line for one in found["findings"] for line in [one["line"], *one["more_lines"]]
                 if one["severity"] == "error" and one["code"] in
                 ("DUPLICATE_KEY", "UNKNOWN_CODE", "NO_CODE_FITS", "BLANK_CELL", "BAD_NUMBER")}
        self.assertEqual(len(lines), found["rows_left_out"], party)
        return lines

    def expected(self, party, path):
        """By key, of every row that is sent."""
        lines = self.left_out(party, path)
        figures = {}
        for line, row in with_lines(path):
            if line in lines:
                continue
            key = key_of_row(row)
            self.assertIsNotNone(key, f"{party}:{line} has no code and was not named: {row}")
            figures[(party, *key)] = figure_of(row["txtVALUE"])
        return figures, len(lines)

    def received(self):
        """What an own file of the observer says after all its rows, in their order."""
        path = self.hub.party_folder("observer") / "figures.csv"
        self.hub.adapter("observer", "receive", "--to", path)
        figures, out = {}, collections.Counter()
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                codes = {axis: "_T" if row[axis] == "_Z" else row[axis] for axis in PLACES}
                key = (row["SENDER"], row["INDICATOR"], row["TIME_PERIOD"],
                       *(codes[axis] for axis in AXES))
                if row["ACTION"] == "D":
                    figures.pop(key, None)
                else:
                    figures[key] = (row["OBS_VALUE"], row["VALUE_QUALIFIER"])
                out[row["SENDER"], row["INDICATOR"]] = int(row["ROWS_LEFT_OUT"])
        return figures, out

    def test_every_state_sends_its_rows_of_every_edition(self):
        files = editions()
        if not files:
            self.skipTest("no real data")
        tables = [[row for _, row in with_lines(path)] for path in files]
        countries = {row["Iso3_code"]: code("REF_AREA", row["Iso3_code"])
                     for rows in tables for row in rows}
        with LocalHub() as self.hub:
            self.enrol(countries)
            self.follow(files, tables, countries)
            self.hub.stop_broker()
            self.hub.verify_log()

    def follow(self, files, tables, countries):
        begin = time.monotonic()
        figures, left_out, sent = {}, 0, collections.Counter()
        for number, (path, rows) in enumerate(zip(files, tables)):
            parts = {iso3.lower(): [row for row in rows if row["Iso3_code"] == iso3]
                     for iso3 in countries}
            paths = {party: self.write(party, of_party, number)
                     for party, of_party in parts.items() if of_party}
            if number == 0:
                refused = [self.look_at_first_without_waiver(*one) for one in paths.items()]
                print(f"{path.name}: without the waiver {sum(a for a, _ in refused)} of "
                      f"{sum(b for _, b in refused)} submissions of {len(paths)} senders refused")
            self.waive(path)
            for party, of_party in paths.items():
                items, gone = self.send(party, of_party)
                sent.update(item["kind"] for item in items)
                sent["withdrawn"] += len(gone)
                if path == files[-1]:
                    of_last, out = self.expected(party, of_party)
                    figures.update(of_last)
                    left_out += out
        got, _ = self.received()
        self.assertEqual(len(got), len(figures))
        self.assertEqual(got, figures)
        print(f"{len(files)} editions, {len(countries)} senders: {dict(sent)}; of the last "
              f"{len(tables[-1])} rows {left_out} left out with their reason, {len(got)} figures "
              f"rebuilt, in {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    e2e.main()
