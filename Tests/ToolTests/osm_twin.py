"""The slow twin of `hujia import --osm`: extracts read with nothing but Python's own library, judged by the printed rules.

Streets, one-way streets, lengths, speeds filled in and all counts must be the same. PBF is decoded here byte by byte.

    osm_twin.py HUJIA FILE...        compares
    osm_twin.py --table HUJIA FILE...  prints a table of the extracts besides
"""
import bz2
import collections
import gzip
import io
import json
import math
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
import zlib

passed = failed = 0


def check(name, actual, expected):
    global passed, failed
    passed += actual == expected
    failed += actual != expected
    if actual != expected:
        print(f"FAILED: {name}: {actual}, expected {expected}")


# ---- Files ----

def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"wire type {key & 7}")
        yield key >> 3, value


def packed(data):
    at, values = 0, []
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def signed(value):
    return value >> 1 ^ -(value & 1)


def steps(data):
    total, values = 0, []
    for value in packed(data):
        total += signed(value)
        values.append(total)
    return values


def whole(value):
    return value - (1 << 64) if value >> 63 else value


Place = collections.namedtuple("Place", "lat lon tags")
Object = collections.namedtuple("Object", "tags members")


def read_pbf(data):
    nodes, ways, relations = {}, {}, {}
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        header = dict(fields(data[at + 4:at + 4 + size]))
        at += 4 + size
        blob = dict(fields(data[at:at + header[3]]))
        at += header[3]
        if header[1] != b"OSMData":
            continue
        block(blob[1] if 1 in blob else zlib.decompress(blob[3]), nodes, ways, relations)
    return nodes, ways, relations


def block(data, nodes, ways, relations):
    groups, strings, scale = [], [], {17: 100, 19: 0, 20: 0}
    for field, value in fields(data):
        if field == 1:
            strings = [text.decode() for _, text in fields(value)]
        elif field == 2:
            groups.append(value)
        else:
            scale[field] = whole(value)

    def degrees(value, offset):
        return round((offset + scale[17] * value) / 100)

    def tags(found):
        return {strings[k]: strings[v] for k, v in zip(packed(found.get(2, b"")), packed(found.get(3, b"")))}

    for group in groups:
        for field, value in fields(group):
            found = dict(fields(value))
            if field == 1:
                nodes[signed(found[1])] = Place(degrees(signed(found[8]), scale[19]),
                                                degrees(signed(found[9]), scale[20]), tags(found))
            elif field == 2:
                dense(found, strings, degrees, scale, nodes)
            elif field == 3:
                ways[whole(found[1])] = Object(tags(found), steps(found.get(8, b"")))
            elif field == 4:
                kinds = [["node", "way", "relation"][kind] for kind in packed(found.get(10, b""))]
                roles = [strings[role] for role in packed(found.get(8, b""))]
                relations[whole(found[1])] = Object(tags(found), list(zip(kinds, steps(found.get(9, b"")), roles)))


def dense(found, strings, degrees, scale, nodes):
    words = iter(packed(found.get(10, b"")))
    for key, lat, lon in zip(steps(found[1]), steps(found[8]), steps(found[9])):
        tags = {}
        for word in words:
            if word == 0:
                break
            tags[strings[word]] = strings[next(words)]
        nodes[key] = Place(degrees(lat, scale[19]), degrees(lon, scale[20]), tags)


def read_xml(data):
    nodes, ways, relations = {}, {}, {}
    for _, element in ElementTree.iterparse(io.BytesIO(data)):
        tags = {tag.get("k"): tag.get("v") for tag in element.findall("tag")}
        if element.tag == "node":
            nodes[int(element.get("id"))] = Place(round(float(element.get("lat")) * 1e7),
                                                  round(float(element.get("lon")) * 1e7), tags)
        elif element.tag == "way":
            ways[int(element.get("id"))] = Object(tags, [int(node.get("ref")) for node in element.findall("nd")])
        elif element.tag == "relation":
            relations[int(element.get("id"))] = Object(tags, [
                (member.get("type"), int(member.get("ref")), member.get("role")) for member in element.findall("member")])
    return nodes, ways, relations


def read(path):
    data = pathlib.Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    elif data[:3] == b"BZh":
        data = bz2.decompress(data)
    return read_xml(data) if data.lstrip()[:1] == b"<" else read_pbf(data)


# ---- Rules ----

