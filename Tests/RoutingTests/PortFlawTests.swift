import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaMapBuild
@testable import HujiaRouting

/// Whatever number of the ports is changed under right checksums, opening finds it, or every question still answers.
@Suite struct PortFlawTests {
  /// A cross of two-way streets, a square around it, rules over a node and over a way.
  private static func draft() -> MapDraft {
    var draft = MapDraft()
    for place in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1)] {
      draft.nodes.append((lat_e7: Int32(place.0) * 10_000, lon_e7: Int32(place.1) * 10_000))
    }
    for (from, to) in [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)] as [(UInt32, UInt32)] {
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(draft.streets.count), from: from, to: to, length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: MapDraft.Times(10_000)))
    }
    func arc(_ street: Int, _ isForward: Bool) -> DraftArc {
      DraftArc(street: street, isForward: isForward)
    }
    draft.turns = [
      TurnRule(
        path: [arc(0, true)], to: arc(2, true), isMandatory: false, profiles: .normal),
      TurnRule(
        path: [arc(1, true), arc(3, true)], to: arc(4, true), isMandatory: false, profiles: .both),
    ]
    return draft
  }

  private func changed(
    _ image: MapImage, _ tag: UInt32, _ index: Int, to value: UInt32,
    _ body: (RoadMap) throws -> Void
  ) throws { try changed(image, [(tag, index, value)], body) }

  private func changed(
    _ image: MapImage, _ edits: [(tag: UInt32, index: Int, value: UInt32)],
    _ body: (RoadMap) throws -> Void
  ) throws {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: image.bytes.count, alignment: 64)
    defer { copy.deallocate() }
    copy.copyMemory(from: UnsafeRawBufferPointer(image.bytes))
    let count = image.map.sections.sectionCount
    for section in 0..<count {
      let entry = image.map.sections.entry(section)
      let own = edits.filter { $0.tag == entry.tag }
      if own.isEmpty { continue }
      for edit in own {
        copy.storeBytes(
          of: edit.value, toByteOffset: entry.offset + edit.index * 4, as: UInt32.self)
      }
      let content = UnsafeRawBufferPointer(
        rebasing: copy[entry.offset..<entry.offset + entry.bytes])
      copy.storeBytes(
        of: MapFormat.checksum(content), toByteOffset: 64 + section * 32 + 24, as: UInt64.self)
    }
    let table = UnsafeRawBufferPointer(rebasing: copy[64..<64 + count * 32])
    copy.storeBytes(of: MapFormat.checksum(table), toByteOffset: 24, as: UInt64.self)
    try body(try MapReader(UnsafeRawBufferPointer(copy), path: "test").map())
  }

  @Test func everyChangedNumberIsFoundOrAnswers() throws {
    let image = try MapCompilation(Self.draft()).image()
    let map = image.map
    #expect(map.flaw == nil && routingFlaw(map) == nil && map.untruth == nil)
    let untruth = try routingUntruth(map)
    #expect(untruth == nil)
    #expect(map.placeCount == 5 && map.splitPlaceCount == 3 && map.drivenArcCount == 10)
    #expect(map.ports?.bywayCount == 1 && map.ports?.reachCount == 1)
    var found = 0
    let tags = [
      PortTag.placeOf, PortTag.exitOf, PortTag.byways, PortTag.reach, MapTag.streetFacts,
      MapTag.streetLength, MapTag.arcStreet, MapTag.arcTail, MapTag.arcHead, MapTag.arcNormal,
    ]
    for tag in tags {
      let section = try #require(map.sections.find(tag))
      for index in 0..<section.count / 4 {
        let old = section.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        for value in [0, 1, UInt32(map.nodeCount) - 1, .max, old ^ 1 << 31] where value != old {
          try changed(image, tag, index, to: value) { map in
            if map.flaw != nil || routingFlaw(map) != nil {
              found += 1
              return
            }
            // Which of its ports a place is reached at, and all that only makes answers wrong.
            try answer(map)
          }
        }
      }
    }
    #expect(found > 500)
    withExtendedLifetime(image) {}
  }

  /// A link joins ports of one place: one that leads to another would let a route leap there for nothing. Two of them
  /// change their ends, and all that names them says so too: no other rule is broken.
  @Test func aLinkLeadsToItsOwnPlace() throws {
    let image = try MapCompilation(Self.draft()).image()
    let map = image.map
    let ports = try #require(map.ports)
    func entry(_ arc: Int) throws -> Int {
      try #require((0..<map.arcCount).first { map.inArc[$0] == arc })
    }
    let links = (0..<map.arcCount).filter { map.isLink($0) }
    var named = 0
    for arc in links {
      for other in links where other > arc {
        let (head, otherHead) = (map.arcHead[arc], map.arcHead[other])
        guard ports.placeOf[Int(head)] != ports.placeOf[Int(otherHead)] else { continue }
        let edits = [
          (MapTag.arcHead, arc, otherHead), (MapTag.arcHead, other, head),
          (MapTag.inArc, try entry(arc), UInt32(other)),
          (MapTag.inArc, try entry(other), UInt32(arc)),
        ]
        try changed(image, edits) { map in
          #expect(map.flaw != nil, "links \(arc) and \(other)")
          if map.flaw?.contains("is no link") == true { named += 1 }
        }
      }
    }
    #expect(links.count > 1 && named > 0, "\(named) among \(links.count) links")
    withExtendedLifetime(image) {}
  }

  private func answer(_ map: RoadMap) throws {
    var router = try Router(map: map, unitCapacity: 2, memory: .system)
    var places: [Place] = []
    for street in 0..<UInt32(map.streetCount) {
      for isFirst in [true, false] {
        var place = Place(
          street: street, offset_mm: isFirst ? 0 : map.streetLength_mm[Int(street)],
          node: map.end(of: street, isFirst: isFirst), gap_dm: 0, lat_e7: 0, lon_e7: 0,
          isOffNetwork: false)
        places.append(place)
        place.node = Place.none
        places.append(place)
      }
    }
    var points = [RoutePoint](
      repeating: RoutePoint(lat_e7: 0, lon_e7: 0, time_ms: 0, distance_dm: 0, street: 0), count: 90)
    for from in places {
      for to in places {
        let travel = router.travel(from: from, to: to, profile: .normal)
        let route = router.route(
          from: from, to: to, profile: .normal, into: &points, capacity: points.count)
        #expect(route.travel_ms == travel.travel_ms)
      }
    }
  }
}
