"""From the feed to a changed choice: a server on this machine renews a feed, the tool follows it, the choice changes.

Used by scripts/traffic-proof. Ends with "N passed, N failed".
"""
import base64
import http.server
import json
import math
import random
import subprocess
import sys
import threading
import time

from hjmap import Map

ENTRIES = 10_000
MOST_MS = 1_000


def metres(a, b):
    return math.hypot((b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2)), b[1] - a[1]) * 111_195


def bearing(a, b):
    east = (b[0] - a[0]) * math.cos(math.radians(a[1]))
    return math.degrees(math.atan2(east, b[1] - a[1])) % 360


def along(shape, run):
    """The point so many metres along a shape, or its end."""
    for a, b in zip(shape, shape[1:]):
        length = metres(a, b)
        if length >= run and length > 0:
            return tuple(a[i] + (b[i] - a[i]) * run / length for i in (0, 1))
        run -= length
    return shape[-1]


def reference(shape):
    """An OpenLR line location of one arc; None where it is too long for relative coordinates."""
    def whole(value):
        return int(round(value * (1 << 24) / 360 + (0.5 if value > 0 else -0.5)))

    first, last = shape[0], shape[-1]
    east, north = (round((last[i] - first[i]) * 1e5) for i in (0, 1))
    if max(abs(east), abs(north)) > 32_000:
        return None
    length = sum(metres(a, b) for a, b in zip(shape, shape[1:]))
    start = int(bearing(first, along(shape, 20)) / 11.25) & 31
    end = int(bearing(last, along(shape[::-1], 20)) / 11.25) & 31
    code = bytes([0x0B]) + whole(first[0]).to_bytes(3, "big", signed=True)
    code += whole(first[1]).to_bytes(3, "big", signed=True)
    code += bytes([0x3B, 0xE0 | start, min(int(length / 58.6), 255)])
    code += east.to_bytes(2, "big", signed=True) + north.to_bytes(2, "big", signed=True) + bytes([0x3B, end])
    return base64.b64encode(code).decode()


class Feed:
    """Serves what `text` is at the moment, and says when a renewed one was first given out."""

    def __init__(self):
        self.text, self.given = "[]", None
        feed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = feed.text.encode()
                if feed.given is None:
                    feed.given = time.monotonic()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def renew(self, text):
        self.given = None
        self.text = text
        return time.monotonic()


def main():
    path, tool = sys.argv[1:3]
    road_map = Map(path)
    random.seed(1)
    place = (-73.9973, 40.7308)
    units = {1: (-73.9935, 40.7350), 2: (-73.9903, 40.7180), 3: (-74.0092, 40.7061)}
    arcs = [a for a in range(road_map.arcs) if road_map.SLEN[road_map.ASTR[a]] > 20_000]
    near = sorted(arcs, key=lambda a: metres(units[1], road_map.shape(a)[0]))[:400]
    others = random.sample(arcs, ENTRIES - len(near))

    def entries(is_jam):
        found = []
        for arc in near + others:
            code = reference(road_map.shape(arc))
            free = road_map.SLEN[road_map.ASTR[arc]] / max(road_map.ANOR[arc], 1) * 3.6
            slow = is_jam and arc in jammed
            if code:
                found.append({"openlr": code, "speed_kmh": 1 if slow else min(round(free, 1), 120)})
        return json.dumps(found)

    jammed = set(near)
    feed = Feed()
    port = feed.server.server_address[1]
    command = [tool, "traffic", f"http://127.0.0.1:{port}/flow", "--map", path, "--follow", "--every", "0.1",
               "--json", "--incident", f"{place[1]},{place[0]}"]
    for unit, (lon, lat) in units.items():
        command += ["--unit", f"{unit}={lat},{lon}"]
    follower = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def next_reading(wanted):
        for line in follower.stdout:
            reading = json.loads(line)
            if wanted(reading):
                return reading, time.monotonic()
        raise SystemExit("the tool ended early")

    passed = failed = 0

    def hold(what, is_true):
        nonlocal passed, failed
        passed, failed = passed + bool(is_true), failed + (not is_true)
        if not is_true:
            print("FAIL ", what)

    try:
        first, _ = next_reading(lambda r: True)
        hold("the nearest unit is chosen on free streets", first["choice"]["unit"] == 1)
        print(f"   before            unit {first['choice']['unit']}, {first['choice']['travel_ms'] / 1000:.1f} s")
        feed.renew(entries(False))
        usual, _ = next_reading(lambda r: r["entries"] > 0)
        share = usual["found"] / usual["entries"]
        print(f"   a first feed      {usual['entries']} entries, {share:.2%} found, {usual['changed']} times, "
              f"{usual['serving_ms']:.0f} ms")
        hold("99 of 100 references are found", share >= 0.99)
        jam, free = entries(True), entries(False)
        for number in range(3):
            for text, is_jam in ((jam, True), (free, False)):
                feed.renew(text)
                reading, seen = next_reading(lambda r: r["changed"] > 0)
                whole_ms = (seen - feed.given) * 1000
                unit = reading["choice"]["unit"]
                print(f"   {'jam  ' if is_jam else 'clear'} {number + 1}           {reading['changed']} times changed, epoch "
                      f"{reading['epoch']} after {reading['serving_ms']:.0f} ms, seen after {whole_ms:.0f} ms: unit {unit}, "
                      f"{reading['choice']['travel_ms'] / 1000:.1f} s")
                hold("the choice follows the feed", (unit == 1) != is_jam)
                hold(f"from the feed to the choice within {MOST_MS} ms", whole_ms <= MOST_MS)
    finally:
        follower.kill()
        follower.wait()
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
