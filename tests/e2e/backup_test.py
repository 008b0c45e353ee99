"""A hub is backed up while it runs, lost, and restored: nothing that was receipted is missing, nobody
receives anything twice, and both logs and the tie between them verify."""

import csv
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import unittest

import e2e
from local_hub import PROGRAMS, Failed, LocalHub, run

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
FIGURE = "dataflow,RAPPORTEUR:THB(1.0),I,A,{},_Z,VIC_IDENT,_T,_T,_T,_T,_Z,PER,{},{},A\n"
SENDERS = {"at": "AT", "no": "NO"}


class Scenario(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        for name, area in SENDERS.items():
            self.hub.enrol(name, submits=[("*", area)], receives=False)
        self.hub.enrol("observer", "observer")
        self.backups = self.hub.folder / "backups"
        self.public = self.hub.home / "hub-public.toml"
        self.receive()

    def push(self, name, year, value=None, expect=0):
        path = self.hub.party_folder(name) / f"{year}.csv"
        path.write_text(HEADER + FIGURE.format(SENDERS[name], year, value or year), encoding="utf-8")
        done = self.hub.adapter(name, "--json", "push", path, "--as-is", expect=expect)
        return json.loads(done.stdout)["items"][0]["message_id"] if expect in (0, 1) else None

    def receive(self):
        """How many deliveries were new."""
        done = self.hub.adapter("observer", "--json", "receive", "--to",
                                self.hub.party_folder("observer") / "received.csv")
        return json.loads(done.stdout)["deliveries"]

    def figures(self):
        """Sender, period and value of each row that the observer's file has."""
        with open(self.hub.party_folder("observer") / "received.csv", encoding="utf-8") as file:
            return sorted((row["SENDER"], int(row["TIME_PERIOD"]), int(row["OBS_VALUE"]))
                          for row in csv.DictReader(file))

    def receipted(self, name):
        done = self.hub.adapter(name, "--json", "outbox", "list", "--state", "receipted")
        return {item["message_id"]: item["index"] for item in json.loads(done.stdout)["items"]
                if item["kind"] != "skip"}

    def backup(self, *options, expect=0):
        done = self.hub.operator("--json", "backup", "create", "--out", self.backups, *options,
                                 expect=expect)
        return json.loads(done.stdout) if expect == 0 else done

    def rapporteur(self, *words, expect=0):
        return run(PROGRAMS / "rapporteur", *words, expect=expect)

    def audit(self, folder, public, *options, expect=0):
        done = self.rapporteur("--json", "audit", "verify", folder, "--public", public, *options,
                               expect=expect)
        return json.loads(done.stdout) if expect == 0 else done

    def lose_and_restore(self, backup, origin, public=None):
        """The hub's disk is gone; what is left are the backup and the public file of its log. In its
        place comes what was restored. The public file."""
        self.hub.kill_broker()
        kept = self.hub.folder / (backup.replace("/", "_") + ".toml")
        if public is None:
            shutil.copy(self.public, kept)
        operator = self.hub.folder / "operator"
        if not operator.exists():
            shutil.copytree(self.hub.home / "operator", operator)
        key = self.hub.folder / "curve.key"
        shutil.copy(self.hub.home / "keys/curve.key", key)
        # As keys.bodies_copy keeps it, on another disk.
        body_keys = self.hub.folder / "body-keys"
        if public is None:
            shutil.copy(self.hub.home / "data.keys", body_keys)
        shutil.rmtree(self.hub.home)
        self.rapporteur("restore", "--from", backup, "--to", self.hub.home, "--origin", origin,
                        "--endpoint", self.hub.endpoint, "--monitor", self.hub.monitor, "--curve-key",
                        key, "--body-keys", body_keys, "--public", public or kept)
        shutil.copytree(operator, self.hub.home / "operator")
        run(PROGRAMS / "rapporteur-adapter", "--folder", self.hub.home / "operator", "enrol",
            self.public, expect=4)
        self.hub.start_broker()
        return public or kept

    def enrol_again(self, *names):
        for name in names:
            self.hub.adapter(name, "enrol", self.public)


class Drill(Scenario):
    def test_nothing_receipted_is_missing_after_a_hub_is_lost(self):
        for year in (2001, 2002):
            self.push("at", year)
            self.push("no", year)
        self.assertEqual(self.receive(), 4)
        made = self.backup()
        self.assertEqual(made["backed_up_to"], made["size"])
        # After the backup: submissions, one that is refused, and one of them not yet received.
        for year in (2003, 2004, 2005):
            self.push("at", year)
        self.push("no", 2003)
        self.push("at", 2005, value=17, expect=1)
        self.push("at", 2006)
        self.assertEqual(self.receive(), 5)
        self.push("no", 2004)
        before = {name: self.receipted(name) for name in SENDERS}
        self.assertEqual({name: len(ids) for name, ids in before.items()}, {"at": 6, "no": 4})

        old_public = self.lose_and_restore(made["backup"], "hub.example/thb/log2")
        # Nobody talks to a log that nobody told them of.
        refused = self.hub.adapter("at", "receive", "--to", "-", "--wait", "1", expect=1)
        self.assertIn("another key than the pinned one", refused.stderr)
        said = self.hub.adapter("at", "enrol", self.public).stderr
        self.assertIn("goes on in a new log", said)
        self.enrol_again("no", "observer")
        for name in SENDERS:
            self.hub.adapter(name, "push")

        # 0 receipted submissions are missing: each is receipted by the new log, and is in it.
        after = {name: self.receipted(name) for name in SENDERS}
        self.assertEqual({name: set(ids) for name, ids in after.items()},
                         {name: set(ids) for name, ids in before.items()})
        table = self.rapporteur("audit", "verify", self.hub.home / "data", "--public", self.public)
        self.assertIn("10 accepted", table.stdout)
        # What was carried is where it was; both receipts of what was offered again are kept.
        for name in SENDERS:
            receipts = self.hub.party_folder(name) / "receipts"
            for message, index in before[name].items():
                carried = index < made["size"]
                if carried:
                    self.assertEqual(after[name][message], index)
                else:
                    self.rapporteur("proof", "verify", receipts / f"{message}.1.tlog-proof",
                                    "--public", old_public)
                self.rapporteur("proof", "verify", receipts / f"{message}.tlog-proof", "--public",
                                old_public if carried else self.public)
        # The observer had nine; one is new to it, and nothing comes twice.
        self.assertEqual(self.receive(), 1)
        self.assertEqual(self.receive(), 0)
        state = sqlite3.connect(self.hub.party_folder("observer") / "state.db")
        twice = state.execute("SELECT count(*), count(DISTINCT message_id) FROM received").fetchone()
        state.close()
        self.assertEqual(twice, (10, 10))
        self.assertEqual(self.figures(),
                         [("at", year, year) for year in range(2001, 2007)] +
                         [("no", year, year) for year in range(2001, 2005)])

        # Both logs verify, and the tie between them.
        self.assertEqual(self.audit(made["backup"], old_public,
                                    "--no-body-keys")["covered_by_checkpoint"],
                         made["size"])
        report = self.audit(self.hub.home / "data", self.public, "--predecessor", made["backup"])
        self.assertEqual(report["continues"][0]["origin"], "hub.example/thb/log1")
        self.assertGreaterEqual(report["continues"][0]["carried"], made["size"])
        # The hub goes on: new messages, a new backup.
        self.push("no", 2010)
        self.assertEqual(self.receive(), 1)
        again = self.backup()
        self.assertGreater(again["size"], made["size"])

    def test_a_second_loss_from_the_same_backup_and_then_from_a_later_one(self):
        self.push("at", 2001)
        first = self.backup()
        self.push("at", 2002)
        first_public = self.lose_and_restore(first["backup"], "hub.example/thb/log2")
        self.enrol_again("at")
        self.hub.adapter("at", "push")
        self.push("at", 2003)
        # The new log had no backup of its own.
        self.lose_and_restore(first["backup"], "hub.example/thb/log3", first_public)
        self.enrol_again("at")
        self.hub.adapter("at", "push")
        self.assertEqual(len(self.receipted("at")), 3)
        third = self.backup()
        self.push("at", 2004)
        self.lose_and_restore(third["backup"], "hub.example/thb/log4")
        self.enrol_again("at", "observer")
        self.hub.adapter("at", "push")
        self.assertEqual(len(self.receipted("at")), 4)
        self.assertEqual(self.receive(), 4)
        report = self.audit(self.hub.home / "data", self.public)
        self.assertEqual([log["origin"] for log in report["continues"]],
                         ["hub.example/thb/log3", "hub.example/thb/log1"])


class Enrolment(Scenario):
    def pin(self, name):
        return (self.hub.party_folder(name) / "hub.toml").read_text()

    def log_line(self):
        key = re.search(r'^log_verifier_key = "(.+)"$', self.public.read_text(), re.MULTILINE)
        return f"log {key.group(1)}\n"

    def test_what_fails_leaves_the_old_pin(self):
        policy = self.hub.party_folder("at") / "policy.txt"
        policy.write_text(self.log_line() + "quorum none\n")
        self.hub.set_up("at", policy=policy)
        made = self.backup()
        self.hub.enrol("late", submits=[("*", "BE")], receives=False)
        before = self.pin("at")
        self.lose_and_restore(made["backup"], "hub.example/thb/log2")
        # The agency's policy does not name the new log.
        self.assertIn("policy", self.hub.adapter("at", "enrol", self.public, expect=3).stderr)
        self.assertEqual(self.pin("at"), before)
        # The new log does not know the agency yet.
        self.hub.adapter("late", "enrol", self.public, expect=1)
        self.assertEqual(self.pin("late"), before)
        policy.write_text(self.log_line() + policy.read_text())
        self.hub.operator("participant", "add", self.hub.party_folder("late") / "enrolment.toml",
                          "--kind", "coordination-body", "--name", "late")
        self.enrol_again("at", "late")
        self.assertIn("log2", self.pin("at"))
        self.assertEqual(self.pin("at"), self.pin("late"))


class ErasedSince(Scenario):
    def test_what_was_erased_after_the_backup_is_erased_again(self):
        message = self.push("at", 2001)
        index = self.receipted("at")[message]
        made = self.backup()
        erase = ["--json", "erase", str(index), "--reason", "a slip of the agency"]
        lost = json.loads(self.hub.operator(*erase).stdout)["entry"]
        self.lose_and_restore(made["backup"], "hub.example/thb/log2")
        self.enrol_again("at", "no")
        # The new log grows past the entry of the old one, which is no erasure here.
        for year in range(2001, 2001 + 2 * (lost - made["size"] + 1)):
            self.push("no", year)
        self.assertIn("body", self.audit(self.hub.home / "data", self.public, expect=1).stdout)
        # As after any erasure, nothing is accepted beside what nobody knows any more.
        path = self.hub.party_folder("at") / "beside.csv"
        path.write_text(HEADER + FIGURE.format("AT", 2001, 17), encoding="utf-8")
        done = self.hub.adapter("at", "--json", "push", path, "--as-is", expect=1)
        self.assertIn("ERASED", done.stdout)
        again = json.loads(self.hub.operator(*erase).stdout)["entry"]
        self.assertNotEqual(again, lost)
        report = self.audit(self.hub.home / "data", self.public)
        self.assertEqual((report["bodies_erased"], report["bodies_erased_later"]), (1, 0))
        self.backup()
        self.assertIn("NO_BODY", self.hub.operator(*erase, expect=1).stderr)


class Lies(Scenario):
    def known_logs(self):
        state = sqlite3.connect(self.hub.party_folder("at") / "state.db")
        origins = [row[0] for row in state.execute("SELECT origin FROM known_logs")]
        state.close()
        return origins

    def refused(self, why):
        pinned = (self.hub.party_folder("at") / "hub.toml").read_text()
        done = self.hub.adapter("at", "enrol", self.public, expect=1)
        self.assertIn(why, done.stderr)
        self.assertEqual(self.known_logs(), ["hub.example/thb/log1"])
        self.assertEqual(len(self.receipted("at")), 1)
        self.assertEqual((self.hub.party_folder("at") / "hub.toml").read_text(), pinned)

    def test_a_log_that_continues_a_fork_of_the_one_that_was_seen_is_refused(self):
        self.hub.stop_broker()
        fork = self.hub.folder / "fork"
        shutil.copytree(self.hub.home, fork)
        self.hub.start_broker()
        self.push("at", 2001)
        self.hub.stop_broker()
        shutil.rmtree(self.hub.home)
        fork.rename(self.hub.home)
        # Under the same name and key, and longer than what was seen.
        self.hub.start_broker()
        for area in ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE"):
            self.hub.operator("grant", "submit", "no", "--area", area, "--indicator", "CJ_*")
        self.lose_and_restore(self.backup()["backup"], "hub.example/thb/log2")
        self.refused("does not hold the first")

    def test_a_log_that_continues_none_is_refused(self):
        self.push("at", 2001)
        self.hub.kill_broker()
        old_key = [line for line in self.public.read_text().splitlines()
                   if line.startswith("log_verifier_key")][0].split(" = ")[1]
        self.hub.home.rename(self.hub.folder / "old")
        run(PROGRAMS / "rapporteur", "init", self.hub.home, "--hub", self.hub.name, "--endpoint",
            self.hub.endpoint, "--monitor", self.hub.monitor)
        self.hub.adapter("at", "enrol", self.public, expect=3)
        # Even if the operator's file says it does.
        self.public.write_text(self.public.read_text() + f"previous_log_keys = [{old_key}]\n")
        self.hub.start_broker()
        self.hub.operator("participant", "add", self.hub.party_folder("at") / "enrolment.toml",
                          "--kind", "coordination-body", "--name", "at")
        self.refused("keep")


class Backups(Scenario):
    def test_backups_share_files_are_listed_verified_and_recorded(self):
        for year in range(2001, 2004):
            self.push("at", year)
        first = self.backup()
        self.assertGreater(first["copied_bytes"], 0)
        status = json.loads(self.hub.operator("--json", "status").stdout)
        self.assertEqual(status["backed_up_to"], first["size"])
        events = [json.loads(line) for line in self.hub.operator(
            "--json", "tail", "-n", "1000").stdout.splitlines()]
        self.assertEqual([event["event"] for event in events].count("BACKED UP"), 1)
        # Over a restart, and in what agencies are told: they drop what is safe.
        self.hub.stop_broker()
        self.hub.start_broker()
        self.push("at", 2004)
        state = sqlite3.connect(self.hub.party_folder("at") / "state.db")
        kept = state.execute("SELECT backed_up, length(envelope) FROM outbox ORDER BY id").fetchall()
        state.close()
        self.assertEqual([row[0] for row in kept], [1, 1, 1, 0])
        self.assertEqual([row[1] == 0 for row in kept], [True, True, True, False])
        second = self.backup()
        self.assertGreater(second["linked_bytes"], 0)
        self.assertEqual(self.backup("--full")["linked_bytes"], 0)
        listed = [json.loads(line) for line in self.rapporteur(
            "--json", "backup", "list", self.backups).stdout.splitlines()]
        sizes = [one["size"] for one in listed]
        self.assertEqual(sizes, sorted(sizes))
        self.assertEqual(listed[0]["backup"], first["backup"])
        self.assertIn("hub.example/thb/log1", self.rapporteur("backup", "list", self.backups).stdout)
        for one in listed:
            self.rapporteur("backup", "verify", one["backup"], "--public", self.public)
        # A folder that was copied back in place of the newer one does not open.
        self.hub.stop_broker()
        data = self.hub.home / "data"
        shutil.rmtree(data / "db")
        shutil.copytree(f"{first['backup']}/db", data / "db")
        done = run(PROGRAMS / "rapporteur-broker", "--config", self.hub.home / "hub.toml", expect=6)
        self.assertIn("rapporteur restore", done.stderr)

    def test_a_copy_that_does_not_hold_is_not_kept(self):
        # The hub opens the newest body when it starts, and so not what is in the older files.
        for year in range(2001, 2005):
            self.push("at", year)
            self.hub.stop_broker()
            self.hub.start_broker()
        self.hub.stop_broker()
        for file in sorted((self.hub.home / "data/db").glob("*.sst")):
            whole = file.read_bytes()
            damaged = bytearray(whole)
            damaged[len(whole) // 4] ^= 0x10
            file.write_bytes(damaged)
            try:
                self.hub.start_broker()
                break
            except Failed:  # it reads this one when it starts
                file.write_bytes(whole)
        self.assertIsNone(self.hub.broker.poll())
        done = self.backup(expect=6)
        self.assertIn("the copy does not hold, and is not kept", done.stderr)
        self.assertEqual(list(self.backups.rglob("backup.json")), [])
        self.assertEqual(json.loads(self.hub.operator("--json", "status").stdout)["backed_up_to"], 0)

    def backed_up_to(self):
        return json.loads(self.hub.operator("--json", "status").stdout)["backed_up_to"]

    def test_a_copy_whose_bodies_nobody_can_open_is_not_kept(self):
        self.push("at", 2001)
        self.hub.stop_broker()
        keys = self.hub.folder / "elsewhere.keys"
        (self.hub.home / "data.keys").rename(keys)
        configuration = self.hub.home / "hub.toml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace("[keys]\n", f'[keys]\nbodies = "{keys}"\n'),
                                 encoding="utf-8")
        self.hub.start_broker()
        done = self.backup(expect=2)
        self.assertIn("1 body cannot be opened", done.stderr)
        self.assertIn("--body-keys", done.stderr)
        self.assertEqual(list(self.backups.rglob("backup.json")), [])
        self.assertEqual(self.backed_up_to(), 0)
        made = self.backup("--body-keys", keys)
        self.assertEqual(self.backed_up_to(), made["size"])

    def test_keys_of_the_bodies_without_a_good_copy_are_warned_of(self):
        self.push("at", 2001)
        copy = self.hub.folder / "copy.keys"

        def warning():
            done = self.hub.operator("backup", "create", "--out", self.backups)
            self.assertLessEqual(done.stderr.count("\n"), 1)
            return done.stderr

        self.assertIn("keys.bodies_copy", warning())
        configuration = self.hub.home / "hub.toml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace("[keys]\n", f'[keys]\nbodies_copy = "{copy}"\n'),
                                 encoding="utf-8")
        self.hub.stop_broker()
        self.hub.start_broker()
        self.assertEqual(warning(), "")
        # As a copy is that was cut off while it was written.
        with open(copy, "r+b") as file:
            file.seek(4080)
            file.write(bytes(16))
        self.assertIn("is behind the log", warning())
        copy.unlink()
        self.assertIn("restart the hub", warning())
        self.hub.stop_broker()
        self.hub.start_broker()
        self.assertEqual(warning(), "")

    def test_what_is_left_of_an_unfinished_backup_is_read_back_again(self):
        self.push("at", 2001)
        self.hub.stop_broker()
        self.hub.start_broker()
        made = pathlib.Path(self.backup()["backup"])
        about = json.loads((made / "backup.json").read_text())
        # As a try leaves it behind that could not sync the folder's name.
        left = made.parent / f"{about['size'] + 1:012}"
        os.kill(self.hub.broker.pid, signal.SIGSTOP)
        shutil.copytree(self.hub.home / "data", left, ignore=shutil.ignore_patterns("lock"))
        os.kill(self.hub.broker.pid, signal.SIGCONT)
        said = json.loads(self.rapporteur("--json", "backup", "verify", left, "--public",
                                          self.public).stdout)
        self.assertEqual(said["size"], about["size"] + 1)
        whole = json.dumps({**about, "size": said["size"], "root": said["root"]})
        (left / "backup.json").write_text(whole)
        file = max((left / "db").glob("*.sst"), key=lambda one: one.stat().st_size)
        kept = file.read_bytes()
        damaged = bytearray(kept)
        damaged[len(kept) // 4] ^= 0x10
        file.write_bytes(damaged)
        self.assertIn("already does not hold", self.backup(expect=6).stderr)
        self.assertEqual(self.backed_up_to(), about["size"])
        # Nor is an older one that only says that it is this one.
        file.write_bytes(kept)
        left.rename(self.hub.folder / "whole")
        shutil.copytree(made, left)
        (left / "backup.json").write_text(whole)
        self.assertIn("covers", self.backup(expect=6).stderr)
        self.assertEqual(self.backed_up_to(), about["size"])
        shutil.rmtree(left)
        (self.hub.folder / "whole").rename(left)
        again = self.backup()
        self.assertEqual((again["backup"], again["copied_bytes"]), (str(left), 0))
        self.assertEqual(self.backed_up_to(), said["size"])

    def test_a_damaged_backup_is_named_and_not_restored(self):
        self.push("at", 2001)
        self.hub.stop_broker()
        self.hub.start_broker()
        made = self.backup()
        for file in sorted(pathlib.Path(made["backup"], "db").glob("*.sst")):
            whole = file.read_bytes()
            damaged = bytearray(whole)
            damaged[len(whole) // 4] ^= 0x10
            file.write_bytes(damaged)
            done = self.rapporteur("backup", "verify", made["backup"], "--public", self.public,
                                   expect=6)
            self.assertIn(str(file), done.stderr)
            self.assertIn("use another backup", done.stderr)
            self.rapporteur("restore", "--from", made["backup"], "--to", self.hub.folder / "other",
                            "--origin", "hub.example/other", "--body-keys",
                            self.hub.home / "data.keys", "--public", self.public, expect=6)
            file.write_bytes(whole)
        self.assertFalse((self.hub.folder / "other").exists())
        self.rapporteur("backup", "verify", made["backup"], "--public", self.public)


class Fsck(Scenario):
    def test_the_folder_of_a_stopped_hub_is_whole_and_a_damaged_file_is_named(self):
        for year in range(2001, 2005):
            self.push("at", year)
        self.hub.stop_broker()
        data = self.hub.home / "data"
        report = json.loads(self.rapporteur("--json", "fsck", data).stdout)
        self.assertTrue(report["whole"], report)
        self.assertGreater(report["entries"], 10)
        self.assertGreater(report["rows_compared"], 10)
        self.assertIn("nothing is wrong", self.rapporteur("fsck", data, "--repair").stdout)
        file = max((data / "db").glob("*.sst"), key=lambda one: one.stat().st_size)
        damaged = bytearray(file.read_bytes())
        damaged[len(damaged) // 4] ^= 0x10
        file.write_bytes(damaged)
        done = self.rapporteur("fsck", data, expect=6)
        self.assertIn(str(file), done.stderr)
        self.assertEqual(done.stdout, "")


class BadInput(Scenario):
    def test_one_line_each(self):
        self.push("at", 2001)
        made = self.backup()
        operator = ["--operator", self.hub.home / "operator"]
        target = self.hub.folder / "target"
        keys = ["--body-keys", self.hub.home / "data.keys"]
        to = ["--to", target, "--origin", "hub.example/thb/log2", *keys]
        cases = [
            (2, [*operator, "backup", "create"], "--out"),
            (6, [*operator, "backup", "create", "--out", "/proc/nowhere"], "/proc/nowhere"),
            (2, ["backup", "list", self.hub.folder / "none"], "none"),
            (2, ["backup", "verify", self.hub.folder / "none", "--public", self.public], "none"),
            (2, ["backup", "verify", made["backup"]], "--vkey or --public"),
            (2, ["backup", "verify", pathlib.Path(made["backup"]).parent, "--public", self.public],
             f"did you mean {made['backup']}?"),
            (2, ["restore", "--from", made["backup"], *to], "--vkey or --public"),
            (2, ["restore", "--from", self.hub.folder / "none", *to, "--public", self.public],
             "none"),
            (2, ["restore", "--from", made["backup"], "--to", self.hub.home, "--origin", "a/b",
                 *keys, "--public", self.public], "not empty"),
            (2, ["restore", "--from", made["backup"], "--to", target, "--origin",
                 "hub.example/thb/log1", *keys, "--public", self.public], "fork"),
            (2, ["restore", "--from", made["backup"], "--to", target, "--origin", "a/b", "--public",
                 self.public], "--body-keys"),
            (2, ["restore", "--from", made["backup"], "--to", target, "--origin", "two words",
                 *keys, "--public", self.public], "--origin: 'two words'"),
            (1, ["audit", "verify", made["backup"], "--public", self.public, "--no-body-keys",
                 "--predecessor", made["backup"]], "continues none"),
            (2, ["fsck"], "FOLDER"),
            (2, ["fsck", self.hub.folder / "none"], "none"),
            (2, ["fsck", self.hub.home], self.hub.home / "data"),
            (2, [*operator, "backup", "create", "--out", self.hub.home / "data/backups"],
             "outside it"),
            (2, ["restore", "--from", made["backup"], "--to", target, "--origin", "a/b",
                 "--body-keys", self.hub.folder / "nokeys", "--public", self.public], "nokeys"),
            (5, ["fsck", self.hub.home / "data"], "stop the broker"),
        ]
        for code, words, mention in cases:
            done = self.rapporteur(*words, expect=None)
            self.assertEqual(done.returncode, code, (words, done.stderr))
            self.assertRegex(done.stderr, r"\Arapporteur: [^\n]+ \([^\n]+\)\n\Z")
            self.assertIn(str(mention), done.stderr)
        self.assertFalse(target.exists())
        self.assertEqual([p.name for p in self.hub.folder.iterdir() if p.name.startswith(".")], [])
        # Only operators make backups.
        done = run(PROGRAMS / "rapporteur", "--operator", self.hub.party_folder("at"), "backup",
                   "create", "--out", self.backups, expect=1)
        self.assertIn("NOT_ALLOWED", done.stderr)


if __name__ == "__main__":
    e2e.main()
