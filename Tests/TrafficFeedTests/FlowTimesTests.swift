// What a feed says of parts of streets becomes times of streets, and only what changed is reported again.

import HujiaGeography
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaTrafficFeed

@Suite struct FlowTimesTests {
  private func arc(_ map: RoadMap, _ street: UInt32, isForward: Bool = true) -> UInt32 {
    let facts = map.streetFacts[Int(street)]
    return isForward ? facts.forwardArc : facts.backwardArc
  }

  private func words(_ flows: [StreetFlow]) -> [String] {
    flows.map {
      let time = $0.travel_ms.map { "\($0)" } ?? "closed"
      return "\($0.key.street)\($0.key.isForward ? "+" : "-") \($0.key.profile.rawValue) \(time)"
    }
  }

  private func street(_ blocks: Blocks, id: UInt64) -> UInt32 { blocks.map.street(withID: id) }

  /// 100 m that take 10 s on the map.
  @Test func speedsLevelsAndParts() {
    let blocks = Blocks(rows: 2, columns: 4)
    var times = FlowTimes(blocks.map, levels: [1, 2, 3, 4])
    let one = arc(blocks.map, street(blocks, id: 1))
    let two = arc(blocks.map, street(blocks, id: 2))
    let three = arc(blocks.map, street(blocks, id: 3), isForward: false)
    // 18 km/h = 5 m/s on all of it; the second half at level 3; 3.6 km/h on 20 m.
    times.add([ArcSpan(arc: one, from_mm: 0, to_mm: 100_000)], .speed_kmh(18))
    times.add([ArcSpan(arc: two, from_mm: 50_000, to_mm: 100_000)], .level(3))
    times.add([ArcSpan(arc: three, from_mm: 10_000, to_mm: 30_000)], .speed_kmh(3.6))
    #expect(words(times.flows()) == ["1+ 0 20000", "2+ 0 20000", "3- 0 28000"])
  }

  /// A street for emergency driving alone: the other profile stays closed, and its own time grows as it does.
  @Test func aWayThatIsClosedToOneProfileStaysSo() {
    var draft = MapDraft()
    draft.nodes = [(0, 70_000_000), (0, 70_008_993)]
    let times = MapDraft.Times(normal_ms: MapDraft.Times.closed_ms, response_ms: 5_000)
    draft.streets = [
      MapDraft.Street(
        id: 9, from: 0, to: 1, length_mm: 100_000, forward: times, backward: MapDraft.Times(5_000))
    ]
    let image = MapImage(draft)
    var flows = FlowTimes(image.map)
    let whole = ArcSpan(arc: arc(image.map, 0), from_mm: 0, to_mm: 100_000)
    flows.add([whole], .speed_kmh(36))
    #expect(words(flows.flows()) == ["9+ 1 10000"])
    flows.add([whole], .closed)
    #expect(words(flows.flows()) == ["9+ 0 closed"])
    withExtendedLifetime(image) {}
  }

  /// A later entry wins where both name a place.
  @Test func theNewestWins() {
    let blocks = Blocks(rows: 2, columns: 2)
    var times = FlowTimes(blocks.map)
    let one = arc(blocks.map, street(blocks, id: 1))
    times.add([ArcSpan(arc: one, from_mm: 0, to_mm: 100_000)], .closed)
    times.add([ArcSpan(arc: one, from_mm: 0, to_mm: 100_000)], .speed_kmh(36))
    #expect(words(times.flows()) == ["1+ 0 10000"])
    times.add([ArcSpan(arc: one, from_mm: 40_000, to_mm: 60_000)], .closed)
    #expect(words(times.flows()) == ["1+ 0 closed"])
  }

  /// The newest 64 parts of an arc count; one that a newer covers takes no room.
  @Test func partsOfAnArcHaveABound() {
    let blocks = Blocks(rows: 2, columns: 2)
    let one = arc(blocks.map, street(blocks, id: 1))
    func times(_ newer: Int) -> FlowTimes {
      var times = FlowTimes(blocks.map)
      // 20 m at 3.6 km/h: 20 s, beside 8 s for the rest.
      times.add([ArcSpan(arc: one, from_mm: 0, to_mm: 20_000)], .speed_kmh(3.6))
      for part in 0..<UInt32(newer) {
        let from_mm = 50_000 + part * 100
        times.add([ArcSpan(arc: one, from_mm: from_mm, to_mm: from_mm + 100)], .speed_kmh(36))
      }
      return times
    }
    var whole = times(63)
    #expect(words(whole.flows()) == ["1+ 0 28000"] && whole.crowded == 0)
    var crowded = times(64)
    #expect(words(crowded.flows()) == ["1+ 0 10000"] && crowded.crowded == 1)
    var covered = times(63)
    for _ in 0..<1_000 {
      covered.add([ArcSpan(arc: one, from_mm: 50_000, to_mm: 90_000)], .speed_kmh(36))
    }
    #expect(words(covered.flows()) == ["1+ 0 28000"] && covered.crowded == 0)
  }

  /// All references together may look at so many nodes; what is left out is told.
  @Test func aFeedHasABoundOfSearch() throws {
    let blocks = Blocks(rows: 2, columns: 4)
    let facts = blocks.map.streetFacts[Int(street(blocks, id: 1))]
    let ends = [
      blocks.map.arcTail[Int(facts.forwardArc)], blocks.map.arcHead[Int(facts.forwardArc)],
    ]
    .map { node in
      "\(Double(blocks.map.nodeLon_e7[Int(node)]) / 1e7),\(Double(blocks.map.nodeLat_e7[Int(node)]) / 1e7)"
    }
    let entry = "{\"polyline\":\"\(ends[0]);\(ends[1])\",\"speed\":\"9\"}"
    let feed = try FeedReader.read(
      Array("[\(entry),\(entry),\(entry)]".utf8), name: "f", columns: FeedColumns())
    var free = FeedDecoder(blocks.map)
    let all = free.decode(feed)
    #expect(all.matched == 3 && all.refused.isEmpty)
    var bound = FeedDecoder(blocks.map, mostLooks: 1)
    for _ in 0..<2 {
      let answer = bound.decode(feed)
      #expect(answer.matched == 1 && answer.refused == ["feed_too_long": 2])
      #expect(answer.examples.first?.contains("cut it to the city") == true)
    }
  }

