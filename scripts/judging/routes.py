"""Routes and nearest units of a map against two other programs on the same extract: OSRM and Valhalla.

All three take every road at one speed (posted limits are cut out of the extract), so the fastest way is the shortest
and lengths compare. Prints JSON; scripts/judge makes the table.
"""
import json
import math
import os
import random
import subprocess
import sys

from hjmap import NONE, Map

PAIRS, UNITS, PLACES = 1000, 40, 100
CLOSED_MS = 0x1FFFFFFF
GAP_M = 6  # Valhalla draws streets with fewer points


def metres(a, b):
    x = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(x, b[0] - a[0]) * 111_195


class OSRM:
    """Its bindings: shortest distance, no penalties."""

    def __init__(self, base):
        import osrm
        self.osrm = osrm
        self.engine = osrm.OSRM(storage_config=base + ".osrm", algorithm="MLD", use_shared_memory=False)

    def route(self, a, b):
        """Metres, and how far the two places are from its roads; None: no way."""
        parameters = self.osrm.RouteParameters(coordinates=[(a[1], a[0]), (b[1], b[0])], overview="false")
        try:
            found = self.engine.Route(parameters)
        except Exception:
            return None, None
        gap = max(float(w["distance"]) for w in found["waypoints"])
        return float(found["routes"][0]["distance"]), gap


class Valhalla:
    """Its bindings: costing auto, shortest."""

    def __init__(self, config, bans):
        from valhalla import Actor
        self.actor = Actor(config)
        self.costing = {"auto": {"shortest": True, "ignore_restrictions": not bans, "use_tracks": 0,
                                 "disable_hierarchy_pruning": True}}

    def route(self, a, b):
        place = [{"lat": p[0], "lon": p[1], "radius": 0, "minimum_reachability": 0} for p in (a, b)]
        try:
            found = self.actor.route({"locations": place, "costing": "auto", "costing_options": self.costing,
                                      "directions_type": "none", "units": "kilometers"})
        except Exception as error:
            return None, (math.inf if "suitable edges" in str(error) else None)
        shape = decode(found["trip"]["legs"][0]["shape"])
        gap = max(metres(a, shape[0]), metres(b, shape[-1]))
        return found["trip"]["summary"]["length"] * 1000, gap


def decode(text):
    """A polyline with six digits."""
    points, values, at = [], [0, 0], 0
    while at < len(text):
        for axis in (0, 1):
            shift = value = 0
            while True:
                byte = ord(text[at]) - 63
                at += 1
                value |= (byte & 31) << shift
                shift += 5
                if byte < 32:
                    break
            values[axis] += ~(value >> 1) if value & 1 else value >> 1
        points.append((values[0] / 1e6, values[1] / 1e6))
    return points


def is_open(road_map, street):
    """To everybody: a street for emergency driving alone is no road to the others."""
    arcs = [arc for arc in (road_map.forward[street], road_map.backward[street]) if arc != NONE]
    return any(road_map.ANOR[arc] < CLOSED_MS for arc in arcs)


def places(road_map, count, seed, everywhere=False):
    """Middles of streets that are open: there every program stands on one street, not at a corner of several. Those of the
    map's largest part, from each of which a way leads to each other; `everywhere`: of all parts, islands too."""
    random.seed(seed)
    streets = [s for s in range(len(road_map.SIDS)) if road_map.SLEN[s] > 20_000 and is_open(road_map, s)]
    found = []
    while len(found) < count:
        s = random.choice(streets)
        arc = road_map.forward[s] if road_map.forward[s] != NONE else road_map.backward[s]
        if not everywhere and (road_map.NPRT[road_map.ATAI[arc]] != 0 or road_map.NPRT[road_map.AHEA[arc]] != 0):
            continue
        shape = road_map.shape(arc)
        at = len(shape) // 2
        a, b = shape[at - 1], shape[at]
        found.append((round((a[1] + b[1]) / 2, 7), round((a[0] + b[0]) / 2, 7), s))
    return found


def ask(program, path, questions):
    done = subprocess.run([program, path, "2"], input="\n".join(questions) + "\n", capture_output=True, text=True,
                          check=True, timeout=300)
    return done.stdout.splitlines()


