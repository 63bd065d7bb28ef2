// References on small maps whose streets one can draw: which arcs they name, from where to where, and in times.

import HujiaGeography
import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import HujiaTrafficFeed
import Testing

/// A grid of blocks 100 m wide at the equator; streets both ways, ids 1, 2 …; west to east first, then south to north.
struct Blocks {
  static let step_e7: Int32 = 8_993
  let image: MapImage
  var map: RoadMap { image.map }
  let columns: Int

  /// `turns`: of a draft whose streets stand in the order of their ids.
  init(
    rows: Int, columns: Int, oneWayRows: Set<Int> = [], sameID: Bool = false,
    turns: [TurnRule] = []
  ) {
    self.columns = columns
    var draft = MapDraft()
    for row in 0..<rows {
      for column in 0..<columns {
        draft.nodes.append(
          (lat_e7: Int32(row) * Self.step_e7, lon_e7: 70_000_000 + Int32(column) * Self.step_e7))
      }
    }
    var id: UInt64 = 1
    func add(_ from: Int, _ to: Int, isOneWay: Bool) {
      draft.streets.append(
        MapDraft.Street(
          id: sameID ? 7 : id, from: UInt32(from), to: UInt32(to), length_mm: 100_000,
          forward: MapDraft.Times(10_000), backward: isOneWay ? nil : MapDraft.Times(10_000)))
      id += 1
    }
    for row in 0..<rows {
      for column in 1..<columns {
        add(row * columns + column - 1, row * columns + column, isOneWay: oneWayRows.contains(row))
      }
    }
    for row in 1..<rows {
      for column in 0..<columns {
        add((row - 1) * columns + column, row * columns + column, isOneWay: false)
      }
    }
    draft.turns = turns
    image = MapImage(draft)
  }

  func point(
    row: Double, column: Double, bearing: Double, next: Double = 0, slack: Double = 29.3
  ) -> LinePoint {
    LinePoint(
      lat_e7: Int32(row * Double(Self.step_e7)),
      lon_e7: 70_000_000 + Int32(column * Double(Self.step_e7)), bearing_deg: bearing,
      toNext_m: next, slack_m: slack)
  }

  /// "3+ 20-100": street, direction, metres.
  func words(_ spans: [ArcSpan]) -> [String] {
    spans.map { span in
      let street = map.arcStreet[Int(span.arc)]
      let isForward = map.streetFacts[Int(street)].forwardArc == span.arc
      let from = (span.from_mm + 500) / 1_000
      let to = (span.to_mm + 500) / 1_000
      return "\(map.streetID[Int(street)])\(isForward ? "+" : "-") \(from)-\(to)"
    }
  }

  func match(_ line: LineReference) -> [String] {
    var matcher = LineMatcher(map)
    do throws(MatchRefusal) { return words(try matcher.match(line)) } catch {
      return [error.rawValue]
    }
  }
}

@Suite struct LineMatcherTests {
  /// Along the second row from the west: streets 4, 5, 6 of the row, and the same the other way round.
  @Test func directionsChooseAmongStreetsOfOneJunction() {
    let blocks = Blocks(rows: 3, columns: 4)
    let east = LineReference(points: [
      blocks.point(row: 1, column: 0, bearing: 90, next: 300),
      blocks.point(row: 1, column: 3, bearing: 270),
    ])
    #expect(blocks.match(east) == ["4+ 0-100", "5+ 0-100", "6+ 0-100"])
    let west = LineReference(points: [
      blocks.point(row: 1, column: 3, bearing: 270, next: 300),
      blocks.point(row: 1, column: 0, bearing: 90),
    ])
    #expect(blocks.match(west) == ["6- 0-100", "5- 0-100", "4- 0-100"])
  }

  /// First east then north: the bearings of the ends choose among two ways of one length.
  @Test func theWayTurnsWhereTheBearingsSay() {
    let blocks = Blocks(rows: 2, columns: 2)
    let line = LineReference(points: [
      blocks.point(row: 0, column: 0, bearing: 90, next: 200),
      blocks.point(row: 1, column: 1, bearing: 180),
    ])
    #expect(blocks.match(line) == ["1+ 0-100", "4+ 0-100"])
  }

  @Test func offsetsCutTheEnds() {
    let blocks = Blocks(rows: 2, columns: 4)
    let line = LineReference(
      points: [
        blocks.point(row: 0, column: 0, bearing: 90, next: 300),
        blocks.point(row: 0, column: 3, bearing: 270),
      ], startShare: 0.5, endShare: 1.0 / 6)
    #expect(blocks.match(line) == ["2+ 50-100", "3+ 0-50"])
  }

  /// From street 4 over street 5 one may not turn north into 16: street 5 has a byway, and a line that ends on it comes
  /// over the node where both come together.
  @Test func aStreetWithABywayIsReached() {
    let path = [3, 4].map { DraftArc(street: $0, isForward: true) }
    let north = DraftArc(street: 15, isForward: true)
    let blocks = Blocks(
      rows: 3, columns: 4,
      turns: [TurnRule(path: path, to: north, isMandatory: false, profiles: .both)])
    #expect(blocks.map.ports?.bywayCount == 1 && blocks.map.ports?.reachCount == 1)
    let ending = LineReference(points: [
      blocks.point(row: 1, column: 0, bearing: 90, next: 200),
      blocks.point(row: 1, column: 2, bearing: 270),
    ])
    #expect(blocks.match(ending) == ["4+ 0-100", "5+ 0-100"])
    let between = LineReference(points: [
      blocks.point(row: 1, column: 0.2, bearing: 90, next: 130),
      blocks.point(row: 1, column: 1.5, bearing: 90, next: 150),
      blocks.point(row: 1, column: 3, bearing: 270),
    ])
    #expect(blocks.match(between) == ["4+ 20-100", "5+ 0-100", "6+ 0-100"])
    // As without the rule, and the other way round.
    #expect(blocks.match(between) == Blocks(rows: 3, columns: 4).match(between))
    let back = LineReference(points: [
      blocks.point(row: 1, column: 3, bearing: 270, next: 300),
      blocks.point(row: 1, column: 0, bearing: 90),
    ])
    #expect(blocks.match(back) == ["6- 0-100", "5- 0-100", "4- 0-100"])
  }

