"""Every command of `rapporteur` with good and with bad input: its exit code, one line on standard
error that names place and remedy, and JSON where JSON was asked for."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import e2e
from local_hub import DATAFLOW, PROGRAMS, LocalHub

DONE, REFUSED, USAGE, CONFIGURATION, UNREACHABLE, STORAGE = 0, 1, 2, 3, 4, 6
RAPPORTEUR = PROGRAMS / "rapporteur"
HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
FIGURE = "dataflow,RAPPORTEUR:THB(1.0),I,A,AT,_Z,VIC_IDENT,_T,_T,_T,_T,_Z,PER,2024,{},A\n"


def rapporteur(*words, env=None, **options):
    without = {k: v for k, v in os.environ.items() if k != "RAPPORTEUR_OPERATOR"}
    return subprocess.run([str(word) for word in (RAPPORTEUR, *words)], text=True, check=False,
                          timeout=60, env={**without, **(env or {})},
                          **{"capture_output": True, **options})


class Lines(unittest.TestCase):
    def refused(self, code, words, *mentions, env=None):
        """One line that holds what is mentioned and a remedy; the same as JSON."""
        done = rapporteur(*words, env=env)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, r"\Arapporteur: [^\n]+ \([^\n]+\)\n\Z")
        for mention in mentions:
            self.assertIn(str(mention), done.stderr)
        done = rapporteur("--json", *words, env=env)
        self.assertEqual(done.returncode, code, done.stderr)
        said = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual([error["exit_code"] for error in said], [code], said)
        self.assertTrue(said[0]["remedy"], said)
        return done


    def cannot_print(self, *words):
        """Standard output takes nothing: a pipe nobody reads, and no signal about it."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            done = rapporteur(*words, capture_output=False, stdout=writer, stderr=subprocess.PIPE,
                              restore_signals=False)
        finally:
            os.close(writer)
        self.assertEqual(done.returncode, STORAGE, words)
        self.assertRegex(done.stderr, r"\Arapporteur: standard output: [^\n]+\n\Z")


