"""The streets of OpenLR references, as `hujia traffic` and PyPI's openlr-decoder find them on the same arcs.

The references come from a third program: Valhalla's `linear_references`. openlr-decoder measures the direction at a
line's last point along the line; the format and Valhalla measure it back. So that it finds what was meant, it is given
references with that direction turned; what it finds as they stand is counted too. Prints JSON.
"""
import base64
import csv
import json
import random
import struct
import subprocess
import sys

from hjmap import Map, NONE

REFERENCES, MOST_ROUTES = 5_000, 3_000
LEAST_M = 10  # less of a street, and less than half of it, is a touch


def box(road_map):
    lat, lon = sorted(road_map.NLAT), sorted(road_map.NLON)
    return lat[0] / 1e7, lat[-1] / 1e7, lon[0] / 1e7, lon[-1] / 1e7


def references(road_map, config):
    """Stretches of random routes, each once."""
    from valhalla import Actor
    actor = Actor(config)
    random.seed(7)
    south, north, west, east = box(road_map)
    found = {}
    for _ in range(MOST_ROUTES):
        places = [{"lat": random.uniform(south, north), "lon": random.uniform(west, east)} for _ in range(2)]
        try:
            route = actor.route({"locations": places, "costing": "auto", "linear_references": True,
                                 "directions_type": "none"})
        except Exception:  # no road near one of them
            continue
        found.update(dict.fromkeys(route["trip"].get("linear_references", [])))
        if len(found) >= REFERENCES:
            break
    return list(found)


def turned(code):
    """The same with the direction of its last point turned about."""
    data = bytearray(base64.b64decode(code))
    at = 15 + 7 * ((len(data) - 16) // 7)
    data[at] = data[at] & 0xE0 | (data[at] + 16) & 31
    return base64.b64encode(bytes(data)).decode()


def classes(extract):
    lines = subprocess.run(["osmium", "cat", "-f", "opl", "-t", "way", extract], capture_output=True, text=True,
                           check=True).stdout.splitlines()
    found = {}
    for line in lines:
        fields = line.split(" ")
        for field in fields[1:]:
            if field.startswith("T"):
                tags = dict(tag.split("=", 1) for tag in field[1:].split(",") if "=" in tag)
                if "highway" in tags:
                    found[int(fields[0][1:])] = tags["highway"]
    return found


def network(road_map, extract):
    """The arcs of the map as openlr-decoder takes them."""
    import openlr_decoder
    import pyarrow
    kinds = classes(extract)
    columns = {name: [] for name in ("stableEdgeId", "startOsmNode", "endOsmNode", "startLat", "startLon", "endLat",
                                     "endLon", "highway", "geometry")}
    for arc in range(road_map.arcs):
        street = road_map.ASTR[arc]
        if road_map.SLEN[street] == 0:
            continue
        shape = road_map.shape(arc)
        values = (arc, road_map.ATAI[arc], road_map.AHEA[arc], shape[0][1], shape[0][0], shape[-1][1], shape[-1][0],
                  kinds.get(road_map.SIDS[street] >> 16, "residential"),
                  struct.pack("<BII", 1, 2, len(shape)) + b"".join(struct.pack("<dd", *point) for point in shape))
        for column, value in zip(columns.values(), values):
            column.append(value)
    types = {"stableEdgeId": pyarrow.uint64(), "startOsmNode": pyarrow.int64(), "endOsmNode": pyarrow.int64(),
             "highway": pyarrow.string(), "geometry": pyarrow.binary()}
    return openlr_decoder.RoadNetwork.from_arrow(pyarrow.table(
        {name: pyarrow.array(column, type=types.get(name, pyarrow.float64())) for name, column in columns.items()}))


def is_touch(covered, length):
    return covered < min(LEAST_M, length / 2)


def theirs(road_map, decoder, codes):
    """Arcs of each reference, those at its ends that it only touches left out; None: not found."""
    found = []
    for row in decoder.decode_batch(codes).to_pylist():
        if row["error"]:
            found.append(None)
            continue
        lengths = [road_map.SLEN[road_map.ASTR[arc]] / 1000 for arc in row["edge_ids"]]
        start, end, at, arcs = row["positive_offset"], sum(lengths) - row["negative_offset"], 0, []
        for arc, length in zip(row["edge_ids"], lengths):
            covered = min(end - at, length) - max(start - at, 0)
            if not is_touch(covered, length):
                arcs.append(arc)
            at += length
        found.append(arcs)
    return found


def ours(road_map, tool, path, codes, work):
    """The same by the tool, and how many references a second it takes."""
    feed, ways = f"{work}/references.csv", f"{work}/ways.csv"
    with open(feed, "w") as file:
        file.write("openlr\n" + "\n".join(codes) + "\n")
    best = 0
    for _ in range(3):
        done = subprocess.run([tool, "traffic", feed, "--map", path, "--json"], capture_output=True, text=True, check=True)
        best = max(best, json.loads(done.stdout)["per_s"])
    subprocess.run([tool, "traffic", feed, "--map", path, "--ways", ways], capture_output=True, check=True)
    street = {street_id: number for number, street_id in enumerate(road_map.SIDS)}
    found = [None] * len(codes)
    with open(ways) as file:
        for row in csv.DictReader(file):
            number = street[int(row["street_id"])]
            arc = (road_map.forward if row["direction"] == "1" else road_map.backward)[number]
            at = int(row["entry"]) - 2
            found[at] = found[at] or []
            if not is_touch(float(row["to_m"]) - float(row["from_m"]), road_map.SLEN[number] / 1000):
                found[at].append(arc)
    assert all(arc != NONE for arcs in found for arc in arcs or [])
    return found, best


def tally(mine, other):
    counts = {"same": 0, "other_streets": 0, "only_ours": 0, "only_theirs": 0, "neither": 0}
    for a, b in zip(mine, other):
        if a is None or b is None:
            counts["neither" if a is b else "only_theirs" if a is None else "only_ours"] += 1
        else:
            counts["same" if a == b else "other_streets"] += 1
    return counts


def main():
    tool, path, extract, config, work = sys.argv[1:6]
    import openlr_decoder
    road_map = Map(path)
    codes = references(road_map, config)
    roads = network(road_map, extract)
    # Classes are Valhalla's, which has eight where the decoder has five: none is refused for its class.
    decoder = openlr_decoder.Decoder(roads, openlr_decoder.DecoderConfig(
        frc_tolerance=7, snap_to_valid_nodes=False, slip_road_cost_penalty=0, access_road_cost_penalty=0))
    usual = openlr_decoder.Decoder(roads)
    mine, per_s = ours(road_map, tool, path, codes, work)
    turn = [turned(code) for code in codes]
    result = {"references": len(codes), "per_s": per_s, "any_class": tally(mine, theirs(road_map, decoder, turn)),
              "usual": tally(mine, theirs(road_map, usual, turn)),
              "as_they_stand": tally(mine, theirs(road_map, usual, codes))}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
