import HujiaMapBuild
import HujiaRoads
import HujiaRouting
import Testing

/// Small awkward networks: one-ways, parallel streets, opposite carriageways as rows of their own, streets of no
/// length or no time, equal times, parts that are not connected.
enum RandomNetwork {
  static func make(seed: UInt64, mostNodes: Int = 24) -> MapImage {
    MapImage(draft(seed: seed, mostNodes: mostNodes))
  }

  /// With routing's order; its travel times are built when it is opened.
  static func ordered(_ draft: MapDraft, rows: RowLimits? = nil) throws -> MapImage {
    let compiled = try MapCompilation(draft, with: [.order, .clearances], rows: rows)
    #expect(compiled.refusal == nil)
    return compiled.image()
  }

  /// Rows of all nodes, of hardly any, and what lies between; cells with few exits and with many.
  static func limits(_ seed: UInt64) -> RowLimits? {
    let nodes = [0, 2, 3, 5, 9, 17, 40, 400]
    let exits = [1, 2, 3, 5, 8, 30]
    return RowLimits(
      mostNodes: nodes[Int(seed % 8)], mostExits: exits[Int(seed / 8 % 6)])
  }

  static func draft(seed: UInt64, mostNodes: Int = 24) -> MapDraft {
    var random = SplitMix64(seed)
    var draft = MapDraft()
    let nodeCount = 1 + random.below(mostNodes)
    for _ in 0..<nodeCount {
      draft.nodes.append(
        (
          lat_e7: 407_000_000 + Int32(random.below(300_000)),
          lon_e7: -740_000_000 + Int32(random.below(300_000))
        ))
    }
    guard nodeCount > 1 else { return draft }
    let streetCount = random.below(nodeCount * 3)
    // Few different times, so that ties are common.
    let coarse = random.chance(50)
    for _ in 0..<streetCount {
      let from = UInt32(random.below(nodeCount))
      let to = UInt32(random.below(nodeCount))
      if from == to { continue }
      addStreet(&draft, from, to, coarse, &random)
    }
    return draft
  }

  /// A grid with some streets missing or one-way: big enough for a real node order.
  static func grid(seed: UInt64, side: Int) -> MapDraft {
    var random = SplitMix64(seed)
    var draft = MapDraft()
    for row in 0..<side {
      for column in 0..<side {
        draft.nodes.append(
          (
            lat_e7: 407_000_000 + Int32(row * 9_000 + random.below(3_000)),
            lon_e7: -740_000_000 + Int32(column * 12_000 + random.below(3_000))
          ))
      }
    }
    for row in 0..<side {
      for column in 0..<side {
        let here = UInt32(row * side + column)
        if column + 1 < side, !random.chance(12) {
          addStreet(&draft, here, here + 1, false, &random)
        }
        if row + 1 < side, !random.chance(12) {
          addStreet(&draft, here, here + UInt32(side), false, &random)
        }
      }
    }
    return draft
  }

  private static func addStreet(
    _ draft: inout MapDraft, _ from: UInt32, _ to: UInt32, _ coarse: Bool,
    _ random: inout SplitMix64
  ) {
    let length: UInt32 =
      random.chance(10)
      ? 0 : coarse ? UInt32(1 + random.below(3)) * 50_000 : UInt32(random.below(200_000))
    func times() -> MapDraft.Times {
      if random.chance(8) { return MapDraft.Times(0) }
      let normal = coarse ? UInt32(1 + random.below(3)) * 1_000 : UInt32(random.below(60_000))
      return MapDraft.Times(normal_ms: normal, response_ms: normal * 2 / 3)
    }
    var inner: [(lat_e7: Int32, lon_e7: Int32)] = []
    for _ in 0..<random.below(4) {
      inner.append(
        (
          lat_e7: draft.nodes[Int(from)].lat_e7 + Int32(random.below(2_000)),
          lon_e7: draft.nodes[Int(to)].lon_e7 + Int32(random.below(2_000))
        ))
    }
    let kind = random.below(10)
    draft.streets.append(
      MapDraft.Street(
        id: UInt64(draft.streets.count) * 7 + 1, from: from, to: to, length_mm: length, name: "",
        inner: inner, forward: times(), backward: kind < 5 ? times() : nil))
    if kind >= 8 {
      // The opposite carriageway as a row of its own; a few millimetres longer at times.
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(draft.streets.count) * 7 + 1, from: to, to: from,
          length_mm: length + UInt32(random.below(2)) * 3, name: "", inner: inner.reversed(),
          forward: times(), backward: nil))
    }
  }

  /// Somewhere: at a node, in mid-street, at a street's very end without being at the node.
  /// On the street, nearly on it, beside it, far off, and so far off that nobody drives from there.
  static func gap(_ random: inout SplitMix64) -> UInt32 {
    switch random.below(20) {
    case 0..<8: 0
    case 8..<10: UInt32(random.below(8))
    case 10..<17: UInt32(random.below(400))
    case 17: UInt32(random.below(10_000_000))
    case 18: UInt32(random.below(20_000))
    default: random.chance(20) ? .max - UInt32(random.below(2)) : 0
    }
  }

  static func place(on map: RoadMap, _ random: inout SplitMix64) -> Place {
    let nowhere = Place(
      street: .max, offset_mm: 0, node: .max, gap_dm: 0,
      lat_e7: 407_000_000 + Int32(random.below(300_000)),
      lon_e7: -740_000_000 + Int32(random.below(300_000)), isOffNetwork: true)
    guard map.streetCount > 0, !random.chance(2) else { return nowhere }
    let street = random.below(map.streetCount)
    let length = map.streetLength_mm[street]
    var place = nowhere
    place.street = UInt32(street)
    place.isOffNetwork = false
    switch random.below(10) {
    case 0: place.offset_mm = 0
    case 1: place.offset_mm = length
    default: place.offset_mm = length == 0 ? 0 : UInt32(random.below(Int(length)))
    }
    if random.chance(25) {
      let isFirst = random.chance(50)
      place.node = map.end(of: UInt32(street), isFirst: isFirst)
      place.offset_mm = isFirst ? 0 : length
    }
    let point = map.point(street: place.street, offset_mm: place.offset_mm)
    place.lat_e7 = point.lat_e7
    place.lon_e7 = point.lon_e7
    place.gap_dm = gap(&random)
    return place
  }
}
