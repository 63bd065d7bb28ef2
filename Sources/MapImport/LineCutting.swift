// Where lines meet: at points they share, where they cross, where one ends on another. Integers decide; the point of a
// crossing is rounded to 1e-7 degrees, 1 cm.

struct LineCutting {
  struct Point: Hashable {
    var lat_e7: Int32
    var lon_e7: Int32
  }

  /// A point and the level that meets there: lines of other levels pass over or under it.
  struct Junction: Hashable {
    var point: Point
    var level: Int
  }

  struct Piece {
    var from: Junction
    var to: Junction
    var inner: [Point]
  }

  struct Cut {
    var pieces: [[Piece]]
    /// Crossings without a common point that were joined, and those at other levels.
    var crossings = 0
    var bridged = 0
  }

  private struct Segment {
    var line: Int32
    var place: Int32
  }

  private var lines: [[Point]] = []
  private var layers: [Int] = []
  /// 0.002 degrees, about 200 m: some segments a cell.
  private static let cell_e7: Int64 = 20_000
  /// An end within this of a line lies on it: 25 cm.
  private static let touch_e7 = 22.0
  /// Pairs that are looked at, a segment; streets need about 20.
  private static let mostPairs = 200

  /// Two points or more.
  mutating func add(_ points: [Point], layer: Int) {
    lines.append(points)
    layers.append(layer)
  }

  /// Nil = far more segments lie beside each other than streets ever do.
  mutating func cut() -> Cut? {
    var result = Cut(pieces: [])
    guard let inserted = crossings(&result) else { return nil }
    for (line, points) in inserted where !points.isEmpty { insert(points, into: line) }
    // A point is a junction where two come by at one level, or where any line ends.
    var uses: [Junction: Int] = [:]
    var ends: Set<Point> = []
    for (line, points) in lines.enumerated() {
      for point in points { uses[Junction(point: point, level: layers[line]), default: 0] += 1 }
      ends.formUnion([points[0], points[points.count - 1]])
    }
    for (line, points) in lines.enumerated() {
      let level = layers[line]
      /// Where a line ends, all that have this point meet: a bridge's end is on the ground.
      func junction(_ point: Point) -> Junction {
        Junction(point: point, level: ends.contains(point) ? .min : level)
      }
      var pieces: [Piece] = []
      var start = 0
      for place in 1..<points.count {
        let isUsed = uses[Junction(point: points[place], level: level)] ?? 0 > 1
        guard place == points.count - 1 || isUsed || ends.contains(points[place]) else { continue }
        pieces.append(
          Piece(
            from: junction(points[start]), to: junction(points[place]),
            inner: Array(points[(start + 1)..<place])))
        start = place
      }
      result.pieces.append(pieces)
    }
    return result
  }

  private mutating func insert(
    _ points: [(place: Int, share: Double, point: Point)], into line: Int
  ) {
    var shape: [Point] = []
    let sorted = points.sorted { ($0.place, $0.share) < ($1.place, $1.share) }
    var next = 0
    for (place, point) in lines[line].enumerated() {
      if shape.last != point { shape.append(point) }
      while next < sorted.count, sorted[next].place == place {
        if shape.last != sorted[next].point { shape.append(sorted[next].point) }
        next += 1
      }
    }
    if shape.count >= 2 { lines[line] = shape }
  }

  /// Points to be put into each line. Nil = too many pairs.
  private func crossings(
    _ result: inout Cut
  ) -> [Int: [(place: Int, share: Double, point: Point)]]? {
    var cells: [Int64: [Segment]] = [:]
    var count = 0
    for (line, points) in lines.enumerated() {
      for place in 0..<points.count - 1 {
        let segment = Segment(line: Int32(line), place: Int32(place))
        count += 1
        guard
          forEachCell(points[place], points[place + 1], { cells[$0, default: []].append(segment) })
        else { return nil }
      }
    }
    var budget = count * Self.mostPairs + 1_000_000
    var inserted: [Int: [(place: Int, share: Double, point: Point)]] = [:]
    for (key, segments) in cells.sorted(by: { $0.key < $1.key }) {
      budget -= segments.count * segments.count / 2
      guard budget >= 0 else { return nil }
      for first in segments.indices {
        for second in segments[(first + 1)...] where second.line != segments[first].line {
          meet(segments[first], second, key, &inserted, &result)
        }
      }
    }
    return inserted
  }

  private static func key(_ lat: Int64, _ lon: Int64) -> Int64 { lat << 32 ^ lon & 0xffff_ffff }

  private static func cell(_ lat_e7: Int64, _ lon_e7: Int64) -> Int64 {
    key(
      lat_e7 >= 0 ? lat_e7 / cell_e7 : -1 - (-lat_e7 - 1) / cell_e7,
      lon_e7 >= 0 ? lon_e7 / cell_e7 : -1 - (-lon_e7 - 1) / cell_e7)
  }

