"""Journals by the tool: a replay killed in the middle goes on and ends with the same table; a stress run and a simulated
day are decided anew with one digest, whatever the process, the build, the time zone and the allocator; what is bad is
named. The stress run has every lane: heartbeats, traffic, positions by two threads.

    journals.py HUJIA [OTHER-HUJIA]   OTHER: another build, whose digest must be the same
    SECONDS=60 POSITIONS=100000 HOURS=24 TIMEOUT=7200 journals.py HUJIA     scripts/proof: a minute, and a whole day
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

hujia = sys.argv[1]
others = sys.argv[2:]
passed = failed = 0
NEWEST = 3
GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Golden"


def check(name, actual, expected):
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"FAIL  {name}: {str(actual)[:2000]!r}, expected {str(expected)[:2000]!r}")


def run(*words, tool=None, env=None):
    return subprocess.run([tool or hujia, *map(str, words)], capture_output=True, text=True, check=False,
                          timeout=int(os.environ.get("TIMEOUT", "600")),
                          env={**os.environ, **(env or {})})


def table(text):
    """What the engine and the day decided; not how fast this machine is."""
    lines, skipped = [], 0
    for line in text.splitlines():
        if line.startswith("Machine"):
            break
        if "one C call" in line:
            skipped = 2
        if skipped or "decisions a second" in line:
            skipped = max(skipped - 1, 0)
            continue
        lines.append(line)
    return "\n".join(lines)


def read(name, result, expected=0):
    """What a command said as JSON. Where it said none, its own words are the finding, and not the reader's error."""
    try:
        found = json.loads(result.stdout)
    except json.JSONDecodeError:
        found = None
    check(name, (result.returncode, result.stderr if expected == 0 else "", found is not None), (expected, "", True))
    return found or {}


def read_lines(name, result):
    """The same of JSON lines. Lines end with a line feed alone: texts may hold other separators."""
    check(name, (result.returncode, result.stderr), (0, ""))
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def on_record(journal):
    """How many records there are by now."""
    said = run("journal", "verify", journal, "--chain", "--json", "--quiet").stdout
    return json.loads(said)["last"] if said else 0