class Rules:
    def __init__(self, text):
        self.table = collections.defaultdict(dict)
        for line in text.splitlines()[1:]:
            words = line.split("#")[0].split()
            if words:
                self.table[words[0]][words[1]] = words[2:]
        self.keys = [["access"] + self.table["keys"][name][1:] for name in ("normal", "response")]

    def said(self, tags, profile, direction, by_permission):
        """open, destination, closed, or None; and whether a word was not understood."""
        said, unknown = None, False
        for key in self.keys[profile][1 if by_permission else 0:]:
            value = tags.get(key + direction) if direction and key + direction in tags else tags.get(key)
            if value is None:
                continue
            known = [self.table["access"][word.strip()] for word in value.split(";")
                     if word.strip() in self.table["access"]]
            if not known:
                unknown = unknown or key != "emergency"
                continue
            best = min(known, key=lambda pair: ["open", "destination", "closed"].index(pair[profile]))
            said = "closed" if by_permission and best[0] == "closed" or key == "emergency" and value == "no" \
                else best[profile]
        return said, unknown

    def barrier(self, tags, profile):
        name = tags["barrier"]
        table = self.table["barrier"]
        listed = (table.get(f"{name}:{tags.get(name)}") or table.get(name) or table["*"])[profile]
        said, _ = self.said(tags, profile, "", listed == "closed")
        return said != "closed" if said else listed == "open"


NUMBER = "0123456789."
CARS = ("motorcar", "motor_vehicle", "vehicle")


def posted(rules, text):
    """A number, None (nothing), or "?"."""
    lowest = None
    for part in text.replace("|", ";").split(";"):
        speed = posted_one(rules, part.strip())
        if speed == "?":
            return "?"
        if speed is not None:
            lowest = speed if lowest is None else min(lowest, speed)
    return lowest


def listed(rules, word):
    return None if word == "class" else float(rules.table["posted"][word][0]) if word in rules.table["posted"] else float(word)


def posted_one(rules, text):
    if not text:
        return None
    if text.lower() in rules.table["posted"]:
        return listed(rules, rules.table["posted"][text.lower()][0])
    country, colon, rest = text.partition(":")
    zone = country.upper() + colon + rest.lower() if colon else text
    if zone in rules.table["zone"]:
        return listed(rules, rules.table["zone"][zone][0])
    if colon:
        digits = rest[len(rest.rstrip("0123456789")):]
        if not digits or rest[:len(rest) - len(digits)].lower() not in ("", "zone", "zone:"):
            return "?"
        text = digits + (" mph" if country.upper() in ("GB", "UK", "US") else "")
    digits = text[:len(text) - len(text.lstrip(NUMBER))]
    units = {"": 1, "km/h": 1, "kmh": 1, "kph": 1, "kmph": 1, "mph": 1.609344, "knots": 1.852, "knot": 1.852, "kn": 1.852}
    unit = units.get(text[len(digits):].strip().lower())
    try:
        speed = float(digits) * unit
    except (ValueError, TypeError):
        return "?"
    return speed if 1 <= speed <= 300 else "?"


def limit(rules, tags, direction):
    text = tags.get("maxspeed" + direction, tags.get("maxspeed"))
    if text is not None:
        speed = posted(rules, text)
        if speed is not None:
            return speed
    for key in ("maxspeed:type", "zone:maxspeed", "source:maxspeed", "zone:traffic"):
        speed = posted(rules, tags[key]) if ":" in tags.get(key, "") else None
        if isinstance(speed, float):
            return speed
    return None


def direction_of(tags, flags, profile):
    keys = ["oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"]
    for key in (["oneway:emergency"] if profile else []) + keys:
        if key in tags:
            value = tags[key].strip().lower()
            break
    else:
        value = None
    known = {"yes": "f", "true": "f", "1": "f", "-1": "b", "reverse": "b", "no": "fb", "false": "fb", "0": "fb",
             "alternating": "fb", "reversible": ""}
    if value in known:
        return known[value], value == "reversible", False
    implied = "oneway" in flags or tags.get("junction") in ("roundabout", "circular")
    return "f" if implied else "fb", False, value is not None


