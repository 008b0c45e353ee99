"""validate --disclosure over files of published figures: what it names and counts is what a second
implementation finds (published_sums.py), in every bulk file of GLOTIP among the real data."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import e2e
from local_hub import PROGRAMS
from published_sums import Audit, with_lines

HEADER = "Iso3_code,Country,Indicator,Dimension,Category,Sex,Age,Year,txtVALUE\n"
VICTIMS = "Detected trafficking victims"
COUNTED = ("complete", "complete_not_adding_up", "one_hidden", "one_hidden_told",
           "one_hidden_not_adding_up")


def real_files():
    folder = pathlib.Path(os.environ.get("RAPPORTEUR_REAL_DATA", e2e.ROOT / "../shared/data"))
    return [path for path in sorted(folder.rglob("*.csv")) if with_lines(path)]


def lines_of(*figures):
    """Of 2020 in Austria: (breakdown, category, sex, age, figure)."""
    return HEADER + "".join(
        f'AUT,Austria,{VICTIMS},{breakdown},{category},{sex},{age},2020,"{text}"\n'
        for breakdown, category, sex, age, text in figures)


def count_of(proof):
    """"SEX=M: M = _T − F = 18 − 16 = 2", or "SEX=M = 0 follows from ..."."""
    return int(re.search(r"= (\d+)( follows from .*)?$", proof).group(1))


class PublishedSums(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def adapter(self, *words, expect):
        done = subprocess.run([str(word) for word in (PROGRAMS / "rapporteur-adapter", *words)],
                              cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=300)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def file(self, text):
        (self.folder / "glotip.csv").write_text(text, encoding="utf-8")
        return "glotip.csv"

    def compare(self, path, expect=1):
        """The tool's findings and counts, which are those of the second implementation."""
        done = self.adapter("--json", "validate", "--disclosure", "--skip-refused-rows", path,
                            expect=expect)
        found, = json.loads(done.stdout)["files"]
        ours = Audit(self.folder / path)
        told = {one["line"]: count_of(one["what"])
                for one in found["findings"] if one["code"] == "LINEAR_EXACT"}
        self.assertEqual(told, ours.told)
        counts = {(one["indicator"], one["dimension"]): {name: one[name] for name in COUNTED}
                  for one in found["breakdowns"]}
        self.assertEqual(counts, {kind: {name: counter[name] for name in COUNTED}
                                  for kind, counter in ours.counts.items()})
        self.assertEqual(
            (found["follow"], len(found["not_adding_up"]), found["contradictory"],
             found["hidden"], found["too_complex"], found["findings_not_kept"]),
            (len(ours.told), ours.violated, ours.contradictory, ours.hidden, 0, 0))
        return found

    def test_every_bulk_file_of_the_real_data(self):
        files = real_files()
        if not files:
            self.skipTest("no real data")
        for path in files:
            with self.subTest(path.name):
                begin = time.monotonic()
                found = self.compare(path)
                print(f"{path.name}: {found['rows']} rows, {found['follow']} of {found['hidden']} "
                      f"hidden figures follow, {len(found['not_adding_up'])} breakdowns do not add "
                      f"up; both ways in {time.monotonic() - begin:.1f} s")

    def test_each_hidden_figure_is_named_with_its_sum(self):
        path = self.file(lines_of(("Total", "Total", "Total", "Total", "12"),
                                  ("Total", "Total", "Total", "0 to 17 years", "<5"),
                                  ("Total", "Total", "Total", "18 years or over", "9"),
                                  ("Total", "Total", "Female", "Total", "10"),
                                  ("Total", "Total", "Male", "Total", "")))
        found = self.compare(path)
        self.assertEqual([one["what"] for one in found["findings"]
                          if one["code"] == "LINEAR_EXACT"],
                         ["AGE=Y_LT18: Y_LT18 = _T − Y_GE18 = 12 − 9 = 3",
                          "SEX=M: M = _T − F = 12 − 10 = 2"])
        shown = self.adapter("validate", "--disclosure", path, expect=1).stdout
        self.assertIn("glotip.csv:3:9: error LINEAR_EXACT OBS_VALUE: AGE=Y_LT18: Y_LT18 = _T − "
                      "Y_GE18 = 12 − 9 = 3\n", shown)
        self.assertRegex(shown, r"VIC_REG +AGE +0 +0 +1 +1 +0\n")
        self.assertIn("glotip.csv: does not pass, 2 of 2 hidden figures can be worked out, "
                      "0 breakdowns cannot add up, 5 observations\n", shown)

    def test_what_does_not_add_up_is_counted_apart(self):
        path = self.file(lines_of(("Total", "Total", "Total", "Total", "1,012"),
                                  ("Total", "Total", "Total", "0 to 17 years", "<5"),
                                  ("Total", "Total", "Total", "18 years or over", "900"),
                                  ("Total", "Total", "Female", "Total", "1,000"),
                                  ("Total", "Total", "Male", "Total", "11")))
        found = self.compare(path, expect=0)
        self.assertEqual([one["what"] for one in found["not_adding_up"]],
                         ["_T (1012) = F (1000) + M (11)",
                          "_T (1012) = Y_GE18 (900) + Y_LT18 (<5)"])
        shown = self.adapter("validate", "--disclosure", path, expect=0).stdout
        self.assertIn("glotip.csv: passes, 0 of 1 hidden figure can be worked out, 2 breakdowns "
                      "cannot add up", shown)

    def test_rows_that_cannot_be_read_leave_categories_open(self):
        figures = [("Total", "Total", "Total", "Total", "20"),
                   ("by citizenship", "Romania", "Total", "Total", "17"),
                   ("by citizenship", "Bulgaria", "Total", "Total", "<5")]
        self.assertEqual(self.compare(self.file(lines_of(*figures)))["follow"], 1)
        for more in (("by citizenship", "Congolese", "Total", "Total", "6"),
                     ("by citizenship", "Romania", "Total", "Total", "16")):
            path = self.file(lines_of(*figures, more))
            self.assertEqual(self.compare(path, expect=0)["follow"], 0)
        # Not to be passed as if all of it had been looked at.
        self.adapter("validate", "--disclosure", path, expect=1)

    def test_any_other_source(self):
        (self.folder / "mine.csv").write_text(
            "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,"
            "AGE,CITIZEN,REG_ORG,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n" +
            "".join(f"dataflow,RAPPORTEUR:THB(1.0),I,A,NL,_Z,VIC_COMP,_T,{sex},_T,_T,_Z,PER,{year},"
                    f"{value}\n" for sex, year, value in (("_T", 2008, "18,A"), ("F", 2008, "16,A"),
                                                          ("M", 2008, ",Q"), ("F", 2009, ",Q"))),
            encoding="utf-8")
        shown = self.adapter("validate", "--disclosure", "mine.csv", "--report-json", "r.json",
                             expect=1).stdout
        self.assertIn("mine.csv:4:15: error LINEAR_EXACT OBS_VALUE: SEX=M: M = _T − F = 18 − 16 = 2\n",
                      shown)
        report = json.loads((self.folder / "r.json").read_text())
        self.assertEqual((report["valid"], report["files"][0]["follow"]), (False, 1))

    def test_what_is_no_table(self):
        self.adapter("validate", "--disclosure", "none.csv", expect=2)
        (self.folder / "empty.csv").write_text("")
        self.adapter("validate", "--disclosure", "empty.csv", expect=1)
        shown = self.adapter("validate", "--disclosure", self.file(HEADER), expect=1).stdout
        self.assertIn("does not pass", shown)


if __name__ == "__main__":
    e2e.main()
