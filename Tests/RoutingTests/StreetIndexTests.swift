import HujiaContainers
import HujiaMapBuild
import HujiaRoads
import Testing

@testable import HujiaRouting

/// Which arcs a host's street id stands for, and how a time is shared among them.
@Suite struct StreetIndexTests {
  /// Ids out of order and repeated; street 2 and 4 are opposite carriageways under one id.
  private static let image: MapImage = {
    var draft = MapDraft()
    for index in 0..<6 {
      draft.nodes.append((lat_e7: 400_000_000, lon_e7: -740_000_000 + Int32(index) * 10_000))
    }
    func add(_ id: UInt64, _ from: UInt32, _ to: UInt32, _ mm: UInt32, twoWay: Bool) {
      draft.streets.append(
        MapDraft.Street(
          id: id, from: from, to: to, length_mm: mm, forward: MapDraft.Times(1_000),
          backward: twoWay ? MapDraft.Times(2_000) : nil))
    }
    add(70, 0, 1, 10_000, twoWay: true)
    add(9, 1, 2, 7_000, twoWay: true)
    add(30, 2, 3, 5_000, twoWay: false)
    add(9, 2, 4, 14_000, twoWay: false)
    add(30, 3, 2, 5_000, twoWay: false)
    add(70, 4, 5, 0, twoWay: true)
    return MapImage(draft)
  }()

  private func shares(_ id: UInt64, _ ms: UInt32, _ direction: StreetIndex.Direction) throws
    -> [String: UInt32]
  {
    let map = Self.image.map
    let index = try StreetIndex(map, memory: .system)
    guard let streets = index.find(id, hint: 0) else { return [:] }
    var found: [String: UInt32] = [:]
    index.share(ms, streets, direction) { arc, ms in
      found["\(map.arcTail[arc])-\(map.arcHead[arc])"] = ms
    }
    return found
  }

  @Test func timesAreSharedByLengthToTheMillisecond() throws {
    #expect(try shares(9, 100, .forward) == ["1-2": 33, "2-4": 67])
    #expect(try shares(9, 100, .backward) == ["2-1": 100])
    #expect(try shares(9, 100, .both) == ["1-2": 33, "2-4": 67, "2-1": 100])
    #expect(try shares(9, .max, .forward) == ["1-2": .max, "2-4": .max])
    let both = try shares(70, 77_777, .forward)
    #expect(both.values.reduce(0, +) == 77_777)
    #expect(both.count == 2)
    #expect(try shares(8, 100, .both).isEmpty)
  }

  @Test func oppositeCarriagewaysUnderOneIDAreTwoDirections() throws {
    #expect(try shares(30, 500, .forward) == ["2-3": 500])
    #expect(try shares(30, 500, .backward) == ["3-2": 500])
    #expect(try shares(30, 500, .both) == ["2-3": 500, "3-2": 500])
  }

  @Test func everyIDIsFoundWithAnyHint() throws {
    let map = Self.image.map
    let index = try StreetIndex(map, memory: .system)
    for id: UInt64 in [0, 9, 10, 30, 70, 71, .max] {
      let expected = (0..<map.streetCount).filter { map.streetID[$0] == id }
      for hint in 0...map.streetCount + 1 {
        let found = index.find(id, hint: hint)
        #expect((found.map { $0.map { index.street(at: $0) } } ?? []).sorted() == expected)
      }
    }
    let isBothWays = index.hasArcs(index.find(30, hint: 0) ?? 0..<0, .backward)
    #expect(isBothWays)
  }
}
