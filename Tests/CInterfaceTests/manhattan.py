"""Manhattan's two travel times through the C interface: routes, nearest units and decisions beside plain Dijkstra on
the two tables. Knows the streets from the tables alone.

Usage: manhattan.py libhujia.so.0 MAP.hjmap TABLES-FOLDER [QUERIES]
"""

import collections
import csv
import gzip
import heapq
import math
import pathlib
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "include" / "bindings"))
import hujia  # noqa: E402

RESPONSE, NORMAL = 1, 2
COLUMN = {RESPONSE: "mode_1", NORMAL: "mode_2"}
TIERS = {1: RESPONSE, 2: RESPONSE, 3: NORMAL, 4: NORMAL}
PLANS = b"""{"version": 1, "plans": [
  {"name": "by tier", "units": [{}]},
  {"name": "always lights", "types": [7], "profile": "response", "units": [{}]},
  {"name": "never lights", "types": [8], "profile": "normal", "units": [{}]}]}"""

passed = failed = 0


def check(name, actual, expected=True):
    global passed, failed
    holds = actual == expected
    passed, failed = (passed + 1, failed) if holds else (passed, failed + 1)
    if not holds and failed < 20:
        print(f"FAIL {name}: is {actual!r}, expected {expected!r}")


def rows(path):
    """The rows of a table that starts with small header tables of its own."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for line in text:
            if line.startswith("index,"):
                table = csv.DictReader(text, fieldnames=line.rstrip("\r\n").split(","))
                yield from (row for row in table if row["index"])


class Streets:
    def __init__(self, folder):
        self.places = {}
        for row in rows(f"{folder}/nodes.csv.gz"):
            lat, lon = float(row["y"]), float(row["x"])
            self.places[int(float(row["index"]))] = (round(lat * 1e7), round(lon * 1e7))
        self.reverse = {profile: collections.defaultdict(list) for profile in COLUMN}
        for row in rows(f"{folder}/arcs.csv.gz"):
            tail, head = int(float(row["fromNode"])), int(float(row["toNode"]))
            for profile, column in COLUMN.items():
                time_ms = math.floor(float(row[column]) * 86400.0 * 1000 + 0.5)
                self.reverse[profile][head].append((tail, time_ms))
        self.clear = self.alone()

    def alone(self):
        """Nodes with no other within about 2 m: a place there is at that node and no other."""
        cells = collections.Counter()
        for lat, lon in self.places.values():
            for north in (-1, 0, 1):
                for east in (-1, 0, 1):
                    cells[(lat // 250 + north, lon // 250 + east)] += 1
        return [node for node, (lat, lon) in self.places.items() if cells[(lat // 250, lon // 250)] == 1]

    def times_to(self, goal, profile):
        """Plain Dijkstra against the direction of travel."""
        arcs, times, heap = self.reverse[profile], {}, [(0, goal)]
        while heap:
            time_ms, node = heapq.heappop(heap)
            if node in times:
                continue
            times[node] = time_ms
            for tail, more_ms in arcs[node]:
                if tail not in times:
                    heapq.heappush(heap, (time_ms + more_ms, tail))
        return times


class Host:
    def __init__(self, path, map_path, plans):
        self.library = hujia.load(path)
        config, self.engine = hujia.Config(), hujia.c_void_p()
        assert self.library.hj_config_init(config, hujia.sizeof(config)) == 0
        config.run_mode, config.map_path = hujia.RUN_POLL, map_path.encode()
        status = self.library.hj_engine_open(config, self.engine, None)
        check("hj_engine_open", status, 0)
        check("hj_plans_load", self.library.hj_plans_load(self.engine, plans, len(plans), None), 0)

    def close(self):
        check("hj_engine_close", self.library.hj_engine_close(self.engine), 0)


def compare_routes(host, streets, chance, queries):
    """Each plain search answers for every start; that many of them are asked."""
    summary, each = hujia.RouteSummary(), 2_500
    asked = wrong = 0
    while asked < queries:
        profile = (RESPONSE, NORMAL)[asked // each % 2]
        goal = chance.choice(streets.clear)
        times = streets.times_to(goal, profile)
        to_lat, to_lon = streets.places[goal]
        for node in chance.sample(streets.clear, each):
            lat, lon = streets.places[node]
            status = host.library.hj_route_by_profile(host.engine, lat, lon, to_lat, to_lon, profile, summary, None, 0,
                                                      None)
            asked += 1
            if status != 0 or summary.flags != 0 or summary.travel_ms != times.get(node):
                wrong += 1
                if wrong < 5:
                    print(f"from {node} to {goal}, profile {profile}: {summary.travel_ms}, plainly {times.get(node)}")
    check("routes in both profiles equal plain Dijkstra", wrong, 0)
    print(f"Manhattan through the C interface: {asked:,} routes in two profiles, {wrong} differences")


def put(host, number, place):
    unit = hujia.Unit(id=number, lat_e7=place[0], lon_e7=place[1])
    check("hj_unit_put", host.library.hj_unit_put(host.engine, unit), 0)


def compare_nearest(host, streets, chance, homes):
    answer, count = hujia.array(hujia.Nearest, 64), hujia.c_uint32()
    for turn in range(40):
        profile = (0, RESPONSE, NORMAL)[turn % 3]
        goal = chance.choice(streets.clear)
        times = streets.times_to(goal, profile or RESPONSE)
        k = chance.choice((1, 3, 8, 64))
        plain = sorted((times[node], number) for number, node in homes.items() if node in times)[:k]
        query = hujia.NearestQuery(k=k, levels=7, profile=profile, lat_e7=streets.places[goal][0],
                                   lon_e7=streets.places[goal][1])
        status = host.library.hj_nearest_units(host.engine, query, answer, 64, count)
        found = [(answer[index].travel_ms, answer[index].unit_id) for index in range(count.value)]
        check(f"nearest {k} in profile {profile}", (status, found), (0, plain))


def compare_decisions(host, streets, chance, homes):
    """The unit that is sent, its travel time and its road are those of the plan's profile."""
    differing = 0
    for turn in range(60):
        tier, kind = 1 + turn % 4, chance.choice((0, 7, 8))
        profile = {0: TIERS[tier], 7: RESPONSE, 8: NORMAL}[kind]
        goal = chance.choice(streets.clear)
        lat, lon = streets.places[goal]
        times = {p: streets.times_to(goal, p) for p in COLUMN}
        plain = {p: min(times[p][node] for node in homes.values()) for p in COLUMN}
        differing += plain[RESPONSE] != plain[NORMAL]
        report = hujia.Report(tier=tier, type=kind, lat_e7=lat, lon_e7=lon)
        answer = hujia.Dispatch()
        for act in ("hj_incident_recommend", "hj_incident_report"):
            status = getattr(host.library, act)(host.engine, report, answer)
            chosen = answer.chosen[0]
            check(f"{act}, tier {tier}, type {kind}", (status, answer.assignment_count), (0, 1))
            check(f"{act} in profile {profile}",
                  (chosen.travel_ms, times[profile][homes[chosen.unit_id]]), (plain[profile], plain[profile]))
        points, needed = hujia.array(hujia.RoutePoint, 4096), hujia.c_uint32()
        status = host.library.hj_assignment_route(host.engine, answer.chosen[0].assignment_id, points, 4096, needed)
        check("hj_assignment_route", (status, points[needed.value - 1].time_ms), (0, plain[profile]))
        check("close", host.library.hj_incident_close(host.engine, answer.incident_id, 1, 0), 0)
    check("the profiles differ, times of at least 31", min(differing, 31), 31)


def main(path, map_path, folder, queries="100000"):
    chance = random.Random(2019)
    streets = Streets(folder)
    check("tables", (len(streets.places), sum(map(len, streets.reverse[NORMAL].values()))), (16_811, 24_437))
    host = Host(path, map_path, PLANS)
    compare_routes(host, streets, chance, int(queries))
    homes = {}
    for number, node in enumerate(chance.sample(streets.clear, 200), 1):
        homes[number] = node
        put(host, number, streets.places[node])
    compare_nearest(host, streets, chance, homes)
    compare_decisions(host, streets, chance, homes)
    host.close()
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