  /// The cells of a segment's box; false when they are absurdly many.
  private func forEachCell(_ a: Point, _ b: Point, _ body: (Int64) -> Void) -> Bool {
    let slack = Int64(Self.touch_e7)
    let south = Int64(min(a.lat_e7, b.lat_e7)) - slack
    let north = Int64(max(a.lat_e7, b.lat_e7)) + slack
    let west = Int64(min(a.lon_e7, b.lon_e7)) - slack
    let east = Int64(max(a.lon_e7, b.lon_e7)) + slack
    let rows = (north - south) / Self.cell_e7 + 2
    let columns = (east - west) / Self.cell_e7 + 2
    guard rows * columns <= 250_000 else { return false }
    for row in 0..<rows {
      for column in 0..<columns {
        let lat = south + row * Self.cell_e7
        let lon = west + column * Self.cell_e7
        guard lat - Self.cell_e7 < north, lon - Self.cell_e7 < east else { continue }
        body(Self.cell(lat, lon))
      }
    }
    return true
  }

  private func ends(_ segment: Segment) -> (Point, Point) {
    let points = lines[Int(segment.line)]
    return (points[Int(segment.place)], points[Int(segment.place) + 1])
  }

  /// Adds where two segments meet, once: in the cell that the meeting lies in.
  private func meet(
    _ first: Segment, _ second: Segment, _ cell: Int64,
    _ inserted: inout [Int: [(place: Int, share: Double, point: Point)]], _ result: inout Cut
  ) {
    let (a, b) = ends(first)
    let (c, d) = ends(second)
    if a == c || a == d || b == c || b == d { return }
    let isLevel = layers[Int(first.line)] == layers[Int(second.line)]
    func put(_ segment: Segment, _ share: Double, _ point: Point) {
      let (from, to) = ends(segment)
      guard point != from, point != to else { return }
      inserted[Int(segment.line), default: []].append((Int(segment.place), share, point))
    }
    if isLevel {
      // An end of a line that lies on the other segment.
      var touches = false
      for (end, isEnd) in [(a, isLineEnd(first, 0)), (b, isLineEnd(first, 1))] where isEnd {
        if let share = Self.share(of: end, on: c, d),
          Self.cell(Int64(end.lat_e7), Int64(end.lon_e7)) == cell
        {
          put(second, share, end)
        }
        touches = touches || Self.share(of: end, on: c, d) != nil
      }
      for (end, isEnd) in [(c, isLineEnd(second, 0)), (d, isLineEnd(second, 1))] where isEnd {
        if let share = Self.share(of: end, on: a, b),
          Self.cell(Int64(end.lat_e7), Int64(end.lon_e7)) == cell
        {
          put(first, share, end)
        }
        touches = touches || Self.share(of: end, on: a, b) != nil
      }
      if touches { return }
    }
    guard let (s, t) = Self.crossing(a, b, c, d) else { return }
    let lat = (Double(a.lat_e7) + (Double(b.lat_e7) - Double(a.lat_e7)) * s).rounded()
    let lon = (Double(a.lon_e7) + (Double(b.lon_e7) - Double(a.lon_e7)) * s).rounded()
    let point = Point(lat_e7: Int32(lat), lon_e7: Int32(lon))
    guard Self.cell(Int64(point.lat_e7), Int64(point.lon_e7)) == cell else { return }
    guard isLevel else {
      result.bridged += 1
      return
    }
    result.crossings += 1
    put(first, s, point)
    put(second, t, point)
  }

  private func isLineEnd(_ segment: Segment, _ side: Int) -> Bool {
    let place = Int(segment.place) + side
    return place == 0 || place == lines[Int(segment.line)].count - 1
  }

  /// Where a point lies on a segment, within a hand's breadth; nil = beside it, or at its ends.
  private static func share(of point: Point, on a: Point, _ b: Point) -> Double? {
    let (dx, dy) = (Double(b.lon_e7) - Double(a.lon_e7), Double(b.lat_e7) - Double(a.lat_e7))
    let (px, py) = (
      Double(point.lon_e7) - Double(a.lon_e7), Double(point.lat_e7) - Double(a.lat_e7)
    )
    let square = dx * dx + dy * dy
    guard square > 0 else { return nil }
    let share = (px * dx + py * dy) / square
    let beside = abs(px * dy - py * dx) / square.squareRoot()
    return share > 0 && share < 1 && beside <= touch_e7 ? share : nil
  }

  /// Where two segments cross within both, as shares of each.
  private static func crossing(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> (Double, Double)?
  {
    func side(_ p: Point, _ q: Point, _ r: Point) -> Int {
      let first =
        Int128(Int64(q.lon_e7) - Int64(p.lon_e7)) * Int128(Int64(r.lat_e7) - Int64(p.lat_e7))
      let second =
        Int128(Int64(q.lat_e7) - Int64(p.lat_e7)) * Int128(Int64(r.lon_e7) - Int64(p.lon_e7))
      return (first - second).signum() > 0 ? 1 : first == second ? 0 : -1
    }
    guard side(a, b, c) * side(a, b, d) <= 0, side(c, d, a) * side(c, d, b) <= 0 else { return nil }
    let (rx, ry) = (Double(b.lon_e7) - Double(a.lon_e7), Double(b.lat_e7) - Double(a.lat_e7))
    let (sx, sy) = (Double(d.lon_e7) - Double(c.lon_e7), Double(d.lat_e7) - Double(c.lat_e7))
    let (qx, qy) = (Double(c.lon_e7) - Double(a.lon_e7), Double(c.lat_e7) - Double(a.lat_e7))
    let cross = rx * sy - ry * sx
    guard cross != 0 else { return nil }
    return (
      min(max((qx * sy - qy * sx) / cross, 0), 1), min(max((qx * ry - qy * rx) / cross, 0), 1)
    )
  }
}
