#!/usr/bin/python3
"""Verifies an exported log from store/FORMAT.md alone: verifier.py FOLDER VERIFIER-KEY; exit 0 or 1.
PyNaCl beside the standard library. Not looked at: acknowledgements, second signatures, erasures."""
import base64, hashlib, pathlib, sys
import nacl.exceptions, nacl.signing

ACCEPTED, ADMINISTERED, SKIPPED, STARTED, SIGNED = 5, 7, 8, 11, (5, 6, 7, 8)
OPERATOR, ACTIVE, REVOKED = 7, 1, 3

def need(holds, what):
    if not holds:
        raise ValueError(what)

def sha(data):
    return hashlib.sha256(data).digest()

def fields(data):  # a protobuf message: {number: [values]}
    out, at, pair = {}, 0, [0, 0]
    while at < len(data):
        for i in (0, 1):
            pair[i] = shift = 0
            while shift == 0 or data[at - 1] > 127:
                pair[i] |= (data[at] & 127) << shift
                at, shift = at + 1, shift + 7
        key, value = pair
        if key & 7 == 2:
            at, value = at + value, data[at:at + value]
        need(key & 7 in (0, 2) and at <= len(data), "it cannot be read")
        out.setdefault(key >> 3, []).append(value)
    return out

def one(message, number, default=b""):
    return message.get(number, [default])[-1]

