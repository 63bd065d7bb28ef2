import BenchmarkNetworks
import Dispatch
@preconcurrency import Glibc
import HujiaContainers
import HujiaRoads
import HujiaRouting

let threads: Parallel = { jobs, work in
  DispatchQueue.concurrentPerform(iterations: jobs) { work($0) }
}
nonisolated(unsafe) var started = ContinuousClock.now
func lap(_ what: String) {
  print(what, ContinuousClock.now - started)
  fflush(nil)
  started = .now
}
let cache = "/tmp/hujia/ny.hjmap"
if access(cache, R_OK) != 0 {
  guard let draft = Networks.newYork("/work/shared/data") else { fatalError("no data") }
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
var router = try Router(map: map, unitCapacity: 10_000, memory: .system)
lap("router")
let metric = try Metric(map: map, memory: .system)
lap("metric storage")
try metric.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
lap("metric take")
try metric.build()
lap("metric build, one thread")
try metric.build(parallel: threads)
lap("metric build, two threads")
