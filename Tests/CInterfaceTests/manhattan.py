"""Manhattan's two travel times through the C interface: routes, nearest units and decisions beside plain Dijkstra on
the two tables. Knows the streets from the tables alone.

Usage: manhattan.py libhujia.so.0 MAP.hjmap TABLES-FOLDER [QUERIES]
"""

import collections
import csv
import ctypes
import gzip
import heapq
import math
import random
import sys

RESPONSE, NORMAL = 1, 2
COLUMN = {RESPONSE: "mode_1", NORMAL: "mode_2"}
TIERS = {1: RESPONSE, 2: RESPONSE, 3: NORMAL, 4: NORMAL}
PLANS = b"""{"version": 1, "plans": [
  {"name": "by tier", "units": [{}]},
  {"name": "always lights", "types": [7], "profile": "response", "units": [{}]},
  {"name": "never lights", "types": [8], "profile": "normal", "units": [{}]}]}"""

passed = failed = 0


def check(name, holds, detail=""):
    global passed, failed
    passed, failed = (passed + 1, failed) if holds else (passed, failed + 1)
    if not holds and failed < 20:
        print("FAIL", name, detail)


def structure(name, fields):
    kinds = {"i": ctypes.c_int32, "u": ctypes.c_uint32, "q": ctypes.c_int64, "Q": ctypes.c_uint64}
    listed = [tuple(field.split(":")) for field in fields.split()]
    return type(name, (ctypes.Structure,), {"_fields_": [(field, kinds[kind]) for field, kind in listed]})


Unit = structure("Unit", "size:u kind:u id:Q agency:u reserved0:u capabilities:Q home_beat:u crew:i activity:i "
                 "lat_e7:i lon_e7:i reserved1:u shift_end_wall_us:q")
Query = structure("Query", "size:u lat_e7:i lon_e7:i k:u capabilities:Q levels:u agency:u datum:i reserved0:u "
                  "profile:i reserved1:u")
Nearest = structure("Nearest", "size:u flags:u unit_id:Q travel_ms:u distance_dm:u")
Summary = structure("Summary", "size:u flags:u travel_ms:u distance_dm:u point_count:u reserved0:u")
Point = structure("Point", "size:u lat_e7:i lon_e7:i time_ms:u distance_dm:u reserved0:u street_id:Q")
Report = structure("Report", "size:u tier:i type:u lat_e7:i lon_e7:i flags:u key_high:Q key_low:Q caller_hash:Q "
                   "wall_us:q datum:i reserved0:u")
Chosen = structure("Chosen", "size:u role:u unit_id:Q assignment_id:Q travel_ms:u turnout_ms:u distance_dm:u reason:i")


class Dispatch(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("state", ctypes.c_int32), ("count", ctypes.c_uint32),
                ("tier", ctypes.c_int32), ("incident_id", ctypes.c_uint64), ("shortfall", ctypes.c_uint32),
                ("plan", ctypes.c_uint32), ("decided_in_ns", ctypes.c_int64), ("chosen", Chosen * 16)]


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
        self.library = ctypes.CDLL(path)
        pointer = ctypes.c_void_p
        self.library.hj_route_by_profile.argtypes = [pointer] + [ctypes.c_int32] * 5 + [pointer, pointer, ctypes.c_uint32,
                                                                                        pointer]
        for name, count in (("hj_unit_put", 1), ("hj_unit_read", 1), ("hj_incident_report", 2), ("hj_engine_close", 0),
                            ("hj_incident_recommend", 2)):
            getattr(self.library, name).argtypes = [pointer] * (count + 1)
        self.library.hj_nearest_units.argtypes = [pointer, pointer, pointer, ctypes.c_uint32, pointer]
        self.library.hj_assignment_route.argtypes = [pointer, ctypes.c_uint64, pointer, ctypes.c_uint32, pointer]
        self.library.hj_incident_close.argtypes = [pointer, ctypes.c_uint64, ctypes.c_int32, ctypes.c_int64]
        self.library.hj_plans_load.argtypes = [pointer, ctypes.c_char_p, ctypes.c_uint32, pointer]
        config = ctypes.create_string_buffer(4096)
        assert self.library.hj_config_init(config, 112) == 0
        ctypes.c_uint32.from_buffer(config, 0).value = 112
        ctypes.c_int32.from_buffer(config, 4).value = 2  # HJ_RUN_POLL
        path = ctypes.create_string_buffer(map_path.encode())  # must live until the engine is open
        ctypes.c_void_p.from_buffer(config, 8).value = ctypes.addressof(path)
        self.engine = ctypes.c_void_p()
        status = self.library.hj_engine_open(config, ctypes.byref(self.engine), None)
        check("hj_engine_open", status == 0, status)
        check("hj_plans_load", self.library.hj_plans_load(self.engine, plans, len(plans), None) == 0)

    def close(self):
        check("hj_engine_close", self.library.hj_engine_close(self.engine) == 0)


