"""A hub on this machine whose checkpoints witnesses cosign, with the publisher that shows them."""

import json
import re
import socket
import time

from local_hub import PROGRAMS, Failed, LocalHub, free_port, run

WAIT_SECONDS = 30


def until(holds, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise Failed(f"not within {WAIT_SECONDS} s: {what}")
        time.sleep(0.02)


def answers(address):
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


class WitnessedHub(LocalHub):
    """A hub, witnesses beside it, and a publisher. Use as a context manager."""

    def __enter__(self):
        super().__enter__()
        self.public = self.home / "hub-public.toml"
        self.log_key = re.search(r'log_verifier_key = "(.+)"', self.public.read_text()).group(1)
        self.policy = self.folder / "policy.txt"
        self.witnesses = {}
        self.enrol("publisher", kind="auditor", receives=False)
        return self

    def make_witness(self, name):
        """A new witness that does not run yet; the line of a policy that names it."""
        listen = f"127.0.0.1:{free_port()}"
        made = run(PROGRAMS / "rapporteur", "--json", "witness", "init", self.folder / name,
                   "--name", f"{name}.example", "--listen", listen, "--public", self.public)
        return f"witness {name} {json.loads(made.stdout)['verifier_key']} http://{listen}"

    def start_witness(self, name, env=None):
        process = self._spawn(name, PROGRAMS / "rapporteur", "witness", "run", self.folder / name,
                              env=env)
        self.processes.append((name, process))
        self.witnesses[name] = process
        config = (self.folder / name / "witness.toml").read_text()
        address = re.search(r'listen = "(.+)"', config).group(1)
        until(lambda: answers(address), f"{name} answers")

    def witness_by_one_line(self, name):
        """The agency is a witness while it runs; the line of a policy that names it."""
        self.set_up(name, witness=f"127.0.0.1:{free_port()}")
        return self.adapter(name, "witness").stdout.strip()

    def set_policy(self, lines):
        """For the hub, its publisher and whoever asks: one file."""
        self.policy.write_text("\n".join([f"log {self.log_key}", *lines]) + "\n")
        self.stop_broker()
        with open(self.home / "hub.toml", "a", encoding="utf-8") as config:
            config.write(f'\n[witnesses]\npolicy = "{self.policy}"\n')
        self.start_broker()

    def start_publisher(self, identity="publisher", more=""):
        config = self.folder / "publisher.toml"
        config.write_text(f'identity = "{self.folder / identity}"\npolicy = "{self.policy}"\n'
                          f'interval_ms = 100\nwitness_timeout_ms = 1000\nrefresh_ms = 1000\n{more}')
        process = self._spawn("publisher-log", PROGRAMS / "rapporteur-publisher", "--config", config)
        self.processes.append(("publisher-log", process))
        return process

    def cosigned_size(self):
        return json.loads(self.operator("--json", "status").stdout)["cosigned_size"]
