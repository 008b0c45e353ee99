"""What end-to-end scenarios share: where the programs are, and how a scenario is run."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "ops"))


def main():
    """Runs the scenarios of the calling file; exit code 0 only if there were some and all held."""
    program = unittest.main(exit=False, verbosity=2)
    ran = program.result.testsRun - len(program.result.skipped)
    sys.exit(0 if program.result.wasSuccessful() and ran > 0 else 1)
