"""A hub and its parties on this machine: processes of their own, loopback only, one folder each.

Shared by the demonstration and the end-to-end tests, which differ in what they do with it.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = pathlib.Path(os.environ.get("RAPPORTEUR_BIN", ROOT / "build/release/bin"))
DATAFLOW = "RAPPORTEUR:THB(1.0)"
START_SECONDS = 30
STOP_SECONDS = 30
COMMAND_SECONDS = 120
OVERLOADED, OVERLOADED_TRIES = 5, 10


class Failed(Exception):
    """Something did not go as it must; the text is one sentence for a person."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, expect=0, env=None):
    """Runs to the end; `expect` is the exit code, None for any."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
                          env={**os.environ, **(env or {})})
    return checked(done, words, expect)


def checked(done, command, expect):
    if expect is not None and done.returncode != expect:
        said = done.stderr.strip() or done.stdout.strip()
        words = " ".join(str(word) for word in command)
        raise Failed(f"{words} exited {done.returncode}, not {expect}: {said}")
    return done


class LocalHub:
    """One broker with its folder, and the parties enrolled at it. Use as a context manager."""

    def __init__(self, hub="hub.example/thb"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rapporteur-"))
        self.home = self.folder / "hub"
        self.name = hub
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        self.monitor = f"127.0.0.1:{free_port()}"
        self.broker = None
        self.processes = []
        self.keep = False

    def __enter__(self):
        run(PROGRAMS / "rapporteur", "init", self.home, "--hub", self.name, "--endpoint",
            self.endpoint, "--monitor", self.monitor)
        self.start_broker()
        return self

    def __exit__(self, kind, *_):
        for process in [p for _, p in self.processes] + ([self.broker] if self.broker else []):
            if process.poll() is None:
                process.kill()
                process.wait()
        if kind in (None, KeyboardInterrupt) and not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # The broker.

    def start_broker(self, env=None):
        self.broker = self._spawn("broker", PROGRAMS / "rapporteur-broker", "--config",
                                  self.home / "hub.toml", env=env)
        self._wait_ready()

    def stop_broker(self):
        self.broker.send_signal(signal.SIGTERM)
        code = self.broker.wait(timeout=STOP_SECONDS)
        self.broker = None
        if code != 0:
            raise Failed(f"the broker ended with {code}; its log is {self.folder}/broker.log")

    def kill_broker(self):
        self.broker.kill()
        self.broker.wait()
        self.broker = None

    def ready(self):
        """True, or the reason why not."""
        try:
            with urllib.request.urlopen(f"http://{self.monitor}/readyz", timeout=5):
                return True
        except urllib.error.HTTPError as answer:
            return answer.read().decode()
        except OSError as problem:
            return str(problem)

    def _wait_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.broker.poll() is not None:
                log = (self.folder / "broker.log").read_text(errors="replace")
                raise Failed(f"the broker ended before it was ready: {log.strip()[-400:]}")
            if self.ready() is True:
                return
            time.sleep(0.02)
        raise Failed(f"the broker was not ready within {START_SECONDS} s: {self.ready()}")

    # Operators and parties.

    def operator(self, *words, expect=0):
        """Waits out an overload: the hub counts a line for a while after its command has ended, and
        many commands in a row are more lines than one participant may have."""
        command = (PROGRAMS / "rapporteur", "--operator", self.home / "operator", *words)
        for _ in range(OVERLOADED_TRIES):
            done = run(*command, expect=None)
            if done.returncode == expect or done.returncode != OVERLOADED:
                break
            time.sleep(1)  # as the answer says
        return checked(done, command, expect)

    def party_folder(self, name):
        return self.folder / name

    def adapter(self, name, *words, expect=0, env=None):
        return run(PROGRAMS / "rapporteur-adapter", "--folder", self.party_folder(name), *words,
                   expect=expect, env=env)

    def enrol(self, name, kind="coordination-body", title=None, submits=(), receives=True):
        """`submits` are pairs of indicator and area patterns; `receives` everything from entry 0."""
        self.adapter(name, "init", name)
        self.operator("participant", "add", self.party_folder(name) / "enrolment.toml", "--kind",
                      kind, "--name", title or name)
        for indicator, area in submits:
            self.operator("grant", "submit", name, "--dataflow", DATAFLOW, "--indicator", indicator,
                          "--area", area)
        if receives:
            self.operator("grant", "receive", name, "--dataflow", DATAFLOW, "--from", "0")
        self.adapter(name, "enrol", self.home / "hub-public.toml")

    def set_up(self, name, **settings):
        """Fills in lines of adapter.toml, which stand there as comments."""
        file = self.party_folder(name) / "adapter.toml"
        text = file.read_text()
        for key, value in settings.items():
            text, found = re.subn(rf'^# {key} = .*$', lambda _, line=f'{key} = "{value}"': line,
                                  text, count=1, flags=re.MULTILINE)
            if not found:
                raise Failed(f"{file} has no line for {key}")
        file.write_text(text)

    # Processes that run beside.

    def start_adapter(self, name, *words, env=None):
        process = self._spawn(name, PROGRAMS / "rapporteur-adapter", "--folder",
                              self.party_folder(name), *words, env=env)
        self.processes.append((name, process))
        return process

    def stop_adapters(self):
        for _, process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for name, process in self.processes:
            code = process.wait(timeout=STOP_SECONDS)
            if code != 0:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise Failed(f"{name} ended with {code}: {log.strip()[-400:]}")
        self.processes = []

    def verify_log(self, *options, expect=0):
        """Audits the log with the verifier alone; the broker may be running or not."""
        return run(PROGRAMS / "rapporteur", "audit", "verify", self.home / "data", "--public",
                   self.home / "hub-public.toml", *options, expect=expect)

    def _spawn(self, name, *command, env=None):
        # Away from the terminal's Ctrl-C: whoever started them ends them, in order.
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen([str(word) for word in command], stdout=log, stderr=log,
                                    env={**os.environ, **(env or {})}, start_new_session=True)
