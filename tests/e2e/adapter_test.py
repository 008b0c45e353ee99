"""The surface of rapporteur-adapter: what each mistake is called, where it is, what to do about it."""

import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest

import e2e
from local_hub import PROGRAMS, LocalHub, run

REFUSED, USAGE, CONFIGURATION, UNREACHABLE, OVERLOADED, STORAGE = 1, 2, 3, 4, 5, 6

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
MAPPING = """dataflow = "RAPPORTEUR:THB(1.0)"
[columns]
land = "REF_AREA"
jahr = "TIME_PERIOD"
[constants]
INDICATOR = "VIC_IDENT"
[[measures]]
column = "zahl"
"""


def victims(area, year, total, sex="_T"):
    return ("dataflow,RAPPORTEUR:THB(1.0),I,"
            f"A,{area},_Z,VIC_IDENT,_T,{sex},_T,_T,_Z,PER,{year},{total},A\n")


def by_sex(area, year, total, women, men):
    return (victims(area, year, total) + victims(area, year, women, "F")
            + victims(area, year, men, "M"))


class Surface(unittest.TestCase):
    """One hub for the scenarios of a class, an agency of its own for each of them."""

    receives = False
    enrolled = 0

    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(LocalHub())
        cls.hub.enrol("observer", "observer")

    def setUp(self):
        Surface.enrolled += 1
        self.party = f"party-{Surface.enrolled}"
        self.hub.enrol(self.party, submits=[("*", "AT")], receives=self.receives)
        self.agency = self.hub.party_folder(self.party)

    def write(self, name, *rows, header=HEADER):
        path = self.agency / name
        path.write_text(header + "".join(rows), encoding="utf-8")
        return path

    def adapter(self, *words, expect=0, cwd=None, **options):
        done = subprocess.run([str(PROGRAMS / "rapporteur-adapter"), "-C", str(self.agency),
                               *map(str, words)], capture_output=True, text=True, timeout=60,
                              check=False, cwd=cwd, **options)
        if expect is not None:
            self.assertEqual(done.returncode, expect, (words, done.stdout, done.stderr))
        return done

    def json(self, *words, expect=0, **options):
        return json.loads(self.adapter("--json", *words, expect=expect, **options).stdout)

    def fails(self, code, words, *mentions, **options):
        """Exit code, one line on standard error, and what it has to mention."""
        done = self.adapter(*words, expect=code, **options)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("rapporteur-adapter: "), lines[0])
        for mention in mentions:
            self.assertRegex(lines[0], mention)
        return done

    def edit(self, name, pattern, replacement):
        path = self.agency / name
        text = path.read_text()
        changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
        self.assertNotEqual(text, changed)
        path.write_text(changed)


