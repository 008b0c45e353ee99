"""A hub whose disk takes no more says so, goes on reading, and has lost nothing when there is room again."""

import json
import os
import shutil
import subprocess
import time
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub, run

STORAGE = 6
HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
LIMIT_BLOCKS = 1100  # of 512 bytes, for each file: that of the keys of bodies has 532,480 at first
ROOM_BYTES = 1 << 20
TMPFS = "size=64m,mode=0700"
PUSHES_MOST = 60
WAIT_SECONDS = 30


def days(year):
    """One file of a year's days: large enough that a few of them fill what room there is."""
    rows = [f"dataflow,RAPPORTEUR:THB(1.0),I,D,AT,_Z,VIC_REG,_T,_T,_T,_T,_Z,PER,{year}-{month:02}-{day:02},{1000 + day},A\n"
            for month in range(1, 13) for day in range(1, 29)]
    return HEADER + "".join(rows)


class Hub(LocalHub):
    """Its broker may be forbidden to make any file larger than LIMIT_BLOCKS."""

    limited = False

    def _spawn(self, name, *command, env=None):
        if name == "broker" and self.limited:
            command = ("sh", "-c", f"trap '' XFSZ; ulimit -f {LIMIT_BLOCKS}; exec \"$@\"", "sh", *command)
        return super()._spawn(name, *command, env=env)


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(Hub())
        self.hub.enrol("at", submits=[("*", "AT")])
        self.hub.enrol("observer", "observer")
        self.year = 1950
        self.receipted = []
        self.assertEqual(self.push(), "receipted")
        self.receive()
        self.hub.stop_broker()

    def push(self, wait=WAIT_SECONDS):
        self.year += 1
        path = self.hub.party_folder("at") / "days.csv"
        path.write_text(days(self.year))
        done = self.hub.adapter("at", "--json", "push", path, "--wait", wait, expect=None)
        item = json.loads(done.stdout)["items"][0]
        if item["state"] == "receipted":
            self.receipted.append(item["message_id"])
        self.said = done.stdout + done.stderr
        return item["state"]

    def receive(self, expect=0):
        target = self.hub.party_folder("observer") / "received.csv"
        return self.hub.adapter("observer", "receive", "--to", target, "--wait", 3, expect=expect)

    def fill(self):
        """Pushes until one is not taken."""
        for _ in range(PUSHES_MOST):
            if self.push(wait=2) != "receipted":
                return
        self.fail("the disk never filled up")

    def check_full_disk(self):
        self.fill()
        self.assertIn("STORAGE", self.said)
        deadline = time.monotonic() + WAIT_SECONDS
        while self.hub.ready() is True and time.monotonic() < deadline:
            time.sleep(0.05)
        reason = self.hub.ready()
        self.assertIsNot(reason, True)
        self.assertRegex(reason, "space|large|write")
        # What is there can be read, proved and verified.
        index = json.loads(self.hub.operator("--json", "tail").stdout.splitlines()[-1])["index"]
        self.hub.operator("show", index)
        proof = self.hub.folder / "one.tlog-proof"
        self.hub.operator("proof", "get", index, "--out", proof)
        run(PROGRAMS / "rapporteur", "proof", "verify", proof, "--public", self.hub.home / "hub-public.toml")
        self.hub.verify_log()
        # It ends with the reason.
        log = self.hub.folder / "broker.log"
        before = len(log.read_text().splitlines())
        self.hub.broker.terminate()
        self.assertEqual(self.hub.broker.wait(timeout=WAIT_SECONDS), STORAGE)
        self.hub.broker = None
        said = [json.loads(line) for line in log.read_text().splitlines()[before:]]
        lines = [one["message"] for one in said if one["level"] == "critical"]
        self.assertEqual(len(lines), 1, said)
        self.assertIn("data", lines[0])
        return lines[0]

    def check_nothing_is_lost(self):
        self.hub.start_broker()
        self.hub.adapter("at", "push", self.hub.party_folder("at") / "days.csv", "--as-is", expect=None)
        items = json.loads(self.hub.adapter("at", "--json", "outbox", "list").stdout)["items"]
        # What waited has its receipt now; what is sent a second time here is refused.
        states = [item["state"] for item in items]
        self.assertEqual(states.count("receipted"), self.year - 1950)
        self.assertEqual(set(states) - {"receipted", "refused"}, set())
        self.receive()
        self.hub.stop_broker()
        self.hub.verify_log()
        receipts = self.hub.party_folder("at") / "receipts"
        for message in self.receipted:
            run(PROGRAMS / "rapporteur", "proof", "verify", receipts / f"{message}.tlog-proof", "--public",
                self.hub.home / "hub-public.toml")

    def test_no_file_may_grow_any_more(self):
        self.hub.limited = True
        self.hub.start_broker()
        self.check_full_disk()
        self.hub.limited = False
        self.check_nothing_is_lost()

    def test_no_space_is_left_on_the_device(self):
        data = self.hub.home / "data"
        disk = self.hub.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", TMPFS, "tmpfs", disk], check=False,
                                               capture_output=True).returncode != 0:
            self.skipTest("a file system of its own cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        shutil.copytree(data, disk / "data")
        shutil.rmtree(data)
        data.symlink_to(disk / "data")
        filler = disk / "filler"
        with open(filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - ROOM_BYTES)
        self.hub.start_broker()
        self.assertIn("room", self.check_full_disk())
        filler.unlink()
        self.check_nothing_is_lost()


if __name__ == "__main__":
    e2e.main()
