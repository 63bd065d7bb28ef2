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
  private var index: ArcIndex { customization.index }

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
    let tail = index.tail[arc]
    let head = hierarchy.upHead[arc]
    let before = (customization.up.costs[arc], customization.down.costs[arc])
    customization.up.close(arc)
    customization.down.close(arc)
    let map = customization.map
    for mapArc in Int(map.firstOut[Int(tail)])..<Int(map.firstOut[Int(tail) + 1])
    where map.arcHead[mapArc] == head { customization.improve(customization.up, arc, by: mapArc) }
    for mapArc in Int(map.firstOut[Int(head)])..<Int(map.firstOut[Int(head) + 1])
    where map.arcHead[mapArc] == tail { customization.improve(customization.down, arc, by: mapArc) }
    takeLower(arc)
    var marks: UInt8 = 0
    if before.0 != customization.up.costs[arc] { marks |= MendingScratch.up }
    if before.1 != customization.down.costs[arc] { marks |= MendingScratch.down }
    if marks != 0 { scratch.touch(arc, marks) }
    return marks != 0
  }

  private func takeLower(_ arc: Int) {
    let tail = Int(index.tail[arc])
    let depth = hierarchy.upDepth[arc]
    for place in Int(index.downFirst[tail])..<Int(index.downFirst[tail + 1]) {
      let through = Int(index.downArc[place])
      let below = index.tail[through]
      let first = Int(hierarchy.upFirst[Int(below)])
      guard let other = hierarchy.arc(to: depth, first, through) else { continue }
      let ways = ways(through, other)
      customization.up.improve(arc, ways.rising.bits, below)
      customization.down.improve(arc, ways.falling.bits, below)
    }
  }

  /// Between the heads of two arcs of one node, over that node: from the deeper head up, and down to it.
  @inline(__always) private func ways(_ through: Int, _ other: Int) -> (rising: Cost, falling: Cost)
  {
    (
      Cost(bits: customization.down.costs[through]) + Cost(bits: customization.up.costs[other]),
      Cost(bits: customization.down.costs[other]) + Cost(bits: customization.up.costs[through])
    )
  }

  /// Puts on the agenda the arcs between the heads of `arc` and of its neighbours that could be another now: those
  /// that lead through the two, and those for which the two are as good as what they have.
  private func spread(_ arc: Int) {
    let tail = Int(index.tail[arc])
    for neighbour in Int(hierarchy.upFirst[tail])..<Int(hierarchy.upFirst[tail + 1])
    where neighbour != arc {
      // Of the two heads the deeper one is the target's tail.
      let through = max(arc, neighbour)
      let other = min(arc, neighbour)
      let deeper = Int(hierarchy.upHead[through])
      guard
        let target = hierarchy.arc(
          to: hierarchy.upDepth[other], Int(hierarchy.upFirst[deeper]),
          Int(hierarchy.upFirst[deeper + 1])),
        !scratch.arcs.contains(target)
      else { continue }
      let ways = ways(through, other)
      if isOf(customization.up, target, ways.rising, UInt32(tail))
        || isOf(customization.down, target, ways.falling, UInt32(tail))
      {
        scratch.arcs.insert(target)
      }
    }
  }

  /// Whether the arc leads through the two, or could: they are as good as what it has. `below`: where both begin.
  @inline(__always)
  private func isOf(_ known: ArcTable, _ target: Int, _ cost: Cost, _ below: UInt32) -> Bool {
    known.through[target] == below
      || (cost.isReachable && cost.bits <= known.costs[target])
  }
}