def ended(words, journal, after_s):
    """Ended by a signal that nothing catches, once it has used so much processor time: as kill -9 ends it, and whatever
    else the machine does. How many records are there; None: it came to its end before."""
    shutil.rmtree(journal, ignore_errors=True)
    process = subprocess.Popen([hujia, *map(str, words), "--journal", str(journal)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: signal.setitimer(signal.ITIMER_PROF, after_s))
    if process.wait() != -signal.SIGPROF:
        return None
    return on_record(journal) if (journal / "LOCK").exists() else 0


def killed(words, journal, records, used_s, share):
    """Ended between its first record and its last, in the middle between an end that was too early and one too late."""
    early_s, late_s = 0.0, used_s * 2
    at_s = used_s * share
    for _ in range(40):
        there = ended(words, journal, at_s)
        if there is not None and 0 < there < records:
            return there
        if there == 0:
            early_s = at_s
        else:
            late_s = at_s
        at_s = (early_s + late_s) / 2
        # Processor time is not the same twice: then both were wrong by a little.
        if late_s - early_s < 0.002:
            early_s, late_s = early_s * 0.8, late_s * 1.2
    return 0


def replays(folder):
    city = folder / "city"
    check("generate-city", run("generate-city", "--seed", 5, "--output", city).returncode, 0)
    common = ["run", "--city", city, "--calls", 150, "--quiet"]
    whole = run(*common)
    check("an undisturbed run", whole.returncode, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    recorded = run(*common, "--journal", folder / "undisturbed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    check("decides as without a journal", table(recorded.stdout), table(whole.stdout))
    records = on_record(folder / "undisturbed")
    for index, share in enumerate((0.6, 0.85)):
        journal = folder / f"killed-{index}"
        there = killed(common, journal, records, used_s, share)
        check(f"killed in the middle ({share})", 0 < there < records, True)
        again = run(*common, "--journal", journal, "--resume")
        check(f"it goes on ({share})", (again.returncode, again.stderr), (0, ""))
        check(f"the table ({share})", table(again.stdout), table(whole.stdout))
        verdict = run("journal", "verify", journal, "--json", "--quiet")
        found = read(f"its journal ({share})", verdict)
        check(f"it holds ({share})", (found.get("holds"), found.get("means")), (True, "rebuilt"))
        check(f"opened twice ({share})", found.get("openings"), 2)
        print(f"note: killed at record {there} of {records}")
        shutil.rmtree(journal)
    other = folder / "other"
    check("one to go on from", run(*common, "--journal", other).returncode, 0)
    wrong = run("run", "--city", city, "--calls", 20, "--quiet", "--journal", other, "--resume")
    check("another run's journal", (wrong.returncode, "it was another run" in wrong.stderr), (1, True))
    full = run(*common, "--journal", other)
    check("a folder that holds something", (full.returncode, "is in it" in full.stderr), (1, True))
    check("--resume alone", run(*common, "--resume").returncode, 64)


def jemalloc():
    """The other allocator as the loader finds it; None: it is not there."""
    probe = subprocess.run(["env", "LD_PRELOAD=libjemalloc.so.2", "cat", "/proc/self/maps"], capture_output=True,
                           text=True, check=False)
    return "libjemalloc.so.2" if "/libjemalloc.so.2" in probe.stdout else None


def verdicts(name, journal, *words):
    """Decided anew in several processes: one digest."""
    digests = []
    ways = [(hujia, {}), (hujia, {"TZ": "Asia/Shanghai", "MALLOC_PERTURB_": "165"}),
            (hujia, {"TZ": "America/St_Johns", "MALLOC_ARENA_MAX": "1", "MALLOC_TOP_PAD_": "1"}),
            *((other, {}) for other in others)]
    if jemalloc():
        ways.append((hujia, {"LD_PRELOAD": jemalloc(), "TZ": "UTC"}))
    else:
        print(f"skipped: {name} with another allocator: no libjemalloc.so.2 (Debian libjemalloc2)")
    for tool, env in ways:
        verdict = run("journal", "verify", journal, "--redecide", "--json", "--quiet", *words, tool=tool, env=env)
        found = read(f"{name} decided anew", verdict)
        check(f"{name}: means", found.get("means"), "redecided")
        digests.append(found.get("digest"))
        print(f"note: {name}: {found.get('turns')} turns, {found.get('positions')} positions, digest {found.get('digest')}")
    check(f"{name}: one digest", len(set(digests)), 1)


def stress(folder):
    city, mapped, journal = folder / "streets", folder / "city.hjmap", folder / "stress"
    figures = folder / "stress.json"
    check("its city", run("generate-city", "--seed", 1, "--output", city).returncode, 0)
    check("import", run("import", "--quiet", "--nodes", city / "roads/nodes.csv", "--edges", city / "roads/edges.csv",
                        "--output", mapped).returncode, 0)
    loaded = run("stress", "--quiet", "--map", mapped, "--duration", os.environ.get("SECONDS", "3"), "--journal", journal,
                 "--positions-per-s", os.environ.get("POSITIONS", "30000"), "--units", 200, "--threads", 2,
                 "--json", figures)
    check("stress with a journal", (loaded.returncode, loaded.stderr), (0, ""))
    lanes = {lane["lane"]: lane for lane in json.loads(figures.read_text(encoding="utf-8"))["runs"][0]["lanes"]}
    check("threads of positions", lanes["positions"]["threads"], 2)
    for lane in ("positions", "traffic", "watches", "changes"):
        check(f"{lane} on record", lanes[lane]["accepted"] > 0, True)
    verdicts("a stress run", journal, "--map", mapped)
    none = run("journal", "verify", journal, "--redecide", "--quiet")
    check("without its map", (none.returncode, "give that map" in none.stderr), (1, True))
    lines = read_lines("printed", run("journal", "print", journal, "--json", "--quiet"))
    check("the first record", [line["command"] for line in lines[:1]], ["opened"])
    return journal


def simulated(folder):
    journal = folder / "day"
    hours = os.environ.get("HOURS", "2")
    plain = run("simulate", "--seed", 3, "--hours", hours, "--quiet")
    day = run("simulate", "--seed", 3, "--hours", hours, "--quiet", "--journal", journal)
    check("a simulated day with a journal", (day.returncode, day.stderr), (0, ""))
    check("decides as without one", day.stdout.split("digest")[-1], plain.stdout.split("digest")[-1])
    verdicts("a simulated day", journal)
    lines = read_lines("a day printed", run("journal", "print", journal, "--json", "--quiet"))
    reports = [line["answer"]["incident"] for line in lines
               if line["command"] == "report" and line.get("answer", {}).get("units")]
    check("reports that units were sent to", len(reports) > 0, True)
    if not reports:
        return
    incident = reports[0]
    life = run("journal", "print", journal, "--incident", incident, "--quiet")
    check("one incident", (life.returncode, f"incident {incident}" in life.stdout, "chosen   seats" in life.stdout),
          (0, True, True))


def bad(folder, journal):
    """Each fault is named with its file, and what mends it."""
    def spoilt(name, edit):
        copy = folder / f"bad-{name}"
        shutil.copytree(journal, copy)
        edit(copy)
        return copy

    def flip(offset):
        def edit(copy):
            file = sorted(copy.glob("journal-*"))[0]
            data = bytearray(file.read_bytes())
            data[offset] ^= 4
            file.write_bytes(data)
        return edit

    def newer(copy):
        file = copy / "LOCK"
        data = bytearray(file.read_bytes())
        for page in (0, 4096):
            place = page + 108 + struct.unpack_from("<I", data, page + 104)[0]
            if data[page:page + 8] != bytes(8):
                struct.pack_into("<I", data, place, 9)
                struct.pack_into("<I", data, page + 4092, crc32c(bytes(data[page:page + 4092])))
        file.write_bytes(data)

    damaged = spoilt("damaged", flip(9_000))
    verdict = run("journal", "verify", damaged, "--quiet")
    check("damage", (verdict.returncode, "journal-000000000001, offset" in verdict.stderr,
                     "hujia journal salvage" in verdict.stderr), (1, True, True))
    saved = folder / "saved"
    salvaged = run("journal", "salvage", damaged, saved, "--json")
    check("what was lost", bool(read("salvage", salvaged).get("lost")), True)
    check("what was saved holds", run("journal", "verify", saved, "--chain").returncode, 0)
    check("salvage into what is there", run("journal", "salvage", damaged, saved).returncode, 1)
    future = spoilt("future", newer)
    for words in (["verify"], ["print"], ["upgrade"]):
        refused = run("journal", words[0], future)
        check(f"a later format: {words[0]}", (refused.returncode, "format 9" in refused.stderr,
                                              "open it with a version that knows it" in refused.stderr), (1, True, True))
    upgraded = run("journal", "upgrade", journal, "--json")
    check("formats", read("upgrade", upgraded), {"before": NEWEST, "now": NEWEST})
    moved = run("journal", "archive", journal, folder / "archive", "--json")
    check("what was moved", read("archive", moved).get("moved", -1) >= 0, True)
    check("no such folder", run("journal", "verify", folder / "none").returncode, 1)
    check("no time", run("journal", "print", journal, "--from", "yesterday").returncode, 64)
    check("no head", run("journal", "verify", journal, "--head", "1:2").returncode, 64)


def old(folder):
    """A journal that a version before wrote: read, upgraded once, read again; the head of its chain stays."""
    journal, said = folder / "old", {}
    journal.mkdir()
    data = None
    for line in (GOLDEN / "state" / "1.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            data = said.setdefault(line[2:], bytearray())
        elif line.startswith("z "):
            data.extend(bytes(int(line[2:])))
        elif line[:1] not in "#=":
            data.extend(bytes.fromhex(line))
    for name, content in said.items():
        (journal / name).write_bytes(content)
    def chain():
        verdict = run("journal", "verify", journal, "--chain", "--json", "--quiet")
        return verdict.returncode, read("the chain of an old journal", verdict).get("head")
    before = chain()
    check("an old journal holds", before[0], 0)
    check("its records are read back", run("journal", "verify", journal, "--quiet").returncode, 0)
    printed = run("journal", "print", journal).stdout
    for words in ({"before": 2, "now": NEWEST}, {"before": NEWEST, "now": NEWEST}):
        upgraded = run("journal", "upgrade", journal, "--json")
        check("formats of an old journal", read("upgrade of an old journal", upgraded), words)
    check("what stands in it stays", (chain(), run("journal", "print", journal).stdout), (before, printed))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        replays(folder)
        journal = stress(folder)
        simulated(folder)
        bad(folder, journal)
        old(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
