import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

/// A compiled map says exactly what its draft said.
@Suite struct MapImageTests {
  @Test func everyStreetAndArcOfTheDraftIsThere() {
    for seed in 0..<UInt64(Scale.count(150, full: 3_000)) {
      let draft = SmallMaps.draft(seed: seed)
      let image = MapImage(draft)
      let map = image.map
      #expect(map.flaw == nil, "seed \(seed)")
      #expect(map.nodeCount == draft.nodes.count)
      #expect(map.streetCount == draft.streets.count)
      var arcs = 0
      for (index, street) in draft.streets.enumerated() {
        #expect(map.streetID[index] == street.id)
        #expect(map.streetLength_mm[index] == street.length_mm)
        #expect(map.name(ofStreet: UInt32(index)) == street.name)
        let facts = map.streetFacts[index]
        arcs += check(map, street, index, street.forward, facts.forwardArc, true)
        arcs += check(map, street, index, street.backward, facts.backwardArc, false)
        let first = Int(map.streetFirstPoint[index])
        let shape = [draft.nodes[Int(street.from)]] + street.inner + [draft.nodes[Int(street.to)]]
        #expect(Int(map.streetFirstPoint[index + 1]) - first == shape.count)
        for (place, point) in shape.enumerated() {
          #expect(map.pointLat_e7[first + place] == point.lat_e7)
          #expect(map.pointLon_e7[first + place] == point.lon_e7)
        }
      }
      #expect(map.arcCount == arcs)
      for arc in 1..<max(map.arcCount, 1) {
        let before = (map.arcTail[arc - 1], map.arcHead[arc - 1], map.arcStreet[arc - 1])
        #expect(before <= (map.arcTail[arc], map.arcHead[arc], map.arcStreet[arc]))
      }
      withExtendedLifetime(image) {}
    }
  }

  /// One when the arc is as the draft has it.
  private func check(
    _ map: RoadMap, _ street: MapDraft.Street, _ index: Int, _ times: MapDraft.Times?,
    _ arc: UInt32, _ isForward: Bool
  ) -> Int {
    guard let times else {
      #expect(arc == RoadMap.none)
      return 0
    }
    let a = Int(arc)
    #expect(map.arcTail[a] == (isForward ? street.from : street.to))
    #expect(map.arcHead[a] == (isForward ? street.to : street.from))
    #expect(map.arcNormal_ms[a] == times.normal_ms)
    #expect(map.arcResponse_ms[a] == times.response_ms)
    #expect(Int(map.arcStreet[a]) == index)
    return 1
  }

  /// Parts against reachability by repeated closing (Warshall).
  @Test func partsAreWhatReachesEachOther() {
    for seed in 0..<UInt64(Scale.count(100, full: 2_000)) {
      let image = MapImage(SmallMaps.draft(seed: seed, mostNodes: 12))
      let map = image.map
      let count = map.nodeCount
      var reaches = [Bool](repeating: false, count: count * count)
      for node in 0..<count { reaches[node * count + node] = true }
      for arc in 0..<map.arcCount {
        reaches[Int(map.arcTail[arc]) * count + Int(map.arcHead[arc])] = true
      }
      for middle in 0..<count {
        for from in 0..<count where reaches[from * count + middle] {
          for to in 0..<count where reaches[middle * count + to] {
            reaches[from * count + to] = true
          }
        }
      }
      var sizes: [UInt32: Int] = [:]
      for from in 0..<count {
        sizes[map.nodePart[from], default: 0] += 1
        for to in 0..<count {
          let together = reaches[from * count + to] && reaches[to * count + from]
          #expect((map.nodePart[from] == map.nodePart[to]) == together, "seed \(seed)")
        }
      }
      let largest = sizes.values.max() ?? 0
      #expect(sizes[0] == largest)
      withExtendedLifetime(image) {}
    }
  }

  @Test func oppositeCarriagewaysFindEachOther() {
    var draft = MapDraft()
    draft.nodes = [(377_000_000, -1_224_000_000), (377_010_000, -1_224_000_000)]
    let time = MapDraft.Times(1_000)
    let bend = [(lat_e7: Int32(377_005_000), lon_e7: Int32(-1_223_999_000))]
    func row(
      _ id: UInt64, _ from: UInt32, _ to: UInt32, _ length: UInt32, bent: Bool, both: Bool = false
    ) {
      draft.streets.append(
        MapDraft.Street(
          id: id, from: from, to: to, length_mm: length, inner: bent ? bend : [], forward: time,
          backward: both ? time : nil))
    }
    row(0, 0, 1, 111_000, bent: false)
    row(1, 1, 0, 111_501, bent: false)  // half a metre and a bit: another street
    row(2, 1, 0, 111_500, bent: true)  // another shape
    row(3, 1, 0, 111_500, bent: false)
    row(4, 1, 0, 111_000, bent: false)  // its partner is taken
    row(5, 0, 1, 111_600, bent: false, both: true)  // both ways: needs none
    row(6, 0, 1, 111_500, bent: true)
    let image = MapImage(draft)
    let none = RoadMap.none
    // Street 1 is within half a metre of none but... 0 takes the lowest that fits.
    let twins = (0..<7).map { image.map.streetFacts[$0].twin }
    #expect(twins == [3, none, 6, 0, none, none, 2])
    withExtendedLifetime(image) {}
  }

