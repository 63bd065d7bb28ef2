#!/usr/bin/env python3
"""What the engine's fuzzed readers begin with: golden commands, the records and states of golden journals, the corpus.

Usage: seeds.py GOLDEN CORPUS INTO      (scripts/fuzz --engine calls it)
The form of an input stands in EngineReaders.swift.
"""

import importlib.util
import pathlib
import struct
import sys

FUZZ = pathlib.Path(__file__).resolve().parent.parent / "Fuzz/seeds.py"
spec = importlib.util.spec_from_file_location("journal_seeds", FUZZ)
journal = importlib.util.module_from_spec(spec)
spec.loader.exec_module(journal)

HEAD = 48


def command_of(golden):
    lines = golden.read_text(encoding="utf-8").splitlines()
    return b"".join(bytes.fromhex(line) for line in lines if line[:1] not in ("#", "="))


def records_of(segment):
    """Kind and payload of each record."""
    body = segment[journal.size_of(segment):]
    for at, kind, _ in journal.frames(body):
        length = struct.unpack_from("<I", body, at)[0]
        if 0 < kind < 0xff00:
            yield kind, body[at + HEAD: at + HEAD + length]


def state_of(snapshot):
    """What its host put in: the pieces behind the head."""
    at, state = 128, b""
    while True:
        count = struct.unpack_from("<I", snapshot, at)[0]
        if count == 0:
            return state
        state += snapshot[at + 8: at + 8 + count]
        at += 8 + count


def seeds(golden):
    """Pairs of a reader and an input."""
    for path in sorted((golden / "commands").glob("*.txt")):
        yield "commands", command_of(path)
    for path in sorted((golden / "state").glob("*.txt")):
        files = journal.files_of(path)
        states = [state_of(file) for file in journal.named(files, "snapshot-")]
        records = [record for file in journal.named(files, "journal-") for record in records_of(file)]
        for _, payload in records:
            yield "turns", payload
        for state in states:
            yield "states", state
        life = b"".join(struct.pack("<BH", kind, len(payload)) + payload for kind, payload in records)
        yield "lives", bytes(2) + life
        for state in states:
            yield "lives", struct.pack("<H", len(state)) + state + life[-2000:]


def main():
    golden, kept, into = map(pathlib.Path, sys.argv[1:])
    for number, (reader, seed) in enumerate(seeds(golden)):
        (into / reader / f"golden-{number}").write_bytes(seed)
    for path in sorted(kept.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="ascii").splitlines()):
            (into / path.stem / f"kept-{number}").write_bytes(bytes.fromhex(line))


if __name__ == "__main__":
    main()
