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
        looked_at = self.adapter("validate", "--disclosure", "out.csv")
        self.assertEqual(looked_at.returncode, 0, looked_at.stdout + looked_at.stderr)
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

    def examples(self):
        """A copy: the key is made beside the spec."""
        for name in ("cell-key.toml", "round.toml", "optimal.toml"):
            (self.folder / name).write_text((EXAMPLES / name).read_text())

    def test_the_other_methods_give_what_a_hub_takes(self):
        self.examples()
        pages = {}
        for name, flags in (("cell-key", ["--make-key"]), ("round", []), ("optimal", [])):
            done = self.adapter("anonymise", "--spec", f"{name}.toml", REGISTER, "-o",
                                f"{name}.csv", "--report-html", f"{name}.html", *flags)
            self.assertEqual(done.returncode, 0, done.stderr)
            for words in (("validate",), ("validate", "--disclosure")):
                checked = self.adapter(*words, f"{name}.csv")
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
            pages[name] = (self.folder / f"{name}.html").read_text()
        self.assertIn("p-table", pages["cell-key"])
        self.assertIn("every sum holds", pages["round"])
        self.assertIn("(weight)</dt><dd>information", pages["optimal"])
        self.assertEqual((self.folder / "cell.key").stat().st_mode & 0o777, 0o600)
        key = (self.folder / "cell.key").read_text().splitlines()[1]
        for name in ("cell-key.csv", "cell-key.html"):
            self.assertNotIn(key, (self.folder / name).read_text())

    def test_a_key_is_made_once_and_needed(self):
        self.examples()
        words = ("--spec", "cell-key.toml", REGISTER, "-o", "out.csv")
        self.refused(CONFIGURATION, words, "cell.key", "--make-key")
        self.assertEqual(self.adapter("anonymise", *words, "--make-key").returncode, 0)
        first = (self.folder / "out.csv").read_bytes()
        self.refused(CONFIGURATION, (*words, "--make-key"), "cell.key", "never overwritten")
        self.assertEqual(self.adapter("anonymise", *words).returncode, 0)
        self.assertEqual((self.folder / "out.csv").read_bytes(), first)

    def test_what_a_method_has_no_use_for(self):
        self.examples()
        self.refused(USAGE, ("--spec", "round.toml", REGISTER, "-o", "out.csv", "--certificate",
                             "c.json"), "hides nothing")
        self.refused(USAGE, ("--spec", "round.toml", REGISTER, "-o", "out.csv", "--make-key"),
                     "cell-key")
        (self.folder / "five.toml").write_text(
            (EXAMPLES / "round.toml").read_text().replace("base = 10", "base = 5"))
        done = self.adapter("anonymise", "--spec", "five.toml", REGISTER, "-o", "out.csv")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"five\.toml: base = 5, not 10: looser .* the hub refuses")

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

    def test_the_report_is_for_people(self):
        pages = {}
        for language in ("en", "fr"):
            done = self.adapter("anonymise", "--spec", SPEC, REGISTER, "-o", "out.csv",
                                "--report-html", "r.html", "--language", language)
            self.assertEqual(done.returncode, 0, done.stderr)
            pages[language] = (self.folder / "r.html").read_text()
            self.assertFalse(re.search(r"Y_LT18|Y18T29|EXPL_FORM", pages[language]))
        self.assertRegex(pages["en"], r"under 18</th><th[^>]*>18 to 29</th>"
                                      r"<th[^>]*>30 and over</th><th[^>]*>total</th>")
        self.assertRegex(pages["fr"], r"moins de 18 ans</th><th[^>]*>18 à 29 ans</th>"
                                      r"<th[^>]*>30 ans et plus</th>")
        self.assertRegex(pages["en"], r"shown \(k\)</dt><dd>10</dd>")
        self.assertIn("form of exploitation</th><td>", pages["en"])
        self.assertIn("forme d’exploitation</th><td>", pages["fr"])

    def changed_spec(self, old, new):
        text = SPEC.read_text()
        self.assertIn(old, text)
        (self.folder / "s.toml").write_text(text.replace(old, new, 1))
        return ("--spec", "s.toml", REGISTER, "-o", "out.csv", "--no-alternatives")

    def test_a_spec_that_is_looser_than_the_policy_is_warned_of(self):
        self.assertEqual(self.adapter("anonymise", *self.changed_spec("k = 10", "k = 10")).stderr,
                         "")
        done = self.adapter("anonymise", *self.changed_spec("k = 10", "k = 5"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"s\.toml: k = 5, not 10: looser .* the hub refuses")
        self.assertEqual(self.adapter("validate", "out.csv").returncode, 1)

    def test_of_nothing_no_share_is_said(self):
        done = self.adapter("anonymise", *self.changed_spec("k = 10", "k = 1000"))
        self.assertIn("by EXPL_FORM: 0 cells, 0 hidden: – published", done.stdout)

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
        named = '[[keep]]\nSEX = "F"\n'
        self.refused(CONFIGURATION,
                     self.changed_spec("[[dimensions]]", named + '[[hide]]\nSEX = "F"\n'
                                       "[[dimensions]]"), "s.toml:", "kept, too: SEX=F")
        self.refused(REFUSED, self.changed_spec("[[dimensions]]", '[[keep]]\nSEX = "_O"\n'
                                                "[[dimensions]]"), "none of the table: SEX=_O")

    def test_a_table_of_counts_out_of_bounds(self):
        spec = self.changed_spec('input = "cases"', 'input = "table"')[:2]
        for count in ("99999999999999999999", "-4", "3.5", "", "<5"):
            (self.folder / "in.csv").write_text(
                "identified_on;form;sex;age;count\n01.01.2024;sexual;f;Y_LT18;" + count + "\n")
            self.refused(REFUSED, (*spec, "in.csv", "-o", "out.csv"), "in.csv:2: count:",
                         "a whole number from 0 to 1000000000")


if __name__ == "__main__":
    e2e.main()
