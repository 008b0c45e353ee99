"""A hub whose checkpoints witnesses cosign: real programs, loopback only. Witnesses that are away,
that lie and that have seen another history; a hub that was put back; time stamps."""

import http.server
import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

import e2e
from local_hub import PROGRAMS, free_port, run
from witnessed_hub import WAIT_SECONDS, WitnessedHub, until

HEADER = ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,COUNTERPART_AREA,INDICATOR,EXPL_FORM,SEX,AGE,CITIZEN,REG_ORG,UNIT_MEASURE,"
          "TIME_PERIOD,OBS_VALUE,OBS_STATUS\n")
FIGURE = "dataflow,RAPPORTEUR:THB(1.0),I,A,{},_Z,VIC_IDENT,_T,_T,_T,_T,_Z,PER,{},{},A\n"
RAPPORTEUR = PROGRAMS / "rapporteur"


class Server:
    """An HTTP server of the test's own: `answer(path, body)` gives status, type and body."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, kind, said = answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Hub(WitnessedHub):
    """With what these tests do to it."""

    def stop_process(self, process):
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=WAIT_SECONDS)
        self.processes = [(n, p) for n, p in self.processes if p is not process]
        return code

    def publisher_said(self):
        return (self.folder / "publisher-log.log").read_text(errors="replace")

    def silent_seconds(self, witness):
        with urllib.request.urlopen(f"http://{self.monitor}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return float(re.search(rf'^rapporteur_witness_silent_seconds{{witness="{witness}"}} (\S+)$',
                               text, re.MULTILINE).group(1))

    def agency(self, name, area):
        self.enrol(name, submits=[("*", area)])
        self.set_up(name, policy=self.policy)

    def figures(self, area, year, value=162):
        path = self.folder / f"{area}-{year}.csv"
        path.write_text(HEADER + FIGURE.format(area, year, value), encoding="utf-8")
        return path

    def receipts(self, name):
        return sorted((self.party_folder(name) / "receipts").iterdir(),
                      key=lambda path: path.stat().st_mtime_ns)


def signatures(note):
    """Names under a note, or a receipt, in order."""
    return re.findall(r"^\u2014 (\S+) ", note, re.MULTILINE)


def index_of(receipt):
    return int(re.search(r"^index (\d+)$", receipt.read_text(), re.MULTILINE).group(1))


def quorums(done):
    """Of each message that `push --require-quorum` was about."""
    return [item["quorum"] for item in json.loads(done.stdout)["items"]]


class Quorum(unittest.TestCase):
    def test_a_receipt_is_upgraded_when_two_of_three_have_cosigned(self):
        with Hub() as hub:
            lines = [hub.make_witness(name) for name in ("w1", "w2", "w3")]
            hub.set_policy([*lines, "group some 2 w1 w2 w3", "quorum some"])
            hub.agency("at", "AT")
            # Nobody cosigns yet: accepted at once, and no quorum.
            done = hub.adapter("at", "--json", "push", hub.figures("AT", 2020), "--require-quorum",
                               "--wait", "1", expect=1)
            self.assertEqual(quorums(done), [None])
            self.assertIn("no quorum of witnesses", done.stderr)
            self.assertIn("no checkpoint that a quorum", done.stderr)
            again = hub.adapter("at", "push", "--require-quorum", "--wait", "1", expect=1)
            self.assertIn("receipted", again.stdout)
            self.assertNotIn("BREAKDOWN_MISSING", again.stdout)  # said by the push before
            first, = hub.receipts("at")
            self.assertEqual(signatures(first.read_text()), [f"{hub.name}/log1"])
            hub.start_witness("w1")
            publisher = hub.start_publisher()
            until(lambda: "no quorum" in hub.publisher_said(), "the publisher misses the quorum")
            self.assertEqual(hub.cosigned_size(), 0)
            hub.start_witness("w2")
            # Without a file: the receipts that have none yet.
            item, = quorums(hub.adapter("at", "--json", "push", "--require-quorum"))
            self.assertEqual(item["witnesses"], ["w1", "w2"])
            self.assertGreater(item["tree_size"], index_of(first))
            self.assertEqual(signatures(first.read_text())[0], f"{hub.name}/log1")
            self.assertEqual(set(signatures(first.read_text())[1:]), {"w1.example", "w2.example"})
            hub.adapter("at", "push", hub.figures("AT", 2021), "--require-quorum")
            for receipt in hub.receipts("at"):
                self.assertEqual(len(signatures(receipt.read_text())), 3)
                run(RAPPORTEUR, "proof", "verify", receipt, "--public", hub.public)
                run(RAPPORTEUR, "proof", "verify", receipt, "--policy", hub.policy)
            self.assertRegex(hub.publisher_said(), r"warning witness w3: cannot connect to http://127\.0\.0\.1:")
            # Nobody has restarted the hub: w3 was silent for longer than the others.
            until(lambda: hub.silent_seconds("w3") > hub.silent_seconds("w1") + 1,
                  "the metrics show the silent witness")
            self.assertEqual(hub.stop_process(publisher), 0)
            # Durable.
            before = hub.cosigned_size()
            self.assertGreater(before, 0)
            hub.kill_broker()
            hub.start_broker()
            self.assertGreaterEqual(hub.cosigned_size(), before)
            hub.verify_log()

    def test_a_receipt_that_is_gone_holds_up_no_other(self):
        with Hub() as hub:
            hub.set_policy([hub.make_witness("w1"), "quorum w1"])
            hub.agency("at", "AT")
            for year in (2020, 2021):
                hub.adapter("at", "push", hub.figures("AT", year))
            gone, kept = hub.receipts("at")
            gone.unlink()
            hub.start_witness("w1")
            hub.start_publisher()
            done = hub.adapter("at", "--json", "push", "--require-quorum", expect=6)
            self.assertIn(gone.name, done.stderr)
            self.assertEqual([one and one["witnesses"] for one in quorums(done)], [None, ["w1"]])
            self.assertEqual(signatures(kept.read_text())[1], "w1.example")

    def test_an_agency_is_a_witness_by_one_line(self):
        with Hub() as hub:
            hub.enrol("no", submits=[("*", "NO")])
            hub.set_policy([hub.witness_by_one_line("no"), "quorum no"])
            hub.agency("at", "AT")
            hub.start_adapter("no", "run")
            hub.start_publisher()
            hub.adapter("at", "push", hub.figures("AT", 2020), "--require-quorum")
            receipt, = hub.receipts("at")
            self.assertEqual(signatures(receipt.read_text())[1], f"{hub.name}/witness/no")
            hub.stop_adapters()

    def test_a_witness_that_lies_is_not_counted(self):
        answers = [(200, "text/plain", b"\xe2\x80\x94 w2.example AAAAAAAAAAAAAAAA\n"),
                   (200, "text/plain", b"<html>"), (409, "text/x.tlog.size", b"1000000\n"),
                   (409, "text/x.tlog.size", b"many\n"), (422, "text/plain", b"no\n"),
                   (200, "text/plain", b"x" * 100_000), (500, "text/plain", b"")]
        asked = []

        def lie(_, body):
            asked.append(body)
            return answers[len(asked) % len(answers)]

        with Hub() as hub, Server(lie) as liar:
            honest = hub.make_witness("w1")
            key = hub.make_witness("w2").split()[2]
            hub.set_policy([honest, f"witness w2 {key} {liar.url}", "group both all w1 w2",
                            "quorum both"])
            hub.agency("at", "AT")
            hub.start_witness("w1")
            publisher = hub.start_publisher()
            hub.adapter("at", "push", hub.figures("AT", 2020), "--require-quorum", "--wait", "3",
                        expect=1)
            until(lambda: len(asked) > 2, "the liar is asked again")
            self.assertRegex(hub.publisher_said(), r"warning witness w2: ")
            self.assertEqual(hub.cosigned_size(), 0)
            self.assertEqual(hub.stop_process(publisher), 0)


class PutBack(unittest.TestCase):
    def test_a_hub_that_was_put_back_gets_no_quorum(self):
        with Hub() as hub:
            hub.set_policy([hub.make_witness("w1"), "quorum w1"])
            for name, area in (("at", "AT"), ("be", "BE")):
                hub.agency(name, area)
            hub.enrol("second", kind="auditor", receives=False)
            hub.start_witness("w1")
            hub.stop_broker()
            shutil.copytree(hub.home / "data", hub.folder / "old")
            hub.start_broker()
            publisher = hub.start_publisher()
            hub.adapter("at", "push", hub.figures("AT", 2020), "--require-quorum")
            hub.stop_broker()
            shutil.rmtree(hub.home / "data")
            shutil.move(hub.folder / "old", hub.home / "data")
            hub.start_broker()
            # Who saw the longer log refuses this one: the publisher, and the agency.
            self.assertEqual(publisher.wait(timeout=WAIT_SECONDS), 1)
            hub.processes = [(n, p) for n, p in hub.processes if p is not publisher]
            self.assertIn("rolled back", hub.publisher_said())
            self.assertIn("rolled back", hub.adapter("at", "sync", expect=1).stderr)
            # Who did not is told by the witness, who has.
            hub.start_publisher("second")
            done = hub.adapter("be", "push", hub.figures("BE", 2020), "--require-quorum", "--wait",
                               "2", expect=1)
            self.assertIn("no quorum of witnesses", done.stderr)
            until(lambda: re.search(r"witness w1: it has seen (a log|another history)",
                                    hub.publisher_said()), "the witness objects")


class Tiles(unittest.TestCase):
    def test_tiles_follow_the_cosigned_checkpoint(self):
        with Hub() as hub:
            hub.set_policy([hub.make_witness("w1"), "quorum w1"])
            hub.agency("at", "AT")
            hub.start_witness("w1")
            tiles = hub.folder / "tiles"
            hub.start_publisher(more=f'[tiles]\nfolder = "{tiles}"\ninterval_ms = 50\n')
            for year in (2020, 2021):
                hub.adapter("at", "push", hub.figures("AT", year), "--require-quorum")
                index = index_of(hub.receipts("at")[-1])
                until(lambda least=index: (tiles / "checkpoint").exists() and int(
                    (tiles / "checkpoint").read_text().split("\n")[1]) > least, "tiles that cover it")
            self.assertEqual(signatures((tiles / "checkpoint").read_text())[1], "w1.example")
            self.assertIn("verified", run(RAPPORTEUR, "audit", "verify", tiles, "--public",
                                          hub.public).stdout)


class Stamps(unittest.TestCase):
    CONFIG = """[tsa]
