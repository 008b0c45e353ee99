"""The verifier as others link it: installed, found by the project that store/verify/README.md shows,
and free of database, network and threads."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import e2e
from local_hub import LocalHub
from note_keys import LOG, log_key

BUILD = pathlib.Path(os.environ["RAPPORTEUR_BUILD"])
COMPILER = os.environ["RAPPORTEUR_CXX"]
FLAGS = os.environ.get("RAPPORTEUR_CXX_FLAGS", "")
# What a program that checks a receipt needs at run time, and sanitizers if the build has them.
LIBRARIES = r"lib(protobuf|crypto|sodium|stdc\+\+|m|gcc_s|c|z|pthread|[atu]bsan|[at]san)\.so[.\d]*|ld-linux.*"
# What a verifier has no business with.
CALLS = r"rocksdb|zmq|sqlite3_|pthread_create|std::thread|\b(socket|connect|bind|listen|accept4?)$"


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, timeout=300, **options)


def shown(language):
    """The README's block in that language."""
    text = (e2e.ROOT / "store/verify/README.md").read_text(encoding="utf-8")
    return re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)


class VerifyPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.prefix, project = cls.folder / "prefix", cls.folder / "project"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(shown("cmake"), encoding="utf-8")
        (project / "check_receipt.cc").write_text(shown("cpp"), encoding="utf-8")
        for words in (("cmake", "--install", BUILD, "--component", "verify", "--prefix", cls.prefix),
                      ("cmake", "-G", "Ninja", "-S", project, "-B", cls.folder / "build",
                       f"-DCMAKE_PREFIX_PATH={cls.prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}",
                       f"-DCMAKE_CXX_FLAGS={FLAGS}"),
                      ("cmake", "--build", cls.folder / "build")):
            done = run(*words)
            if done.returncode != 0:
                raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
        cls.program = cls.folder / "build/check_receipt"
        with LocalHub() as hub:
            cls.receipt = cls.folder / "receipt.tlog-proof"
            hub.operator("proof", "get", "0", "--out", cls.receipt)
            origin = cls.receipt.read_text(encoding="utf-8").split("\n\n")[1].split("\n")[0]
            cls.key = log_key(hub).vkey(origin, LOG)

    def test_a_receipt_is_verified(self):
        done = run(self.program, self.key, self.receipt)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\Aentry 0 of \S+\n\Z")

    def test_a_flipped_receipt_is_not(self):
        whole = self.receipt.read_bytes()
        flipped = self.folder / "flipped"
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            flipped.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            done = run(self.program, self.key, flipped)
            self.assertEqual((done.returncode, done.stdout), (1, ""), f"byte {at}: {done.stderr}")
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_it_is_linked_with_what_it_needs_and_no_more(self):
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", self.program).stdout)
        self.assertIn("libsodium", " ".join(needed))
        self.assertEqual([one for one in needed if not re.fullmatch(LIBRARIES, one)], [])

    def test_no_installed_library_calls_for_threads_network_or_database(self):
        archives = sorted(self.prefix.rglob("*.a"))
        self.assertGreater(len(archives), 5)
        for archive in archives:
            symbols = run("nm", "-C", "--undefined-only", archive).stdout.splitlines()
            self.assertGreater(len(symbols), 3, archive)
            self.assertEqual([one for one in symbols if re.search(CALLS, one)], [], archive)


if __name__ == "__main__":
    e2e.main()
