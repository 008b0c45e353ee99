"""An erasure through a real hub: gone from the disk, from copies made before and from what comes later;
the log verifies, and says who did it."""

import csv
import json
import pathlib
import shutil
import unittest

import e2e
from local_hub import DATAFLOW, PROGRAMS, LocalHub, run

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
ROW = "dataflow,RAPPORTEUR:THB(1.0),I,A,AT,_Z,VIC_IDENT,_T,_T,_T,_T,_Z,PER,{},{},A\n"


class Erasure(unittest.TestCase):
    def setUp(self):
        self.hub = self.enterContext(LocalHub())
        self.home = self.hub.home
        self.copy = self.hub.folder / "elsewhere.keys"
        configuration = self.home / "hub.toml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace("[keys]\n", f'[keys]\nbodies_copy = "{self.copy}"\n'),
                                 encoding="utf-8")
        self.hub.stop_broker()
        self.hub.start_broker()
        self.hub.enrol("at", submits=[("*", "AT")])

    def push(self, year, value, *options, expect=0):
        path = self.hub.party_folder("at") / f"{year}-{value}.csv"
        path.write_text(HEADER + ROW.format(year, value), encoding="utf-8")
        done = self.hub.adapter("at", "--json", "push", path, *options, expect=expect)
        return json.loads(done.stdout)["items"]

    def values(self, *words, expect=0):
        done = self.hub.operator("--json", *words, expect=expect)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def accepted(self):
        return [one["index"] for one in self.values("tail", "-n", "1000") if one["event"] == "ACCEPTED"]

    def received(self, name):
        target = self.hub.party_folder(name) / "received.csv"
        self.hub.adapter(name, "receive", "--to", target)
        with open(target, newline="", encoding="utf-8") as file:
            return {row["TIME_PERIOD"]: row["OBS_VALUE"] for row in csv.DictReader(file)}

    def audit(self, folder, *options, expect=0):
        done = run(PROGRAMS / "rapporteur", "--json", "audit", "verify", folder, "--public",
                   self.home / "hub-public.toml", *options, expect=expect)
        return json.loads(done.stdout)

    def test_what_is_erased_is_gone_everywhere_and_the_log_says_so(self):
        self.push(2022, 12_345)
        self.push(2023, 23_456)
        shutil.copytree(self.home / "data", self.hub.folder / "copied before" / "data")
        secret, other = self.accepted()
        erased = self.values("erase", str(secret), "--reason", "a slip of the agency")
        self.assertEqual([one["erased"] for one in erased], [secret])
        entry = self.values("show", str(erased[0]["entry"]))[0]
        self.assertEqual((entry["event"], entry["action"]["reason"]),
                         ("ADMINISTERED", "a slip of the agency"))

        self.assertEqual(self.values("show", str(secret))[0]["erased_by"], erased[0]["entry"])
        self.assertIn(f"erased by entry {erased[0]['entry']}",
                      self.hub.operator("show", str(secret)).stdout)
        self.assertNotIn("erased", self.hub.operator("show", str(other)).stdout)

        # Both places say which entry did it, and nobody who comes later gets a figure.
        for keys in (self.home / "data.keys", self.copy):
            slot = keys.read_bytes()[4096 + 32 * secret:][:32]
            self.assertEqual(slot, bytes(24) + erased[0]["entry"].to_bytes(8), keys)
        self.hub.enrol("observer", "observer")
        self.assertEqual(self.received("observer"), {"2023": "23456"})

        self.hub.operator("grant", "receive", "operator", "--from", "0")
        rows = {row["index"]: row for row in self.values("table")}
        self.assertEqual(rows[secret]["erased"], True)
        self.assertEqual(rows[other]["OBS_VALUE"], "23456")
        self.assertIn("erased", self.hub.operator("table").stdout)

        report = self.audit(self.home / "data")
        self.assertEqual((report["bodies_absent"], report["bodies_erased"]), (1, 1))
        old = self.hub.folder / "copied before" / "data"
        report = self.audit(old, "--body-keys", self.home / "data.keys")
        self.assertEqual((report["bodies_erased_later"], report["commitments"] > 0), (1, True))
        self.assertEqual(self.audit(old, "--no-body-keys")["bodies_sealed"], 2)

        # An export beside a hub that erases: the entry that says so is not in it.
        shutil.copy(self.home / "data.keys", str(old) + ".keys")
        export = ["audit", "export", "--records", "--bodies", "--out"]
        done = run(PROGRAMS / "rapporteur", *export, self.hub.folder / "exported", old, expect=5)
        self.assertIn(f"erased by entry {erased[0]['entry']}", done.stderr)
        self.assertIn("run again", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        run(PROGRAMS / "rapporteur", *export, self.hub.folder / "exported", self.home / "data")
        self.assertEqual(self.audit(self.hub.folder / "exported")["bodies_erased"], 1)

        # Over a restart, and after a kill.
        self.hub.kill_broker()
        self.hub.start_broker()
        self.hub.stop_broker()
        self.assertEqual(self.audit(self.home / "data")["bodies_erased"], 1)
        self.hub.start_broker()

    def test_a_receiver_of_what_was_erased_is_told_once(self):
        message = self.push(2022, 12_345)[0]["message_id"]
        index = self.accepted()[0]
        self.values("erase", str(index), "--reason", "a slip")
        self.hub.enrol("observer", "observer")
        folder = self.hub.party_folder("observer")
        receive = ["observer", "receive", "--to", folder / "received.csv"]
        said = self.hub.adapter(*receive).stderr
        self.assertIn(f"submission {message} of at (entry {index}) was erased at the hub", said)
        self.assertEqual(said.count("\n"), 1, said)
        self.assertEqual(self.hub.adapter(*receive).stderr, "")
        self.hub.adapter("observer", "subscription", "add", "other")
        done = self.hub.adapter("observer", "receive", "--subscription", "other", "--to",
                                f"{folder}/each/")
        self.assertEqual(done.stderr, said)
        self.assertIn("1 delivery, 0 observations", done.stdout)
        self.assertEqual(list((folder / "each").iterdir()), [])
        # A withdrawal of it has no rows either.
        self.hub.adapter("at", "withdraw", message)
        done = self.hub.adapter("observer", "receive", "--subscription", "other", "--to",
                                f"{folder}/each/")
        self.assertIn("each/: warning NOTHING_TO_WRITE: a submission of at (entry ", done.stderr)
        self.assertIn("remove the file of that", done.stderr)

    def test_beside_an_erased_submission_only_its_revision_is_accepted(self):
        first = self.push(2022, 12_345)[0]
        self.values("erase", str(self.accepted()[0]), "--reason", "a slip")
        again = self.push(2022, 12_346, "--as-is", expect=1)
        self.assertIn("ERASED", json.dumps(again))
        self.hub.adapter("at", "sync")
        path = self.hub.party_folder("at") / "revised.csv"
        path.write_text(HEADER + ROW.format(2022, 12_347), encoding="utf-8")
        self.hub.adapter("at", "revise", first["message_id"], path)
        self.hub.enrol("observer", "observer")
        self.assertEqual(self.received("observer"), {"2022": "12347"})
        # One body is gone, though two entries speak of it.
        self.hub.stop_broker()
        self.assertIn("1 erased body\n",
                      run(PROGRAMS / "rapporteur", "fsck", self.home / "data").stdout)

    def test_what_a_hold_keeps_is_not_erased(self):
        self.push(2022, 12_345)
        index = str(self.accepted()[0])
        self.values("hold", "place", "case-12", "--sender", "at", "--reason", "the court asks")
        done = self.hub.operator("erase", index, "--reason", "a slip", expect=1)
        self.assertIn("HELD", done.stderr)
        self.assertIn("case-12", done.stderr)
        self.values("hold", "lift", "case-12", "--reason", "the case is closed")
        self.values("erase", index, "--reason", "a slip")

    def test_lost_keys_are_told_from_erased_bodies(self):
        self.push(2022, 12_345)
        self.push(2023, 23_456)
        erased, other = self.accepted()
        self.values("erase", str(erased), "--reason", "a slip")
        self.hub.stop_broker()
        data, keys = self.home / "data", self.home / "data.keys"
        fsck = [PROGRAMS / "rapporteur", "fsck", data]
        self.assertIn("1 erased body\n", run(*fsck).stdout)
        keys.rename(self.hub.folder / "lost")
        done = run(*fsck, expect=1)
        self.assertIn(f"1 body without a key, which no entry erased: entry {other}\n", done.stdout)
        self.assertIn("1 erased body\n", done.stdout)
        self.assertNotIn("nothing is wrong", done.stdout)
        self.assertRegex(done.stderr, rf"\Arapporteur: {keys}: [^\n]*1 body[^\n]*\(put the file")
        found = json.loads(run(*fsck, "--json", expect=1).stdout)
        self.assertEqual((found["bodies_absent"], found["bodies_keyless"]), (2, 1))
        report = self.audit(data, expect=1)
        self.assertEqual((report["verified"], report["sealed"], report["wrong"]["at"]),
                         (False, [other], other))
        self.assertIn(str(keys), report["wrong"]["reason"])
        self.assertTrue(self.audit(data, "--no-body-keys")["verified"])
        for words in (fsck, [PROGRAMS / "rapporteur", "audit", "verify", data, "--public",
                             self.home / "hub-public.toml"]):
            self.assertIn("nokeys", run(*words, "--body-keys", "nokeys", expect=2).stderr)
            run(*words, "--body-keys", self.copy)

    def test_a_hub_without_its_keys_or_with_keys_in_its_folder_does_not_start(self):
        self.hub.stop_broker()
        keys = self.home / "data.keys"
        kept = pathlib.Path(str(keys) + ".kept")
        keys.rename(kept)
        broker = [PROGRAMS / "rapporteur-broker", "--config", self.home / "hub.toml"]
        done = run(*broker, expect=3)
        self.assertIn("data.keys", done.stderr)
        shutil.copy(self.copy, keys)  # the copy takes its place
        self.hub.start_broker()
        self.assertTrue(self.push(2022, 12_345))
        self.hub.stop_broker()
        configuration = self.home / "hub.toml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace("[keys]\n", '[keys]\nbodies = "data/bodies"\n'),
                                 encoding="utf-8")
        done = run(*broker, expect=3)
        self.assertIn("lie in the log's folder", done.stderr)


class Retention(unittest.TestCase):
    def test_rules_are_shown_and_nothing_young_is_erased(self):
        with LocalHub() as hub:
            hub.enrol("at", submits=[("*", "AT")])
            path = hub.party_folder("at") / "a.csv"
            path.write_text(HEADER + ROW.format(2022, 12_345), encoding="utf-8")
            hub.adapter("at", "push", path)
            hub.operator("retention", "set", DATAFLOW, "--live-days", "1", "--superseded-days", "1",
                         "--reason", "the law says so")
            shown = json.loads(hub.operator("--json", "retention", "show").stdout)
            self.assertEqual(shown, {"dataflow": DATAFLOW, "live_days": 1, "superseded_days": 1})
            hub.stop_broker()
            hub.start_broker()
            done = run(PROGRAMS / "rapporteur", "--json", "audit", "verify", hub.home / "data",
                       "--public", hub.home / "hub-public.toml")
            report = json.loads(done.stdout)
            self.assertEqual((report["bodies_absent"], report["accepted"]), (0, 1))


if __name__ == "__main__":
    e2e.main()