def compare_routes(host, streets, chance, queries):
    """Each plain search answers for every start; that many of them are asked."""
    summary = Summary(size=ctypes.sizeof(Summary))
    target, each = ctypes.byref(summary), 2_500
    asked = wrong = 0
    while asked < queries:
        profile = (RESPONSE, NORMAL)[asked // each % 2]
        goal = chance.choice(streets.clear)
        times = streets.times_to(goal, profile)
        to_lat, to_lon = streets.places[goal]
        for node in chance.sample(streets.clear, each):
            lat, lon = streets.places[node]
            status = host.library.hj_route_by_profile(host.engine, lat, lon, to_lat, to_lon, profile, target, None, 0,
                                                      None)
            asked += 1
            if status != 0 or summary.flags != 0 or summary.travel_ms != times.get(node):
                wrong += 1
                if wrong < 5:
                    print(f"from {node} to {goal}, profile {profile}: {summary.travel_ms}, plainly {times.get(node)}")
    check("routes in both profiles equal plain Dijkstra", wrong == 0, wrong)
    print(f"Manhattan through the C interface: {asked:,} routes in two profiles, {wrong} differences")


def put(host, number, place):
    unit = Unit(size=ctypes.sizeof(Unit), id=number, lat_e7=place[0], lon_e7=place[1])
    check("hj_unit_put", host.library.hj_unit_put(host.engine, ctypes.byref(unit)) == 0)


def compare_nearest(host, streets, chance, homes):
    answer = (Nearest * 64)()
    answer[0].size = ctypes.sizeof(Nearest)
    count = ctypes.c_uint32()
    for turn in range(40):
        profile = (0, RESPONSE, NORMAL)[turn % 3]
        goal = chance.choice(streets.clear)
        times = streets.times_to(goal, profile or RESPONSE)
        k = chance.choice((1, 3, 8, 64))
        plain = sorted((times[node], number) for number, node in homes.items() if node in times)[:k]
        query = Query(size=ctypes.sizeof(Query), k=k, levels=7, profile=profile, lat_e7=streets.places[goal][0],
                      lon_e7=streets.places[goal][1])
        status = host.library.hj_nearest_units(host.engine, ctypes.byref(query), answer, 64, ctypes.byref(count))
        found = [(answer[index].travel_ms, answer[index].unit_id) for index in range(count.value)]
        check(f"nearest {k} in profile {profile}", status == 0 and found == plain, (found[:3], plain[:3]))


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
        report = Report(size=ctypes.sizeof(Report), tier=tier, type=kind, lat_e7=lat, lon_e7=lon)
        answer = Dispatch(size=ctypes.sizeof(Dispatch))
        for act in ("hj_incident_recommend", "hj_incident_report"):
            status = getattr(host.library, act)(host.engine, ctypes.byref(report), ctypes.byref(answer))
            chosen = answer.chosen[0]
            check(f"{act}, tier {tier}, type {kind}", status == 0 and answer.count == 1, (status, answer.count))
            check(f"{act} in profile {profile}",
                  chosen.travel_ms == times[profile][homes[chosen.unit_id]] == plain[profile],
                  (chosen.travel_ms, plain))
        points = (Point * 4096)()
        points[0].size = ctypes.sizeof(Point)
        needed = ctypes.c_uint32()
        status = host.library.hj_assignment_route(host.engine, answer.chosen[0].assignment_id, points, 4096,
                                                  ctypes.byref(needed))
        check("hj_assignment_route", status == 0 and points[needed.value - 1].time_ms == plain[profile])
        check("close", host.library.hj_incident_close(host.engine, answer.incident_id, 1, 0) == 0)
    check("the profiles differ", differing > 30, differing)


def main(path, map_path, folder, queries="100000"):
    chance = random.Random(2019)
    streets = Streets(folder)
    check("tables", len(streets.places) == 16_811 and sum(map(len, streets.reverse[NORMAL].values())) == 24_437)
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
