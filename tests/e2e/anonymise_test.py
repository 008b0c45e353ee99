"""anonymise, as an agency types it: the example of the guide, and what it says of bad input."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import e2e
from local_hub import PROGRAMS

EXAMPLES = e2e.ROOT / "adapters" / "anonymise" / "examples"
SPEC, REGISTER = EXAMPLES / "register.toml", EXAMPLES / "register.csv"
REFUSED, USAGE, CONFIGURATION, STORAGE = 1, 2, 3, 6


class Anonymise(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def adapter(self, *words):
        return subprocess.run([str(word) for word in (PROGRAMS / "rapporteur-adapter", *words)],
                              cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=120)

    def refused(self, code, words, *mentions):
        """One line with a remedy; nothing is written."""
        before = sorted(os.listdir(self.folder))
        done = self.adapter("anonymise", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        last = done.stderr.splitlines()[-1]
        self.assertRegex(last, r"\Arapporteur-adapter: .+ \([^\n]+\)\Z")
        for mention in mentions:
            self.assertIn(mention, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        return done

    def test_the_example_validates_and_its_certificate_is_of_it(self):
        done = self.adapter("anonymise", "--spec", SPEC, REGISTER, "-o", "out.csv", "--certificate",
                            "c.json", "--report-html", "r.html", "--report-json", "r.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        checked = self.adapter("validate", "out.csv")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        table = (self.folder / "out.csv").read_bytes()
        certificate = json.loads((self.folder / "c.json").read_text())
        self.assertEqual(certificate["published_sha256"], hashlib.sha256(table).hexdigest())
        self.assertGreaterEqual(certificate["narrowest_interval"],
                                certificate["parameters"]["interval_width"])
        self.assertGreater(certificate["counts"]["hidden"], 0)
        self.assertIn("said here alone", done.stdout)
        for written in ("c.json", "r.html", "r.json"):
            self.assertNotIn("primary", (self.folder / written).read_text())
        page = (self.folder / "r.html").read_text()
        self.assertFalse(re.search(r"https?:|src=|<script", page))
        self.assertEqual({one["coarser"] for one in json.loads(
            (self.folder / "r.json").read_text())["alternatives"]}, {"AGE"})

    def test_twice_is_the_same(self):
        for name in ("one", "two"):
            done = self.adapter("anonymise", "--spec", SPEC, REGISTER, "-o", f"{name}.csv",
                                "--certificate", f"{name}.json", "--no-alternatives")
            self.assertEqual(done.returncode, 0, done.stderr)
        for kind in ("csv", "json"):
            self.assertEqual((self.folder / f"one.{kind}").read_bytes(),
                             (self.folder / f"two.{kind}").read_bytes())

    def test_french(self):
        done = self.adapter("anonymise", "--spec", SPEC, REGISTER, "-o", "out.csv",
                            "--report-html", "r.html", "--language", "fr")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("masquées", done.stdout)
        self.assertIn('<html lang="fr">', (self.folder / "r.html").read_text())

    def test_rows_that_cannot_be_mapped(self):
        register = REGISTER.read_text() + "9999;01.02.2024;sexual;Maria Musterfrau;30\n"
        (self.folder / "in.csv").write_text(register)
        words = ("--spec", SPEC, "in.csv", "-o", "out.csv")
        done = self.refused(REFUSED, words, "1 row cannot be mapped; nothing is written",
                            f"in.csv:{register.count(chr(10))}: sex:", "--skip-refused-rows")
        self.assertNotIn("Maria", done.stderr)
        done = self.adapter("anonymise", *words, "--skip-refused-rows")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_bad_input(self):
        (self.folder / "empty.csv").write_text("")
        (self.folder / "bad.toml").write_text("zeroes = 1\n")
        (self.folder / "other.csv").write_text("a;b\n1;2\n")
        out = ("-o", "out.csv")
        self.refused(USAGE, (REGISTER, *out), "--spec")
        self.refused(USAGE, ("--spec", SPEC, "none.csv", *out), "none.csv")
        self.refused(USAGE, ("--spec", "none.toml", REGISTER, *out), "none.toml")
        self.refused(USAGE, ("--spec", SPEC, REGISTER, "-o", REGISTER), "named twice")
        self.refused(USAGE, ("--spec", SPEC, REGISTER, *out, "--certificate", "out.csv"),
                     "named twice")
        self.refused(USAGE, ("--spec", SPEC, REGISTER, *out, "--language", "de"), "language")
        self.refused(CONFIGURATION, ("--spec", "bad.toml", REGISTER, *out), "bad.toml:1",
                     "did you mean zeros")
        self.refused(REFUSED, ("--spec", SPEC, "empty.csv", *out), "empty")
        self.refused(REFUSED, ("--spec", SPEC, "other.csv", *out), "other.csv:1")


if __name__ == "__main__":
    e2e.main()
