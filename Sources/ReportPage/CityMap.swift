// The city drawn: streets as thin lines, stations, incidents by tier, sample routes.

import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay
import HujiaRoads

struct CityMap {
  private let statistics: Statistics
  private let streets: RoadMap
  private let south: Double
  private let west: Double
  private let scaleX: Double
  private let scaleY: Double
  private let width = 1_000.0
  private let height: Double

  init(_ statistics: Statistics, streets: RoadMap) {
    self.statistics = statistics
    self.streets = streets
    let lats = (0..<streets.nodeCount).map { Double(streets.nodeLat_e7[$0]) / 1e7 }
    let lons = (0..<streets.nodeCount).map { Double(streets.nodeLon_e7[$0]) / 1e7 }
    south = (lats.min() ?? 0) - 0.002
    west = (lons.min() ?? 0) - 0.002
    let north = (lats.max() ?? 1) + 0.002
    let east = (lons.max() ?? 1) + 0.002
    scaleX = width / max(east - west, 1e-6)
    scaleY = scaleX / cos((south + north) / 2 * .pi / 180)
    height = (north - south) * scaleY
  }

  private func at(_ lat: Double, _ lon: Double) -> (Double, Double) {
    ((lon - west) * scaleX, height - (lat - south) * scaleY)
  }

  private func isInside(_ point: Location) -> Bool {
    let (x, y) = at(point.lat, point.lon)
    return x >= 0 && x <= width && y >= 0 && y <= height
  }

  private func n(_ value: Double) -> String { Decimals.fixed(value, 1) }

  var svg: String {
    """
    <svg viewBox="0 0 \(Int(width)) \(Int(height.rounded()))" role="img" aria-label="map">
    <path class="street" d="\(streetPath)"/>
    \(incidents)
    <g class="routes">\(routes)</g>
    \(stations)
    </svg>
    """
  }

  /// All streets in one path. Short streets keep their ends only, which is what a page this size can show.
  private var streetPath: String {
    var path = ""
    for street in 0..<streets.streetCount {
      let first = Int(streets.streetFirstPoint[street])
      let last = Int(streets.streetFirstPoint[street + 1]) - 1
      let skip = streets.streetLength_mm[street] < 150_000 ? max(last - first, 1) : 1
      var before = (-9.0, -9.0)
      for point in stride(from: first, through: last, by: skip) {
        let here = at(
          Double(streets.pointLat_e7[point]) / 1e7, Double(streets.pointLon_e7[point]) / 1e7)
        if point > first, abs(here.0 - before.0) + abs(here.1 - before.1) < 0.6, point < last {
          continue
        }
        path += (point == first ? "M" : "L") + n(here.0) + " " + n(here.1)
        before = here
      }
    }
    return path
  }

  /// One path a tier: a dot is a line of no length with round caps.
  private var incidents: String {
    (1...4).reversed().map { tier in
      let dots = statistics.marks.filter { $0.tier == tier && isInside($0.place) }.map { mark in
        let (x, y) = at(mark.place.lat, mark.place.lon)
        return "M\(n(x)) \(n(y))h0"
      }.joined()
      return dots.isEmpty ? "" : "<path class=\"dot tier\(tier)\" d=\"\(dots)\"/>"
    }.joined()
  }

  private var routes: String {
    statistics.sampleRoutes.prefix(40).map { route in
      let path = route.enumerated().map { index, point in
        let (x, y) = at(point.lat, point.lon)
        return (index == 0 ? "M" : "L") + n(x) + " " + n(y)
      }.joined()
      return "<path d=\"\(path)\"/>"
    }.joined()
  }

  private var stations: String {
    statistics.city.stations.filter { isInside($0.place) }.map { station in
      let (x, y) = at(station.place.lat, station.place.lon)
      return
        "<rect class=\"station\" x=\"\(n(x - 5))\" y=\"\(n(y - 5))\" width=\"10\" height=\"10\"><title>Station \(Page.escape(station.name))</title></rect>"
    }.joined()
  }
}
