// Directions joined to streets by geometry and name: a street is one-way where the directed arcs beside it, parallel to
// it, all run one way, along most of its length.

import Glibc
import HujiaMapBuild

package struct DirectionJoin {
  /// Farther is another street; the carriageways of one boulevard, and the two lines that a table draws of it, are
  /// nearer to each other. San Francisco: with 20 m a fifth of Van Ness Avenue would be one-way, with 30 m none of it
  /// is.
  private static let reach_m = 30.0
  /// Cosine of 25 degrees.
  private static let parallel = 0.906
  private static let samples = 7
  /// A shorter street needs a neighbour of its name that agrees.
  private static let sure_mm: UInt32 = 60_000
  private static let cell_m = 100.0

  private struct Segment {
    var x: Double
    var y: Double
    var dx: Double
    var dy: Double
    var length: Double
    var isTwoWay: Bool
  }

  private enum Vote { case forward, backward, both, none }

  private let origin: (lat_e7: Int32, lon_e7: Int32)
  private let lonScale: Double
  private var segments: [Segment] = []
  private var cells: [Int64: [Int32]] = [:]

  /// Makes streets of the draft one-way that are driven both ways; the others are left as they are.
  package static func apply(_ source: DirectionSource, to draft: inout MapDraft) -> DirectionCounts
  {
    guard let first = draft.nodes.first else { return DirectionCounts() }
    let join = DirectionJoin(source, draft, origin: first)
    var counts = DirectionCounts()
    var found: [Int: Vote] = [:]
    for index in draft.streets.indices {
      let street = draft.streets[index]
      guard street.forward != nil, street.backward != nil else { continue }
      switch join.vote(street, draft) {
      case .forward: found[index] = .forward
      case .backward: found[index] = .backward
      case .both: counts.twoWay += 1
      case .none: counts.unmatched += 1
      }
    }
    let agreed = Agreement(draft, found.mapValues { $0 == .forward })
    for (index, vote) in found.sorted(by: { $0.key < $1.key }) {
      guard draft.streets[index].length_mm >= sure_mm || agreed.hasNeighbour(index) else {
        counts.alone += 1
        continue
      }
      counts.oneWay += 1
      if vote == .forward {
        draft.streets[index].backward = nil
      } else {
        draft.streets[index].forward = nil
      }
    }
    return counts
  }

  private init(
    _ source: DirectionSource, _ draft: MapDraft, origin: (lat_e7: Int32, lon_e7: Int32)
  ) {
    self.origin = origin
    lonScale = cos(Double(origin.lat_e7) / 1e7 * .pi / 180)
    let places = draft.nodes.map { metres($0) }
    let west = (places.map(\.x).min() ?? 0) - Self.cell_m
    let east = (places.map(\.x).max() ?? 0) + Self.cell_m
    let south = (places.map(\.y).min() ?? 0) - Self.cell_m
    let north = (places.map(\.y).max() ?? 0) + Self.cell_m
    for arc in source.arcs {
      let from = metres(arc.from)
      let to = metres(arc.to)
      let length = hypot(to.x - from.x, to.y - from.y)
      // Longer than any block: no straight street.
      guard length > 0, length < 5_000, max(from.x, to.x) > west, min(from.x, to.x) < east,
        max(from.y, to.y) > south, min(from.y, to.y) < north
      else { continue }
      add(
        Segment(
          x: from.x, y: from.y, dx: (to.x - from.x) / length, dy: (to.y - from.y) / length,
          length: length, isTwoWay: arc.isTwoWay))
    }
  }

  private func metres(_ point: (lat_e7: Int32, lon_e7: Int32)) -> (x: Double, y: Double) {
    let metre_e7 = 0.011_119_493
    let east = (Double(point.lon_e7) - Double(origin.lon_e7)) * metre_e7 * lonScale
    return (east, (Double(point.lat_e7) - Double(origin.lat_e7)) * metre_e7)
  }

  private static func key(_ column: Int, _ row: Int) -> Int64 {
    Int64(column) << 32 ^ Int64(row) & 0xffff_ffff
  }

  private static func cell(_ metres: Double) -> Int { Int((metres / cell_m).rounded(.down)) }

  private mutating func add(_ segment: Segment) {
    let number = Int32(segments.count)
    segments.append(segment)
    var last: Int64?
    // Every 25 m, and what lies in reach of it.
    for step in stride(from: 0, through: segment.length, by: Self.cell_m / 4) {
      let column = Self.cell(segment.x + segment.dx * step)
      let row = Self.cell(segment.y + segment.dy * step)
      guard Self.key(column, row) != last else { continue }
      last = Self.key(column, row)
      for near in -1...1 {
        for beside in -1...1 {
          let key = Self.key(column + near, row + beside)
          if cells[key]?.last != number { cells[key, default: []].append(number) }
        }
      }
    }
  }

  private func vote(_ street: MapDraft.Street, _ draft: MapDraft) -> Vote {
    let shape =
      [draft.nodes[Int(street.from)]] + street.inner + [draft.nodes[Int(street.to)]]
    let points = shape.map { metres($0) }
    let lengths = (1..<points.count).map {
      hypot(points[$0].x - points[$0 - 1].x, points[$0].y - points[$0 - 1].y)
    }
    let whole = lengths.reduce(0, +)
    guard whole > 0 else { return .none }
    var votes: [Vote] = []
    for sample in 0..<Self.samples {
      // Not at the ends, where cross streets are as near.
      var rest = whole * (0.15 + 0.7 * Double(sample) / Double(Self.samples - 1))
      var piece = 0
      while piece < lengths.count - 1, rest > lengths[piece] {
        rest -= lengths[piece]
        piece += 1
      }
      guard lengths[piece] > 0 else { continue }
      let (a, b) = (points[piece], points[piece + 1])
      let (dx, dy) = ((b.x - a.x) / lengths[piece], (b.y - a.y) / lengths[piece])
      votes.append(vote(x: a.x + dx * rest, y: a.y + dy * rest, dx: dx, dy: dy))
    }
    func count(_ vote: Vote) -> Int { votes.count { $0 == vote } }
    let most = Self.samples / 2 + 1
    if count(.forward) >= most, count(.backward) == 0, count(.both) <= 1 { return .forward }
    if count(.backward) >= most, count(.forward) == 0, count(.both) <= 1 { return .backward }
    return count(.both) >= most ? .both : .none
  }

  private func vote(x: Double, y: Double, dx: Double, dy: Double) -> Vote {
    var along = Double.infinity
    var against = Double.infinity
    for number in cells[Self.key(Self.cell(x), Self.cell(y))] ?? [] {
      let segment = segments[Int(number)]
      let cosine = segment.dx * dx + segment.dy * dy
      guard abs(cosine) >= Self.parallel else { continue }
      let step = min(
        max((x - segment.x) * segment.dx + (y - segment.y) * segment.dy, 0), segment.length)
      let distance = hypot(
        x - segment.x - segment.dx * step, y - segment.y - segment.dy * step)
      guard distance <= Self.reach_m else { continue }
      if segment.isTwoWay || cosine > 0 { along = min(along, distance) }
      if segment.isTwoWay || cosine < 0 { against = min(against, distance) }
    }
    if along.isInfinite, against.isInfinite { return .none }
    return against.isInfinite ? .forward : along.isInfinite ? .backward : .both
  }
}

/// Whether a street goes on, one-way and under its name, at either end.
private struct Agreement {
  private let draft: MapDraft
  private let isForward: [Int: Bool]
  private var byEnd: [UInt32: [Int]] = [:]

  init(_ draft: MapDraft, _ isForward: [Int: Bool]) {
    self.draft = draft
    self.isForward = isForward
    for index in isForward.keys {
      byEnd[draft.streets[index].from, default: []].append(index)
      byEnd[draft.streets[index].to, default: []].append(index)
    }
  }

  private func ends(_ index: Int) -> (from: UInt32, to: UInt32) {
    let street = draft.streets[index]
    return isForward[index] == true ? (street.from, street.to) : (street.to, street.from)
  }

  func hasNeighbour(_ index: Int) -> Bool {
    let own = ends(index)
    let name = draft.streets[index].name
    guard !name.isEmpty else { return false }
    return [own.from, own.to].contains { node in
      (byEnd[node] ?? []).contains { other in
        let ends = ends(other)
        return other != index && draft.streets[other].name == name
          && (ends.to == own.from || ends.from == own.to)
      }
    }
  }
}
