"""Keys and signature lines of C2SP notes, made by OpenSSL: another implementation than the one that
is tested."""

import base64
import hashlib
import os
import subprocess
import tempfile

LOG, WITNESS = 1, 4
# Before the 32 bytes of a secret key, RFC 8410; and before those of a public one.
SECRET_HEAD = bytes.fromhex("302e020100300506032b657004220420")


def _openssl(*words, stdin=b""):
    return subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=True,
                          timeout=60).stdout


def _in_file(content, use):
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return use(file.name)


class Key:
    """An Ed25519 key from its 32 bytes of seed."""

    def __init__(self, seed=None):
        self.secret = SECRET_HEAD + (seed or os.urandom(32))
        self.public = _in_file(self.secret, lambda name: _openssl(
            "pkey", "-inform", "DER", "-in", name, "-pubout", "-outform", "DER"))[-32:]

    def sign(self, message):
        return _in_file(self.secret, lambda key: _in_file(message, lambda name: _openssl(
            "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key, "-in", name)))

    def typed(self, kind):
        return bytes([kind]) + self.public

    def id(self, name, kind):
        return hashlib.sha256(name.encode() + b"\n" + self.typed(kind)).digest()[:4]

    def vkey(self, name, kind):
        return "+".join((name, self.id(name, kind).hex(),
                         base64.b64encode(self.typed(kind)).decode()))

    def signature(self, name, text):
        """The line of a log."""
        return self._line(name, LOG, self.sign(text.encode()))

    def cosignature(self, name, time_s, text):
        """The line of a witness, cosignature/v1."""
        message = f"cosignature/v1\ntime {time_s}\n{text}"
        return self._line(name, WITNESS,
                          time_s.to_bytes(8, "big") + self.sign(message.encode()))

    def _line(self, name, kind, blob):
        return f"\u2014 {name} {base64.b64encode(self.id(name, kind) + blob).decode()}\n"


def log_key(hub):
    """The key that a LocalHub signs its log with."""
    lines = (hub.home / "keys/log.key").read_text(encoding="ascii").splitlines()
    return Key(base64.b64decode(lines[1]))
