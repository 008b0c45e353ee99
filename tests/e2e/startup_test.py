"""A broker that cannot start says why in one line, with a remedy and an exit code of its own."""

import os
import re
import subprocess
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub, run

CONFIGURATION, STORAGE = 3, 6


class Startup(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.stop_broker()
        self.config = self.hub.home / "hub.toml"

    def refused(self, code, *mentions):
        done = run(PROGRAMS / "rapporteur-broker", "--config", self.config, expect=code)
        lines = [line for line in done.stderr.splitlines() if line.startswith("rapporteur-broker:")]
        self.assertEqual(len(lines), 1, done.stderr)
        for mention in mentions:
            self.assertRegex(lines[0], mention)

    def edit(self, pattern, replacement):
        text = self.config.read_text()
        changed = re.sub(pattern, replacement, text, count=1)
        self.assertNotEqual(text, changed)
        self.config.write_text(changed)

    def test_unknown_key_names_line_and_nearest_key(self):
        self.edit(r"endpoint = ", "endpiont = ")
        self.refused(CONFIGURATION, r"hub\.toml:\d+", "endpiont", "endpoint")

    def test_key_file_open_to_others_is_refused(self):
        os.chmod(self.hub.home / "keys/log.key", 0o644)
        self.refused(CONFIGURATION, r"log\.key", "chmod 600")

    def test_missing_key_file_is_named(self):
        os.remove(self.hub.home / "keys/curve.key")
        self.refused(CONFIGURATION, r"curve\.key")

    def test_port_in_use_is_named(self):
        with LocalHub() as other:
            self.edit(r'endpoint = "tcp://[^"]*"', f'endpoint = "{other.endpoint}"')
            self.refused(CONFIGURATION, re.escape(other.endpoint))

    def test_second_broker_on_a_folder_is_refused(self):
        self.hub.start_broker()
        with LocalHub() as other:
            other.stop_broker()
            data = self.hub.home / "data"
            text = (other.home / "hub.toml").read_text()
            (other.home / "hub.toml").write_text(
                re.sub(r'folder = "[^"]*"', f'folder = "{data}"', text))
            for key in ("curve.key", "log.key"):
                (other.home / "keys" / key).write_bytes((self.hub.home / "keys" / key).read_bytes())
            done = run(PROGRAMS / "rapporteur-broker", "--config", other.home / "hub.toml",
                       expect=STORAGE)
            self.assertRegex(done.stderr, "open|lock")

    def test_corrupt_log_is_not_served(self):
        manifest = next((self.hub.home / "data").rglob("MANIFEST-*"))
        content = bytearray(manifest.read_bytes())
        content[len(content) // 2] ^= 0xFF
        manifest.write_bytes(content)
        self.refused(STORAGE, "data")

    def spoil(self, pattern, where):
        """Turns bytes over in the largest such file; `where` says at which place of so many bytes."""
        file = max((self.hub.home / "data/db").glob(pattern), key=lambda path: path.stat().st_size)
        content = bytearray(file.read_bytes())
        at = where(len(content))
        content[at:at + 16] = bytes(byte ^ 0xFF for byte in content[at:at + 16])
        file.write_bytes(content)
        return file

    def test_corrupt_table_file_is_named(self):
        file = self.spoil("*.sst", lambda size: size - 8)
        self.refused(STORAGE, "data", re.escape(file.name), "backup")

    def test_corrupt_write_ahead_log_is_not_served(self):
        self.hub.start_broker()
        for party in ("at", "be"):
            self.hub.enrol(party)
        self.hub.kill_broker()
        self.spoil("*.log", lambda size: size // 2)
        self.refused(STORAGE, "data", "backup|entries that were acknowledged are missing")

    def test_log_of_another_key_is_refused(self):
        with LocalHub() as other:
            key = other.home / "keys/log.key"
            (self.hub.home / "keys/log.key").write_bytes(key.read_bytes())
            self.refused(CONFIGURATION, "key")

    def test_check_reports_without_starting(self):
        run(PROGRAMS / "rapporteur-broker", "--config", self.config, "--check")
        self.edit(r"endpoint = ", "endpiont = ")
        done = run(PROGRAMS / "rapporteur-broker", "--config", self.config, "--check",
                   expect=CONFIGURATION)
        self.assertIn("endpiont", done.stderr)

    def test_places_of_the_body_keys_that_will_not_do_are_found_by_the_check(self):
        def refused(*mentions):
            for words in ([], ["--check"]):
                done = run(PROGRAMS / "rapporteur-broker", "--config", self.config, *words,
                           expect=CONFIGURATION)
                for mention in mentions:
                    self.assertIn(str(mention), done.stderr)

        whole = self.config.read_text()
        for name in ("bodies", "bodies_copy"):
            folder = self.hub.folder / "unmounted"
            self.edit(r"\[keys\]\n", f'[keys]\n{name} = "{folder}/keys"\n')
            refused(folder, "make it")
            self.config.write_text(whole)
        keys = self.hub.home / "data.keys"
        keys.rename(self.hub.folder / "elsewhere")
        refused(keys, "put the file")

    def test_stop_is_clean_and_the_log_verifies(self):
        self.hub.start_broker()
        self.hub.stop_broker()
        self.assertIn("verified", self.hub.verify_log().stdout)


if __name__ == "__main__":
    e2e.main()
