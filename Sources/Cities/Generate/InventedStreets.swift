// Streets of a city that does not exist: a bent grid with arterials, one-way side streets, a park, a diagonal avenue,
// crooked outskirts, a river with few bridges and an islet that no road reaches. Only + - * / and square roots,
// so that a seed draws the same city on every machine.

import HujiaHostKit

/// How large an invented city is.
package struct CitySize: Sendable {
  package let name: String
  var columns: Int
  var rows: Int
  var stations: Int
  var hospitals: Int
  var calls: Int

  package static let all = [
    CitySize(name: "small", columns: 24, rows: 18, stations: 4, hospitals: 2, calls: 540),
    CitySize(name: "medium", columns: 70, rows: 56, stations: 14, hospitals: 4, calls: 3_150),
    CitySize(name: "large", columns: 140, rows: 112, stations: 42, hospitals: 9, calls: 9_000),
  ]
}

struct InventedStreets {
  struct Node {
    var lat: Double
    var lon: Double
    var column: Int
    var row: Int
    var component = 0
    var degree = 0
  }

  struct Edge {
    var from: Int
    var to: Int
    var name: String
    var speed_mph: Int
    var isOneWay: Bool
    var inner: [(lat: Double, lon: Double)]
  }

  /// In the open Atlantic, so that nobody takes it for a real place.
  static let south = 31.0
  static let west = -41.0
  /// Degrees of a metre at 31 degrees north, on the mean sphere.
  static let lat_m = 1 / 111_195.0
  static let lon_m = 1 / (111_195.0 * 0.857_167)
  static let block_m = 115.0
  static let arterialEvery = 5

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  let size: CitySize
  private var random: SplitMix64
  private var grid: [Int?]

  init(_ size: CitySize, seed: UInt64) {
    self.size = size
    random = SplitMix64(seed: seed)
    grid = Array(repeating: nil, count: size.columns * size.rows)
    layNodes()
    layStreets()
    layIslet()
    countParts()
  }

  /// The row of blocks that the river flows through at a column: a slow zigzag through the middle.
  private func riverRow(_ column: Int) -> Int {
    let period = max(size.columns / 2, 2)
    let phase = column % period
    let swing = phase < period / 2 ? phase : period - phase
    return size.rows / 2 - 1 + swing * max(size.rows / 8, 1) / max(period / 2, 1)
  }

  private func isOutskirts(_ column: Int, _ row: Int) -> Bool {
    let dx = Double(2 * column - size.columns + 1) / Double(size.columns)
    let dy = Double(2 * row - size.rows + 1) / Double(size.rows)
    return dx * dx + dy * dy > 0.45
  }

  /// A green rectangle south of the river, between arterials.
  private func isPark(_ column: Int, _ row: Int) -> Bool {
    let west = size.columns / 5 / Self.arterialEvery * Self.arterialEvery + 3
    let south = size.rows / 6 / Self.arterialEvery * Self.arterialEvery + 3
    return column >= west && column < west + 9 && row >= south && row < south + 4
      && column % Self.arterialEvery != 2
  }

