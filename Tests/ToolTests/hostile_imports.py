"""Inputs made to keep an import busy for ever: each ends within ten seconds of processor time, or is refused.

Processor time and not the clock is what is bounded, so a busy machine changes nothing.

    hostile_imports.py HUJIA LIBHUJIA
"""
import math
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "include" / "bindings"))
import hujia  # noqa: E402

MOST_S = 10
passed = failed = 0


def check(name, holds, seen):
    global passed, failed
    passed += holds
    failed += not holds
    if not holds:
        print(f"FAILED: {name}: {seen}")


def table(path, header, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write(header + "\n")
        file.writelines(row + "\n" for row in rows)


def star(arms):
    """A square where all streets of a city meet."""
    nodes = ["0,7.0,45.0"]
    for arm in range(1, arms + 1):
        angle = arm * 2 * math.pi / arms
        nodes.append(f"{arm},{7 + 0.05 * math.cos(angle):.7f},{45 + 0.05 * math.sin(angle):.7f}")
    return nodes, [f"0,{arm},6000,50," for arm in range(1, arms + 1)]


def complete(count):
    """Every node beside every other: no separator is small."""
    seeded = random.Random(1)
    nodes = [f"{node},{7 + seeded.random() * 0.1:.7f},{45 + seeded.random() * 0.1:.7f}" for node in range(count)]
    return nodes, [f"{a},{b},20000,50," for a in range(count) for b in range(a + 1, count)]


def winding(points):
    """One street of very many points."""
    shape = " ".join(f"{7 + index * 1e-7:.7f} {45 + index % 2 * 1e-6:.7f}" for index in range(points))
    return ["1,7.0,45.0", "2,7.1,45.0"], [f"1,2,100000,50,{shape}"]


def long_number(digits):
    return ["1,7.0,45.0", "2,7.1,45.0"], ["1,2," + "1" * digits + ",50,", "1,2,7900,50,"]


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S + 1))


def import_tables(tool, folder, nodes, edges):
    table(f"{folder}/nodes.csv", "node,lon,lat", nodes)
    table(f"{folder}/edges.csv", "from_node,to_node,length_m,speed_kmh,points", edges)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [tool, "import", "-q", "--nodes", f"{folder}/nodes.csv", "--edges", f"{folder}/edges.csv", "--output",
         f"{folder}/out.hjmap"], capture_output=True, text=True, preexec_fn=limited, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imports(tool):
    for name, made, is_taken in [("a star of 100,000 arms", star(100_000), True),
                                 ("a complete graph of 300", complete(300), True),
                                 ("a street of a million points", winding(1_000_000), True),
                                 ("a number of 10 MB", long_number(10_000_000), False)]:
        with tempfile.TemporaryDirectory() as folder:
            done, seconds = import_tables(tool, folder, *made)
            print(f"note: {name}: {seconds:.1f} s, exit {done.returncode}")
            check(name, done.returncode == (0 if is_taken else 1), (done.returncode, done.stderr[-300:]))
            check(name + ": short words", len(done.stderr) < 2_000, len(done.stderr))
            check(name + ": a map or none", os.path.exists(f"{folder}/out.hjmap") == is_taken, is_taken)


def load_plans(library, text):
    config, engine, detail = hujia.Config(), hujia.c_void_p(), hujia.ErrorDetail()
    assert library.hj_config_init(config, hujia.sizeof(config)) == 0
    config.run_mode = hujia.RUN_POLL
    assert library.hj_engine_open(config, engine, detail) == 0, detail.text
    before = sum(os.times()[:2])
    status = library.hj_plans_load(engine, text, len(text), detail)
    seconds = sum(os.times()[:2]) - before
    library.hj_engine_close(engine)
    return status, detail, seconds


def plans(library_path):
    library = hujia.load(library_path)
    tail = '"plans":[{"name":"all","units":[{"count":1}]}]}'
    many = {
        "1.5 million kinds": ('{"version":1,"turnout_s":{"kinds":{%s}},' % ",".join(
            f'"{kind}":9' for kind in range(1_500_000)))[:16_700_000] + tail,
        "1.2 million kinds": '{"version":1,"turnout_s":{"kinds":{%s}},' % ",".join(
            f'"{kind}":9' for kind in range(1_200_000)) + tail,
        "60,000 kinds": '{"version":1,"turnout_s":{"kinds":{%s}},' % ",".join(
            f'"{kind}":9' for kind in range(60_000)) + tail,
        "500,000 types": '{"version":1,"types":[%s],' % ",".join(
            f'{{"code":{code}}}' for code in range(500_000)) + tail,
        "10,000 plans": '{"version":1,"plans":[%s]}' % ",".join(
            f'{{"name":"p{code}","types":[{code}],"units":[{{"count":1}}]}}' for code in range(10_000)),
        "a number of 10 MB": '{"version":' + "1" * 10_000_000 + "}",
        "a string of 16 MB": '{"version":1,"name":"' + "x" * 16_000_000 + '",' + tail,
        "a million brackets": "[" * 1_000_000,
    }
    taken = {"60,000 kinds", "500,000 types", "10,000 plans", "a string of 16 MB"}
    for name, text in many.items():
        status, detail, seconds = load_plans(library, text.encode())
        print(f"note: plans, {name}: {seconds:.1f} s, status {status} {detail.text.decode(errors='replace')[:80]}")
        check(name + ": time", seconds <= MOST_S, seconds)
        check(name, (status == 0) == (name in taken), (status, detail.text))


if __name__ == "__main__":
    imports(sys.argv[1])
    plans(sys.argv[2])
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)
