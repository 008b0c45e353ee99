"""What validate says of a file, the hub says, too: files of every rule, the figures of 2008 and all
tables among the real data that a mapping of the project binds."""

import json
import os
import pathlib
import unittest

import e2e
from local_hub import DATAFLOW, LocalHub

FIXTURES = e2e.ROOT / "tests/fixtures"
EXAMPLES = e2e.ROOT / "adapters/sources/examples"
REAL_DATA = pathlib.Path(os.environ.get("RAPPORTEUR_REAL_DATA", e2e.ROOT / "../shared/data"))
# What depends on when a message comes, or on what others may do.
OF_THE_MOMENT = {"RIGHTS", "SEQUENCE", "DUPLICATE", "STALE_LEDGER", "CONFLICT", "OVERLOADED",
                 "REVOKED"}


def plain(path):
    """A file of a rule that needs nothing around it: no policy, no figures published before."""
    return not any(line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines())


class Agreement(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.number = 0

    def party(self):
        """Keys are a sender's own: each file has one."""
        self.number += 1
        name = f"party-{self.number}"
        self.hub.enrol(name, submits=[("*", "*")], receives=False)
        self.hub.adapter(name, "sync")
        return name

    def json(self, party, *words):
        done = self.hub.adapter(party, "--json", *words, expect=None)
        return json.loads(done.stdout) if done.stdout else None

    def agree(self, path, *options):
        """(told errors, refused); both say the same, or the file cannot be read."""
        party = self.party()
        told = self.json(party, "validate", path, *options)["files"][0]
        if not told.get("readable"):
            return None
        told_errors = {(one["code"], one["line"]) for one in told["findings"]
                       if one["severity"] == "error"}
        pushed = self.json(party, "push", path, "--as-is", *options)
        hub_errors = {(one["code"], one["line"]) for item in pushed["items"]
                      for one in item["findings"]
                      if one["severity"] == "error" and one["code"] not in OF_THE_MOMENT}
        self.assertLessEqual(hub_errors, told_errors, path)
        states = {item["state"] for item in pushed["items"]}
        if not told_errors:
            self.assertEqual(states, {"receipted"}, path)
        return told_errors, "refused" in states

    def test_files_of_every_rule(self):
        mapping = self.hub.folder / "by-name.toml"
        mapping.write_text(f'dataflow = "{DATAFLOW}"\nby_name = true\n')
        passed = refused = 0
        for path in sorted((FIXTURES / "rules").glob("*/*.csv")):
            if not plain(path):
                continue
            with self.subTest(path.parent.name + "/" + path.name):
                found = self.agree(path, "--mapping", mapping)
                passed += found is not None and not found[0]
                refused += found is not None and found[1]
        self.assertGreater(passed, 10)
        self.assertGreater(refused, 10)

    def test_the_figures_of_2008_and_real_tables(self):
        mapping = EXAMPLES / "com-2008-657.toml"
        files = [FIXTURES / "com-2008-657.csv"]
        if REAL_DATA.is_dir():
            files += sorted(REAL_DATA.glob("com-*-figures.csv"))
        for path in files:
            with self.subTest(path.name):
                self.assertEqual(self.agree(path, "--mapping", mapping), (set(), False))


if __name__ == "__main__":
    e2e.main()
