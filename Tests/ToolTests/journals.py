"""Journals by the tool: a replay killed in the middle goes on and ends with the same table; a stress run and a simulated
day are decided anew with one digest, whatever the process, the time zone and the allocator; what is bad is named.

    journals.py HUJIA [OTHER-HUJIA]   OTHER: another build, whose digest must be the same
    SECONDS=60 POSITIONS=100000 HOURS=24 TIMEOUT=7200 journals.py HUJIA     scripts/proof: a minute, and a whole day
"""
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

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


def on_record(journal):
    """How many records there are by now."""
    said = run("journal", "verify", journal, "--chain", "--json", "--quiet").stdout
    return json.loads(said)["last"] if said else 0


def killed(words, journal, records, whole):
    """Ended by kill -9 once so many records are there; False: it had written all that it would. It runs for a
    millisecond or two at a time and is stopped while its records are counted, so that it cannot run away."""
    process = subprocess.Popen([hujia, *map(str, words), "--journal", str(journal)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    while process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        if (journal / "LOCK").exists() and on_record(journal) >= records:
            break
        process.send_signal(signal.SIGCONT)
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL and on_record(journal) < whole


def replays(folder):
    city = folder / "city"
    check("generate-city", run("generate-city", "--seed", 5, "--output", city).returncode, 0)
    common = ["run", "--city", city, "--calls", 150, "--quiet"]
    whole = run(*common)
    check("an undisturbed run", whole.returncode, 0)
    recorded = run(*common, "--journal", folder / "undisturbed")
    check("decides as without a journal", table(recorded.stdout), table(whole.stdout))
    records = on_record(folder / "undisturbed")
    for index, share in enumerate((0.1, 0.5)):
        journal = folder / f"killed-{index}"
        wanted = int(records * share)
        # Done before it was looked at: then earlier.
        while not killed(common, journal, wanted, records):
            shutil.rmtree(journal)
            wanted //= 2
        there = on_record(journal)
        check(f"killed in the middle ({share})", 0 < there < records, True)
        again = run(*common, "--journal", journal, "--resume")
        check(f"it goes on ({share})", (again.returncode, again.stderr), (0, ""))
        check(f"the table ({share})", table(again.stdout), table(whole.stdout))
        verdict = run("journal", "verify", journal, "--json", "--quiet")
        found = json.loads(verdict.stdout)
        check(f"its journal ({share})", (verdict.returncode, found["holds"], found.get("means")), (0, True, "rebuilt"))
        check(f"opened twice ({share})", found["openings"], 2)
        print(f"note: killed at record {there} of {records}")
        shutil.rmtree(journal)
    other = folder / "other"
    check("one to go on from", run(*common, "--journal", other).returncode, 0)
    wrong = run("run", "--city", city, "--calls", 20, "--quiet", "--journal", other, "--resume")
    check("another run's journal", (wrong.returncode, "it was another run" in wrong.stderr), (1, True))
    full = run(*common, "--journal", other)
    check("a folder that holds something", (full.returncode, "is in it" in full.stderr), (1, True))
    check("--resume alone", run(*common, "--resume").returncode, 64)


def verdicts(folder, name, journal, *words):
    """Decided anew in several processes: one digest."""
    digests = []
    for tool, env in [(hujia, {}), (hujia, {"TZ": "Asia/Shanghai", "MALLOC_PERTURB_": "165"}),
                      (hujia, {"TZ": "America/St_Johns", "MALLOC_ARENA_MAX": "1", "MALLOC_TOP_PAD_": "1"}),
                      *((other, {}) for other in others)]:
        verdict = run("journal", "verify", journal, "--redecide", "--json", "--quiet", *words, tool=tool, env=env)
        check(f"{name} decided anew", (verdict.returncode, verdict.stderr), (0, ""))
        found = json.loads(verdict.stdout or "{}")
        check(f"{name}: means", found.get("means"), "redecided")
        digests.append(found.get("digest"))
        print(f"note: {name}: {found.get('turns')} turns, {found.get('positions')} positions, digest {found.get('digest')}")
    check(f"{name}: one digest", len(set(digests)), 1)


def stress(folder):
    city, mapped, journal = folder / "streets", folder / "city.hjmap", folder / "stress"
    run("generate-city", "--seed", 1, "--output", city)
    check("import", run("import", "--quiet", "--nodes", city / "roads/nodes.csv", "--edges", city / "roads/edges.csv",
                        "--output", mapped).returncode, 0)
    loaded = run("stress", "--quiet", "--map", mapped, "--duration", os.environ.get("SECONDS", "3"), "--journal", journal,
                 "--positions-per-s", os.environ.get("POSITIONS", "30000"), "--units", 200, "--threads", 2)
    check("stress with a journal", loaded.returncode, 0)
    verdicts(folder, "a stress run", journal, "--map", mapped)
    none = run("journal", "verify", journal, "--redecide", "--quiet")
    check("without its map", (none.returncode, "give that map" in none.stderr), (1, True))
    printed = run("journal", "print", journal, "--json", "--quiet")
    lines = [json.loads(line) for line in printed.stdout.splitlines()]
    check("printed", (printed.returncode, lines[0]["command"]), (0, "opened"))
    return journal, mapped


def simulated(folder):
    journal = folder / "day"
    hours = os.environ.get("HOURS", "2")
    plain = run("simulate", "--seed", 3, "--hours", hours, "--quiet")
    day = run("simulate", "--seed", 3, "--hours", hours, "--quiet", "--journal", journal)
    check("a simulated day with a journal", (day.returncode, day.stderr), (0, ""))
    check("decides as without one", day.stdout.split("digest")[-1], plain.stdout.split("digest")[-1])
    verdicts(folder, "a simulated day", journal)
    lines = [json.loads(line) for line in run("journal", "print", journal, "--json", "--quiet").stdout.splitlines()]
    report = next(line for line in lines if line["command"] == "report" and line.get("answer", {}).get("units"))
    incident = report["answer"]["incident"]
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
    check("salvage", (salvaged.returncode, bool(json.loads(salvaged.stdout)["lost"])), (0, True))
    check("what was saved holds", run("journal", "verify", saved, "--chain").returncode, 0)
    check("salvage into what is there", run("journal", "salvage", damaged, saved).returncode, 1)
    future = spoilt("future", newer)
    for words in (["verify"], ["print"], ["upgrade"]):
        refused = run("journal", words[0], future)
        check(f"a later format: {words[0]}", (refused.returncode, "format 9" in refused.stderr,
                                              "open it with a version that knows it" in refused.stderr), (1, True, True))
    upgraded = run("journal", "upgrade", journal, "--json")
    check("upgrade", (upgraded.returncode, json.loads(upgraded.stdout)), (0, {"before": NEWEST, "now": NEWEST}))
    moved = run("journal", "archive", journal, folder / "archive", "--json")
    check("archive without snapshots", (moved.returncode, json.loads(moved.stdout)["moved"] >= 0), (0, True))
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
        return verdict.returncode, json.loads(verdict.stdout)["head"]
    before = chain()
    check("an old journal holds", before[0], 0)
    check("its records are read back", run("journal", "verify", journal, "--quiet").returncode, 0)
    printed = run("journal", "print", journal).stdout
    for words in ({"before": 2, "now": NEWEST}, {"before": NEWEST, "now": NEWEST}):
        upgraded = run("journal", "upgrade", journal, "--json")
        check("upgrade of an old journal", (upgraded.returncode, json.loads(upgraded.stdout)), (0, words))
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
        journal, _ = stress(folder)
        simulated(folder)
        bad(folder, journal)
        old(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
