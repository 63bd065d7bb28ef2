"""Golden journals: the files of each format since the first, written by a writer of their own (a twin of Sources/Journal).

What is committed never changes: a format that would be written otherwise is refused, until it has a new number.
"""

import hashlib
import struct

from contracting import files, header
from contracting.errors import ContractError

GOLDEN = "Tests/Golden/journal/"
PAGE = 4096
BATCH_HEAD, BATCH_END = 0xFFF1, 0xFFF2
NOTE, APART = 0xFF01, 4
STREAMS = ("positions", "watches")
SHA256, SM3 = 1, 2


# ---- Sums and hashes -----------------------------------------------------------------------------------------------

def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC = crc_table()


def crc32c(data, start=0):
    crc = start ^ 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def rotated(word, by):
    by %= 32
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def sm3(data):
    """GB/T 32905-2016, as it stands there."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack(">Q", len(data) * 8)

    def p1(word):
        return word ^ rotated(word, 15) ^ rotated(word, 23)

    for at in range(0, len(padded), 64):
        words = list(struct.unpack(">16I", padded[at:at + 64]))
        for j in range(16, 68):
            words.append(p1(words[j - 16] ^ words[j - 9] ^ rotated(words[j - 3], 15)) ^ rotated(words[j - 13], 7)
                         ^ words[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            turn = rotated(0x79CC4519 if j < 16 else 0x7A879D8A, j)
            ss1 = rotated((rotated(a, 12) + e + turn) & 0xFFFFFFFF, 7)
            ss2 = ss1 ^ rotated(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
            tt1 = (ff + d + ss2 + (words[j] ^ words[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + words[j]) & 0xFFFFFFFF
            a, b, c, d = tt1, a, rotated(b, 9), c
            e, f, g, h = tt2 ^ rotated(tt2, 9) ^ rotated(tt2, 17), e, rotated(f, 19), g
        state = [one ^ other for one, other in zip(state, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *state)


def hashed(digest, data):
    return hashlib.sha256(data).digest() if digest == SHA256 else sm3(data)


# ---- Files ---------------------------------------------------------------------------------------------------------

def sealed(data, size):
    data += bytes(size - 4 - len(data))
    return data + struct.pack("<I", crc32c(data))


class Journal:
    """A journal in one format: records in, files out."""

    def __init__(self, number, digest, name=0xABCD, boot=0xB007):
        self.number, self.digest = number, digest
        self.id, self.boot = struct.pack("<QQ", name, 1), struct.pack("<QQ", boot, 2)
        self.seed = crc32c(self.id)
        self.chain, self.last, self.batch, self.made_us = bytes(32), 0, 1, 1_700_000_000_000_000
        self.files, self.records, self.host = {}, [], b""
        self.open, self.gone = None, set()

    def frame(self, kind, sequence, payload, monotonic_ns, wall_us, version=1, flags=0):
        head = struct.pack("<IHBBQqqIII", len(payload), kind, version, flags, sequence, monotonic_ns, wall_us, 1,
                           crc32c(payload, self.seed), 0)
        head += struct.pack("<I", crc32c(head, self.seed))
        return head + payload + bytes(-len(payload) % 8)

    def seal(self):
        """As which it is sealed: here as nothing."""
        return b"" if self.number < 2 else struct.pack("<I", 0)

    def begin(self):
        """A new segment."""
        number = len(self.files) + 1
        size = ((160 if self.number < 2 else 196) + len(self.host) + PAGE - 1) // PAGE * PAGE
        head = struct.pack("<QII", int.from_bytes(b"HHJSEG01", "little"), self.number, size) + self.id + self.boot
        head += struct.pack("<QQQQIIq", number, self.last + 1, self.last, self.batch, self.digest, 1, self.made_us)
        head += self.chain + struct.pack("<I", len(self.host)) + self.host + self.seal()
        head = sealed(head, size)
        self.open = f"journal-{number:012}"
        self.files[self.open] = head
        self.running = hashed(self.digest, self.chain + head)

    def write(self, records):
        """A batch: each record is (kind, payload, monotonic_ns, wall_us)."""
        first, body = self.last + 1, b""
        for kind, payload, monotonic_ns, wall_us, *apart in records:
            self.last += 1
            stored, flags = payload, 0
            if apart:
                stored, flags = payload + self.put_apart(kind, apart, monotonic_ns, wall_us), APART
            body += self.frame(kind, self.last, stored, monotonic_ns, wall_us, flags=flags)
            if kind < NOTE:
                self.records.append((self.last, kind, payload, monotonic_ns, wall_us, *apart))
        fields = struct.pack("<QQIIQ", self.batch, first, len(records), len(body), 0)
        hashed_part = self.frame(BATCH_HEAD, first, fields, 5, 6) + body
        self.running = hashed(self.digest, self.running + hashed_part)
        end = self.frame(BATCH_END, self.last, self.running + struct.pack("<Q", self.batch), 5, 6)
        self.files[self.open] += hashed_part + end
        self.chain = self.running
        self.batch += 1

    def put_apart(self, kind, apart, monotonic_ns, wall_us):
        """Positions and watches into their streams: what the chain has instead, hashes and lengths."""
        hashes = b""
        for stream, (name, piece) in enumerate(zip(STREAMS, apart)):
            if not piece:
                continue
            file = f"{name}-{1:012}"
            if file not in self.files:
                head = struct.pack("<QII", int.from_bytes(b"HHJSTR01", "little"), self.number, PAGE) + self.id
                head += struct.pack("<QQQqI", stream, 1, self.last, self.made_us, 0)
                self.files[file] = sealed(head, PAGE)
            salted = hashlib.sha256(b"salt" + struct.pack("<QQ", stream, self.last)).digest()[:16] + piece
            self.files[file] += self.frame(kind, self.last, salted, monotonic_ns, wall_us)
            hashes += hashed(self.digest, struct.pack("<QQ", stream, self.last) + salted)
        return hashes + struct.pack("<II", *(len(piece) for piece in apart))

    def delete(self, stream, last, by, why):
        """A note that everything of a stream up to a record went; and it goes."""
        note = struct.pack("<IQQq", stream, 1, last, self.made_us)
        for text in (by, why):
            note += struct.pack("<I", len(text)) + text
        self.write([(NOTE, note, 77, self.made_us + 77)])
        del self.files[f"{STREAMS[stream]}-{1:012}"]
        self.gone.add(stream)

    def snapshot(self, content):
        head = struct.pack("<QII", int.from_bytes(b"HHJSNP01", "little"), self.number, self.digest) + self.id
        head = sealed(head + struct.pack("<Qq", self.last, self.made_us) + self.chain + self.seal(), 128)
        data = head
        for at in range(0, len(content), 1000):
            piece = content[at:at + 1000]
            data += struct.pack("<II", len(piece), crc32c(piece, self.seed)) + piece
        whole = hashed(self.digest, head + content)
        self.files[f"snapshot-{self.last:020}"] = data + struct.pack("<II", 0, crc32c(whole, self.seed)) + whole

    def close(self):
        def page(generation, is_closed):
            head = struct.pack("<QII", int.from_bytes(b"HHJLCK01", "little"), 1, is_closed) + self.id + self.boot
            head += struct.pack("<QQQ", generation, self.last + 1, self.last) + self.chain
            return sealed(head + struct.pack("<I", 0) + struct.pack("<I", self.number), PAGE)
        # Written in turns: the larger generation is the newer.
        self.files["LOCK"] = page(2, 0) + page(3, 1)

    def text(self, what):
        lines = [f"# {files.MARK}", f"# A journal in format {self.number}: {what}.",
                 "# @ a file, z so many zeros, = what is read."]
        for name in sorted(self.files):
            lines.append(f"@ {name}")
            data, at = self.files[name], 0
            while at < len(data):
                zeros = len(data[at:]) - len(data[at:].lstrip(b"\0"))
                if zeros >= 48:
                    lines.append(f"z {zeros}")
                    at += zeros
                    continue
                end = data.find(bytes(48), at)
                row = data[at:min(at + 48, end if end > at else len(data))]
                lines.append(row.hex())
                at += len(row)
        lines += [f"= last {self.last}", f"= head {self.chain.hex()}"]
        for sequence, kind, payload, monotonic_ns, wall_us, *apart in self.records:
            line = f"= record {sequence} {kind} {monotonic_ns} {wall_us} {payload.hex() or '-'}"
            for stream, piece in enumerate(apart):
                if piece:
                    line += f" {STREAMS[stream]} " + ("gone" if stream in self.gone else piece.hex())
            lines.append(line)
        return "\n".join(lines) + "\n"


# ---- Golden files --------------------------------------------------------------------------------------------------

def payload(index):
    return b"".join(hashlib.sha256(bytes([index, part])).digest() for part in range(3))[:index * 7 % 90]


def plain(number, digest):
    """Records of no engine: two segments, five batches, a snapshot between them."""
    journal = Journal(number, digest)
    journal.host = b"the host's own"
    journal.begin()
    index = 0
    for count in (1, 4, 2):
        journal.write([(3, payload(index + at), (index + at) * 1000, 1_700_000_000_000_000 + index + at)
                       for at in range(count)])
        index += count
    content = b"".join(struct.pack("<I", len(record[2])) + record[2] for record in journal.records)
    journal.snapshot(content)
    journal.begin()
    for count in (3, 5):
        journal.write([(3, payload(index + at), (index + at) * 1000, 1_700_000_000_000_000 + index + at)
                       for at in range(count)])
        index += count
    journal.close()
    return journal


def streams(number, digest):
    """Records with something apart; what watches said was deleted."""
    journal = Journal(number, digest)
    journal.begin()
    for batch in range(3):
        records = []
        for at in range(1, 5):
            index = batch * 4 + at
            piece = payload(index + 20)
            apart = (piece[:index * 5] if index % 2 else b"", piece[:index * 3] if index % 3 == 0 else b"")
            record = (3, payload(index), index * 1000, 1_700_000_000_000_000 + index)
            records.append((*record, *apart) if any(apart) else record)
        journal.write(records)
    content = b"".join(struct.pack("<I", len(record[2])) + record[2] for record in journal.records)
    journal.snapshot(content)
    journal.delete(1, journal.last, b"A. Wang", b"request 17 of 2026")
    journal.close()
    return journal


def everything():
    if sm3(b"abc").hex() != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0":
        raise ContractError("scripts/contracting/journal.py: its SM3 is not SM3")
    made = {}
    for number in (1, 2, 3):
        made[f"{GOLDEN}{number}-sha256.txt"] = plain(number, SHA256).text("SHA-256, records of no engine")
        made[f"{GOLDEN}{number}-sm3.txt"] = plain(number, SM3).text("SM3, records of no engine")
        if number >= 2:
            made[f"{GOLDEN}{number}-streams.txt"] = streams(number, SHA256).text("streams, one of them deleted")
    folder = header.ROOT / GOLDEN
    for there in sorted(folder.glob("*.txt")) if folder.exists() else ():
        path = GOLDEN + there.name
        if path not in made:
            raise ContractError(f"{path}: its format is gone from scripts/contracting/journal.py")
        if there.read_text(encoding="utf-8") != made[path]:
            raise ContractError(f"{path} was committed and would be written otherwise now: what is new is a new format")
    return made