def judge(rules, tags):
    """(reason, None) or (None, road); road: speeds by (direction, profile), filled, remarks, ferry."""
    table = "highway" if "highway" in tags else "route"
    row = rules.table[table].get(tags.get(table))
    if row is None:
        return ("unknown_class" if table == "highway" else "", None)
    if tags.get("area") == "yes":
        return "area", None
    if "unbuilt" in row:
        return "not_built", None
    if row[0] == row[1] == "-":
        return "not_for_vehicles", None
    by_permission = "permission" in row
    remarks = set()
    if any(key.endswith(":conditional") and key.startswith(
            ("access", "vehicle", "motor_vehicle", "motorcar", "oneway", "maxspeed")) for key in tags):
        remarks.add("conditional_tags")
    limits = {"f": limit(rules, tags, ":forward"), "b": limit(rules, tags, ":backward")}
    if "?" in limits.values():
        remarks.add("unreadable_speeds")
    speeds, reversible = {}, False
    for profile in (0, 1):
        ways, changes, unread = direction_of(tags, row[2:], profile)
        reversible = reversible or changes
        if unread:
            remarks.add("unreadable_oneways")
        for way in ways:
            said, unknown = rules.said(tags, profile, ":forward" if way == "f" else ":backward", by_permission)
            if unknown:
                remarks.add("unknown_access")
            said = said or ("closed" if by_permission else "open")
            speed = 0.0 if row[profile] == "-" or said == "closed" else float(row[profile])
            if speed and isinstance(limits[way], float):
                speed = limits[way]
            for tag, effects in rules.table["tag"].items():
                key, _, value = tag.partition("=")
                if tags.get(key) == value:
                    speed = 0.0 if effects[profile] == "closed" else min(speed, float(effects[profile]))
            speeds[way, profile] = speed
    if not any(speeds.values()):
        return "reversible" if reversible else "without_permission" if by_permission else "no_access", None
    is_filled = not any(isinstance(speed, float) for speed in limits.values())
    return None, {"speeds": speeds, "filled": is_filled, "remarks": remarks,
                  "ferry": table == "route" and "duration" in tags}


# ---- Streets ----

