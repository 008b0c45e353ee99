"""The README's five minutes, typed as they stand there."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import e2e
from local_hub import PROGRAMS, free_port


def typed():
    """What follows the build in the README's five minutes."""
    text = (e2e.ROOT / "README.md").read_text(encoding="utf-8")
    chapter = text[text.index("## Five minutes"):text.index("## Where to read on")]
    return re.findall(r"^```\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)[-1]


class Readme(unittest.TestCase):
    def test_five_minutes(self):
        script = typed()
        init = "rapporteur init hub --hub hub.example/thb "
        self.assertIn(init, script)
        # Two ports of its own; all else as it stands.
        script = script.replace(init, f"{init} --endpoint tcp://127.0.0.1:{free_port()} "
                                      f"--monitor 127.0.0.1:{free_port()} ")
        path = f"{PROGRAMS}:{os.environ['PATH']}"
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True,
                                  text=True, timeout=60, check=False,
                                  env={**os.environ, "PATH": path})
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            received = (pathlib.Path(folder) / "received.csv").read_text(encoding="utf-8")
        self.assertIn(",2024,162,", received)
        self.assertRegex(done.stdout, r"ACCEPTED +NEW by at of VIC_IDENT for AT")
        self.assertRegex(done.stdout, r"tlog-proof: verified: entry \d+")
        self.assertRegex(done.stdout, r"hub\.example/thb/log1 verified: \d+ entries")


if __name__ == "__main__":
    e2e.main()