class WithoutHub(Surface):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hub.stop_broker()

    def setUp(self):
        # One that never spoke to the hub can be copied.
        self.agency = self.hub.folder / self.id().rsplit(".", 1)[-1]
        shutil.copytree(self.hub.party_folder("observer"), self.agency)

    def test_unknown_key_of_adapter_toml(self):
        self.edit("adapter.toml", r"^participant", 'aproval = "none"\nparticipant')
        self.fails(CONFIGURATION, ["outbox", "list"], r"adapter\.toml:\d+", "aproval",
                   "did you mean 'approval'")

    def test_unknown_key_of_a_mapping(self):
        mapping = self.write("m.toml", "colums = 1\n" + MAPPING, header="")
        self.fails(CONFIGURATION, ["push", self.write("a.csv"), "--mapping", mapping],
                   r"m\.toml:1", "colums", "did you mean columns")
        self.fails(USAGE, ["push", self.write("a.csv"), "--mapping", self.agency / "none.toml"],
                   r"none\.toml", "check the path")
        done = self.adapter("validate", self.write("a.csv"), "--mapping", mapping, expect=3)
        self.assertNotIn("never synced", done.stdout)  # nothing was checked
        self.edit("adapter.toml", r"^# mapping = .*$", 'mapping = "none.toml"')
        self.fails(CONFIGURATION, ["push", self.write("a.csv")], r"none\.toml", "check the path")

    def test_keys_that_cannot_be_used(self):
        key = self.agency / "keys/signing.key"
        os.chmod(key, 0o644)
        self.fails(CONFIGURATION, ["outbox", "list"], r"signing\.key", "chmod 600")
        os.chmod(key, 0o600)
        key.write_text("garbage\n")
        self.fails(CONFIGURATION, ["outbox", "list"], r"signing\.key", "restore it from its backup")
        key.unlink()
        self.fails(CONFIGURATION, ["outbox", "list"], r"signing\.key", "restore it from its backup")

    def test_errors_are_json_where_json_is_asked_for(self):
        path = self.write("a.csv", victims("AT", 2024, 162))
        for code, words, mention in ((USAGE, ["outbox"], "name a command"),
                                     (USAGE, ["outbox", "list", "--state", "x"], "no such state"),
                                     (USAGE, ["validate", self.agency / "none.csv"], "none.csv"),
                                     (UNREACHABLE, ["sync"], self.hub.endpoint),
                                     (UNREACHABLE, ["push", path, "--wait", "0"], "kept")):
            done = self.adapter("--json", *words, expect=code)
            said = [json.loads(line) for line in done.stderr.splitlines()]
            self.assertEqual([error["exit_code"] for error in said], [code], words)
            self.assertEqual(set(said[0]), {"error", "where", "remedy", "exit_code"})
            self.assertIn(str(mention), "".join(map(str, said[0].values())))
        done = self.adapter("--json", "witness")
        self.assertIn("'run' answers as a witness", json.loads(done.stderr)["warning"])

    def test_a_state_that_no_item_is_in(self):
        self.assertIn("the outbox is empty", self.adapter("outbox", "list").stdout)
        self.adapter("push", self.write("a.csv", victims("AT", 2024, 162)), "--wait", "0",
                     expect=UNREACHABLE)
        self.assertEqual(self.adapter("outbox", "list", "--state", "doubtful").stdout,
                         "no item is in the state doubtful\n")

    def test_a_destination_in_no_folder(self):
        self.fails(STORAGE, ["receive", "--to", self.agency / "none/x/y.csv", "--wait", "0"],
                   "rapporteur-adapter: " + re.escape(str(self.agency / "none/x")) + ": there is no "
                   "such folder", "make it")

    def test_a_destination_that_must_not_be_replaced(self):
        mine = self.write("mine.csv", victims("AT", 2024, 162))
        before = mine.read_text()
        pipe = self.agency / "pipe"
        os.mkfifo(pipe)
        for words, mention in ((["receive", "--to", mine], "not written here"),
                               (["receive", "--to", mine, "--format", "table"], "not written here"),
                               (["receive", "--to", pipe], "not a regular file"),
                               (["validate", mine, "--report-json", pipe], "not a regular file")):
            self.fails(USAGE, words, re.escape(str(words[2] if words[0] == "receive" else pipe)),
                       mention)
        self.assertEqual(mine.read_text(), before)
        self.assertTrue(pipe.is_fifo())
        self.edit("adapter.toml", r"^# destination = .*$", f'destination = "{mine}"')
        self.fails(CONFIGURATION, ["run"], re.escape(str(mine)), "not written here")

    def test_a_subscription_that_another_process_receives(self):
        with open(self.agency / "subscription-default.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.fails(OVERLOADED, ["receive", "--to", "-"], re.escape(f"{self.agency}/received/"),
                       "'subscription add'")

    def test_a_witness_that_others_could_reach(self):
        self.edit("adapter.toml", r"^# witness = .*$", 'witness = "0.0.0.0:24582"')
        for command in ("witness", "run"):
            self.fails(CONFIGURATION, [command], "adapter.toml: witness", "loopback", "proxy")

    def test_a_folder_that_may_not_be_searched(self):
        # Root may search every folder: then somebody else runs the program.
        somebody = {"user": 65534} if os.geteuid() == 0 else {}
        path = self.write("a.csv", victims("AT", 2024, 162))
        os.chmod(self.agency, 0)
        self.addCleanup(os.chmod, self.agency, 0o700)
        for words in (["init", "at"], ["sync"], ["validate", path], ["push"], ["outbox", "list"],
                      ["receive", "--to", "-"], ["run"], ["subscription", "list"], ["witness"],
                      ["withdraw", "00000000-0000-7000-8000-000000000000"]):
            self.fails(CONFIGURATION, words, re.escape(str(self.agency)), "Permission denied",
                       "run as the owner of the folder", **somebody)
        done = subprocess.run([PROGRAMS / "rapporteur", "--operator", self.agency, "status"],
                              capture_output=True, text=True, check=False, **somebody)
        self.assertEqual(done.returncode, CONFIGURATION, done.stderr)
        self.assertIn("Permission denied", done.stderr)

    def test_hub_that_cannot_be_reached(self):
        path = self.write("a.csv", victims("AT", 2024, 162))
        began = time.monotonic()
        done = self.fails(UNREACHABLE, ["push", path, "--wait", "1"], re.escape(self.hub.endpoint),
                          "check that the hub runs",
                          "1 submission kept in the outbox: 'push' or 'run' sends it")
        self.assertIn("ready", done.stdout)
        self.fails(UNREACHABLE, ["receive", "--to", "-", "--wait", "1"],
                   re.escape(self.hub.endpoint), "check that the hub runs")
        self.assertLess(time.monotonic() - began, 8)
        # The same file once more while it waits.
        again = self.adapter("push", path, "--wait", "0", expect=UNREACHABLE)
        self.assertIn("KEYS_WAIT", again.stdout)
        self.assertIn("KEYS_WAIT", self.adapter("push", path, "--dry-run").stdout)
        self.assertEqual(len(self.json("outbox", "list")["items"]), 2)

    def test_agency_that_is_not_enrolled(self):
        (self.agency / "hub.toml").unlink()
        self.fails(CONFIGURATION, ["sync"], "not enrolled", "rapporteur-adapter enrol")
        shutil.rmtree(self.agency)
        self.agency.mkdir()
        self.fails(USAGE, ["outbox", "list"], r"adapter\.toml is missing", "init")

    def test_files_that_cannot_be_read(self):
        good = self.write("a.csv", by_sex("AT", 2024, 162, 120, 42))
        for command in (["validate"], ["push"], ["push", "--dry-run"]):
            self.fails(USAGE, [*command, self.agency / "none.csv"], r"none\.csv", "check the path")
            self.fails(USAGE, [*command, self.agency], "is a folder")
        self.fails(USAGE, ["enrol", self.agency / "none.toml"], r"none\.toml", "hub-public")
        self.fails(REFUSED, ["enrol", good], r"a\.csv:\d+")
        done = self.fails(USAGE, ["validate", good, self.agency / "none.csv", good], "none")
        self.assertEqual(done.stdout.count("a.csv: passes"), 2)
        document = self.json("validate", good, self.agency / "none.csv", expect=USAGE)
        self.assertFalse(document["valid"])
        self.assertIn("error", document["files"][1])

    def bad_content(self, path, code, *mentions, options=()):
        """What push says of a file that it cannot make out: findings, and that nothing was sent."""
        done = self.fails(REFUSED, ["push", path, *options], "nothing was sent", "correct what")
        finding = [line for line in done.stdout.splitlines() if code in line]
        self.assertEqual(len(finding), 1, done.stdout)
        for mention in (re.escape(path.name), *mentions):
            self.assertRegex(finding[0], mention)
        self.adapter("validate", path, *options, expect=REFUSED)

    def test_files_with_bad_content(self):
        empty = self.write("empty.csv", header="")
        self.bad_content(empty, "EMPTY_FILE", r"\(a table needs a header")
        wide = self.agency / "wide.csv"
        wide.write_bytes((HEADER + victims("AT", 2024, 162)).encode("utf-16"))
        self.bad_content(wide, "BAD_ENCODING", "iconv")
        slip = self.write("slip.csv", victims("AT", 2024, 162),
                          header=HEADER.replace("OBS_STATUS", "OBS_STATSU"))
        self.bad_content(slip, "COLUMN_MISSPELT", "OBS_STATSU", "did you mean OBS_STATUS")
        mapping = self.write("m.toml", MAPPING, header="")
        other = self.write("other.csv", "AT,2024,162\n", header="country,year,number\n")
        self.bad_content(other, "COLUMN_MISSING", "jahr, land, zahl", "the first 2 lines",
                         options=["--mapping", mapping])
        # Two hundred rows with one cause.
        rows = [f"AT,{year},7\n" for year in range(1800, 2000)]
        plain = self.write("plain.csv", *rows, header="country,year,number\n")
        done = self.adapter("validate", plain, expect=REFUSED)
        self.assertLess(len(done.stdout.splitlines()), 12, done.stdout)
        self.assertIn("and 199 more rows", done.stdout)

    def test_files_of_which_no_row_is_left(self):
        lost = self.write("lost.csv", victims("AT", 2024, "many"), victims("AT", 2025, "few"))
        self.bad_content(lost, "NO_ROWS", "2 rows left out", options=["--skip-refused-rows"])
        self.bad_content(self.write("none.csv"), "NO_ROWS", "a header, but no row")
        self.assertEqual(self.json("outbox", "list")["items"], [])
        done = self.fails(REFUSED, ["push", self.write("none.csv"), "--as-is"], "nothing was sent")
        self.assertNotIn("the hub decides", done.stderr)

    def test_the_outbox_shows_what_waits_and_the_newest_of_the_rest(self):
        path = self.write("a.csv", victims("AT", 2024, 162))
        ids = []
        for _ in range(12):
            self.adapter("push", path, "--wait", "0", expect=UNREACHABLE)
            ids.append(self.json("outbox", "list")["items"][-1]["message_id"])
        self.adapter("outbox", "discard", *ids[:11])
        shown = self.adapter("outbox", "list").stdout
        # Each that is discarded leaves a SKIP, which waits.
        self.assertEqual(len(shown.splitlines()), 1 + 10 + 1 + 11 + 1)
        self.assertNotIn(ids[0], shown)
        self.assertIn(ids[11], shown)
        self.assertIn("and 1 older one", shown.splitlines()[-1])
        self.assertIn(ids[0], self.adapter("outbox", "list", "--all").stdout)
        self.assertIn(ids[0], self.adapter("outbox", "list", "--state", "discarded").stdout)
        self.assertEqual(len(self.json("outbox", "list")["items"]), 23)

    def test_words_of_the_command_line(self):
        self.fails(USAGE, ["pusch"], "pusch", "did you mean push")
        self.fails(USAGE, ["outbox", "lst"], "lst")
        self.fails(USAGE, ["push", "--dryrun"], "--dryrun")
        self.fails(USAGE, [], "name a command")
        for words in (["withdraw", "abc"], ["outbox", "release", "abc"]):
            self.fails(USAGE, words, "'abc' is not a message id")
        self.fails(USAGE, ["push", "--dry-run"], "name a FILE")
        self.assertIn("rapporteur-adapter", self.adapter("--version").stdout)
        self.assertIn("Usage", self.adapter("push", "--help").stdout)

    def test_standard_output_that_cannot_be_written(self):
        # As on a full disk, every write fails: here, because the file is open for reading.
        with open(os.devnull, "rb") as unwritable:
            done = subprocess.run([str(PROGRAMS / "rapporteur-adapter"), "-C", str(self.agency),
                                   "outbox", "list"], stdout=unwritable, stderr=subprocess.PIPE,
                                  text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, STORAGE)
        self.assertIn("standard output", done.stderr)

    def test_lost_state_is_not_an_empty_outbox(self):
        (self.agency / "state.db").unlink()
        self.fails(STORAGE, ["outbox", "list"], r"state\.db", "backup")
        self.fails(STORAGE, ["push", self.write("a.csv", victims("AT", 2024, 162))], r"state\.db")
        self.assertFalse((self.agency / "state.db").exists())
        (self.agency / "state.db").touch()
        self.fails(STORAGE, ["outbox", "list"], r"state\.db", "backup")

    def test_relative_paths_begin_at_the_folder(self):
        self.write("m.toml", MAPPING, header="")
        self.edit("adapter.toml", r"^# mapping = .*$", 'mapping = "m.toml"')
        path = self.write("mine.csv", "AT,2024,162\n", header="land,jahr,zahl\n")
        self.assertIn("passes", self.adapter("validate", path, cwd="/").stdout)

    def test_a_file_is_checked_by_default_rules_before_the_first_sync(self):
        path = self.write("a.csv", by_sex("AT", 2024, 162, 120, 42))
        never = ("never synced: default policy; rights and published figures not checked "
                 "('rapporteur-adapter sync' fetches them)")
        self.assertIn(never, self.adapter("validate", path).stdout)
        self.assertIn(never, self.adapter("push", path, "--dry-run").stdout)
        self.assertEqual(self.json("validate", path)["checked"], never)