  private mutating func layNodes() {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        // The corners of the rectangle are not built up.
        let dx = Double(2 * column - size.columns + 1) / Double(size.columns)
        let dy = Double(2 * row - size.rows + 1) / Double(size.rows)
        guard dx * dx + dy * dy < 1.45 else { continue }
        if isPark(column, row) { continue }
        let bend = dx * dx * 3
        // Planned in the middle, grown along old paths outside.
        let stray = isOutskirts(column, row) ? 0.36 : 0.14
        let gap = row > riverRow(column) ? 1.6 : 0.0
        let x = (Double(column) + random.between(-stray, stray) + dy * 1.5) * Self.block_m
        let y = (Double(row) + random.between(-stray, stray) + bend + gap) * Self.block_m
        grid[row * size.columns + column] = nodes.count
        nodes.append(
          Node(
            lat: Self.south + y * Self.lat_m, lon: Self.west + x * Self.lon_m, column: column,
            row: row))
      }
    }
  }

  private func node(_ column: Int, _ row: Int) -> Int? {
    guard column >= 0, column < size.columns, row >= 0, row < size.rows else { return nil }
    return grid[row * size.columns + column]
  }

  private mutating func layStreets() {
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        guard let here = node(column, row) else { continue }
        if let east = node(column + 1, row) {
          lay(here, east, isArterial: row % Self.arterialEvery == 2, number: row, isStreet: true)
        }
        guard let north = node(column, row + 1) else { continue }
        let isArterial = column % Self.arterialEvery == 2
        let crosses = riverRow(column) == row
        let isBridge = isArterial && (column / Self.arterialEvery) % 3 == 1
        if !crosses || isBridge {
          lay(here, north, isArterial: isArterial, number: column, isStreet: false)
        }
        // One avenue cuts the grid north of the river, as in cities that grew from a road to the next town.
        if row > riverRow(column) + 1, row - size.rows / 2 == column - size.columns / 2,
          let northEast = node(column + 1, row + 1)
        {
          lay(here, northEast, isArterial: true, number: size.columns, isStreet: false)
        }
      }
    }
  }

  private mutating func lay(
    _ from: Int, _ to: Int, isArterial: Bool, number: Int, isStreet: Bool
  ) {
    // Yards and slopes swallow some side streets, more of them outside.
    let isOutside = isOutskirts(nodes[from].column, nodes[from].row)
    if !isArterial, random.share() < (isOutside ? 0.14 : 0.05) { return }
    let isOneWay = !isArterial && !isOutside && number % 3 == 1
    let isTurned = isOneWay && number % 2 == 0
    var inner: [(lat: Double, lon: Double)] = []
    if random.share() < 0.2 {
      let shift_m = random.between(-9, 9)
      inner.append(
        (
          (nodes[from].lat + nodes[to].lat) / 2 + shift_m * Self.lat_m,
          (nodes[from].lon + nodes[to].lon) / 2 + shift_m * Self.lon_m
        ))
    }
    let name = isStreet ? "\(number + 1). STREET" : "\(number + 1). AVENUE"
    edges.append(
      Edge(
        from: isTurned ? to : from, to: isTurned ? from : to, name: name,
        speed_mph: isArterial ? 35 : 25, isOneWay: isOneWay, inner: inner))
  }

  /// Five by four blocks off the east shore, reached by no road.
  private mutating func layIslet() {
    let first = nodes.count
    let x = (Double(size.columns) + 8) * Self.block_m
    let y = Double(size.rows) * 0.4 * Self.block_m
    for row in 0..<4 {
      for column in 0..<5 {
        nodes.append(
          Node(
            lat: Self.south + (y + Double(row) * 90) * Self.lat_m,
            lon: Self.west + (x + Double(column) * 95) * Self.lon_m, column: -1, row: -1))
        let here = first + row * 5 + column
        for to in [column < 4 ? here + 1 : nil, row < 3 ? here + 5 : nil] {
          guard let to else { continue }
          edges.append(
            Edge(
              from: here, to: to, name: "ISLET LANE", speed_mph: 15, isOneWay: false, inner: []))
        }
      }
    }
  }

  /// Parts connected when one-way streets count both ways; part 0 is the largest.
  private mutating func countParts() {
    var root = Array(nodes.indices)
    func find(_ node: Int) -> Int {
      var node = node
      while root[node] != node {
        root[node] = root[root[node]]
        node = root[node]
      }
      return node
    }
    for edge in edges {
      root[find(edge.from)] = find(edge.to)
      nodes[edge.from].degree += 1
      nodes[edge.to].degree += 1
    }
    var sizes = Array(repeating: 0, count: nodes.count)
    for node in nodes.indices { sizes[find(node)] += 1 }
    let order = nodes.indices.filter { sizes[$0] > 0 }.sorted {
      sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1
    }
    var number = Array(repeating: 0, count: nodes.count)
    for (part, node) in order.enumerated() { number[node] = part }
    for node in nodes.indices { nodes[node].component = number[find(node)] }
  }

  /// Metres along an edge's shape, by the flat measure that the city is laid out in.
  func length_m(_ edge: Edge) -> Double {
    let shape =
      [(nodes[edge.from].lat, nodes[edge.from].lon)] + edge.inner
      + [(nodes[edge.to].lat, nodes[edge.to].lon)]
    var sum = 0.0
    for place in 1..<shape.count {
      sum += Self.distance_m(shape[place - 1], shape[place])
    }
    return sum
  }

  static func distance_m(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
    let y = (a.0 - b.0) / lat_m
    let x = (a.1 - b.1) / lon_m
    return (x * x + y * y).squareRoot()
  }
}