def distance_m(a, b):
    """The great circle, by the half-angle formula: not how the importer computes it."""
    lat1, lat2 = math.radians(a.lat / 1e7), math.radians(b.lat / 1e7)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(
        math.radians((b.lon - a.lon) / 1e7) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def streets(rules, nodes, ways):
    left = collections.Counter()
    roads, totals = {}, collections.Counter()
    for key in sorted(ways):
        tags, refs = ways[key]
        if "highway" not in tags and "route" not in tags:
            continue
        reason, road = judge(rules, tags)
        if reason is None and len(refs) < 2:
            reason = "fewer_than_two_nodes"
        if reason is None:
            roads[key] = road
            left.update(road["remarks"])
        elif reason:
            left[reason] += 1
    pieces = {}
    missing, uses, degree = set(), collections.Counter(), collections.Counter()
    for key in roads:
        refs = ways[key].members
        runs, run = [], []
        for ref in refs + [None]:
            if ref not in nodes:
                missing.update([ref] if ref is not None else [])
                if len(run) > 1:
                    runs.append(run)
                run = []
            elif not run or run[-1] != ref:
                run = run + [ref]
        pieces[key] = runs
        gone = sum(ref not in nodes for ref in refs)
        if not runs:
            left["wholly_outside" if gone == len(refs) else "fewer_than_two_nodes"] += 1
        elif gone:
            left["partly_outside"] += 1
        for run in runs:
            for place, ref in enumerate(run):
                uses[ref] += 1
                degree[ref] += 1 if place in (0, len(run) - 1) else 2
    left["nodes_outside"] = len(missing)
    parting = {}
    for ref in uses:
        if "barrier" not in nodes[ref].tags:
            continue
        passes = [rules.barrier(nodes[ref].tags, profile) for profile in (0, 1)]
        if all(passes) or degree[ref] < 2:
            continue
        if degree[ref] > 2:
            left["barriers_at_junctions"] += 1
        else:
            left["barriers_closed" if not any(passes) else "barriers_closed_to_one_profile"] += 1
            parting[ref] = passes
    for key, road in roads.items():
        for run in pieces[key]:
            start = 0
            for place in range(1, len(run)):
                if place < len(run) - 1 and uses[run[place]] < 2 and run[place] not in parting:
                    continue
                piece = run[start:place + 1]
                is_ring = piece[0] == piece[-1] and piece[0] not in parting
                totals["streets"] += 2 if is_ring else 1
                totals["rings"] += is_ring
                totals["length_m"] += sum(distance_m(nodes[a], nodes[b]) for a, b in zip(piece, piece[1:]))
                both = [any(road["speeds"].get((way, profile)) for profile in (0, 1)) for way in "fb"]
                totals["one_way"] += both.count(True) == 1
                totals["filled"] += road["filled"] and not road["ferry"]
                start = place
    totals["streets"] += sum(any(passes) for passes in parting.values())
    return totals, +left, roads


def restrictions(ways, nodes, relations, roads, left):
    """Kinds, and how many restrictions name roads that are there."""
    kinds = collections.Counter()
    kept = 0
    usual = {f"no_{turn}" for turn in ("left_turn", "right_turn", "straight_on", "u_turn")}
    usual |= {name.replace("no_", "only_") for name in usual} | {"no_entry", "no_exit"}
    for key in sorted(relations):
        tags, members = relations[key]
        if not tags.get("type", "").startswith("restriction"):
            continue
        names = [name for name in [f"restriction:{cars}" for cars in CARS] + ["restriction"] if name in tags]
        if not names:
            reason = "conditional" if any(name.endswith(":conditional") for name in tags) else "of_other_vehicles"
            left[f"turn_restrictions_{reason}"] += 1
            word = next((tags[name] for name in tags if name.startswith("restriction")), "none").split(" ")[0]
            kinds[word if word.startswith(("no_", "only_")) else "other"] += 1
            continue
        kind = tags[names[0]].strip()
        kinds[kind if kind.startswith(("no_", "only_")) else "other"] += 1
        if set(CARS) & {word.strip() for word in tags.get("except", "").split(";")}:
            left["turn_restrictions_of_other_vehicles"] += 1
            continue
        begin = [member for member in members if member[2] == "from"]
        end = [member for member in members if member[2] == "to"]
        via = [member for member in members if member[2] in ("via", "intersection")]
        is_spread = kind in ("no_entry", "no_exit")
        if (kind not in usual or not begin or not end or not via or any(member[0] != "way" for member in begin + end)
                or not is_spread and (len(begin), len(end)) != (1, 1) or via[0][0] == "relation"
                or via[0][0] == "node" and len(via) > 1 or via[0][0] == "way" and any(v[0] != "way" for v in via)):
            left["turn_restrictions_incomplete"] += 1
            continue
        for one in begin:
            for other in end:
                used = [one[1], other[1]] + ([member[1] for member in via] if via[0][0] == "way" else [])
                if any(way not in roads for way in used):
                    left["turn_restrictions_on_ways_left_out"] += 1
                elif via[0][0] == "node" and any(via[0][1] not in ways[way].members or via[0][1] not in nodes for way in used):
                    left["turn_restrictions_incomplete"] += 1
                else:
                    kept += 1
    return kinds, kept


def compare(tool, path, rules):
    name = pathlib.Path(path).name
    nodes, ways, relations = read(path)
    with tempfile.TemporaryDirectory() as folder:
        begin, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([tool, "import", "-q", "--json", "--osm", path, "--output", f"{folder}/x.hjmap"],
                              capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = time.monotonic() - begin
    totals, left, roads = streets(rules, nodes, ways)
    kinds, kept = restrictions(ways, nodes, relations, roads, left)
    if done.returncode:
        check(f"{name}: refused only where there is no street ({done.stderr.strip()})", totals["streets"], 0)
        return None
    said = json.loads(done.stdout)
    check(f"{name}: streets", said["streets"], totals["streets"])
    check(f"{name}: rings", said["rings"], totals["rings"])
    check(f"{name}: one-way", said["one_way"], totals["one_way"])
    check(f"{name}: filled", said["speeds_filled"], totals["filled"])
    drift = abs(said["length_km"] * 1000 - totals["length_m"]) / max(totals["length_m"], 1)
    check(f"{name}: length {said['length_km']} km beside {totals['length_m'] / 1000:.3f}", drift < 0.005, True)
    seen = {row["name"]: row["count"] for row in said["origin"]["left_out"]}
    # What becomes of the others depends on which arcs they mean: Tests/MapImportTests/RestrictionTurnsTests.swift.
    unfit = sum(seen.pop(f"turn_restrictions_{reason}", 0) for reason in
                ("needless", "ambiguous", "to_the_same_way", "ignored", "incomplete", "at_one_junction"))
    obeyed = said["origin"]["restrictions_applied"]
    check(f"{name}: restrictions on roads", obeyed + unfit, kept + left.pop("turn_restrictions_incomplete", 0))
    check(f"{name}: left out", seen, dict(+left))
    check(f"{name}: restrictions", {row["name"]: row["count"] for row in said["origin"]["restrictions"]}, dict(kinds))
    check(f"{name}: attribution", said["origin"]["attribution"], "© OpenStreetMap contributors")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (name, len(nodes), said["nodes"], said["streets"], said["one_way"], sum(kinds.values()),
            obeyed, f"{said['largest_part_share'] * 100:.1f} %",
            f"{seconds:.2f}", f"{cpu:.2f}")


def main(arguments):
    has_table = arguments[0] == "--table"
    tool, *paths = arguments[has_table:]
    rules = Rules(subprocess.run([tool, "import", "--print-rules"], capture_output=True, text=True, check=True).stdout)
    rows = [row for row in (compare(tool, path, rules) for path in paths) if row]
    if has_table:
        print("| extract | nodes in file | nodes | streets | one-way | restrictions read | obeyed | largest part | s | CPU s |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for row in rows:
            print("| " + " | ".join(str(value) for value in row) + " |")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