class WithHub(Surface):
    def test_another_hub_key_and_a_key_nobody_enrolled(self):
        public = (self.agency / "hub.toml").read_text()
        other = re.search(r'curve_key = "([^"]*)"',
                          (self.hub.party_folder("observer") / "enrolment.toml").read_text())
        self.edit("hub.toml", r'^curve_key = .*$', f'curve_key = "{other.group(1)}"')
        self.edit("adapter.toml", r"^# answer_timeout_ms = .*$", "answer_timeout_ms = 1000")
        self.fails(UNREACHABLE, ["sync"], re.escape(self.hub.endpoint), "curve_key")
        (self.agency / "hub.toml").write_text(public)
        shutil.rmtree(self.agency)
        self.adapter("init", "no")
        (self.agency / "hub.toml").write_text(public)
        self.fails(REFUSED, ["sync"], "turns this key away", "not enrolled, or suspended")

    def test_a_pin_that_is_put_back_was_never_said_to_be_new(self):
        public = self.hub.home / "hub-public.toml"
        done = self.adapter("enrol", public)
        self.assertRegex(done.stdout, r"\Ahub '.*' pinned, log key ")
        self.edit("adapter.toml", r"^participant = .*$", 'participant = "another"')
        done = self.fails(REFUSED, ["enrol", public], "takes this agency for")
        self.assertNotIn("' pinned", done.stdout)
        self.assertIn("not pinned", done.stdout)

    def test_a_suspended_agency_learns_what_may_be_wrong(self):
        self.hub.operator("participant", "suspend", self.party, "--reason", "a trial")
        for words in (["sync"], ["push", self.write("a.csv", victims("AT", 1996, 162))]):
            self.fails(REFUSED, words, re.escape(self.hub.endpoint), "not enrolled, or suspended",
                       "operator")

    def test_what_the_hub_has_is_withdrawn_not_discarded(self):
        path = self.write("a.csv", victims("AT", 1998, 162))
        item = self.json("push", path)["items"][0]["message_id"]
        self.fails(REFUSED, ["outbox", "discard", item], "it is receipted", "withdraw")

    def test_rights_and_published_figures_are_known_after_a_sync(self):
        first = self.write("a.csv", by_sex("AT", 2001, 162, 120, 42))
        self.assertEqual(self.json("push", first)["items"][0]["state"], "receipted")
        self.adapter("sync")
        message = self.json("push", first, "--as-is", expect=REFUSED)["items"][0]
        hub_says = {(f["code"], f["row"], f["key"]) for f in message["findings"]
                    if f["severity"] == "error"}
        wrong = self.write("b.csv", by_sex("AT", 2001, 163, 120, 42))
        done = self.adapter("validate", wrong, expect=REFUSED)
        self.assertIn("163 = 120 + 42 does not hold", done.stdout)
        self.assertEqual(done.stdout.count("KEY_EXISTS"), 3)
        known = {(f["code"], f["line"] - 1, f["key"])
                 for f in self.json("validate", first, expect=REFUSED)["files"][0]["findings"]
                 if f["severity"] == "error"}
        self.assertEqual(known, hub_says)
        foreign = self.write("c.csv", by_sex("DE", 2001, 162, 120, 42))
        done = self.adapter("push", foreign, expect=REFUSED)
        self.assertEqual(done.stdout.count("RIGHTS"), 3)
        self.assertIn("c.csv:2:5: error RIGHTS REF_AREA: no right to submit VIC_IDENT for DE",
                      done.stdout)

    def test_only_the_newest_of_a_chain_is_replaced(self):
        path = self.write("a.csv", by_sex("AT", 1997, 162, 120, 42))
        first = self.json("push", path)["items"][0]["message_id"]
        second = self.json("revise", first, path)["items"][0]["message_id"]
        third = self.json("revise", second, path)["items"][0]["message_id"]
        for words in (["withdraw", first], ["revise", first, path], ["withdraw", second]):
            self.fails(REFUSED, words, f"{words[1]} is not the newest; the newest is {third}")
        self.json("withdraw", third)
        for message in (first, second, third):
            self.fails(REFUSED, ["withdraw", message], message, "it was withdrawn", "push")
        self.assertEqual(len(self.json("outbox", "list")["items"]), 4)

    def test_what_was_accepted_from_here_is_known_without_a_sync(self):
        self.adapter("sync")
        path = self.write("a.csv", by_sex("AT", 1999, 162, 120, 42))

        def taken():
            findings = self.json("validate", path, expect=None)["files"][0]["findings"]
            return [f["code"] for f in findings].count("KEY_EXISTS")

        self.assertEqual(taken(), 0)
        first = self.json("push", path)["items"][0]["message_id"]
        self.assertEqual(taken(), 3)
        more = self.write("b.csv", by_sex("AT", 1999, 172, 120, 52))
        second = self.json("revise", first, more)["items"][0]["message_id"]
        self.assertEqual(taken(), 3)
        self.assertEqual(self.json("withdraw", second)["items"][0]["state"], "receipted")
        self.assertEqual(taken(), 0)
        self.assertEqual(self.json("push", path)["items"][0]["state"], "receipted")
        self.adapter("sync")
        self.assertEqual(taken(), 3)

    def test_who_would_receive_it_is_known_after_a_sync(self):
        path = self.write("a.csv", by_sex("AT", 2002, 162, 120, 42))
        done = self.adapter("push", path, "--dry-run")
        self.assertIn("who would receive it is not known", done.stdout)
        self.adapter("sync")
        plan = self.json("push", path, "--dry-run")["files"][0]["plan"]
        self.assertEqual(plan[0]["receivers"], ["observer"])
        self.assertIn("-> observer", self.adapter("push", path, "--dry-run").stdout)

    def test_findings_of_the_hub_name_the_line_and_are_said_once(self):
        path = self.write("sc.csv", victims("AT", 2003, 62), victims("DE", 2003, 71))
        done = self.adapter("push", path, expect=REFUSED)
        self.assertIn("sc.csv:3: error RIGHTS REF_AREA: no right", done.stdout)
        self.assertEqual(done.stdout.count("BREAKDOWN_MISSING SEX"), 1, done.stdout)
        self.assertIn("no breakdown of VIC_IDENT by SEX", done.stdout)
        item = self.json("push", path, "--as-is", expect=REFUSED)["items"][0]
        finding = next(f for f in item["findings"] if f["code"] == "BREAKDOWN_MISSING")
        self.assertTrue(finding["message"].startswith("no breakdown of"), finding)
        self.assertTrue(finding["rule"].endswith("."), finding)

    def test_rows_left_out_are_counted(self):
        path = self.write("a.csv", by_sex("AT", 2004, 162, 120, 42), victims("AT", 2005, "many"))
        self.fails(REFUSED, ["push", path], "nothing was sent")
        done = self.adapter("push", path, "--skip-refused-rows")
        self.assertIn("1 row left out", done.stdout)

    def test_what_waits_goes_out_with_a_push_that_names_no_file(self):
        self.assertIn("nothing waits", self.adapter("push").stdout)
        self.edit("hub.toml", r'^endpoint = .*$', 'endpoint = "tcp://127.0.0.1:1"')
        self.adapter("push", self.write("a.csv", victims("AT", 2006, 162)), "--wait", "0",
                     expect=UNREACHABLE)
        self.edit("hub.toml", r'^endpoint = .*$', f'endpoint = "{self.hub.endpoint}"')
        document = self.json("push", self.write("b.csv", victims("AT", 2007, 162)))
        self.assertEqual([item["state"] for item in document["items"]], ["receipted"])
        self.assertEqual([item["state"] for item in document["carried_along"]], ["receipted"])

    def test_json_is_a_document_for_every_command(self):
        path = self.write("a.csv", victims("AT", 2008, 162))
        fresh = self.hub.folder / "fresh"
        self.addCleanup(shutil.rmtree, fresh, ignore_errors=True)
        done = run(PROGRAMS / "rapporteur-adapter", "-C", fresh, "--json", "init", "no")
        self.assertEqual(json.loads(done.stdout)["participant"], "no")
        for words in (["enrol", self.hub.home / "hub-public.toml"], ["sync"], ["validate", path],
                      ["push", path, "--dry-run"], ["push", path], ["push"], ["outbox", "list"],
                      ["receive", "--to", self.agency / "out.csv"], ["subscription", "list"],
                      ["receive", "--to", str(self.agency / "out") + "/"]):
            self.assertIsInstance(self.json(*words), dict, words)
        message = self.json("outbox", "list")["items"][0]["message_id"]
        revision = self.json("revise", message, path)["items"][0]["message_id"]
        self.assertEqual(self.json("withdraw", revision)["items"][0]["state"], "receipted")