def bundles(folder, below, size):
    for number in range((size + 255) // 256):
        digits = str(number).zfill((len(str(number)) + 2) // 3 * 3)
        groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
        path = "/".join([below, *("x" + group for group in groups[:-1]), groups[-1]])
        width = min(256, size - 256 * number)
        yield (folder / (path if width == 256 else f"{path}.p/{width}")).read_bytes()

def frames(data):
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        need(end <= len(data), "a bundle ends in the middle of a part")
        yield data[4:end]
        data = data[end:]

class Log:
    def __init__(self, vkey):
        self.name, key_id, key = vkey.split("+", 2)
        self.key_id, self.key = bytes.fromhex(key_id), base64.b64decode(key)[1:]
        self.size, self.peaks = 0, []  # RFC 6962: roots of the complete subtrees, largest first
        self.keys, self.members = {}, {}  # by key id: holder, key, ended, sequence; kind, state
        self.hub, self.time, self.names = None, 0, [vkey]
    def checkpoint(self, note):
        text, lines = note.rsplit(b"\n\n", 1)
        origin, size, root = text.decode().split("\n")[:3]
        blobs = [base64.b64decode(line.split(b" ")[2]) for line in lines.splitlines()
                 if line.split(b" ")[1] == self.name.encode()]
        ours = [blob[4:] for blob in blobs if blob[:4] == self.key_id]
        need(origin == self.name and ours, "a checkpoint is not of this log")
        for signature in ours:
            nacl.signing.VerifyKey(self.key).verify(text + b"\n", signature)
        found = self.peaks[-1] if self.peaks else sha(b"")
        for peak in reversed(self.peaks[:-1]):
            found = sha(b"\1" + peak + found)
        need((int(size), base64.b64decode(root)) == (self.size, found),
             f"the checkpoint of size {size} has another root than the entries")
    def commitment(self, header, salt, body):
        need(one(header, 8) == sha(b"rapporteur/v1/body\0" + salt + body) and len(salt) == 32,
             "salt and body are not those that were signed")
    def message(self, record):
        header = fields(one(record, 2))
        holder = self.keys.get(one(header, 3))
        need(one(header, 1) == self.hub and holder and holder[0] == one(header, 2)
             and not holder[2] and self.members[holder[0]][1] == ACTIVE, "its key is not valid")
        holder[3] += 1
        need(one(header, 6, 0) == holder[3], f"its sequence number is not {holder[3]}")
        nacl.signing.VerifyKey(holder[1]).verify(b"rapporteur/v1/header\0" + one(record, 2),
                                                 one(record, 3))
        return header
    def enrol(self, holder, key):
        need(sha(key)[:8] not in self.keys, "it enrols a key that is somebody's already")
        self.keys[sha(key)[:8]] = [holder, key, False, 0]
    def administer(self, sender, action):
        need(self.members[sender][0] == OPERATOR, "it is not by an operator")
        for asked in map(fields, action.get(1, [])):
            need(one(asked, 1) not in self.members, "it enrols somebody a second time")
            self.members[one(asked, 1)] = [one(asked, 2, 0), ACTIVE]
            for key in asked.get(6, []):
                self.enrol(one(asked, 1), one(fields(key), 1))
        for change in map(fields, action.get(4, [])):
            need(self.members[one(change, 1)][1] != REVOKED, "it brings back who was revoked")
            self.members[one(change, 1)][1] = one(change, 2, 0)
        for change in map(fields, action.get(5, [])):
            if one(change, 4):
                self.enrol(one(change, 1), one(change, 4))
            if one(change, 5):
                self.keys[sha(one(change, 5))[:8]][2] = True
    def entry(self, nonce, data, salt, body):
        record = fields(data)
        events = [number for number in record if number >= 5]
        need(len(events) == 1 and one(record, 1, 0) >= self.time, "it is no record, or goes back")
        event, what, self.time = events[0], fields(one(record, events[0])), one(record, 1, 0)
        header = self.message(record) if event in SIGNED else {}
        if event == STARTED and self.size == 0:
            self.hub, self.members[one(what, 7)] = one(what, 1), [OPERATOR, ACTIVE]
            self.enrol(one(what, 7), one(what, 9))
            self.names += [one(fields(log), 1).decode() for log in what.get(10, [])]  # continued
        elif event == ADMINISTERED:
            self.commitment(header, one(what, 2), one(what, 1))
            self.administer(one(header, 2), fields(one(what, 1)))
        need(event <= 15 and (event != STARTED or one(what, 3).decode() in self.names), "not known")
        if salt or body:
            need(event in (ACCEPTED, SKIPPED), "a body is kept that may not be")
            self.commitment(header, salt, body)
        leaf = b"\1" + sha(b"rapporteur/v1/record\0" + nonce + data)
        self.peaks.append(sha(b"\0" + leaf))
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            self.peaks[-2:] = [sha(b"\1" + self.peaks[-2] + self.peaks[-1])]
        return b"\0\x21" + leaf

def verify(folder, log):
    first, size, bodies = (folder / "export").read_text(encoding="ascii").splitlines()
    need(first == "rapporteur-export 1", "it is not an export of this format")
    size = int(size[5:])
    salted = bundles(folder, "bodies", size) if bodies == "bodies yes" else None
    notes = [note for data in bundles(folder, "checkpoints", size) for note in frames(data)]
    public = b"".join(bundles(folder, "tile/entries", size))
    for data in bundles(folder, "records", size):
        kept = list(frames(next(salted))) if salted else [b""] * 256
        for part, rest in zip(frames(data), kept):
            while notes and int(notes[0].split(b"\n")[1]) <= log.size:
                log.checkpoint(notes.pop(0))
            leaf = log.entry(part[:32], part[32:], rest[:32], rest[32:])
            need(public[35 * log.size - 35:35 * log.size] == leaf, "its tile has another leaf")
    need(log.size == size, "entries are missing")
    for note in [*notes, (folder / "checkpoint").read_bytes()]:
        log.checkpoint(note)

if __name__ == "__main__":
    the_log = Log(sys.argv[2])
    try:
        verify(pathlib.Path(sys.argv[1]), the_log)
    except (OSError, LookupError, ValueError, nacl.exceptions.CryptoError) as problem:
        sys.exit(f"NOT VERIFIED: entry {the_log.size}: {problem!r}")
    print(f"verified: {the_log.size} entries, {sum(k[3] for k in the_log.keys.values())} messages")