class WithoutHub(Lines):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_words_nobody_knows_are_named_with_the_nearest(self):
        self.refused(USAGE, ["statsu"], "'statsu'", "status")
        self.refused(USAGE, ["foo"], "'foo'", "one of init participant")
        self.refused(USAGE, ["audit", "verfiy"], "rapporteur: audit: ", "'verfiy'", "verify")
        self.refused(USAGE, ["tail", "--folow"], "'--folow'", "--follow")
        self.refused(USAGE, ["status", "now"], "'now'")
        self.refused(USAGE, [], "a command is missing", "one of init")
        self.refused(USAGE, ["grant"], "rapporteur: grant: ", "one of submit receive")
        self.refused(USAGE, ["show"], "INDEX")
        self.refused(USAGE, ["show", "first"], "first")

    def test_help_and_version(self):
        self.assertRegex(rapporteur("--version").stdout, r"\Arapporteur \d+\.\d+\.\d+\n\Z")
        for words in ([], ["audit"], ["audit", "verify"], ["grant", "submit"], ["proof", "get"]):
            done = rapporteur(*words, "--help")
            self.assertEqual((done.returncode, done.stderr), (DONE, ""))
            self.assertIn("--help", done.stdout)

    def test_what_cannot_be_written_is_said(self):
        for words in (["--version"], ["--help"]):
            self.cannot_print(*words)

    def test_an_operators_folder_that_is_none(self):
        for words in (["status"], ["tail"], ["show", "1"], ["table"], ["participant", "list"],
                      ["policy", "show", DATAFLOW], ["proof", "get", "1"],
                      ["grant", "receive", "at"]):
            self.refused(USAGE, ["--operator", self.folder / "none", *words], self.folder / "none",
                         "--operator", "RAPPORTEUR_OPERATOR")
        self.refused(USAGE, ["status"], "elsewhere", env={"RAPPORTEUR_OPERATOR": "elsewhere"})

    def test_init_checks_all_before_it_makes_anything(self):
        target = self.folder / "hub"
        for options, mention in ((["--hub", "two words"], "--hub"),
                                 (["--hub", 'a"b', "--endpoint", "udp://h:1"], "--endpoint"),
                                 (["--hub", "h", "--endpoint", "tcp://host"], "--endpoint"),
                                 (["--hub", "h", "--endpoint", "tcp://host:70000"], "--endpoint"),
                                 (["--hub", "h", "--monitor", "0.0.0.0:9570"], "--monitor"),
                                 (["--hub", "h", "--monitor", "loopback"], "--monitor"),
                                 (["--hub", "h", "--operator-id", "A"], "--operator-id")):
            self.refused(USAGE, ["init", target, *options], mention)
        self.refused(USAGE, ["init", target], "--hub")
        self.assertEqual(list(self.folder.iterdir()), [])
        (self.folder / "file").write_text("", encoding="utf-8")
        self.refused(STORAGE, ["init", self.folder / "file/hub", "--hub", "h"], "file")
        target.mkdir()
        (target / "something").mkdir()
        self.refused(CONFIGURATION, ["init", target, "--hub", "h"], target)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["file", "hub"])

    def test_init_that_cannot_finish_leaves_nothing(self):
        # So few descriptors that keys can be written, and the database not.
        done = subprocess.run(["bash", "-c", 'ulimit -n 12; "$0" init "$1" --hub h', RAPPORTEUR,
                               self.folder / "hub"], capture_output=True, text=True, check=False,
                              timeout=60)
        self.assertEqual(done.returncode, STORAGE, done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_init_in_an_empty_folder_and_with_json(self):
        target = self.folder / "hub"
        target.mkdir()
        done = rapporteur("--json", "init", target, "--hub", "hub.example/t", "--monitor", "")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(json.loads(done.stdout)["origin"], "hub.example/t/log1")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["hub"])
        check = subprocess.run([PROGRAMS / "rapporteur-broker", "--config", target / "hub.toml",
                                "--check"], check=False, capture_output=True, timeout=60)
        self.assertEqual(check.returncode, DONE, check.stderr)
        self.refused(UNREACHABLE, ["--operator", target / "operator", "status"], "127.0.0.1:5570")

    def test_an_endpoint_that_nobody_can_connect_to_is_warned_of(self):
        done = rapporteur("init", self.folder / "hub", "--hub", "h", "--endpoint", "tcp://0.0.0.0:5570")
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stderr, r"\Arapporteur: warning: [^\n]*hub-public\.toml[^\n]*\n\Z")

    def test_keys_and_files_that_the_line_names(self):
        nothing = self.folder / "nothing"
        for words in (["audit", "verify", self.folder], ["proof", "verify", nothing]):
            self.refused(USAGE, words, "--vkey or --public")
            self.refused(USAGE, [*words, "--vkey", "hub+12+key"], "--vkey")
            self.refused(USAGE, [*words, "--public", nothing], nothing)


