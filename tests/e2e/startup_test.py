"""A broker that cannot start says why in one line, with a remedy and an exit code of its own."""

import json
import os
import re
import subprocess
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub, run

USAGE, CONFIGURATION, IN_USE, STORAGE = 2, 3, 5, 6


class Startup(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.hub.stop_broker()
        self.config = self.hub.home / "hub.toml"

    def refused(self, code, *mentions):
        done = run(PROGRAMS / "rapporteur-broker", "--config", self.config, expect=code)
        # What goes wrong once it logs is a line of its log, which is JSON here.
        said = done.stderr.splitlines()
        lines = [line for line in said if line.startswith("rapporteur-broker:")]
        lines += [one["message"] for one in map(json.loads, [line for line in said if line[0] == "{"])
                  if one["level"] == "critical"]
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
                       expect=IN_USE)
            self.assertIn("another process", done.stderr)

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

    def refused_with_and_without_check(self, code, *mentions):
        for words in ([], ["--check"]):
            done = run(PROGRAMS / "rapporteur-broker", "--config", self.config, *words, expect=code)
            for mention in mentions:
                self.assertIn(str(mention), done.stderr)

    def test_what_cannot_start_is_found_by_the_check(self):
        whole = self.config.read_text()
        policy = self.hub.home / "policy"
        policy.write_text("quorum W\n")
        for pattern, replacement, mentions in (
                (r'(?m)^origin = "', 'origin = "https://', ["hub.toml:", "hub.origin has a scheme"]),
                (r'endpoint = "tcp://[^"]*"', 'endpoint = "tcp://127.0.0.1:77777"',
                 ["hub.toml:", "tcp://HOST:PORT"]),
                (r'endpoint = "tcp://[^"]*"', f'endpoint = "tcp://{self.hub.monitor}"',
                 ["hub.toml:", "the port of listen.endpoint"]),
                (r"\Z", f'[witnesses]\npolicy = "{policy}"\n', [f"{policy}:1: ", "'W'"]),
                (r"\Z", '[witnesses]\npolicy = "nowhere"\n', [self.hub.home / "nowhere"])):
            self.edit(pattern, replacement)
            self.refused_with_and_without_check(CONFIGURATION, *mentions)
            self.config.write_text(whole)
        (self.hub.home / "data").rename(self.hub.folder / "elsewhere")
        self.refused_with_and_without_check(STORAGE, self.hub.home / "data", "no log")

    def test_a_configuration_that_cannot_be_read_is_a_fault_of_the_command_line(self):
        self.config = self.hub.home / "none.toml"
        self.refused_with_and_without_check(USAGE, self.config, "rapporteur init")

    def test_places_of_the_body_keys_that_will_not_do_are_found_by_the_check(self):
        whole = self.config.read_text()
        for name in ("bodies", "bodies_copy"):
            folder = self.hub.folder / "unmounted"
            self.edit(r"\[keys\]\n", f'[keys]\n{name} = "{folder}/keys"\n')
            self.refused_with_and_without_check(CONFIGURATION, folder, "make it")
            self.config.write_text(whole)
        keys = self.hub.home / "data.keys"
        keys.rename(self.hub.folder / "elsewhere")
        self.refused_with_and_without_check(CONFIGURATION, keys, "put the file")

    def test_stop_is_clean_and_the_log_verifies(self):
        self.hub.start_broker()
        self.hub.stop_broker()
        self.assertIn("verified", self.hub.verify_log().stdout)


if __name__ == "__main__":
    e2e.main()