def is_alike(a, b):
    """Two lengths within 2 % or 5 m of each other, or no way for both."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= max(0.02 * b, 5)


def compare(pairs, mine, others):
    """`mine` against one judge: only pairs whose ends both programs have a road at."""
    counts = {"pairs": len(pairs), "elsewhere": 0, "judged": 0, "alike": 0, "both": 0, "within_2": 0, "longer": 0,
              "shorter": 0, "only_ours": 0, "only_theirs": 0, "differences": []}
    for (a, b), ours, (theirs, gap) in zip(pairs, mine, others):
        if gap is not None and gap > GAP_M:
            counts["elsewhere"] += 1  # the other has no road there: it would answer for another place
            continue
        counts["judged"] += 1
        if (ours is None) != (theirs is None):
            counts["only_theirs" if ours is None else "only_ours"] += 1
            counts["differences"].append([a[:2], b[:2], ours, theirs])
            continue
        counts["alike"] += 1
        if ours is None:
            continue
        counts["both"] += 1
        if is_alike(ours, theirs):
            counts["within_2"] += 1
        else:
            counts["longer" if ours > theirs else "shorter"] += 1
            counts["differences"].append([a[:2], b[:2], ours, theirs])
    return counts


def agreed(pairs, mine, first, second):
    """Where the two judges agree with each other, ours is held against both."""
    counts = {"judged": 0, "judges_agree": 0, "ours_agrees": 0, "differences": []}
    for (a, b), ours, (one, gap), (other, other_gap) in zip(pairs, mine, first, second):
        if any(g is not None and g > GAP_M for g in (gap, other_gap)):
            continue
        counts["judged"] += 1
        if not is_alike(one, other):
            continue
        counts["judges_agree"] += 1
        if is_alike(ours, one) or is_alike(ours, other):
            counts["ours_agrees"] += 1
        else:
            counts["differences"].append([a[:2], b[:2], ours, one])
    return counts


def nearest(road_map, program, path, other):
    """The eight nearest of forty units by the way to the place, by both; two within 1 % or 10 m of the eighth may
    change places."""
    units = places(road_map, UNITS, 11)
    targets = places(road_map, PLACES, 12)
    questions = [f"unit {n + 1} {u[0]} {u[1]}" for n, u in enumerate(units)] + [f"near {t[0]} {t[1]}" for t in targets]
    lines = ask(program, path, questions)
    counts = {"places": 0, "equal": 0, "near_tie": 0, "different": 0, "elsewhere": 0, "differences": []}
    for line, target in zip(lines, targets):
        theirs = {}
        is_elsewhere = False
        for n, unit in enumerate(units):
            length, gap = other.route(unit, target)
            if gap is not None and gap > GAP_M:
                is_elsewhere = True
            elif length is not None:
                theirs[n + 1] = length
        if is_elsewhere and len(theirs) < UNITS / 2:
            counts["elsewhere"] += 1
            continue
        ours = [(int(x.split(":")[0]), float(x.split(":")[1])) for x in line.split()]
        ours = [(u, m) for u, m in ours if u in theirs]
        best = sorted(theirs, key=lambda u: (theirs[u], u))[:len(ours)]
        counts["places"] += 1
        if {u for u, _ in ours} == set(best):
            counts["equal"] += 1
            continue
        bar = theirs[best[-1]]
        odd = {u for u, _ in ours} ^ set(best)
        if all(abs(theirs[u] - bar) <= max(0.01 * bar, 10) for u in odd):
            counts["near_tie"] += 1
        else:
            counts["different"] += 1
            counts["differences"].append([target[:2], sorted(odd), bar])
    return counts


def mine_of(program, path, pairs):
    lines = ask(program, path, [f"route {a[0]} {a[1]} {b[0]} {b[1]}" for a, b in pairs])
    return [None if line == "none" else float(line.split()[0]) for line in lines]


def pairs_of(road_map, seed, everywhere):
    ends = places(road_map, 2 * PAIRS, seed, everywhere)
    return [(ends[2 * n], ends[2 * n + 1]) for n in range(PAIRS)]


def main():
    program, path, osrm_base, valhalla_config, bans = sys.argv[1:6]
    road_map = Map(path)
    pairs, all_over = pairs_of(road_map, 10, False), pairs_of(road_map, 13, True)
    mine, mine_all_over = mine_of(program, path, pairs), mine_of(program, path, all_over)
    result, answers = {}, []
    for name, other in (("OSRM", OSRM(osrm_base)), ("Valhalla", Valhalla(valhalla_config, bans == "1"))):
        answers.append([other.route(a, b) for a, b in pairs])
        result[name] = {"routes": compare(pairs, mine, answers[-1]), "nearest": nearest(road_map, program, path, other),
                        "everywhere": compare(all_over, mine_all_over, [other.route(a, b) for a, b in all_over])}
    result["agreed"] = agreed(pairs, mine, *answers)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