  @Test func renumberedIsTheSameNetwork() {
    var random = SplitMix64(4)
    for seed in 0..<UInt64(30) {
      let draft = SmallMaps.draft(seed: seed)
      var rank = (0..<UInt32(draft.nodes.count)).map { $0 }
      for place in rank.indices.reversed() where place > 0 {
        rank.swapAt(place, random.below(place + 1))
      }
      let plain = MapImage(draft)
      var renumbered = draft
      renumbered.renumber(rank)
      let image = MapImage(renumbered)
      #expect(image.map.flaw == nil)
      for node in draft.nodes.indices {
        #expect(image.map.nodeLat_e7[Int(rank[node])] == draft.nodes[node].lat_e7)
      }
      for street in draft.streets.indices {
        for (old, new) in [
          (plain.map.streetFacts[street].forwardArc, image.map.streetFacts[street].forwardArc),
          (plain.map.streetFacts[street].backwardArc, image.map.streetFacts[street].backwardArc),
        ] {
          guard old != RoadMap.none else {
            #expect(new == RoadMap.none)
            continue
          }
          #expect(rank[Int(plain.map.arcTail[Int(old)])] == image.map.arcTail[Int(new)])
          #expect(rank[Int(plain.map.arcHead[Int(old)])] == image.map.arcHead[Int(new)])
        }
      }
      withExtendedLifetime((plain, image)) {}
    }
  }

  @Test func theEmptyMapAnswers() {
    let map = RoadMap.empty
    #expect(map.nodeCount == 0)
    #expect(map.streetCount == 0)
    #expect(map.arcCount == 0)
    #expect(map.flaw == nil)
    let place = map.snap(lat_e7: 377_000_000, lon_e7: -1_224_000_000, limit_mm: 250_000)
    #expect(!place.isOnStreets)
    #expect(place.isOffNetwork)
    #expect(place.node == Place.none)
    #expect(place.lat_e7 == 377_000_000)
    #expect(place.lon_e7 == -1_224_000_000)
  }

  /// What the engine has without a map is what nothing compiles to.
  @Test func theEmptyMapIsThatOfAnEmptyDraft() {
    let image = MapImage(MapDraft())
    let (empty, compiled) = (RoadMap.empty, image.map)
    for map in [empty, compiled] {
      #expect(map.nodeCount == 0 && map.streetCount == 0 && map.arcCount == 0)
      #expect(map.mainlands == RoadMap.none && map.names == nil && map.streetByID == nil)
      #expect(map.areStreetIDsAscending)
      #expect(map.gridSouth_e7 == 0 && map.gridWest_e7 == 0)
      #expect(map.gridRows == 0 && map.gridColumns == 0)
      #expect(map.cellLat_e7 == 1 && map.cellLon_e7 == 1)
      #expect(map.firstOut[0] == 0 && map.firstIn[0] == 0 && map.streetFirstPoint[0] == 0)
      #expect(map.firstInCell[0] == 0)
      #expect(map.flaw == nil && map.street(withID: 0) == RoadMap.none)
      #expect(!map.hasGrid(around: 0, 0))
    }
    #expect(empty.sections.find(MapTag.facts) == nil)
    withExtendedLifetime(image) {}
  }

  /// Ids in any order, and several pieces of one id: all are found, others are not, on a map of today and on one
  /// from before the order of the ids was stored.
  @Test func streetsAreFoundByID() {
    for seed in 0..<UInt64(Scale.count(60, full: 2_000)) {
      var random = SplitMix64(seed &* 7 &+ 1)
      var draft = SmallMaps.draft(seed: seed)
      if random.chance(80) {
        for street in draft.streets.indices {
          draft.streets[street].id = random.chance(10) ? .max : UInt64(random.below(20))
        }
      }
      let image = MapImage(draft)
      #expect(image.map.flaw == nil)
      var old = image.map
      old.streetByID = nil
      for id in (0...22).map(UInt64.init) + draft.streets.map(\.id) + [.max, .max - 1] {
        let expected = draft.streets.indices.filter { draft.streets[$0].id == id }
        for map in [image.map, old] {
          var found: [Int] = []
          map.forEachStreet(withID: id) { found.append(Int($0)) }
          #expect(found == expected, "seed \(seed), id \(id)")
          #expect(map.street(withID: id) == expected.first.map { UInt32($0) } ?? RoadMap.none)
        }
      }
      withExtendedLifetime(image) {}
    }
  }

  @Test func aMapWithoutNamesHasNone() {
    var draft = SmallMaps.draft(seed: 4)
    let named = MapImage(draft)
    for street in draft.streets.indices { draft.streets[street].name = "" }
    let image = MapImage(draft)
    #expect(image.map.flaw == nil)
    #expect(image.map.names == nil)
    #expect(named.map.names != nil)
    #expect(image.bytes.count < named.bytes.count)
    for street in 0..<UInt32(image.map.streetCount) {
      #expect(image.map.nameBytes(ofStreet: street).isEmpty)
    }
    withExtendedLifetime((image, named)) {}
  }
}