default_tsa = a
[a]
serial = {0}/serial
signer_cert = {0}/tsa.pem
signer_key = {0}/tsa.key
certs = {0}/ca.pem
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
[ext]
extendedKeyUsage = critical,timeStamping
"""

    def make_authority(self, folder):
        folder.mkdir()
        config = folder / "tsa.conf"
        config.write_text(self.CONFIG.format(folder))
        (folder / "serial").write_text("01")
        for words in (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                       "ca.pem", "-days", "2", "-subj", "/CN=ca"],
                      ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out",
                       "tsa.csr", "-subj", "/CN=tsa"],
                      ["x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                       "-CAcreateserial", "-out", "tsa.pem", "-days", "2", "-extfile", config,
                       "-extensions", "ext"]):
            subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True,
                           timeout=60)

        def stamp(_, body):
            (folder / "query").write_bytes(body)
            subprocess.run(["openssl", "ts", "-reply", "-config", config, "-queryfile", "query",
                            "-out", "reply"], cwd=folder, check=True, capture_output=True,
                           timeout=60)
            return 200, "application/timestamp-reply", (folder / "reply").read_bytes()
        return stamp

    def test_checkpoints_are_stamped_and_the_stamps_hold(self):
        with Hub() as hub, Server(self.make_authority(hub.folder / "tsa")) as authority:
            hub.set_policy([hub.make_witness("w1"), "quorum w1"])
            hub.agency("at", "AT")
            hub.start_witness("w1")
            stamps = hub.folder / "stamps"
            ca = hub.folder / "tsa/ca.pem"
            hub.start_publisher(more=f'[timestamp]\nurl = "{authority.url}"\nca = "{ca}"\n'
                                     f'folder = "{stamps}"\n')
            until(lambda: list(stamps.glob("*.tsr")), "a token")
            token = next(stamps.glob("*.tsr"))
            checkpoint = token.with_suffix("")
            verify = [RAPPORTEUR, "timestamp", "verify", checkpoint, "--ca", ca, "--public",
                      hub.public]
            self.assertRegex(run(*verify).stdout, r"verified: the first \d+ entries of \S+ were there")
            self.assertTrue(json.loads(run(*verify, "--json").stdout)["verified"])
            # Somebody else's tool says the same.
            said = subprocess.run(["openssl", "ts", "-verify", "-data", checkpoint, "-in", token,
                                   "-CAfile", ca], check=False, capture_output=True, timeout=60)
            self.assertIn(b"Verification: OK", said.stdout)
            other = hub.folder / "other"
            self.make_authority(other)
            self.assertIn("does not hold", run(RAPPORTEUR, "timestamp", "verify", checkpoint, "--ca",
                                               other / "ca.pem", "--public", hub.public,
                                               expect=1).stderr)
            whole = token.read_bytes()
            for place in range(0, len(whole), max(1, len(whole) // 40)):
                token.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1:])
                done = run(*verify, expect=None)
                # What no signature covers may change; what it says then is the same.
                if done.returncode == 0:
                    self.assertIn("verified: the first", done.stdout)
                else:
                    self.assertEqual(done.returncode, 1, done.stderr)
            token.write_bytes(whole)
            checkpoint.write_text(checkpoint.read_text() + f"\u2014 w9.example {'A' * 16}\n")
            run(*verify, expect=1)

    def test_an_authority_that_is_away_holds_nothing_up(self):
        asked = threading.Event()
        hold = threading.Event()

        def wait(*_):
            asked.set()
            hold.wait(WAIT_SECONDS)
            return 500, "text/plain", b""
        with Hub() as hub, Server(wait) as authority:
            hub.set_policy([hub.make_witness("w1"), "quorum w1"])
            hub.agency("at", "AT")
            hub.start_witness("w1")
            ca = hub.public  # not looked at before there is an answer
            hub.start_publisher(more=f'[timestamp]\nurl = "{authority.url}"\nca = "{ca}"\n')
            hub.adapter("at", "push", hub.figures("AT", 2020), "--require-quorum")
            self.assertTrue(asked.wait(WAIT_SECONDS), "the authority is asked")
            hub.adapter("at", "push", hub.figures("AT", 2021), "--require-quorum")
            hold.set()


class BadInput(unittest.TestCase):
    def publisher(self, *words, expect):
        done = run(PROGRAMS / "rapporteur-publisher", *words, expect=expect)
        if expect:
            self.assertRegex(done.stderr, r"\Arapporteur-publisher: [^\n]+ \([^\n]+\)\n\Z")
        return done

    def test_the_publisher_says_what_is_wrong_in_one_line(self):
        self.assertIn("identity = ", self.publisher("--print-config", expect=0).stdout)
        self.publisher(expect=2)
        self.publisher("--confg", "x", expect=2)
        with Hub() as hub:
            config = hub.folder / "publisher.toml"
            policy = hub.folder / "policy.txt"
            good = f'identity = "{hub.folder}/publisher"\npolicy = "policy.txt"\n'
            key = hub.make_witness("w1").split()[2]
            log = f"log {hub.log_key}\n"
            for text, rules, mention in (
                    ("policy = 'x'\n", log, "'identity'"), (good + "intervall_ms = 1\n", log, "interval_ms"),
                    (good.replace("publisher", "nobody"), log + "quorum none\n", "nobody"),
                    (good, log, "policy.txt"), (good, "quorum none\n", "log "),
                    (good, log + f"witness w {key} ftp://w\nquorum w\n", "witness w"),
                    (good + "[timestamp]\nurl = 'http://127.0.0.1:1'\n", log, "timestamp.ca")):
                config.write_text(text)
                policy.write_text(rules)
                self.assertIn(mention, self.publisher("--config", config, expect=3).stderr)
            config.unlink()
            self.publisher("--config", config, expect=2)

    def test_a_hub_and_an_agency_with_a_policy_that_will_not_do(self):
        with Hub() as hub:
            hub.enrol("at", submits=[("*", "AT")])
            figures = hub.figures("AT", 2020)
            self.assertIn("tlog-policy", hub.adapter("at", "push", figures, "--require-quorum",
                                                     expect=3).stderr)
            hub.set_up("at", policy="none.txt")
            self.assertIn("none.txt", hub.adapter("at", "push", figures, expect=3).stderr)
            hub.stop_broker()
            (hub.home / "policy.txt").write_text("quorum none\n")
            with open(hub.home / "hub.toml", "a", encoding="utf-8") as text:
                text.write('\n[witnesses]\npolicy = "policy.txt"\n')
            done = run(PROGRAMS / "rapporteur-broker", "--config", hub.home / "hub.toml", expect=3)
            self.assertIn(f"log {hub.log_key}", done.stderr)


class OverHttp(unittest.TestCase):
    """The witness as others speak to it."""

    def test_status_codes(self):
        with Hub() as hub:
            line = hub.make_witness("w1")
            hub.start_witness("w1")
            url = line.split()[3]

            def post(body, path="/add-checkpoint"):
                request = urllib.request.Request(url + path, data=body, method="POST")
                try:
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        return answer.status, answer.read()
                except urllib.error.HTTPError as answer:
                    return answer.code, answer.read()
            self.assertEqual(post(b"")[0], 400)
            self.assertEqual(post(b"old 0\n\nno.example\n1\n" + b"A" * 43 + b"=\n\n"
                                  + "\u2014 no.example AAAAAAAA\n".encode())[0], 404)
            self.assertEqual(post(f"old 0\n\n{hub.name}/log1\n1\n{'A' * 43}=\n\n"
                                  f"\u2014 no.example AAAAAAAA\n".encode())[0], 403)
            self.assertIn(post(b"o" * 1_000_000)[0], (400, 413))
            self.assertEqual(post(b"", "/sign-subtree")[0], 404)
            with self.assertRaises(urllib.error.HTTPError) as answer:
                urllib.request.urlopen(f"{url}/{'0' * 64}/checkpoint", timeout=10)
            self.assertEqual(answer.exception.code, 404)


if __name__ == "__main__":
    e2e.main()
