@preconcurrency import Glibc
import BenchmarkNetworks
@testable import HujiaRoads
@testable import HujiaRouting
import Dispatch


nonisolated(unsafe) let threads: Parallel = { jobs, work in
  DispatchQueue.concurrentPerform(iterations: jobs) { work($0) }
}
nonisolated(unsafe) var started = ContinuousClock.now
func lap(_ what: String) {
  print(what, ContinuousClock.now - started)
  fflush(nil); started = .now
}
guard let draft = Networks.newYork("/work/shared/data") else { fatalError("no data") }
lap("read")
let image = MapImage(draft)
lap("compiled")
let order = NestedDissection.order(image.map, parallel: threads)
lap("order")
var rank = [UInt32](repeating: 0, count: order.count)
for (place, node) in order.enumerated() { rank[Int(node)] = UInt32(order.count - 1 - place) }
guard let contraction = Contraction(image.map, rank: rank, mostArcs: .max) else { fatalError() }
lap("contraction")
let n = contraction.nodeCount
let depths = contraction.depth.map(Int.init)
print("mean", depths.reduce(0, +) / n, "max", depths.max()!, "arcs", contraction.upHead.count)
var triangles = 0
for v in 0..<n { let d = Int(contraction.upFirst[v + 1] - contraction.upFirst[v]); triangles += d * (d - 1) / 2 }
let degrees = (0..<n).map { Int(contraction.upFirst[$0 + 1] - contraction.upFirst[$0]) }
print("triangles", triangles, "max up", degrees.max()!)
