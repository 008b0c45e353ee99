"""The log in the hands of others: Go's own implementation of notes and tiles, and a verifier of 150
lines of Python that was written from store/FORMAT.md. Both verify what the hub gave out, and both
find what was changed in it."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub

VERIFIER = e2e.ROOT / "tests/verifier.py"
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-nacl is for
GO = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
FIGURE = "dataflow,RAPPORTEUR:THB(1.0),I,A,AT,_Z,VIC_IDENT,_T,_T,_T,_T,_Z,PER,2024,162,A\n"


def run(*words, env=None):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                          timeout=120, env={**os.environ, **(env or {})})


class Independent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        made = run(os.environ["RAPPORTEUR_MAKE_EXPORT"], cls.folder)
        assert made.returncode == 0, made.stderr
        cls.vkey = (cls.folder / "vkey").read_text(encoding="ascii")
        cls.exported = cls.folder / "exported"
        cls.go_program = cls.folder / "check_tiles"
        built = run("go", "build", "-o", cls.go_program, e2e.ROOT / "tests/go/check_tiles.go",
                    env={**GO, "GOCACHE": str(cls.folder / "gocache")})
        assert built.returncode == 0, built.stderr

    def go(self, folder, *more):
        return run(self.go_program, folder, self.vkey, *more)

    def python(self, folder):
        return run(PYTHON, VERIFIER, folder, self.vkey)

    def verified(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("verified: ", done.stdout)

    def found(self, done, what=""):
        self.assertEqual(done.returncode, 1, (what, done.stdout))
        self.assertIn("NOT VERIFIED", done.stderr, what)

    def damaged(self, pattern):
        """The export with one byte changed, once in each file that matches."""
        copied = self.folder / "copied"
        for file in sorted(self.exported.glob(pattern)):
            # Of a partial tile the widest counts: the others are of earlier checkpoints.
            narrower = file.parent.suffix == ".p" and int(file.name) < max(
                int(other.name) for other in file.parent.iterdir())
            if file.is_dir() or narrower:
                continue
            shutil.rmtree(copied, ignore_errors=True)
            shutil.copytree(self.exported, copied)
            changed = copied / file.relative_to(self.exported)
            data = bytearray(changed.read_bytes())
            data[len(data) * 2 // 3] ^= 1
            changed.write_bytes(data)
            yield file, copied

    def test_go_opens_checkpoints_and_recomputes_the_tree(self):
        done = self.go(self.exported)
        self.verified(done)
        self.assertGreater(int(done.stdout.split()[1]), 512)

    def test_go_checks_our_proofs(self):
        done = self.go(self.exported, self.folder / "proofs")
        self.verified(done)
        self.assertIn(" 200 proofs", done.stdout)
        lines = (self.folder / "proofs").read_text(encoding="ascii").splitlines()
        long = [line for line in lines if line.count(",") > 3]
        self.assertGreater(len(long), 50)
        for line in (long[0], long[-1]):
            words = line.split(" ")
            hashes = words[3].split(",")
            words[3] = ",".join([hashes[1], hashes[0], *hashes[2:]])
            wrong = self.folder / "wrong-proof"
            wrong.write_text(" ".join(words) + "\n", encoding="ascii")
            self.found(self.go(self.exported, wrong), line)

    def test_go_finds_a_flipped_tile(self):
        tried = 0
        for pattern in ("tile/0/**/*", "tile/1/**/*", "tile/entries/**/*", "checkpoint"):
            for file, folder in self.damaged(pattern):
                tried += 1
                self.found(self.go(folder), file)
        self.assertGreater(tried, 6)

    def test_the_small_verifier_is_small_and_knows_nothing_of_us(self):
        text = VERIFIER.read_text(encoding="utf-8")
        self.assertLessEqual(text.count("\n"), 150)
        imported = {line.split()[1].strip(",") for line in text.splitlines()
                    if line.startswith(("import ", "from "))}
        self.assertEqual(imported, {"base64", "nacl.exceptions"})

    def test_the_small_verifier_verifies_an_export(self):
        self.verified(self.python(self.exported))

    def test_the_small_verifier_finds_what_was_changed(self):
        tried = 0
        for pattern in ("records/**/*", "bodies/**/*", "checkpoints/**/*", "tile/entries/**/*",
                        "checkpoint", "export"):
            for file, folder in self.damaged(pattern):
                tried += 1
                self.found(self.python(folder), file)
        self.assertGreater(tried, 12)

    def test_the_small_verifier_finds_entries_that_were_dropped_or_swapped(self):
        copied = self.folder / "swapped"
        shutil.copytree(self.exported, copied)
        records = copied / "records/000"
        whole = records.read_bytes()
        parts, at = [], 0
        while at < len(whole):
            end = at + 4 + int.from_bytes(whole[at:at + 4], "big")
            parts.append(whole[at:end])
            at = end
        self.assertEqual(len(parts), 256)
        for changed in (parts[:20] + [parts[21], parts[20]] + parts[22:], parts[:-1]):
            records.write_bytes(b"".join(changed))
            self.found(self.python(copied))
        records.write_bytes(whole)
        self.verified(self.python(copied))

    def test_what_a_hub_that_runs_gives_out(self):
        with LocalHub() as hub:
            hub.enrol("at", submits=[("*", "AT")])
            path = hub.party_folder("at") / "a.csv"
            path.write_text(HEADER + FIGURE, encoding="utf-8")
            hub.adapter("at", "push", path)
            out = hub.folder / "out"
            done = run(PROGRAMS / "rapporteur", "audit", "export", "--records", "--bodies", "--out",
                       out, hub.home / "data")
            self.assertEqual(done.returncode, 0, done.stderr)
            public = (hub.home / "hub-public.toml").read_text(encoding="utf-8")
            self.vkey = next(line.split('"')[1] for line in public.splitlines()
                             if line.startswith("log_verifier_key"))
            self.verified(self.go(out))
            self.verified(self.python(out))


if __name__ == "__main__":
    e2e.main()
