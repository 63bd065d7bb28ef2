// The hierarchy's costs after a few of the map's arcs changed their times: only what they reach, from below upwards.
// The result equals `Customization`'s to the last bit, the ways remembered included.

import HujiaContainers
import HujiaRoads

struct CostMending {
  let customization: Customization
  let scratch: MendingScratch

  init(_ customization: Customization, _ scratch: MendingScratch) {
    self.customization = customization
    self.scratch = scratch
  }

  private var hierarchy: Hierarchy { customization.hierarchy }

  /// Arcs of the map whose times are new already. Afterwards `scratch.touched` holds the hierarchy's arcs whose cost
  /// changed.
  func run(_ changed: UnsafeBufferPointer<UInt32>) {
    scratch.forgetTouched()
    for arc in changed { begin(Int(arc)) }
    var cursor = Int.max
    while let arc = scratch.arcs.takeHighest(&cursor) {
      if mend(arc) { spread(arc) }
    }
  }

  private func begin(_ arc: Int) {
    let map = customization.map
    let head = Int(map.arcHead[arc])
    for place in Int(map.firstIn[head])..<Int(map.firstIn[head + 1])
    where Int(map.inArc[place]) == arc {
      customization.incoming[place].time_ms = customization.times[arc]
    }
    let place = hierarchy.ofMapArc[arc]
    if place != .max { scratch.arcs.insert(Int(place)) }
  }

  /// One arc from scratch, in the order of a full build. True when its cost changed in either direction.
  private func mend(_ arc: Int) -> Bool {
    let tail = hierarchy.upTail[arc]
    let head = hierarchy.upHead[arc]
    var up = ArcCost.closed
    var down = ArcCost.closed
    let map = customization.map
    for mapArc in Int(map.firstOut[Int(tail)])..<Int(map.firstOut[Int(tail) + 1])
    where map.arcHead[mapArc] == head { customization.improve(&up, by: mapArc) }
    for mapArc in Int(map.firstOut[Int(head)])..<Int(map.firstOut[Int(head) + 1])
    where map.arcHead[mapArc] == tail { customization.improve(&down, by: mapArc) }
    takeLower(arc, &up, &down)
    var marks: UInt8 = 0
    if up.bits != customization.up[arc].bits { marks |= MendingScratch.up }
    if down.bits != customization.down[arc].bits { marks |= MendingScratch.down }
    customization.up[arc] = up
    customization.down[arc] = down
    if marks != 0 { scratch.touch(arc, marks) }
    return marks != 0
  }

  private func takeLower(_ arc: Int, _ up: inout ArcCost, _ down: inout ArcCost) {
    let tail = Int(hierarchy.upTail[arc])
    let depth = hierarchy.upDepth[arc]
    for place in Int(hierarchy.downFirst[tail])..<Int(hierarchy.downFirst[tail + 1]) {
      let through = Int(hierarchy.downArc[place])
      let first = Int(hierarchy.upFirst[Int(hierarchy.upTail[through])])
      guard let other = find(depth, first, through) else { continue }
      let rising =
        Cost(bits: customization.down[through].bits) + Cost(bits: customization.up[other].bits)
      if rising.bits < up.bits {
        up = ArcCost(bits: rising.bits, first: UInt32(through), second: UInt32(other))
      }
      let falling =
        Cost(bits: customization.down[other].bits) + Cost(bits: customization.up[through].bits)
      if falling.bits < down.bits {
        down = ArcCost(bits: falling.bits, first: UInt32(other), second: UInt32(through))
      }
    }
  }

  /// The arc with its head at `depth` among `first ..< end`, the arcs of one node.
  @inline(__always) private func find(_ depth: UInt16, _ first: Int, _ end: Int) -> Int? {
    var low = first
    var high = end
    while low < high {
      let middle = (low + high) / 2
      if hierarchy.upDepth[middle] < depth { low = middle + 1 } else { high = middle }
    }
    return low < end && hierarchy.upDepth[low] == depth ? low : nil
  }

  /// Puts on the agenda the arcs between the heads of `arc` and of its neighbours that could be another now: those
  /// that lead through the two, and those for which the two are as good as what they have.
  private func spread(_ arc: Int) {
    let tail = Int(hierarchy.upTail[arc])
    for neighbour in Int(hierarchy.upFirst[tail])..<Int(hierarchy.upFirst[tail + 1])
    where neighbour != arc {
      // Of the two heads the deeper one is the target's tail.
      let through = max(arc, neighbour)
      let other = min(arc, neighbour)
      let deeper = Int(hierarchy.upHead[through])
      guard
        let target = find(
          hierarchy.upDepth[other], Int(hierarchy.upFirst[deeper]),
          Int(hierarchy.upFirst[deeper + 1])),
        !scratch.arcs.contains(target)
      else { continue }
      let rising =
        Cost(bits: customization.down[through].bits) + Cost(bits: customization.up[other].bits)
      let falling =
        Cost(bits: customization.down[other].bits) + Cost(bits: customization.up[through].bits)
      if isOf(customization.up[target], rising, through, other)
        || isOf(customization.down[target], falling, other, through)
      {
        scratch.arcs.insert(target)
      }
    }
  }

  @inline(__always)
  private func isOf(_ known: ArcCost, _ cost: Cost, _ first: Int, _ second: Int) -> Bool {
    (known.second == UInt32(second) && known.first == UInt32(first))
      || (cost.isReachable && cost.bits <= known.bits)
  }
}
