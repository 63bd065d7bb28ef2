// What is said of every import, whatever it read: checks of the draft, and of the map that came of it. A reader adds
// what only it can see, by line.

import HujiaMapBuild
import HujiaRoads

extension ImportReport {
  /// Fewer streets than this may well have no one-way street, and a loose end.
  private static let fewest = 100

  /// Counts a draft that is whole and looks at it. `path`: what the data are called. O(streets).
  mutating func close(_ draft: MapDraft, path: String, wasExtentChecked: Bool = false) {
    nodes = draft.nodes.count
    streets = draft.streets.count
    if streets >= Self.fewest, oneWay == 0 {
      warn(
        .noOneWay, path, line: 0,
        "no street is one-way: routes will run against the traffic if the city has one-way streets; "
          + "check the column or tag that says it")
    }
    if streets >= Self.fewest, speedsFilled * 2 > streets {
      warn(
        .speeds, path, line: 0,
        "\(speedsFilled) of \(streets) streets have no speed or limit of their own: their times are "
          + "a guess by class or option")
    }
    guard !wasExtentChecked else { return }
    var extent = ExtentCheck(path: path, lonName: "longitude", latName: "latitude")
    for node in draft.nodes {
      extent.take(lat: Double(node.lat_e7) / 1e7, lon: Double(node.lon_e7) / 1e7, line: 0)
    }
    extent.warn(&self)
  }

  /// Looks at the parts of a compiled map. O(nodes).
  package mutating func check(_ map: RoadMap, path: String) {
    var sizes: [Int] = []
    for node in 0..<map.nodeCount where map.place(ofNode: UInt32(node)) == node {
      let part = Int(map.nodePart[node])
      while sizes.count <= part { sizes.append(0) }
      sizes[part] += 1
    }
    guard let largest = sizes.first, map.streetCount >= Self.fewest else { return }
    let share = Double(largest) / Double(map.placeCount)
    if share < 0.9 {
      warn(
        .parts, path, line: 0,
        "the largest connected part has \(Field.percent(share)) of the nodes: units elsewhere find no "
          + "way there and back; check one-way streets, gaps at junctions, and that the data are one city"
      )
    }
    let islands = sizes.dropFirst().filter { $0 >= RoadMap.fewestOfIsland }
    if let first = islands.first {
      warn(
        .islands, path, line: 0,
        "\(islands.count) part(s) of \(RoadMap.fewestOfIsland) junctions or more are not joined to the "
          + "largest one, both ways; the biggest has \(first) nodes: bridges or ferries may be missing"
      )
    }
  }

  /// What a map carries of this.
  package var origin: MapOrigin {
    var origin = MapOrigin()
    origin.attribution = attribution
    origin.licence = licence
    origin.notes = notes
    origin.oneWay = oneWay
    origin.speedsFilled = speedsFilled
    origin.leftOut = leftOut.all.map {
      .init(name: $0.reason.rawValue, count: $0.count, words: $0.reason.words)
    }
    origin.restrictions = restrictionKinds.sorted { $0.key < $1.key }.map {
      .init(name: $0.key, count: $0.value, words: "turn restrictions of this kind, as read")
    }
    origin.restrictionsApplied = restrictionsApplied
    origin.warnings = warnings.map {
      .init(name: $0.kind.rawValue, count: $0.count, words: $0.shortMessage)
    }
    return origin
  }
}