  /// Points on one spot would each look past all the others for their directions.
  @Test func pointsOnOneSpotAreOne() {
    let a: (lat_e7: Int32, lon_e7: Int32) = (0, 70_000_000)
    let b: (lat_e7: Int32, lon_e7: Int32) = (0, 70_020_000)
    let c: (lat_e7: Int32, lon_e7: Int32) = (20_000, 70_020_000)
    let near: (lat_e7: Int32, lon_e7: Int32) = (20_003, 70_020_000)
    func lats(_ points: [(lat_e7: Int32, lon_e7: Int32)]) -> [Int32] {
      FeedDecoder.apart(points).map(\.lat_e7)
    }
    let spot = [(lat_e7: Int32, lon_e7: Int32)](repeating: b, count: 5_000)
    #expect(lats([a] + spot + [c]) == [0, 0, 20_000])
    // The ends stay where they are.
    #expect(lats([a, b, c, near]) == [0, 0, 20_003])
    #expect(lats([c, near]) == [20_000, 20_003])
    #expect(lats([]) == [])
  }

  /// Pieces under one id: the time is the whole street's; a part of it closes nothing.
  @Test func piecesUnderOneIDShareTheirTime() {
    let blocks = Blocks(rows: 2, columns: 3, sameID: true)
    var times = FlowTimes(blocks.map)
    times.add([ArcSpan(arc: arc(blocks.map, 0), from_mm: 0, to_mm: 100_000)], .speed_kmh(18))
    // Seven pieces that way: one takes 20 s, the others 10 s.
    #expect(words(times.flows()) == ["7+ 0 80000"])
    #expect(times.shared == 1)
    times.add([ArcSpan(arc: arc(blocks.map, 1), from_mm: 0, to_mm: 100_000)], .closed)
    #expect(words(times.flows()) == ["7+ 0 80000"])
    #expect(times.closuresLeftOut == 1)
  }

  @Test func onlyChangesAreReported() {
    func flow(
      _ street: UInt64, _ ms: UInt32?, _ profile: StreetFlow.Profile = .both
    ) -> StreetFlow {
      StreetFlow(key: .init(street: street, isForward: true, profile: profile), travel_ms: ms)
    }
    var book = FlowBook()
    func changes(to flows: [StreetFlow]) -> [FlowChange] {
      let changes = book.changes(to: flows)
      for change in changes { book.took(change) }
      return changes
    }
    #expect(changes(to: [flow(1, 5), flow(2, nil)]).count == 2)
    #expect(changes(to: [flow(1, 5), flow(2, nil)]).isEmpty)
    let next = changes(to: [flow(2, 7), flow(3, 8)])
    #expect(next.map(\.time) == [.asMapped, .travel(ms: 7), .travel(ms: 8)])
    #expect(next.first?.key.street == 1)
    // For both, then for each profile: what held for both goes first, and both are said.
    _ = changes(to: [flow(2, 7)])
    let split = changes(to: [flow(2, 7, .response), flow(2, 9, .normal)])
    #expect(split.map(\.time) == [.asMapped, .travel(ms: 7), .travel(ms: 9)])
    // Refused, it is said again; and what went with a profile that was taken back is not held for reported.
    for _ in 0..<2 {
      #expect(book.changes(to: [flow(2, 7, .response), flow(2, 10, .normal)]).count == 1)
    }
    book.took(FlowChange(key: flow(2, 9, .normal).key, time: .asMapped))
    #expect(book.changes(to: [flow(2, 7, .response)]).map(\.time) == [.travel(ms: 7)])
    _ = changes(to: [flow(2, 7, .response), flow(2, 9, .normal)])
    #expect(changes(to: []).map(\.time) == [.asMapped, .asMapped])
    #expect(book.streets == 0)
  }

  /// A polyline as a map of China draws it, half a kilometre off until its datum is known.
  @Test func polylinesOfAShiftedDatumAreFound() throws {
    let lat: Int32 = 312_300_000
    let lon: Int32 = 1_214_700_000
    var draft = MapDraft()
    draft.nodes = [(lat, lon), (lat, lon + 40_000)]
    draft.streets = [
      MapDraft.Street(
        id: 5, from: 0, to: 1, length_mm: 380_600, forward: MapDraft.Times(30_000),
        backward: MapDraft.Times(30_000))
    ]
    let image = MapImage(draft)
    let ends = [(lat, lon + 40_000), (lat, lon)].map {
      Datum.gcj02.fromWGS84(lat_e7: $0.0, lon_e7: $0.1)
    }
    let text = ends.map { "\(Double($0.lon_e7) / 1e7),\(Double($0.lat_e7) / 1e7)" }
    let feed = try FeedReader.read(
      Array("[{\"polyline\":\"\(text.joined(separator: ";"))\",\"status\":\"4\"}]".utf8), name: "f",
      columns: FeedColumns())
    var shifted = FeedDecoder(image.map, datum: .gcj02)
    #expect(words(shifted.decode(feed).flows) == ["5- 0 150000"])
    var unshifted = FeedDecoder(image.map)
    #expect(unshifted.decode(feed).refused == ["no_road": 1])
  }
}
