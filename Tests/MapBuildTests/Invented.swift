// Invented drafts with what makes trouble for a compiler of maps.

import HujiaMapBuild
import HujiaTestSupport

enum Invented {
  /// One-ways either way, parallels, opposite carriageways, parts of their own, names and ids in any order; some
  /// across 180 degrees.
  static func draft(seed: UInt64, mostNodes: Int = 40) -> MapDraft {
    var random = SplitMix64(seed &* 31 &+ 7)
    var draft = MapDraft()
    let isAcross = seed % 5 == 4
    for _ in 0..<(1 + random.below(mostNodes)) {
      let lon = (isAcross ? 1_799_900_000 : -740_000_000) + random.below(200_000)
      draft.nodes.append(
        (
          lat_e7: Int32(407_000_000 + random.below(200_000)),
          lon_e7: Int32(lon > 1_800_000_000 ? lon - 3_600_000_000 : lon)
        ))
    }
    for _ in 0..<random.below(draft.nodes.count * 3 + 1) {
      let from = random.below(draft.nodes.count)
      let to = random.below(draft.nodes.count)
      if from != to { add(&draft, UInt32(from), UInt32(to), &random) }
    }
    return draft
  }

  /// Big enough for a real order.
  static func grid(seed: UInt64, side: Int) -> MapDraft {
    var random = SplitMix64(seed)
    var draft = MapDraft()
    for place in 0..<side * side {
      draft.nodes.append(
        (
          lat_e7: Int32(407_000_000 + place / side * 9_000 + random.below(3_000)),
          lon_e7: Int32(-740_000_000 + place % side * 12_000 + random.below(3_000))
        ))
    }
    for place in 0..<UInt32(side * side) {
      if Int(place) % side + 1 < side, !random.chance(10) {
        add(&draft, place, place + 1, &random)
      }
      if Int(place) / side + 1 < side, !random.chance(10) {
        add(&draft, place, place + UInt32(side), &random)
      }
    }
    return draft
  }

  private static func add(
    _ draft: inout MapDraft, _ from: UInt32, _ to: UInt32, _ random: inout SplitMix64
  ) {
    func times() -> MapDraft.Times? {
      let normal = UInt32(random.below(60_000))
      return MapDraft.Times(
        normal_ms: normal, response_ms: normal * UInt32(random.below(2) + 1) / 2)
    }
    var inner: [(lat_e7: Int32, lon_e7: Int32)] = []
    if random.chance(40) {
      let node = draft.nodes[Int(from)]
      inner.append((lat_e7: node.lat_e7 + Int32(random.below(2_000)), lon_e7: node.lon_e7))
    }
    let kind = random.below(10)
    let street = MapDraft.Street(
      id: UInt64(random.below(1_000)), from: from, to: to,
      length_mm: UInt32(random.below(200_000)), name: ["", "Main", "环路"][random.below(3)],
      inner: inner, forward: kind == 0 ? nil : times(),
      backward: (1..<4).contains(kind) ? nil : times())
    draft.streets.append(street)
    if kind == 1 {
      var other = street
      (other.from, other.to) = (to, from)
      other.inner.reverse()
      draft.streets.append(other)
    }
  }
}