class AtAHub(Lines):
    """One hub for all: what a test changes no other one looks at."""

    @classmethod
    def setUpClass(cls):
        cls.hub = cls.enterClassContext(LocalHub())
        cls.hub.enrol("at", submits=[("*", "AT")])
        path = cls.hub.party_folder("at") / "a.csv"
        path.write_text(HEADER + FIGURE.format(162), encoding="utf-8")
        cls.hub.adapter("at", "push", path)
        cls.hub.adapter("at", "receive", "--to", cls.hub.party_folder("at") / "received.csv")
        cls.public = cls.hub.home / "hub-public.toml"
        cls.receipt = next((cls.hub.party_folder("at") / "receipts").iterdir())
        # The operator receives too, for `table`.
        cls.hub.operator("grant", "receive", "operator", "--from", "0")
        cls.operator = ["--operator", cls.hub.home / "operator"]

    def at_hub(self, code, words, *mentions):
        return self.refused(code, [*self.operator, *words], *mentions)

    def good(self, *words):
        done = rapporteur(*self.operator, *words)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        return done.stdout

    def values(self, *words):
        """What is printed with --json: one value a line."""
        return [json.loads(line) for line in self.good("--json", *words).splitlines()]

    def enrolment(self, name):
        self.hub.adapter(name, "init", name)
        return self.hub.party_folder(name) / "enrolment.toml"

    def test_participant(self):
        request = self.enrolment("be")
        add = ["participant", "add", request, "--kind"]
        self.at_hub(USAGE, ["participant", "add", "nofile.toml", "--kind", "observer"],
                    "nofile.toml", "rapporteur-adapter init")
        self.at_hub(USAGE, [*add, "ministry"], "'ministry'", "coordination-body")
        broken = self.hub.folder / "broken.toml"
        broken.write_text(request.read_text(encoding="utf-8").replace('"be"', '"bg"'),
                          encoding="utf-8")
        self.at_hub(REFUSED, ["participant", "add", broken, "--kind", "observer"], broken)
        self.assertEqual(self.values(*add, "observer")[0]["participant"], "be")
        done = self.at_hub(REFUSED, [*add, "observer"], "ALREADY_ENROLLED: ")
        self.assertEqual(done.stderr.count("ALREADY_ENROLLED"), 1)
        self.assertRegex(self.good("participant", "list"), r"(?m)^be +observer +active")
        self.assertIn("be", [one["id"] for one in self.values("participant", "list")])
        self.assertEqual(self.values("participant", "show", "be")[0]["kind"], "observer")
        self.at_hub(REFUSED, ["participant", "show", "bx"], "'bx'", "participant list")
        self.assertIn("suspended", self.good("participant", "suspend", "be", "--reason", "test"))
        self.assertEqual(self.values("participant", "resume", "be", "--reason", "t")[0]["state"],
                         "active")
        self.good("participant", "revoke", "be", "--reason", "test")
        self.at_hub(REFUSED, ["participant", "resume", "be", "--reason", "t"], "REVOKED_FOR_GOOD")
        self.at_hub(USAGE, ["participant", "suspend", "be"], "--reason")

    def test_grant(self):
        self.assertIn("at may submit * VIC_* for AT", self.good(
            "grant", "submit", "at", "--indicator", "VIC_*", "--area", "AT"))
        self.assertIn("at may no longer submit", self.good(
            "grant", "submit", "at", "--indicator", "VIC_*", "--area", "AT", "--end"))
        self.assertTrue(self.values("grant", "receive", "at", "--sender", "no")[0]["index"])
        self.at_hub(REFUSED, ["grant", "submit", "nobody", "--area", "AT"], "UNKNOWN_PARTICIPANT")
        self.at_hub(USAGE, ["grant", "submit", "at"], "--area")
        self.at_hub(USAGE, ["grant", "receive", "at", "--from", "start"], "--from")

    def test_a_pattern_that_matches_no_code_is_warned_of(self):
        for words, mention in ((["--area", "Latvia"], r"--area Latvia is no code; near it: LV"),
                               (["--area", "AT", "--indicator", "VIC_IDNT"],
                                "--indicator VIC_IDNT is no code; near it: VIC_IDENT"),
                               (["--area", "AT", "--dataflow", "X:Y(1.0)"], "--dataflow X:Y")):
            done = rapporteur(*self.operator, "grant", "submit", "at", *words)
            self.assertEqual(done.returncode, DONE, done.stderr)
            self.assertRegex(done.stderr, rf"\Arapporteur: warning: {mention}")
            self.assertEqual(done.stderr.count("\n"), 1)
            done = rapporteur(*self.operator, "--json", "grant", "submit", "at", *words, "--end")
            self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        done = rapporteur(*self.operator, "--json", "grant", "submit", "at", "--area", "XX|AT|B*")
        self.assertIn("XX", json.loads(done.stderr)["warning"])

    def test_policy(self):
        self.assertIn("1 to 9", self.good("policy", "show", DATAFLOW))
        self.at_hub(REFUSED, ["policy", "show", "X:Y(1.0)"], "'X:Y(1.0)'", "RAPPORTEUR:THB(1.0)")
        self.assertEqual(self.values("policy", "set", "UNODC:GLOTIP(1.0)", "--k", "12", "--reason",
                                     "test")[0]["k"], 12)
        self.at_hub(REFUSED, ["policy", "set", "UNODC:GLOTIP(1.0)", "--k", "3", "--reason", "t"],
                    "NEEDS_TWO_OPERATORS")
        self.at_hub(USAGE, ["policy", "set", DATAFLOW, "--free-text", "any", "--reason", "t"],
                    "--free-text")

    def test_status_tail_and_show(self):
        status = self.values("status")[0]
        self.assertEqual((status["ready"], status["accepted"]), (True, 1))
        self.assertRegex(self.good("status"), r"1 submissions accepted(?s:.)*ENTRIES BEHIND")
        lines = self.good("tail", "-n", "1000")
        for line in (r"ACCEPTED +NEW by at of VIC_IDENT for AT",
                     r"ADMINISTERED +at may submit RAPPORTEUR:THB\(1\.0\) \* for AT",
                     r"ADMINISTERED +at may receive RAPPORTEUR:THB\(1\.0\) \* from \*, entries 0",
                     r"SUBSCRIBED +subscription default of at reads \* \* from \* for \* from entry"):
            self.assertRegex(lines, line)
        events = self.values("tail", "-n", "1000")
        self.assertEqual([event["index"] for event in events], list(range(len(events))))
        self.assertEqual(self.values("show", "0")[0]["event"], "STARTED")
        self.assertEqual(json.loads(self.good("show", "0"))["index"], 0)
        self.at_hub(REFUSED, ["show", "1000000"], "no entry 1000000")
        self.at_hub(USAGE, ["tail", "-n", "few"], "few")

    def test_table(self):
        row = self.values("table", "--indicator", "VIC_*")[0]
        self.assertEqual((row["sender"], row["OBS_VALUE"]), ("at", "162"))
        self.assertIn("162", self.good("table"))
        self.assertEqual(self.values("table", "--area", "LV"), [])

    def test_proof(self):
        index = json.loads(rapporteur("--json", "proof", "verify", self.receipt, "--public",
                                      self.public).stdout)["index"]
        target = self.hub.folder / "p.tlog-proof"
        self.assertIn(str(target), self.good("proof", "get", index, "-o", target))
        self.assertEqual(self.values("proof", "get", index, "-o", target)[0]["index"], index)
        self.assertEqual(self.values("proof", "get", index)[0]["proof"], self.good("proof", "get",
                                                                                   index))
        verify = ["proof", "verify", target, "--public", self.public]
        self.assertIn("verified: entry", self.good(*verify))
        self.refused(USAGE, ["proof", "verify", "nofile", "--public", self.public], "nofile",
                     "tlog-proof")
        self.refused(REFUSED, ["proof", "verify", self.public, "--public", self.public],
                     self.public)
        text = target.read_text(encoding="utf-8")
        target.write_text(text.replace(f"index {index}", "index 0"), encoding="utf-8")
        self.refused(REFUSED, verify, target, "rapporteur proof get")
        self.at_hub(REFUSED, ["proof", "get", "1000000"], "NOT_FOUND", "number")
        self.at_hub(STORAGE, ["proof", "get", index, "-o", "/nowhere/p"], "/nowhere/p")

    def test_a_receipt_of_another_log(self):
        other = self.hub.folder / "other"
        self.assertEqual(rapporteur("init", other, "--hub", "other.example").returncode, DONE)
        self.refused(REFUSED, ["proof", "verify", self.receipt, "--public",
                               other / "hub-public.toml"], "other.example/log1", self.hub.name)
        self.refused(REFUSED, ["audit", "verify", self.hub.home / "data", "--public",
                               other / "hub-public.toml"], "another key", self.hub.home / "data")

    def test_what_cannot_be_written_is_said(self):
        for words in (["tail"], ["status"], ["table"], ["participant", "list"], ["proof", "get", "1"]):
            self.cannot_print(*self.operator, *words)

    def test_audit(self):
        data = self.hub.home / "data"
        verify = ["audit", "verify", data, "--public", self.public]
        self.assertIn(" verified: ", self.good(*verify))
        self.assertTrue(self.values(*verify)[0]["verified"])
        self.refused(USAGE, ["audit", "verify", "nofolder", "--public", self.public], "nofolder")
        self.refused(STORAGE, ["audit", "verify", self.hub.home, "--public", self.public],
                     self.hub.home)

    def test_audit_against_what_others_kept(self):
        verify = ["audit", "verify", self.hub.home / "data", "--public", self.public,
                  "--checkpoints"]
        kept = self.receipt.parent
        self.assertIn("1 checkpoints that others kept", self.good(*verify, kept))
        self.assertEqual(self.values(*verify, kept)[0]["given_checkpoints"], 1)
        self.refused(USAGE, [*verify, self.hub.folder / "nofolder"], "nofolder")
        wrong = self.hub.folder / "kept"
        wrong.mkdir()
        text = self.receipt.read_text(encoding="utf-8")
        (wrong / "changed").write_text(text[:-12] + ("A" if text[-12] != "A" else "B") + text[-11:],
                                       encoding="utf-8")
        self.refused(REFUSED, [*verify, wrong], wrong / "changed")

    def test_audit_export_tiles(self):
        data, out = self.hub.home / "data", self.hub.folder / "tiles"
        export = ["audit", "export-tiles", data, "--out", out]
        self.assertRegex(self.good(*export), r"holds (\d+) entries of .*, \1 of them new")
        again = self.values(*export)[0]
        # The hub runs, and may have written since.
        self.assertTrue(0 < again["from"] <= again["to"] and not again["records"], again)
        verify = ["audit", "verify", out, "--public", self.public]
        self.assertIn("tree and checkpoint verified", self.good(*verify))
        found = self.values(*verify)[0]
        self.assertEqual((found["verified"], found["proved"], found["entries"]),
                         (True, "tree and checkpoints", again["to"]))
        self.refused(USAGE, ["audit", "export-tiles", data], "--out")
        self.refused(USAGE, ["audit", "export-tiles", "nofolder", "--out", out], "nofolder")
        self.refused(USAGE, ["audit", "export-tiles", "--out", out], "data")
        self.refused(STORAGE, ["audit", "export-tiles", data, "--out", self.public], self.public)
        self.refused(STORAGE, ["audit", "export-tiles", out, "--out", data], out)
        tile = next(path for path in sorted((out / "tile/0").rglob("*")) if path.is_file())
        tile.write_bytes(b"x" + tile.read_bytes()[1:])
        done = rapporteur(*verify)
        self.assertEqual((done.returncode, done.stderr), (REFUSED, ""))
        self.assertIn(f"NOT VERIFIED: {tile}", done.stdout)
        wrong = json.loads(rapporteur("--json", *verify).stdout)["wrong"]
        self.assertEqual((wrong["place"], wrong["file"]), ("file", str(tile)))
        other = self.hub.folder / "another"
        self.assertEqual(rapporteur("init", other, "--hub", "another.example").returncode, DONE)
        self.refused(REFUSED, ["audit", "export-tiles", other / "data", "--out", out], out)

    def test_audit_export_records(self):
        data, out = self.hub.home / "data", self.hub.folder / "records"
        export = ["audit", "export", data, "--out", out, "--records"]
        self.assertTrue(self.values(*export)[0]["records"])
        verify = ["audit", "verify", out, "--public", self.public]
        self.assertIn("tiles hold the same tree", self.good(*verify))
        found = self.values(*verify)[0]
        self.assertEqual((found["proved"], found["commitments"] > 0, found["bodies_absent"]),
                         ("everything", True, found["accepted"]))
        self.refused(USAGE, [*export, "--bodies"], out, "--bodies")
        self.refused(USAGE, export[:-1], "--records")
        whole = self.hub.folder / "bodies"
        self.good("audit", "export", data, "--out", whole, "--records", "--bodies")
        found = self.values("audit", "verify", whole, "--public", self.public)[0]
        self.assertEqual((found["verified"], found["bodies_absent"]), (True, 0))
        self.refused(USAGE, ["audit", "export", data, "--out", whole, "--records"], whole,
                     "--bodies")


class OfADamagedLog(Lines):
    def test_each_damaged_file_is_named(self):
        with LocalHub() as hub:
            hub.enrol("at", submits=[("*", "AT")])
            path = hub.party_folder("at") / "a.csv"
            path.write_text(HEADER + FIGURE.format(162), encoding="utf-8")
            hub.adapter("at", "push", path)
            hub.stop_broker()
            data = hub.home / "data"
            words = ["audit", "verify", data, "--public", hub.home / "hub-public.toml"]
            self.assertEqual(rapporteur(*words).returncode, DONE)
            tables = sorted((data / "db").glob("*.sst"))
            self.assertGreater(len(tables), 5)
            for file in tables:
                whole = file.read_bytes()
                for damaged in (whole[:-40], None):
                    if damaged is None:
                        file.unlink()
                    else:
                        file.write_bytes(damaged)
                    self.refused(STORAGE, words, data, file.stem, "verified backup")
                file.write_bytes(whole)
            self.assertEqual(rapporteur(*words).returncode, DONE)


if __name__ == "__main__":
    e2e.main()
