"""Every command of `rapporteur` with good and with bad input: its exit code, one line on standard
error that names place and remedy, and JSON where JSON was asked for."""

import base64
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import e2e
from local_hub import DATAFLOW, PROGRAMS, LocalHub
from note_keys import LOG, WITNESS, Key, log_key

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
        self.refused(USAGE, ["show", "-1"], "INDEX")
        for words, number in ((["show", "x"], "x"), (["erase", "1.5", "--reason", "t"], "1.5"),
                              (["checkpoint", "--size", "x"], "x"), (["tail", "-n", "-1"], "-1"),
                              (["proof", "get", "1", "--size", "0"], "0"),
                              (["retention", "set", "D", "--superseded-days", "-1", "--reason",
                                "t"], "-1"),
                              (["grant", "receive", "no", "--from", "-1"], "-1"),
                              (["hold", "place", "h", "--to", "9e9", "--reason", "t"], "9e9"),
                              (["policy", "set", "D", "--k", "4294967296", "--reason", "t"],
                               "4294967296")):
            done = self.refused(USAGE, words, f"'{number}' is not a whole number from ")
            self.assertLess(len(done.stderr), 300)

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
                      ["proof", "consistency", "1"], ["checkpoint"],
                      ["erase", "1", "--reason", "t"], ["retention", "show"], ["hold", "list"],
                      ["waiver", "list"],
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
                                 (["--hub", "https://h"], "without scheme"),
                                 (["--hub", "h", "--endpoint", "tcp://127.0.0.1:5", "--monitor",
                                   "127.0.0.1:5"], "a port that --endpoint does not have"),
                                 (["--hub", "h", "--operator-id", "A"], "--operator-id")):
            self.refused(USAGE, ["init", target, *options], mention)
        self.refused(USAGE, ["init", target], "--hub")
        self.assertEqual(list(self.folder.iterdir()), [])
        (self.folder / "file").write_text("", encoding="utf-8")
        self.refused(STORAGE, ["init", self.folder / "file/hub", "--hub", "h"], "file")
        target.mkdir()
        (target / "something").mkdir()
        self.refused(USAGE, ["init", target, "--hub", "h"], target)
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

    def test_witness(self):
        hub = self.folder / "hub"
        self.assertEqual(rapporteur("init", hub, "--hub", "h").returncode, DONE)
        public = hub / "hub-public.toml"
        target = self.folder / "w"
        init = ["witness", "init", target, "--name"]
        for words, mention in (([*init, "two words", "--public", public], "--name"),
                               ([*init, "w1"], "--vkey or --public"),
                               ([*init, "w1", "--public", public, "--listen", "here"], "--listen"),
                               ([*init, "w1", "--public", public, "--listen", "0.0.0.0:8090"],
                                "loopback"),
                               (["witness", "init", target], "--name"),
                               (["witness", "run", self.folder / "none"], self.folder / "none"),
                               (["witness", "show", self.folder / "none"], "witness init"),
                               (["witness", "rnu"], "run")):
            self.refused(USAGE, words, mention)
        self.assertFalse(target.exists())
        done = rapporteur("--json", *init, "w1", "--public", public)
        self.assertEqual(done.returncode, DONE, done.stderr)
        key = json.loads(done.stdout)["verifier_key"]
        line = f"witness NAME {key} http://127.0.0.1:8090"
        self.assertEqual(rapporteur("witness", "show", target).stdout, line + "\n")
        self.refused(USAGE, [*init, "w1", "--public", public], target)
        settings = target / "witness.toml"
        whole = settings.read_text(encoding="utf-8")
        for bad, mention in (("name = ", "name"), ("logs = [\"x\"]\n", "witness.toml:1"),
                             ("lsten = \"127.0.0.1:1\"\n" + whole, "'listen'"),
                             (whole.replace("127.0.0.1:8090", "127.0.0.1"), "host:port"),
                             (whole.replace("127.0.0.1:8090", "[::]:8090"), "loopback")):
            settings.write_text(bad if "name" in bad else 'name = "w"\n' + bad, encoding="utf-8")
            self.refused(CONFIGURATION, ["witness", "run", target], settings)
        settings.write_text(whole, encoding="utf-8")
        state = target / "state"
        state.rmdir()
        for command in ("run", "show"):
            self.refused(STORAGE, ["witness", command, target], state, "a witness with a new key")
        self.assertFalse(state.exists())
        state.mkdir()
        secret = target / "witness.key"
        secret.chmod(0o644)
        self.refused(CONFIGURATION, ["witness", "run", target], "witness.key")
        secret.unlink()
        for left in ("", "lock"):
            if left:
                (state / left).write_text("", encoding="utf-8")
            for command in ("run", "show"):
                self.refused(CONFIGURATION, ["witness", command, target], secret, "key is missing")
        state.joinpath("lock").unlink()
        state.rmdir()
        for command in ("run", "show"):
            self.refused(CONFIGURATION, ["witness", command, target], secret, "key is missing")
        self.assertEqual([path.name for path in target.iterdir()], ["witness.toml"])

    def test_timestamp(self):
        file = self.folder / "1.checkpoint"
        words = ["timestamp", "verify", file, "--ca", self.folder / "ca.pem"]
        self.refused(USAGE, words, "--vkey or --public")
        self.refused(USAGE, ["timestamp", "verify", file], "--ca")
        hub = self.folder / "hub"
        self.assertEqual(rapporteur("init", hub, "--hub", "h").returncode, DONE)
        words += ["--public", hub / "hub-public.toml"]
        self.refused(USAGE, words, "ca.pem")
        (self.folder / "ca.pem").write_text("", encoding="utf-8")
        self.refused(USAGE, words, file)
        file.write_text("no note", encoding="utf-8")
        self.refused(USAGE, words, f"{file}.tsr")
        (self.folder / "1.checkpoint.tsr").write_bytes(b"no token")
        self.refused(REFUSED, words, file)

    def test_keys_and_files_that_the_line_names(self):
        nothing = self.folder / "nothing"
        for words in (["audit", "verify", self.folder], ["proof", "verify", nothing]):
            self.refused(USAGE, words, "--vkey or --public")
            self.refused(USAGE, [*words, "--vkey", "hub+12+key"], "--vkey")
            self.refused(USAGE, [*words, "--public", nothing], nothing)

    def test_a_policy_that_is_none(self):
        receipt, policy = self.folder / "r.tlog-proof", self.folder / "policy"
        receipt.write_text("", encoding="utf-8")
        verify = ["proof", "verify", receipt, "--policy", policy]
        self.refused(USAGE, verify, policy)
        key = Key()
        log = "log " + key.vkey("hub.example/log", LOG)
        for text, mentions in (("", ["which quorum", "quorum none"]),
                               ("quorum none\n", ["names no log", "log <verifier key>"]),
                               (f"{log}\nquorum W\n", ["policy:2: ", "'W'", "a line above"]),
                               (f"{log}\nquorum none\r\n", ["policy:2: ", "control character"]),
                               (f"{log}\n{log}\nquorum none\n", ["policy:2: ", "another log's"]),
                               (f"{log}\nquroum none\n", ["policy:2: ", "'quroum'", "group, quorum"]),
                               ("#" * 300_000, ["longer"])):
            policy.write_bytes(text.encode())
            self.refused(CONFIGURATION, verify, policy, *mentions)
        self.refused(USAGE, [*verify, "--vkey", key.vkey("hub", LOG)], "--policy")


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

    def test_keys(self):
        key = self.hub.folder / "officer.key"
        made = json.loads(self.hub.adapter("at", "--json", "keygen", "at", key).stdout)
        request, public = made["request"], made["public_key"]
        add = ["participant", "add-key", request]
        self.at_hub(USAGE, add, "--reason")
        self.at_hub(USAGE, ["participant", "add-key", "nofile.toml", "--reason", "t"],
                    "nofile.toml", "rapporteur-adapter keygen")
        forged = self.hub.folder / "forged.toml"
        forged.write_text(pathlib.Path(request).read_text(encoding="utf-8").replace('"at"', '"no"'),
                          encoding="utf-8")
        self.at_hub(REFUSED, ["participant", "add-key", forged, "--reason", "t"], forged, "proof")
        self.at_hub(CONFIGURATION, ["participant", "add-key", key, "--reason", "t"], key)
        # A request of one kind is none of the other.
        self.at_hub(CONFIGURATION, ["participant", "add-key",
                                    self.hub.party_folder("at") / "enrolment.toml", "--reason", "t"],
                    "curve_key")
        self.assertIn(f"at may also sign with {public}", self.good(*add, "--reason", "officer"))
        self.at_hub(REFUSED, [*add, "--reason", "again"], "KEY_IN_USE")
        self.assertIn(public, self.values("participant", "show", "at")[0]["signing_keys"])
        end = ["participant", "end-key", "at"]
        self.at_hub(USAGE, [*end, public[1:], "--reason", "t"], "64 hexadecimal digits")
        self.at_hub(USAGE, [*end, public], "--reason")
        self.assertEqual(self.values(*end, public, "--reason", "left")[0]["participant"], "at")
        self.assertNotIn(public, self.values("participant", "show", "at")[0]["signing_keys"])
        self.at_hub(REFUSED, [*end, public, "--reason", "left"], "UNKNOWN_KEY")

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

    def test_erase(self):
        self.at_hub(USAGE, ["erase"], "INDEX")
        self.at_hub(USAGE, ["erase", "first", "--reason", "t"], "first")
        self.at_hub(USAGE, ["erase", "1"], "--reason")
        self.at_hub(REFUSED, ["erase", "0", "--reason", "t"], "NO_BODY", "no accepted submission")
        self.at_hub(REFUSED, ["erase", "1000000", "--reason", "t"], "NO_BODY", "show INDEX")
        self.at_hub(USAGE, ["erase", "0", "--reason", ""], "--reason")
        self.at_hub(USAGE, ["erase", "-1", "--reason", "t"], "INDEX")
        self.hub.enrol("fr", submits=[("*", "FR")], receives=False)
        path = self.hub.party_folder("fr") / "fr.csv"
        path.write_text(HEADER + FIGURE.format(162).replace(",AT,", ",FR,"), encoding="utf-8")
        self.hub.adapter("fr", "push", path)
        index = next(event["index"] for event in self.values("tail", "-n", "1000")
                     if event["event"] == "ACCEPTED" and "FR" in event["summary"])
        self.assertEqual(self.values("erase", index, "--reason", "test")[0]["erased"], index)
        self.at_hub(REFUSED, ["erase", index, "--reason", "t"], "NO_BODY", "erased already")
        self.assertIn("erase salt and body of entry", self.good("tail", "-n", "1000"))

    def test_retention(self):
        self.assertIn("for good", self.good("retention", "show"))
        set_days = ["retention", "set", "UNODC:GLOTIP(1.0)"]
        self.at_hub(REFUSED, [*set_days, "--reason", "t"], "NO_CHANGE")
        self.assertEqual(self.values(*set_days, "--live-days", "365", "--reason", "t")[0],
                         {"dataflow": "UNODC:GLOTIP(1.0)", "live_days": 365, "superseded_days": 0})
        self.assertIn("365 days", self.good("retention", "show"))
        self.at_hub(REFUSED, ["retention", "set", "X:Y(1.0)", "--live-days", "1", "--reason", "t"],
                    "UNKNOWN_DATAFLOW")
        self.at_hub(REFUSED, [*set_days, "--live-days", "40000", "--reason", "t"], "BAD_RETENTION")
        self.at_hub(USAGE, [*set_days, "--live-days", "-1", "--reason", "t"], "--live-days")
        self.at_hub(USAGE, [*set_days, "--live-days", "1"], "--reason")
        self.good(*set_days, "--live-days", "0", "--reason", "t")

    def test_hold(self):
        place = ["hold", "place", "case-1", "--sender", "none", "--reason", "t"]
        self.assertEqual(self.values(*place)[0]["name"], "case-1")
        self.at_hub(REFUSED, place, "ALREADY_HELD")
        self.assertRegex(self.good("hold", "list"), r"(?m)^case-1 +entries 0 to the end of \* by none")
        self.assertIn("case-1", [one["name"] for one in self.values("hold", "list")])
        self.at_hub(REFUSED, ["hold", "place", "Case 2", "--reason", "t"], "BAD_HOLD")
        self.at_hub(USAGE, ["hold", "place", "case-2", "--from", "2", "--to", "1", "--reason", "t"],
                    "--from and --to")
        self.at_hub(USAGE, ["hold", "place", "case-2", "--from", "one", "--reason", "t"], "--from")
        self.at_hub(USAGE, ["hold", "place"], "NAME")
        self.good("hold", "lift", "case-1", "--reason", "t")
        self.at_hub(REFUSED, ["hold", "lift", "case-1", "--reason", "t"], "UNKNOWN_HOLD", "hold list")

    def test_status_tail_and_show(self):
        status = self.values("status")[0]
        self.assertTrue(status["ready"])
        self.assertGreaterEqual(status["accepted"], 1)
        self.assertRegex(self.good("status"), r"[1-9]\d* accepted, (?s:.)*ENTRIES BEHIND")
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

    def receipt_index(self):
        return json.loads(rapporteur("--json", "proof", "verify", self.receipt, "--public",
                                     self.public).stdout)["index"]

    def test_proof(self):
        index = self.receipt_index()
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
                     f"{self.public}:1: ")
        text = target.read_text(encoding="utf-8")
        target.write_text(text.replace(f"index {index}", "index 0"), encoding="utf-8")
        self.refused(REFUSED, verify, target, "rapporteur proof get")
        self.at_hub(REFUSED, ["proof", "get", "1000000"], "NOT_FOUND", "number")
        self.at_hub(STORAGE, ["proof", "get", index, "-o", "/nowhere/p"], "/nowhere", "no such folder")
        pipe = self.hub.folder / "pipe"
        os.mkfifo(pipe)
        self.at_hub(USAGE, ["proof", "get", index, "-o", pipe], str(pipe), "not a regular file")

    def test_many_proofs_at_once(self):
        folder = self.hub.folder / "proofs"
        said = self.values("proof", "get", "0", "3-5", "2", "--out", folder)
        self.assertEqual([one["index"] for one in said], [0, 3, 4, 5, 2])
        files = [folder / f"{index}.tlog-proof" for index in (0, 3, 4, 5, 2)]
        self.assertEqual([one["file"] for one in said], [str(file) for file in files])
        self.assertEqual(self.good("proof", "verify", *files, "--public", self.public)
                         .count("verified: entry"), 5)
        self.assertEqual(len({file.read_text(encoding="utf-8").split("\n\n")[1]
                              for file in files}), 1, "one checkpoint for all")
        self.assertEqual(len(self.values("proof", "get", "0-2")), 3)
        self.assertIn("3.tlog-proof", self.good("proof", "get", "3", "--out", f"{folder}/"))
        done = rapporteur(*self.operator, "proof", "get", "0-2")
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertRegex(done.stderr, r"\Arapporteur: --out: [^\n]+--json[^\n]*\n\Z")
        self.at_hub(USAGE, ["proof", "get", "7-3", "-o", folder], "'7-3'", "10-20")
        self.at_hub(USAGE, ["proof", "get", "0x1"], "'0x1'")
        self.at_hub(USAGE, ["proof", "get", "0-100000", "-o", folder], "too many", "100000")
        self.at_hub(USAGE, ["proof", "get", "0-18446744073709551615", "-o", folder], "too many")
        self.at_hub(REFUSED, ["proof", "get", "0", "1000000", "-o", folder], "NOT_FOUND",
                    "entry 1000000")
        (self.hub.folder / "file").write_text("", encoding="utf-8")
        self.at_hub(STORAGE, ["proof", "get", "0", "1", "-o", self.hub.folder / "file"],
                    self.hub.folder / "file")

    def test_more_proofs_than_one_answer_holds(self):
        asked = ["0-4"] * 60
        self.assertEqual([one["index"] for one in self.values("proof", "get", *asked)],
                         list(range(5)) * 60)

    def test_proofs_in_an_older_tree(self):
        index = self.receipt_index()
        old = self.values("checkpoint")[0]
        self.good("grant", "submit", "at", "--area", "CY")
        target = self.hub.folder / "old.tlog-proof"
        self.good("proof", "get", index, "--size", old["size"], "-o", target)
        self.assertTrue(target.read_text(encoding="utf-8").endswith("\n\n" + old["note"]))
        self.assertIn(f"in a tree of {old['size']}:",
                      self.good("proof", "verify", target, "--public", self.public))
        self.assertEqual(self.good("checkpoint", "--size", old["size"]), old["note"])
        self.at_hub(REFUSED, ["proof", "get", index, "--size", index], "NOT_FOUND")
        self.at_hub(REFUSED, ["proof", "get", index, "--size", "1000000"], "NOT_FOUND",
                    "1000000")
        self.at_hub(USAGE, ["proof", "get", index, "--size", "0"], "--size")

    def test_checkpoint(self):
        note = self.good("checkpoint")
        origin, size, root = note.split("\n")[:3]
        self.assertRegex(note, rf"\n\n\u2014 {re.escape(origin)} [A-Za-z0-9+/]+=*\n\Z")
        said = self.values("checkpoint", "--size", size)[0]
        self.assertEqual(said, {"origin": origin, "size": int(size), "root": root, "note": note})
        self.at_hub(REFUSED, ["checkpoint", "--size", "1000000"], "NOT_FOUND")
        self.at_hub(USAGE, ["checkpoint", "--size", "all"], "all")

    def test_consistency(self):
        first = self.values("checkpoint")[0]
        self.good("grant", "submit", "at", "--area", "MT")
        second = self.values("checkpoint")[0]
        self.assertGreater(second["size"], first["size"])
        said = self.values("proof", "consistency", first["size"])[0]
        self.assertEqual((said["consistent"], said["first"]["root"], said["second"]["size"]),
                         (True, first["root"], second["size"]))
        note = self.hub.folder / "note"
        note.write_text(first["note"], encoding="utf-8")
        for words in ([note], [self.receipt], [note, second["size"]], [note, note],
                      [first["size"], first["size"]]):
            self.assertIn("consistent: ", self.good("proof", "consistency", *words))
        self.at_hub(USAGE, ["proof", "consistency", second["size"], first["size"]],
                    "the smaller first")
        self.at_hub(USAGE, ["proof", "consistency", "0"], "size 0", "from 1")
        self.at_hub(REFUSED, ["proof", "consistency", "1000000"], "NOT_FOUND")
        self.at_hub(USAGE, ["proof", "consistency", "nofile"], "nofile")
        self.at_hub(REFUSED, ["proof", "consistency", self.public], self.public, "checkpoint")
        # The log's own key signs another history of the same size, and one that is ahead.
        for size, mention in ((first["size"], "not one log"), (10**9, "rolled back")):
            text = f"{first['origin']}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
            note.write_text(text + "\n" + log_key(self.hub).signature(first["origin"], text),
                            encoding="utf-8")
            self.at_hub(REFUSED, ["proof", "consistency", note], mention)

    def test_a_quorum_of_witnesses(self):
        text = self.receipt.read_text(encoding="utf-8")
        note = text.split("\n\n", 1)[1].split("\n\n")[0] + "\n"
        origin = note.split("\n")[0]
        policy, target = self.hub.folder / "policy", self.hub.folder / "cosigned.tlog-proof"
        keys, names = [Key() for _ in range(3)], [f"w{n}.example" for n in range(3)]
        log = log_key(self.hub).vkey(origin, LOG)
        witnesses = "".join(f"witness W{n} {keys[n].vkey(names[n], WITNESS)}\n" for n in range(3))
        policy.write_text(f"log {log}\n{witnesses}group G 2 W0 W1 W2\nquorum G\n",
                          encoding="utf-8")

        def verify(*cosigners, spoiled=False):
            lines = "".join(keys[n].cosignature(names[n], 1_700_000_000 + n, note)
                            for n in cosigners)
            target.write_text(text + (lines[:-6] + "AAA==\n" if spoiled else lines),
                              encoding="utf-8")
            return ["proof", "verify", target, "--policy", policy]

        self.refused(REFUSED, verify(), target, "the quorum G (2 of W0, W1, W2) is not met: nobody cosigned")
        self.refused(REFUSED, verify(2), target, "only W2 cosigned")
        self.refused(REFUSED, verify(0, 1, spoiled=True), target, names[1])
        self.assertIn(", cosigned by W0 at 2023-11-14 22:13:20.000Z, W2 at",
                      self.good(*verify(2, 0)))
        said = self.values(*verify(0, 1, 2))[0]
        self.assertEqual(said["witnesses"], [{"name": f"W{n}", "time_s": 1_700_000_000 + n,
                                              "in_quorum": True} for n in range(3)])
        self.assertEqual(said["origin"], origin)
        policy.write_text(f"log {log}\nquorum none\n", encoding="utf-8")
        self.good(*verify())

    def test_a_receipt_of_another_log(self):
        other = self.hub.folder / "other"
        self.assertEqual(rapporteur("init", other, "--hub", "other.example").returncode, DONE)
        self.refused(REFUSED, ["proof", "verify", self.receipt, "--public",
                               other / "hub-public.toml"], "other.example/log1", self.hub.name)
        self.refused(REFUSED, ["audit", "verify", self.hub.home / "data", "--public",
                               other / "hub-public.toml"], "another key", self.hub.home / "data")

    def test_what_cannot_be_written_is_said(self):
        for words in (["tail"], ["status"], ["table"], ["participant", "list"], ["proof", "get", "1"],
                      ["checkpoint"], ["proof", "consistency", "1"]):
            self.cannot_print(*self.operator, *words)

    def test_audit(self):
        data = self.hub.home / "data"
        verify = ["audit", "verify", data, "--public", self.public]
        self.assertIn(" verified: ", self.good(*verify))
        self.assertTrue(self.values(*verify)[0]["verified"])
        self.refused(USAGE, ["audit", "verify", "nofolder", "--public", self.public], "nofolder")
        self.refused(USAGE, ["audit", "verify", self.hub.home, "--public", self.public],
                     f"did you mean {self.hub.home / 'data'}?")
        enrolment = self.hub.party_folder("at") / "enrolment.toml"
        self.assertTrue(enrolment.exists())
        self.refused(REFUSED, ["audit", "verify", data, "--public", enrolment], enrolment,
                     "no hub's public file")

    def test_audit_against_what_others_kept(self):
        verify = ["audit", "verify", self.hub.home / "data", "--public", self.public,
                  "--checkpoints"]
        kept = self.receipt.parent
        self.assertIn("1 checkpoint that others kept", self.good(*verify, kept))
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
        self.refused(USAGE, ["audit", "export-tiles", out, "--out", data], out)
        self.refused(USAGE, ["audit", "export-tiles", data, "--out", data], data, "data folder")
        self.refused(USAGE, ["audit", "export", data, "--out", out, "--records"], out, "tiles")
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
        self.assertIn("the same tree in ", self.good(*verify))
        found = self.values(*verify)[0]
        self.assertEqual((found["proved"], found["commitments"] > 0, found["bodies_sealed"]),
                         ("everything", True, found["accepted"]))
        self.refused(USAGE, [*export, "--bodies"], out, "--bodies")
        self.refused(USAGE, ["audit", "export-tiles", data, "--out", out], out, "records")
        self.assertTrue(self.values(*verify)[0]["verified"])
        self.refused(USAGE, export[:-1], "--records")
        whole = self.hub.folder / "bodies"
        self.good("audit", "export", data, "--out", whole, "--records", "--bodies")
        found = self.values("audit", "verify", whole, "--public", self.public)[0]
        self.assertEqual((found["verified"], found["bodies_absent"]),
                         (True, found["bodies_erased"]))
        for below in ("records", "bodies"):
            file = next(path for path in sorted((whole / below).rglob("*")) if path.is_file())
            kept = file.read_bytes()
            spoilt = bytearray(kept)
            # Within the first that is not empty, after its length.
            spoilt[next(at for at, byte in enumerate(kept) if byte) + 40] ^= 1
            file.write_bytes(spoilt)
            done = rapporteur("audit", "verify", whole, "--public", self.public)
            self.assertEqual(done.returncode, REFUSED, done.stderr)
            self.assertRegex(done.stdout, rf"NOT VERIFIED: entry \d+, kept in {re.escape(str(file))}: ")
            file.write_bytes(kept)
        self.refused(USAGE, ["audit", "export", data, "--out", whole, "--records"], whole,
                     "--bodies")


class Following(Lines):
    """`tail --follow` goes on until it is interrupted."""

    SILENCE = 6  # seconds; more than a command waits for an answer

    def test_a_quiet_hub_and_one_that_is_gone_for_a_while_are_waited_for(self):
        with LocalHub() as hub:
            with subprocess.Popen([RAPPORTEUR, "--operator", hub.home / "operator", "tail", "-f"],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True) as tail:
                try:
                    self.assertIn("STARTED", tail.stdout.readline())
                    with self.assertRaises(subprocess.TimeoutExpired):
                        tail.wait(timeout=self.SILENCE)
                    hub.stop_broker()
                    self.assertRegex(tail.stderr.readline(), r"warning: .*127\.0\.0\.1.*waiting")
                    hub.start_broker()
                    self.assertRegex(tail.stderr.readline(), r"warning: .*answers again")
                    hub.enrol("at")
                    while "at may receive" not in tail.stdout.readline():
                        self.assertIsNone(tail.poll())
                finally:
                    tail.kill()
                self.assertEqual(tail.stderr.read(), "")


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