LOGIN_UID = pathlib.Path("/proc/self/loginuid")


def in_a_session():
    """Whether whoever runs this has logged in, as the kernel sees it."""
    return LOGIN_UID.exists() and LOGIN_UID.read_text().strip() != "4294967295"


def session_of(uid):
    """A process of a session to which this uid has logged in."""
    return {"preexec_fn": lambda: LOGIN_UID.write_text(str(uid))}


class Approval(Surface):
    """What is pushed waits for a second person."""

    def setUp(self):
        super().setUp()
        self.edit("adapter.toml", r"^# approval = .*$", 'approval = "required"')
        self.edit("adapter.toml", r"^# approvers = .*$", 'approvers = ["chief"]')

    def push(self, year):
        done = self.json("push", self.write(f"{year}.csv", victims("AT", year, 162)))
        self.assertEqual([item["state"] for item in done["items"]], ["held"])
        return done["items"][0]["message_id"]

    def test_who_pushed_cannot_release(self):
        item = self.push(2009)
        release = ["outbox", "release", item]
        self.fails(REFUSED, release, "pushed it and cannot release it", "second person")
        self.fails(REFUSED, [*release, "--approver", "chief", "--reason", "me"],
                   "pushed it and cannot release it")
        self.assertEqual(self.json("outbox", "list")["items"][0]["state"], "held")
        self.assertEqual(self.adapter("push").stdout, "1 submission held until a second person "
                         "releases it: rapporteur-adapter outbox release ID\n")

    @unittest.skipUnless(os.geteuid() == 0 and not in_a_session(),
                         "needs root and no session, to be a second login")
    def test_a_second_login_releases_and_the_next_push_carries(self):
        item = self.push(2010)
        # Where nobody has logged in, the uid counts.
        second = {"preexec_fn": lambda: os.setreuid(65534, 0)}
        done = self.adapter("outbox", "release", item, **second)
        self.assertIn("ready", done.stdout)
        self.assertIn("next: rapporteur-adapter push", done.stdout.splitlines()[-1])
        document = self.json("push")
        self.assertEqual([(i["message_id"], i["state"]) for i in document["carried_along"]],
                         [(item, "receipted")])

    @unittest.skipUnless(LOGIN_UID.exists() and os.access(LOGIN_UID, os.W_OK) and not in_a_session(),
                         "needs to begin sessions")
    def test_two_people_with_one_account(self):
        path = self.write("2011.csv", victims("AT", 2011, 162))
        item = self.json("push", path, **session_of(4000000001))["items"][0]
        self.assertEqual(item["created_by"], "uid 4000000001")
        release = ["outbox", "release", item["message_id"]]
        self.fails(REFUSED, release, "'uid 4000000001' pushed it", **session_of(4000000001))
        released = self.json(*release, **session_of(4000000002))["items"][0]
        self.assertEqual((released["state"], released["released_by"]), ("ready", "uid 4000000002"))

    @unittest.skipUnless(os.geteuid() == 0 and not in_a_session(),
                         "needs root and no session, to be a second login")
    def test_a_discarded_number_is_closed_and_the_next_push_works(self):
        first, second = self.push(2011), self.push(2012)
        other = {"preexec_fn": lambda: os.setreuid(65534, 0)}
        for item in (first, second):
            self.assertEqual(self.json("outbox", "release", item, **other)["items"][0]["state"],
                             "ready")
        self.assertEqual(self.json("outbox", "discard", first)["items"][0]["state"], "discarded")
        document = self.json("push")
        kinds = {(item["kind"], item["state"]) for item in document["carried_along"]}
        self.assertEqual(kinds, {("skip", "receipted"), ("new", "receipted")})
        states = {i["message_id"]: i["state"] for i in self.json("outbox", "list")["items"]}
        self.assertEqual((states[first], states[second]), ("discarded", "receipted"))
        self.fails(REFUSED, ["outbox", "discard", second], "receipted")
        lines = self.adapter("outbox", "list").stdout.splitlines()
        self.assertRegex(lines[0], r"^STATE +MESSAGE ID +KIND +INDICATOR +ROWS +ENTRY +FILE +NOTE$")
        self.assertRegex(lines[1], rf"^discarded +{first} +new .* by [^ ]+.*$")
        self.assertEqual(lines[1].count("discarded"), 1)
        self.assertRegex(lines[3], r"^receipted +\S+ +skip .*closes number 1, which was discarded$")
        columns = [lines[0].index(word) for word in ("MESSAGE ID", "KIND", "ENTRY", "NOTE")]
        for line in (line.ljust(400) for line in lines[1:]):
            self.assertTrue(all(line[column - 2:column] == "  " for column in columns), line)


