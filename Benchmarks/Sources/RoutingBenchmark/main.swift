// The router by itself: order, labels, nearest units and routes on real networks (HUJIA_DATA, else ../../shared/data).

import BenchmarkNetworks
import Dispatch
@preconcurrency import Glibc
import HujiaContainers
import HujiaRoads
import HujiaRouting

let threads: Parallel = { jobs, work in
  DispatchQueue.concurrentPerform(iterations: jobs) { work($0) }
}
func cpu_ns() -> Int {
  var t = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
  return t.tv_sec * 1_000_000_000 + t.tv_nsec
}
@inline(__always) func now_ns() -> Int {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return t.tv_sec * 1_000_000_000 + t.tv_nsec
}
nonisolated(unsafe) var started = ContinuousClock.now
nonisolated(unsafe) var startedCPU = cpu_ns()
func lap(_ what: String) {
  print(what, ContinuousClock.now - started, "cpu", (cpu_ns() - startedCPU) / 1_000_000, "ms")
  fflush(nil)
  started = .now
  startedCPU = cpu_ns()
}
struct Random {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}
func show(_ name: String, _ samples: [Int]) {
  let s = samples.sorted()
  func p(_ q: Double) -> String {
    let v = s[min(s.count - 1, Int(Double(s.count) * q))]
    return v >= 100_000 ? "\(v / 1000)us" : "\(Double(v / 10) / 100)us"
  }
  print(name, "min", p(0), "p10", p(0.1), "p50", p(0.5), "p99", p(0.99), "p99.9", p(0.999))
  fflush(nil)
}
let cache =
  getenv("HUJIA_BENCH_MAP").map { String(cString: $0) } ?? "../out/bench/new-york-ordered.hjmap"
if access(cache, R_OK) != 0 {
  guard
    let draft = Networks.newYork(
      (getenv("HUJIA_DATA").map { String(cString: $0) } ?? "../../shared/data"))
  else { fatalError("no data") }
  lap("read")
  let ordered = try orderedForRouting(draft, parallel: threads)
  lap("ordered")
  print(ordered.report)
  try MapImage(ordered.draft).write(to: cache)
  lap("written")
}
let file = try MapFile(path: cache)
lap("opened")
let map = file.map
var router = try Router(map: map, unitCapacity: 1_000_000, memory: .system)
lap("router")
nonisolated(unsafe) var random = Random(state: 7)
func place() -> Place {
  let street = random.below(map.streetCount)
  let length = map.streetLength_mm[street]
  let offset = UInt32(random.below(Int(max(length, 1))))
  return Place(
    street: UInt32(street), offset_mm: offset, node: .max, gap_dm: 0, lat_e7: 0, lon_e7: 0,
    isOffNetwork: false)
}
if CommandLine.arguments.contains("p2p") {
  let some = (0..<4096).map { _ in place() }
  let nodes = (0..<4096).map { _ in
    var p = place()
    p.node = UInt32(random.below(map.nodeCount))
    return p
  }
  for (name, list) in [("mid-street", some), ("nodes", nodes)] {
    var sum: UInt64 = 0
    for round in 0..<3 {
      let t = now_ns()
      for i in 0..<400_000 {
        sum &+= UInt64(
          router.travelTime(
            from: list[i & 4095], to: list[(i &* 7 + i >> 9) & 4095], profile: .normal
          )
          .travel_ms)
      }
      print(name, round, Double(now_ns() - t) / 400_000, "ns", sum & 1)
    }
  }
  exit(0)
}
var count = 0
var places: [UInt32: Place] = [:]
var answer = [NearestUnit](
  repeating: NearestUnit(unit: 0, travel_ms: 0, distance_dm: 0, isStraightLine: false), count: 64)
do {
  var samples: [Int] = []
  var sum: UInt64 = 0
  for _ in 0..<3000 {
    let a = place()
    let b = place()
    let t = now_ns()
    sum += UInt64(router.travel(from: a, to: b, profile: .normal).travel_ms)
    samples.append(now_ns() - t)
  }
  show("travel with distance", samples)
  samples = []
  for _ in 0..<20000 {
    let a = place()
    let b = place()
    let t = now_ns()
    sum += UInt64(router.travelTime(from: a, to: b, profile: .normal).travel_ms)
    samples.append(now_ns() - t)
  }
  show("travel time", samples)
  samples = []
  for _ in 0..<20000 {
    let t = now_ns()
    samples.append(now_ns() - t)
  }
  show("clock alone", samples)
  var points = [RoutePoint](
    repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0), count: 5000)
  samples = []
  var needed = 0
  for _ in 0..<1000 {
    let a = place()
    let b = place()
    let t = now_ns()
    needed += router.route(from: a, to: b, profile: .normal, into: &points, capacity: 5000).needed
    samples.append(now_ns() - t)
  }
  show("route of \(needed / 1000) points", samples)
  print(sum % 10)
}
for wanted in [100, 1_000, 10_000, 100_000] {
  while count < wanted {
    let at = place()
    places[UInt32(count)] = at
    // 30 % have capability 0, 1 % capability 1.
    let r = random.below(100)
    router.put(
      unit: UInt32(count), id: UInt64(count), capabilities: (r < 30 ? 1 : 0) | (r == 99 ? 2 : 0),
      level: 0, agency: 0, availableUntil_us: 0, isCrewed: true, place: at)
    count += 1
  }
  while router.maintain(1000) {}
  for way in Router.NearestWay.allCases {
    if way == .plain && wanted > 1000 { continue }
    if way == .labels && wanted > 1000 { continue }
    for caps in [0, 1, 2] as [UInt64] {
      if wanted < 10_000 && caps > 0 { continue }
      var samples: [Int] = []
      for _ in 0..<(way == .plain ? 100 : 2000) {
        let goal = place()
        let t = now_ns()
        _ = router.nearest(
          to: goal, filter: UnitFilter(capabilities: caps), limit: 8, profile: .normal, by: way,
          into: &answer)
        samples.append(now_ns() - t)
      }
      show("nearest \(wanted) \(way) caps \(caps)", samples)
    }
  }
  var samples: [Int] = []
  for _ in 0..<20000 {
    let unit = UInt32(random.below(wanted))
    let to = place()
    places[unit] = to
    let t = now_ns()
    router.move(unit: unit, to: to)
    samples.append(now_ns() - t)
  }
  show("move anywhere", samples)
  samples = []
  for _ in 0..<20000 {
    let unit = UInt32(random.below(wanted))
    var to = places[unit]!
    to.offset_mm = UInt32(random.below(Int(max(map.streetLength_mm[Int(to.street)], 1))))
    let t = now_ns()
    router.move(unit: unit, to: to)
    samples.append(now_ns() - t)
  }
  show("move along", samples)
}