  @Test func aOneWayStreetIsNotDrivenAgainst() {
    let blocks = Blocks(rows: 3, columns: 4, oneWayRows: [1])
    let line = LineReference(points: [
      blocks.point(row: 1, column: 3, bearing: 270, next: 300),
      blocks.point(row: 1, column: 0, bearing: 90),
    ])
    #expect(blocks.match(line) == ["no_road"])
    let far = LineReference(points: [
      blocks.point(row: 9, column: 3, bearing: 270, next: 300),
      blocks.point(row: 9, column: 0, bearing: 90),
    ])
    #expect(blocks.match(far) == ["no_road"])
  }

  /// A pair that a way of that length does not join, however near its points are.
  @Test func lengthsThatCannotBeAreRefused() {
    let blocks = Blocks(rows: 2, columns: 4)
    let line = LineReference(points: [
      blocks.point(row: 0, column: 0, bearing: 90, next: 2_000),
      blocks.point(row: 0, column: 1, bearing: 270),
    ])
    #expect(blocks.match(line) == ["no_way"])
    #expect(blocks.match(LineReference(points: [])) == ["empty"])
    var far = line
    far.points[0].toNext_m = 25_001
    #expect(blocks.match(far) == ["too_long"])
  }

  /// Forged references on a map: found or refused, and every part of an arc within it.
  @Test func forgedReferencesStayWithinTheMap() {
    let blocks = Blocks(rows: 5, columns: 5, oneWayRows: [2])
    var random = SplitMix64(155)
    var matcher = LineMatcher(blocks.map)
    var found = 0
    for _ in 0..<3_000 {
      let points = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        blocks.point(
          row: Double.random(in: -0.5...5, using: &random),
          column: Double.random(in: -0.5...5, using: &random),
          bearing: Double.random(in: -10...360, using: &random),
          next: Double.random(in: 0...900, using: &random))
      }
      let line = LineReference(
        points: points, startShare: Double.random(in: 0...1, using: &random),
        endShare: Double.random(in: 0...1, using: &random))
      guard let spans = try? matcher.match(line) else { continue }
      found += 1
      for span in spans { #expect(span.from_mm < span.to_mm && span.to_mm <= 100_000) }
      for (a, b) in zip(spans, spans.dropFirst()) where a.arc != b.arc {
        #expect(blocks.map.arcHead[Int(a.arc)] == blocks.map.arcTail[Int(b.arc)])
      }
    }
    #expect(found > 30)
  }
}

@Suite struct ShortWaysTests {
  /// The search against Bellman and Ford's, on maps whose streets have lengths of their own.
  @Test func waysAreAsShortAsTheSlowTwinFindsThem() {
    var random = SplitMix64(156)
    for _ in 0..<10 {
      var draft = MapDraft()
      let nodes = 12
      for _ in 0..<nodes {
        draft.nodes.append((Int32(random.below(90_000)), 70_000_000 + Int32(random.below(90_000))))
      }
      for id in 1...30 {
        let from = random.below(nodes)
        let to = (from + 1 + random.below(nodes - 1)) % nodes
        draft.streets.append(
          MapDraft.Street(
            id: UInt64(id), from: UInt32(from), to: UInt32(to),
            length_mm: UInt32(1 + random.below(50_000)), forward: MapDraft.Times(1_000),
            backward: random.chance(50) ? MapDraft.Times(1_000) : nil))
      }
      let image = MapImage(draft)
      let map = image.map
      var ways = ShortWays(map)
      for first in 0..<UInt32(map.arcCount) {
        let most_mm = UInt32(random.below(120_000))
        ways.search(from: first, to: Array(0..<UInt32(map.nodeCount)), most_mm: most_mm)
        let slow = slowLengths(map, from: first)
        for node in 0..<map.nodeCount {
          let expected = slow[node].flatMap { $0 <= UInt64(most_mm) ? UInt32($0) : nil }
          #expect(ways.length_mm(to: UInt32(node)) == expected)
        }
      }
      withExtendedLifetime(image) {}
    }
  }

  /// Without the way straight back along the first arc's street.
  private func slowLengths(_ map: RoadMap, from first: UInt32) -> [UInt64?] {
    var lengths = [UInt64?](repeating: nil, count: map.nodeCount)
    let start = Int(map.arcHead[Int(first)])
    lengths[start] = 0
    for _ in 0..<map.nodeCount {
      for arc in 0..<map.arcCount {
        let tail = Int(map.arcTail[arc])
        if tail == start, arc != Int(first), map.arcStreet[arc] == map.arcStreet[Int(first)] {
          continue
        }
        guard let length = lengths[tail] else { continue }
        let sum = length + UInt64(map.streetLength_mm[Int(map.arcStreet[arc])])
        let head = Int(map.arcHead[arc])
        if sum < lengths[head] ?? .max { lengths[head] = sum }
      }
    }
    return lengths
  }
}
