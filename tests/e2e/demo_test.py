"""The demonstration shows what went through the hub: another figure shows as another one, and what
is missing, changed or doubled on the way fails it."""

import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import e2e
import demo_exchange
from demo_exchange import Failed, Stage

DEMO = e2e.ROOT / "ops/demo_exchange.py"
FACTS = e2e.ROOT / "tests/fixtures/com-2008-657.csv"
COLUMNS = {"indicator": "INDICATOR", "geo": "REF_AREA", "period": "TIME_PERIOD",
           "exploitation_form": "EXPL_FORM", "sex": "SEX", "age": "AGE", "unit": "UNIT_MEASURE",
           "value": "OBS_VALUE", "status": "OBS_STATUS", "qualifier": "VALUE_QUALIFIER"}


class Folders:
    """As much of a hub as the comparison of files needs."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def party_folder(self, name):
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def facts_file(self, text):
        path = self.folder / "facts.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def demo(self, facts, expect=0):
        done = subprocess.run([sys.executable, DEMO], capture_output=True, text=True, timeout=200,
                              check=False, env={**os.environ, "RAPPORTEUR_DEMO_FACTS": str(facts)})
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def test_a_changed_digit_changes_the_table_that_is_printed(self):
        text = FACTS.read_text(encoding="utf-8")
        old = "CJ_INV_PROS,AT,2006,SEX,_Z,_Z,CASE,=,128,A"
        self.assertIn(old, text)
        text = text.replace(old, old.replace("128", "129"))
        shown = self.demo(self.facts_file(text)).stdout
        self.assertRegex(shown, r"\n  AT +CJ_INV_PROS +2006 +SEX +129 ")
        self.assertNotRegex(shown, r"\n  AT +CJ_INV_PROS +2006 +SEX +128 ")
        self.assertEqual(len(re.findall(r"\n  [A-Z]{2} +(?:CJ|VIC)_", shown)), 34)
        self.assertIn("195 · 453 · 1 060 · 1 569 for 2001 · 2003 · 2005 · 2006; "
                      "missing: 2002 · 2004\n", shown)
        self.assertRegex(shown, r"\n  refused  nl +LINEAR_EXACT +16 women .* 18: "
                                r"M = _T − F = 18 − 16\n")
        self.assertRegex(shown.splitlines()[-1],
                         r"^demo: \d+ submissions accepted, 6 refused, 4200 observations delivered, "
                         r"log of size \d+ verified$")

    def test_a_fact_that_is_missing_fails_it(self):
        lines = FACTS.read_text(encoding="utf-8").splitlines(keepends=True)
        done = self.demo(self.facts_file("".join(lines[:-1])), expect=1)
        self.assertRegex(done.stderr, r"^demo: FAILED: 199 facts in .*facts\.csv")
        self.assertEqual(done.stdout, "")

    def exported(self, change):
        """The comparison of the facts with an observer's file in which `change` changed rows."""
        with open(FACTS, newline="", encoding="utf-8") as file:
            rows = [{COLUMNS[name]: text for name, text in row.items() if name in COLUMNS}
                    for row in csv.DictReader(file)]
        change(rows)
        hub = Folders(self.folder)
        demo_exchange.write_csv(hub.party_folder("observer") / "received.csv", rows)
        demo_exchange.compare(Stage(hub, quiet=True))

    def test_a_refusal_must_be_of_that_rule_alone_and_say_why(self):
        wrong = demo_exchange.WRONG[-1]
        right = {"severity": "error", "code": wrong.code, "message": f"SEX=M: {wrong.says} = 2"}
        warning = {"severity": "warning", "code": "AGE_MISSING", "message": "no ages"}
        demo_exchange.check_item({"state": "refused", "findings": [right, warning]}, wrong)
        for state, findings in [("receipted", [right]), ("refused", []),
                                ("refused", [right, {**right, "code": "SMALL_CELL"}]),
                                ("refused", [{**right, "message": "SEX=M: M = 2"}])]:
            with self.assertRaises(Failed):
                demo_exchange.check_item({"state": state, "findings": findings}, wrong)

    def test_what_arrives_must_be_what_was_sent(self):
        self.exported(lambda rows: None)
        changes = [lambda rows: rows[0].update(OBS_VALUE="24"),
                   lambda rows: rows[0].update(OBS_STATUS="E"),
                   lambda rows: rows[0].update(REF_AREA="XX"),
                   lambda rows: rows.pop(),
                   lambda rows: rows.append(dict(rows[0]))]
        for change in changes:
            with self.assertRaises(Failed):
                self.exported(change)


if __name__ == "__main__":
    e2e.main()
