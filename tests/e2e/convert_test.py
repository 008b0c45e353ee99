"""convert: every real file in another format, row by row; what a format cannot carry is said."""

import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import e2e
from local_hub import PROGRAMS

REFUSED, USAGE = 1, 2
REAL_DATA = pathlib.Path(os.environ.get("RAPPORTEUR_REAL_DATA")
                         or pathlib.Path(__file__).resolve().parents[3] / "shared" / "data")
FULL = "STRUCTURE,STRUCTURE_ID,ACTION,GEO,OBS_VALUE,NOTE\n"


def rows_of(path):
    """Records of a character-separated file below its header, as Python reads them."""
    text = path.read_text(encoding="utf-8-sig")
    header = text.splitlines()[0]
    delimiter = max(",;\t|", key=header.count)
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if row]
    return rows[0], rows[1:]


class Convert(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def convert(self, *words, expect=0):
        done = subprocess.run([str(PROGRAMS / "rapporteur-adapter"), "--json", "convert",
                               *map(str, words)],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect, (words, done.stdout, done.stderr))
        return json.loads(done.stdout) if done.stdout else done.stderr

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    @unittest.skipUnless(REAL_DATA.is_dir(), "no folder at RAPPORTEUR_REAL_DATA")
    def test_every_real_table_keeps_its_rows(self):
        looked_at = 0
        for path in sorted(REAL_DATA.rglob("*.csv")):
            header, rows = rows_of(path)
            if header[0].startswith(("STRUCTURE", "DATAFLOW")):
                continue
            out = self.folder / "out.csv"
            said = self.convert(path, "--to", "sdmx-csv-2.1", "--from", "aggregate_csv",
                                "--skip-refused-rows", "--dataflow", "TEST:TABLE(1.0)", "-o", out)
            _, written = rows_of(out)
            whole = [row[:len(header)] for row in rows
                     if len(row) >= len(header) and not any(row[len(header):])]
            with self.subTest(file=path.name):
                self.assertEqual(said["rows"], len(whole))
                self.assertEqual(said["rows_left_out"], len(rows) - len(whole))
                self.assertEqual(len(said["findings"]), len(rows) - len(whole))
                self.assertEqual([row[3:] for row in written], whole)
                looked_at += 1
        self.assertGreater(looked_at, 0)

    @unittest.skipUnless(REAL_DATA.is_dir(), "no folder at RAPPORTEUR_REAL_DATA")
    def test_every_example_of_the_standard_survives_twice(self):
        examples = sorted((REAL_DATA / "sdmx").rglob("*.csv"))
        self.assertTrue(examples)
        for path in examples:
            with self.subTest(file=path.name):
                once, twice = self.folder / "once.csv", self.folder / "twice.csv"
                said = self.convert(path, "--to", "sdmx-csv-2.1", "--labels", "both", "-o", once)
                self.assertEqual(said["rows"], len(rows_of(path)[1]))
                self.assertEqual(said["lost"], [])
                self.convert(once, "--to", "sdmx-csv-2.1", "--labels", "both", "--strict",
                             "-o", twice)
                self.assertEqual(once.read_bytes(), twice.read_bytes())

    def test_what_a_format_cannot_carry_is_said_and_strict_fails(self):
        path = self.write("in.csv", FULL + "dataflow,A:B(1.0),R,AT,1,=1+1\n"
                          "dataflow,A:B(1.0),D,AT,,\n")
        said = self.convert(path, "--to", "sdmx-csv-1.0", "-o", self.folder / "out.csv")
        self.assertEqual([(loss["component"], loss["what"], loss["rows"]) for loss in said["lost"]],
                         [("", "a row that deletes", 1), ("", "the action of a row", 1),
                          ("NOTE", "a text that begins like a formula, which got an apostrophe "
                                   "before it", 1)])
        self.convert(path, "--to", "sdmx-csv-1.0", "--strict", "-o", self.folder / "out.csv",
                     expect=REFUSED)
        self.assertEqual((self.folder / "out.csv").read_text(encoding="utf-8").splitlines(),
                         ["DATAFLOW,GEO,OBS_VALUE,NOTE", "A:B(1.0),AT,1,'=1+1"])

    def test_names_of_codes_go_where_they_are_wanted(self):
        path = self.write("in.csv", "STRUCTURE,STRUCTURE_ID,ACTION,GEO: Area,OBS_VALUE: Value\n"
                          "dataflow,A:B(1.0),I,AT: Austria,1\n")
        out = self.folder / "out.csv"
        said = self.convert(path, "--to", "sdmx-csv-2.0", "-o", out)
        self.assertEqual([loss["what"] for loss in said["lost"]],
                         ["names of codes, which --labels both keeps"])
        said = self.convert(path, "--to", "sdmx-csv-2.0", "--labels", "name", "-o", out)
        self.assertEqual(said["lost"], [])
        self.assertIn("GEO,Area", out.read_text(encoding="utf-8").splitlines()[0])
        self.assertIn("AT,Austria", out.read_text(encoding="utf-8").splitlines()[1])

    def test_one_bad_row_means_that_nothing_is_written(self):
        path = self.write("in.csv", FULL + "dataflow,A:B(1.0),I,AT,1,\nrubbish,A:B(1.0),I,AT,1,\n")
        out = self.folder / "out.csv"
        done = self.convert(path, "--to", "sdmx-csv-2.0", "-o", out, expect=REFUSED)
        self.assertIn("nothing was written", done)
        self.assertFalse(out.exists())
        said = self.convert(path, "--to", "sdmx-csv-2.0", "-o", out, "--skip-refused-rows")
        self.assertEqual((said["rows"], said["rows_left_out"]), (1, 1))
        self.assertEqual([(f["code"], f["line"], f["column"], f["text"]) for f in said["findings"]],
                         [("BAD_STRUCTURE", 3, 1, "rubbish")])

    def test_nothing_is_shown_of_what_cannot_be_written_whole(self):
        path = self.write("in.csv", FULL + "dataflow,A:B(1.0),I,AT,1,\nrubbish,A:B(1.0),I,AT,1,\n")
        done = subprocess.run([str(PROGRAMS / "rapporteur-adapter"), "convert", str(path), "--to",
                               "sdmx-csv-2.0", "-o", "-"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (REFUSED, ""))

    def test_what_was_written_with_names_is_read_again(self):
        mapping = self.write("m.toml", 'dataflow = "RAPPORTEUR:THB(1.0)"\nby_name = true\n'
                             '[constants]\nINDICATOR = "VIC_IDENT"\n')
        path = self.write("in.csv", "REF_AREA,TIME_PERIOD,OBS_VALUE\nAT,2006,3\n")
        for labels in ("name", "both"):
            named, plain = self.folder / f"{labels}.csv", self.folder / f"{labels}-plain.csv"
            self.convert(path, "--to", "sdmx-csv-2.0", "--mapping", mapping, "--labels", labels,
                         "-o", named)
            self.assertIn("Austria", named.read_text(encoding="utf-8"))
            self.convert(named, "--to", "sdmx-csv-2.0", "-o", plain)
            header, rows = rows_of(plain)
            self.assertEqual(dict(zip(header, rows[0]))["REF_AREA"], "AT")

    def test_a_report_never_takes_the_place_of_what_it_is_about(self):
        path = self.write("in.csv", FULL + "dataflow,A:B(1.0),I,AT,1,\n")
        before = path.read_bytes()
        for options in (["--report-html", path], ["--report-json", path],
                        ["--report-html", self.folder / "r", "--report-json", self.folder / "r"]):
            done = subprocess.run([str(PROGRAMS / "rapporteur-adapter"), "validate", str(path),
                                   *map(str, options)],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, USAGE, options)
            self.assertIn("named twice", done.stderr)
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual(list(self.folder.iterdir()), [path])

    def test_mistakes_of_the_command_line_are_named(self):
        path = self.write("in.csv", FULL + "dataflow,A:B(1.0),I,AT,1,\n")
        self.assertIn("sdmx-csv-2.0", self.convert(path, "--to", "sdmx-csv-2", "-o",
                                                   self.folder / "o", expect=USAGE))
        self.assertIn("named twice", self.convert(path, "--to", "sdmx-csv-2.0", "-o", path,
                                                  expect=USAGE))
        self.assertIn("AGENCY:ID", self.convert(path, "--to", "sdmx-csv-2.0", "--dataflow", "THB",
                                                "-o", self.folder / "o", expect=USAGE))
        table = self.write("table.csv", "geo,value\nAT,1\n")
        self.assertIn("--dataflow", self.convert(table, "--to", "sdmx-csv-2.0", "-o",
                                                 self.folder / "o", expect=REFUSED))

    def test_a_mapping_makes_the_hubs_components_of_it(self):
        mapping = self.write("m.toml", 'dataflow = "RAPPORTEUR:THB(1.0)"\n[columns]\nland = '
                             '"REF_AREA"\njahr = "TIME_PERIOD"\n[constants]\nINDICATOR = '
                             '"VIC_IDENT"\n[[measures]]\ncolumn = "zahl"\n')
        path = self.write("in.csv", "land,jahr,zahl\nAT,2006,3\nBE,2006,\n")
        out = self.folder / "out.csv"
        said = self.convert(path, "--to", "sdmx-csv-2.0", "--mapping", mapping, "-o", out)
        self.assertEqual(said["rows"], 2)
        header, rows = rows_of(out)
        figures = [dict(zip(header, row)) for row in rows]
        self.assertEqual([(f["REF_AREA"], f["OBS_VALUE"], f["OBS_STATUS"]) for f in figures],
                         [("AT", "3", "A"), ("BE", "", "O")])


if __name__ == "__main__":
    e2e.main()
