#!/usr/bin/env python3
"""What the fuzzed readers begin with: the golden journals in pieces, and the corpus that is kept.

Usage: seeds.py GOLDEN CORPUS INTO      (scripts/fuzz calls it)
The form of an input stands in Readers.swift, its first byte in Input.swift (Flags).
"""

import pathlib
import struct
import sys

SUMS, NUMBERS, ZEROS, SM3, OTHER, BLIND = 1, 2, 4, 8, 16, 32
KINDS = (0, ZEROS, SUMS | ZEROS, SUMS | NUMBERS | ZEROS, SUMS | NUMBERS | ZEROS | OTHER, SUMS | BLIND)


def files_of(golden):
    """The files of a golden journal, by name."""
    files, now = {}, None
    for line in golden.read_text(encoding="utf-8").splitlines():
        if line[:1] == "@":
            now = line[2:]
            files[now] = b""
        elif line[:1] == "z":
            files[now] += bytes(int(line[2:]))
        elif line[:1] not in ("#", "="):
            files[now] += bytes.fromhex(line)
    return files


def head_and_body(file, size, sum_bytes=4):
    """A head without the zeros before its sum, and what stands behind it without the zeros at the end."""
    return file[: size - sum_bytes].rstrip(b"\0"), file[size:].rstrip(b"\0")


def counted(head, body):
    return struct.pack("<HH", len(head), len(body)) + head + body


def size_of(segment):
    return struct.unpack_from("<I", segment, 12)[0]


def frames(body):
    """Where each frame begins, its kind and its end."""
    at = 0
    while at + 48 <= len(body):
        length, kind = struct.unpack_from("<IH", body, at)
        end = at + 48 + (length + 7) // 8 * 8
        if end > len(body):
            return
        yield at, kind, end
        at = end


def padded(body):
    return body + bytes(-len(body) % 8)


def named(files, prefix):
    return [files[name] for name in sorted(files) if name.startswith(prefix)]


def seeds(files, is_sm3):
    """Pairs of a reader and an input."""
    segments = [(file, *head_and_body(file, size_of(file))) for file in named(files, "journal-")]
    streams = {kind: [head_and_body(file, 4096) for file in named(files, kind)] for kind in ("positions-", "watches-")}
    state = next(iter(named(files, "snapshot-")), b"")
    lock = files.get("LOCK", b"")
    pages = [lock[at: at + 4092].rstrip(b"\0")[:255] for at in (0, 4096) if at < len(lock)] + [b"", b""]
    records = b""
    for file, _, body in segments:
        first, batch = struct.unpack_from("<Q", file, 56)[0], struct.unpack_from("<Q", file, 72)[0]
        body = padded(body)
        records += b"".join(body[at:end] for at, kind, end in frames(body) if kind < 0xfff0)
        for kind in KINDS:
            kind |= SM3 if is_sm3 else 0
            yield "records", bytes([kind]) + struct.pack("<QQB", first, batch, 0) + body
            yield "records", bytes([kind]) + struct.pack("<QQB", first, batch, 4) + body
    for kind in KINDS:
        yield "records", bytes([kind | OTHER]) + struct.pack("<QQB", 1, 3, 0) + records
        if state:
            yield "snapshots", bytes([kind]) + state
        none = [(b"", b"")] * 2
        some = (streams["positions-"] + none)[:2] + (streams["watches-"] + none)[:1]
        yield "streams", bytes([kind]) + b"".join(counted(*each) for each in some) + struct.pack("<qq", 1 << 50, 1 << 60)
        whole = [counted(head, padded(body)) for _, head, body in segments] + [counted(b"", b"")] * 2
        for kept in (0b1111, 0b0011, 0b0010, 0b0101, 0b1011):
            yield "segments", (
                bytes([kind])
                + b"".join(bytes([len(page)]) + page for page in (pages[:2] if kept & 1 else (b"", b"")))
                + b"".join(whole[:2] if kept & 2 else [counted(b"", b"")] * 2)
                + counted(*(streams["positions-"] + none)[0]) + counted(*(streams["watches-"] + none)[0])
                + (struct.pack("<H", len(state)) + state if kept & 4 else bytes(2))
                + (struct.pack("<QQHQ", 65000, 65000 + len(records), 64, 0) + records if kept & 8 else b""))
    # LOCK as an engine that died left it: the ring is in use.
    head = struct.pack("<QIIQQQQQQQ", 0x31304B434C4A4848, 1, 0, 0xABCD, 1, 0, 0, 3, 1, 0)
    page = head + bytes(32) + struct.pack("<I", 13) + b"/journal/ring" + struct.pack("<I", 2)
    ring = struct.pack("<QQHQ", 65000, 65000 + len(records), 64, 0) + records
    for kind in (SUMS, SUMS | NUMBERS | ZEROS):
        for some in ([], [counted(head, padded(body)) for _, head, body in segments][:1]):
            yield "segments", (
                bytes([kind, len(page)]) + page + b"\0" + b"".join((some + [counted(b"", b"")] * 2)[:2])
                + counted(b"", b"") * 2 + bytes(2) + ring)


def main():
    golden, kept, into = map(pathlib.Path, sys.argv[1:])
    for path in sorted((golden / "journal").glob("*.txt")):
        for number, (reader, seed) in enumerate(seeds(files_of(path), "sm3" in path.stem)):
            (into / reader / f"{path.stem}-{number}").write_bytes(seed)
    for path in sorted(kept.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="ascii").splitlines()):
            (into / path.stem / f"kept-{number}").write_bytes(bytes.fromhex(line))


if __name__ == "__main__":
    main()