class Subscriptions(Surface):
    receives = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hub.enrol("at", submits=[("*", "AT")])
        path = cls.hub.party_folder("at") / "a.csv"
        path.write_text(HEADER + victims("AT", 2020, 162) + victims("AT", 2021, 170))
        cls.hub.adapter("at", "push", path)

    def test_a_subscription_is_added_listed_rewound_and_removed(self):
        self.fails(USAGE, ["receive", "--to", "-", "--subscription", "mine"], "mine",
                   "subscription add")
        self.fails(USAGE, ["subscription", "add", "bad", "--indicator", "ÄÄ"], "ÄÄ", "VIC_")
        self.json("subscription", "add", "mine", "--indicator", "VIC_*|CJ_*")
        listed = self.json("subscription", "list")["subscriptions"]
        self.assertEqual([(s["subscription"], s["indicator"]) for s in listed],
                         [("mine", "VIC_*|CJ_*")])
        target = self.agency / "out.csv"
        receive = ["receive", "--to", target, "--subscription", "mine"]
        self.assertEqual(self.json(*receive)["deliveries"], 1)
        self.assertEqual(self.json(*receive)["deliveries"], 0)
        self.assertTrue(self.json("subscription", "rewind", "mine")["rewound"])
        self.assertEqual(self.json(*receive)["deliveries"], 1)
        self.assertTrue(self.json("subscription", "remove", "mine")["removed"])
        self.assertEqual(self.json("subscription", "list")["subscriptions"], [])
        self.fails(REFUSED, ["subscription", "remove", "mine"], "mine")

    def test_the_folder_gets_a_file_a_submission_and_the_table_says_when_it_is_empty(self):
        self.adapter("subscription", "add", "nothing", "--indicator", "POL_*")
        self.adapter("subscription", "add", "all")
        done = self.adapter("receive", "--to", "-", "--format", "table", "--subscription",
                            "nothing")
        self.assertIn("nothing", done.stdout)
        folder = self.agency / "in"
        self.adapter("receive", "--to", f"{folder}/", "--subscription", "all")
        files = list(folder.iterdir())
        self.assertEqual(len(files), 1)
        self.assertIn("162", files[0].read_text())
        done = self.adapter("receive", "--to", "-", "--format", "table", "--subscription", "all")
        self.assertIn("162", done.stdout)


