"""Extracts of OpenStreetMap, spoilt in every way that is easy to think of: `hujia import` reads each in a process of its own
with bounded memory, and ends with a map or with a named error. Never a crash, never unbounded memory.

The same seeds give the same files. A round stops when its time is over, so a busy machine tries fewer.

    osm_fuzz.py HUJIA SECONDS [FILE...]   FILE: more extracts to start from
"""
import bz2
import gzip
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib

MEMORY = 3 << 30
passed = failed = 0


def varint(value):
    bytes_ = []
    while True:
        bytes_.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(bytes_)


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def steps(values):
    found, before = b"", 0
    for value in values:
        step = value - before
        found += varint((step << 1 ^ step >> 63) & (1 << 64) - 1)
        before = value
    return found


def block(kind, data, squeezed):
    blob = field(2, len(data)) + field(3, zlib.compress(data)) if squeezed else field(1, data)
    header = field(1, kind) + field(3, len(blob))
    return len(header).to_bytes(4, "big") + header + blob


def pbf(squeezed):
    """A street with a crossing, a gate and turn restrictions: over a node and over a way, what is forbidden and what alone
    is allowed."""
    words = [b"", b"highway", b"primary", b"name", b"Main", b"barrier", b"gate", b"type", b"restriction", b"no_left_turn",
             b"from", b"via", b"to", b"oneway", b"yes", b"maxspeed", b"30 mph", b"only_straight_on"]
    table = field(1, b"".join(field(1, word) for word in words))
    dense = field(1, steps(range(1, 9))) + field(8, steps(500_000_000 + i * 1000 for i in range(8))) + field(
        9, steps(70_000_000 + i * 900 for i in range(8))) + field(10, b"\0\0\5\6\0\0\0\0\0\0")
    ways = b"".join(field(3, field(1, number) + field(2, keys) + field(3, values) + field(8, steps(nodes)))
                    for number, keys, values, nodes in [(10, b"\1\3", b"\2\4", [1, 2, 3, 4, 5]),
                                                        (11, b"\1\15\17", b"\2\16\20", [6, 3, 7, 8]),
                                                        (12, b"\1", b"\2", [8, 5, 1])])
    relation = b"".join(
        field(4, field(1, number) + field(2, b"\7\10") + field(3, b"\10" + kind) + field(8, b"\12\13\14") + field(9, steps(members)) +
              field(10, b"\1" + via + b"\1"))
        for number, kind, members, via in [(20, b"\11", [10, 3, 11], b"\0"), (21, b"\21", [10, 3, 11], b"\0"),
                                           (22, b"\11", [10, 11, 12], b"\1"), (23, b"\21", [10, 11, 12], b"\1")])
    header = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
    return block(b"OSMHeader", header, squeezed) + b"".join(
        block(b"OSMData", table + field(2, group), squeezed) for group in (field(2, dense), ways, relation))


def xml():
    nodes = "".join(f'<node id="{i}" version="1" lat="50.{i:04}" lon="7.{i:04}"/>\n' for i in range(1, 9))
    ways = "".join(f'<way id="{i}"><nd ref="{a}"/><nd ref="{b}"/><nd ref="{c}"/><tag k="highway" v="primary"/></way>\n'
                   for i, a, b, c in [(10, 1, 2, 3), (11, 3, 4, 5), (12, 6, 3, 7), (13, 7, 8, 1)])
    relation = "".join(
        f'<relation id="{number}"><member type="way" ref="10" role="from"/><member type="{kind}" ref="{via}" role="via"/>'
        f'<member type="way" ref="{to}" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="{rule}"/></relation>\n'
        for number, kind, via, to, rule in [(20, "node", 3, 11, "no_left_turn"), (21, "node", 3, 12, "only_straight_on"),
                                            (22, "way", 12, 13, "no_u_turn"), (23, "way", 12, 13, "only_right_turn")])
    return f'<?xml version="1.0"?>\n<osm version="0.6">\n{nodes}{ways}{relation}</osm>\n'.encode()


def spoil(data, dice):
    data = bytearray(data)
    kind = dice.randrange(8)
    place = dice.randrange(len(data))
    if kind == 0:
        return bytes(data[:place])
    if kind in (1, 2):
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif kind == 3:
        size = dice.randint(1, 12)
        data[place:place + size] = bytes(dice.randrange(256) for _ in range(size))
    elif kind == 4:  # a length or count that says more than there is
        data[place:place + 1] = varint(dice.choice([0xFFFFFFFF, 10_000_000, 1 << 63, 33_554_432, 65_536]))
    elif kind == 5:
        del data[place:place + dice.randint(1, 200)]
    elif kind == 6:
        data[place:place] = data[dice.randrange(len(data)):][:dice.randint(1, 400)]
    else:
        size = dice.choice([1, 4, 8])
        data[place:place + size] = dice.choice([b"\0", b"\xff", b"\x7f", b"\x80"]) * size
    return bytes(data)


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 61))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def count(flaw):
    global passed, failed
    passed += flaw is None
    failed += flaw is not None
    if flaw:
        print("FAILED:", flaw)


def attempt(tool, folder, data, name, allowed):
    """None, or what is wrong."""
    path, out = f"{folder}/x", f"{folder}/x.hjmap"
    pathlib.Path(path).write_bytes(data)
    done = subprocess.run([tool, "import", "-q", "--osm", path, "--output", out], capture_output=True, check=False,
                          preexec_fn=limited, env=dict(os.environ, SWIFT_BACKTRACE="enable=no"))
    words = done.stderr.decode(errors="replace")
    has_map = os.path.exists(out)
    if has_map:
        os.unlink(out)
    if done.returncode not in allowed:
        return f"{name}: ended with {done.returncode}: {words[-300:]}"
    if has_map != (done.returncode == 0):
        return f"{name}: exit {done.returncode} and {'a' if has_map else 'no'} map"
    if done.returncode == 1 and (path not in words or len(words) > 2_000 or any(ord(c) < 32 and c != "\n" for c in words)):
        return f"{name}: not a named error: {words[:300]!r}"
    return None


def main(tool, seconds, *files):
    seeds = {"pbf": pbf(False), "pbf, zlib": pbf(True), "xml": xml(), "xml.gz": gzip.compress(xml(), mtime=0),
             "xml.bz2": bz2.compress(xml())}
    seeds.update((pathlib.Path(path).name, pathlib.Path(path).read_bytes()) for path in files)
    end = time.monotonic() + float(seconds)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in seeds.items():
            count(attempt(tool, folder, data, name, (0,)))
        round_ = 0
        while round_ < 20 or time.monotonic() < end:
            for name, data in seeds.items():
                spoilt = spoil(data, random.Random(f"{name} {round_}"))
                count(attempt(tool, folder, spoilt, f"{name}, round {round_}", (0, 1)))
            round_ += 1
    print(f"note: {round_} rounds of {len(seeds)} extracts")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
