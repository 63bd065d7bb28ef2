// The router by itself on New York (HUJIA_DATA, else ../../shared/data): opening, travel times, routes, nearest units,
// moving units, and where the switch between the ways of search belongs. `--json FILE`; else which parts to run, of
//   open travel nearest units snap switch profile bans   (all but the last three when none is named)

import BenchmarkNetworks
import Glibc
import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import HujiaRouting

var rows = Rows()
var parts: Set<String> = []
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
  if argument == "--json", let path = arguments.popFirst() {
    rows.json = fopen(path, "a")
  } else {
    parts.insert(argument)
  }
}
if parts.isEmpty { parts = ["open", "travel", "nearest", "units", "snap"] }

if parts.contains("bans") {
  let data = getenv("HUJIA_DATA").map { String(cString: $0) } ?? "../../shared/data"
  guard let draft = Networks.newYork(data) else {
    print("no street data of New York at \(data): set HUJIA_DATA")
    exit(1)
  }
  var bans = Bans(rows)
  try bans.run(draft)
  exit(0)
}

let path =
  getenv("HUJIA_BENCH_MAP").map { String(cString: $0) } ?? "../out/bench/new-york-routing.hjmap"
if access(path, R_OK) != 0 {
  let data = getenv("HUJIA_DATA").map { String(cString: $0) } ?? "../../shared/data"
  guard let draft = Networks.newYork(data) else {
    print("no street data of New York at \(data): set HUJIA_DATA")
    exit(1)
  }
  let start = now_ns()
  let order = try RoutingOrder(draft, parallel: onAllCores)
  rows.show("order and contraction, two threads", Double(now_ns() - start) / 1e9, "s")
  let rest = now_ns()
  let compiled = try MapCompilation(draft, order: order, with: .all)
  rows.show("arrays, clearances, first metric, one thread", Double(now_ns() - rest) / 1e9, "s")
  _ = try compiled.write(to: path)
}

if parts.contains("open") { try Opening(path: path).run(rows) }
let file = try MapFile(path: path)
var bench = try RoutingBench(file, unitCapacity: 1_048_576)
if parts.contains("travel") { bench.travel(rows) }
if parts.contains("nearest") { bench.nearest(rows) }
if parts.contains("units") { bench.units(rows) }
if parts.contains("snap") { bench.snap(rows) }
if parts.contains("switch") { bench.switches(rows) }
if parts.contains("profile") { bench.profile(rows) }