class Destinations(Surface):
    receives = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hub.enrol("at", submits=[("*", "AT")])

    def test_what_one_destination_was_given_comes_to_no_folder(self):
        sent = self.hub.party_folder("at") / "b.csv"
        sent.write_text(HEADER + victims("AT", 2022, 150))
        to_file = ["receive", "--to", self.agency / "out.csv"]
        folder = self.agency / "each"
        to_folder = ["receive", "--to", f"{folder}/"]
        self.assertEqual(self.json(*to_file)["deliveries"], 0)
        done = json.loads(self.hub.adapter("at", "--json", "push", sent).stdout)
        self.hub.adapter("at", "withdraw", done["items"][0]["message_id"])
        self.assertEqual(self.json(*to_file)["deliveries"], 2)
        self.assertEqual(self.json(*to_folder)["deliveries"], 0)
        self.assertEqual(list(folder.iterdir()), [])
        self.hub.adapter("at", "push", sent)
        self.assertEqual(self.json(*to_folder)["deliveries"], 1)
        self.assertEqual(len(list(folder.iterdir())), 1)


class Run(Surface):
    """The process that watches a folder, carries the outbox and receives."""

    receives = True

    def setUp(self):
        super().setUp()
        self.inbox = self.agency / "inbox"
        self.inbox.mkdir()
        self.edit("adapter.toml", r"^# watch = .*$", 'watch = "inbox"')
        self.edit("adapter.toml", r"^# answer_timeout_ms = .*$", "answer_timeout_ms = 500")
        self.process = None
        self.addCleanup(self.kill)

    def start(self):
        with open(self.agency / "run.log", "ab") as log:
            self.process = subprocess.Popen(
                [str(PROGRAMS / "rapporteur-adapter"), "-C", str(self.agency), "run"],
                stdout=log, stderr=log)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(timeout=20), 0, self.log())

    def log(self):
        return (self.agency / "run.log").read_text()

    def wait_for(self, what):
        deadline = time.monotonic() + 30
        while not what():
            self.assertLess(time.monotonic(), deadline, self.log())
            self.assertIsNone(self.process.poll(), self.log())
            time.sleep(0.05)

    def drop(self, name, *rows):
        """Written under a name that is left alone, then renamed: complete when it is there."""
        part = self.inbox / f"{name}.part"
        part.write_text(HEADER + "".join(rows))
        part.rename(self.inbox / name)

    def test_files_are_sent_and_moved_with_a_report_beside(self):
        self.drop("good.csv", by_sex("AT", 2030, 162, 120, 42))
        self.drop("wrong.csv", by_sex("AT", 2031, 163, 120, 42))
        self.drop("foreign.csv", by_sex("DE", 2030, 162, 120, 42))
        (self.inbox / "half.csv.part").write_text("not yet")
        self.start()
        done, refused = self.inbox / "done", self.inbox / "refused"
        self.wait_for(lambda: (done / "good.csv").exists() and (refused / "wrong.csv").exists()
                      and (refused / "foreign.csv").exists())
        self.wait_for(lambda: '"received"' in self.log() and self.party in self.log())
        self.terminate()
        self.assertIn("receipted", (done / "good.csv.report.txt").read_text())
        self.assertIn("163 = 120 + 42", (refused / "wrong.csv.report.txt").read_text())
        self.assertRegex((refused / "foreign.csv.report.txt").read_text(),
                         r"foreign\.csv:2: error RIGHTS")
        self.assertEqual([p.name for p in self.inbox.iterdir() if p.is_file()], ["half.csv.part"])
        events = [json.loads(line) for line in self.log().splitlines()]
        names = {event["event"] for event in events}
        self.assertEqual(names, {"accepted", "refused", "done", "not sent", "received"})
        received = [event for event in events if event["event"] == "received"]
        own = [event for event in received if event["sender"] == self.party]
        self.assertEqual([event["indicator"] for event in own], ["VIC_IDENT"])
        self.assertIn("162", pathlib.Path(own[0]["file"]).read_text())

    def test_a_file_is_sent_once_over_a_kill_and_an_absent_hub(self):
        self.edit("hub.toml", r'^endpoint = .*$', 'endpoint = "tcp://127.0.0.1:1"')
        self.drop("good.csv", by_sex("AT", 2032, 162, 120, 42))
        self.start()
        self.wait_for(lambda: "next try in" in self.log())
        self.wait_for(lambda: self.json("outbox", "list")["items"])
        self.kill()
        self.assertTrue((self.inbox / "good.csv").exists())
        self.edit("hub.toml", r'^endpoint = .*$', f'endpoint = "{self.hub.endpoint}"')
        self.start()
        self.wait_for(lambda: (self.inbox / "done/good.csv").exists())
        self.terminate()
        self.assertEqual([item["state"] for item in self.json("outbox", "list")["items"]],
                         ["receipted"])


if __name__ == "__main__":
    e2e.main()
