// A feed's records held against a map: which streets they mean, and how long those take now.

import Glibc
import HujiaGeography
import HujiaRoads

package struct FeedDecoder {
  private let map: RoadMap
  private var matcher: LineMatcher
  private let datum: Datum
  private let levels: [Double]
  /// A polyline is cut into stretches of so much between points that the way must pass.
  private static let stretch_m = 150.0
  /// Nodes of the map that one feed may have looked at: a minute or so, of which a feed of a city needs a hundredth.
  package static let mostLooks = 500_000_000
  private let mostLooks: Int

  package struct Answer {
    package var flows: [StreetFlow] = []
    /// Records of the feed, those that say nothing of the traffic now, and those that were found on the map.
    package var records = 0
    package var silent = 0
    package var matched = 0
    /// Parts of the map's streets, one direction each.
    package var arcs = 0
    package var refused: [String: Int] = [:]
    package var examples: [String] = []
    package var closuresLeftOut = 0
    package var shared = 0
  }

  package init(
    _ map: RoadMap, datum: Datum = .wgs84, reach_m: Double = 35,
    levels: [Double] = FlowTimes.usualLevels, mostLooks: Int = mostLooks
  ) {
    self.map = map
    self.mostLooks = mostLooks
    self.datum = datum
    self.levels = levels
    matcher = LineMatcher(map, reach_m: reach_m)
  }

  /// `show` is told of each record that was found, for those that want to see.
  package mutating func decode(
    _ feed: Feed, show: (FeedRecord, [ArcSpan]) -> Void = { _, _ in }
  ) -> Answer {
    var answer = Answer()
    answer.records = feed.records.count + feed.refused.values.reduce(0, +)
    answer.refused = feed.refused
    answer.examples = feed.examples
    var times = FlowTimes(map, levels: levels)
    let looks = matcher.looks
    for record in feed.records {
      guard matcher.looks - looks < mostLooks else {
        answer.refuse(record, Self.overlong)
        continue
      }
      let line: LineReference
      switch self.line(record) {
      case .success(let found): line = found
      case .failure(let refusal):
        answer.refuse(record, refusal)
        continue
      }
      do throws(MatchRefusal) {
        let spans = try matcher.match(line)
        answer.matched += 1
        show(record, spans)
        if let flow = record.flow { times.add(spans, flow) } else { answer.silent += 1 }
      } catch {
        answer.refuse(record, FeedRefusal(kind: error.rawValue, words: error.words))
      }
    }
    answer.flows = times.flows()
    answer.arcs = times.arcs
    answer.closuresLeftOut = times.closuresLeftOut
    answer.shared = times.shared
    if times.crowded > 0 { answer.refused["crowded"] = times.crowded }
    return answer
  }

  private static let overlong = FeedRefusal(
    kind: "feed_too_long",
    words: "the entries before it took all the search that one feed gets: cut it to the city")

  private func line(_ record: FeedRecord) -> Result<LineReference, FeedRefusal> {
    switch record.way {
    case .openLR(let bytes):
      do throws(OpenLR.Refusal) { return .success(try moved(OpenLR.line(bytes))) } catch {
        return .failure(FeedRefusal(kind: "openlr", words: error.words))
      }
    case .polyline(let points): return .success(line(points))
    }
  }

  private func moved(_ line: LineReference) -> LineReference {
    guard datum != .wgs84 else { return line }
    var line = line
    for index in line.points.indices {
      let point = line.points[index]
      (line.points[index].lat_e7, line.points[index].lon_e7) =
        datum.toWGS84(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
    }
    return line
  }

  /// Points that are far enough apart, with the directions and lengths between them.
  private func line(_ given: [(lon_e7: Int32, lat_e7: Int32)]) -> LineReference {
    let points = Self.apart(given.map { datum.toWGS84(lat_e7: $0.lat_e7, lon_e7: $0.lon_e7) })
    var line = LineReference(points: [])
    var run_m = 0.0
    func add(_ index: Int) {
      line.points.append(
        LinePoint(
          lat_e7: points[index].lat_e7, lon_e7: points[index].lon_e7,
          bearing_deg: bearing(points, at: index, isBack: index == points.count - 1), toNext_m: 0,
          slack_m: 0))
    }
    func close() {
      line.points[line.points.count - 1].toNext_m = run_m
      line.points[line.points.count - 1].slack_m = 5 + run_m / 50
    }
    add(0)
    for index in 1..<points.count {
      let a = points[index - 1]
      let b = points[index]
      run_m +=
        Double(Distance.between_mm(lat_e7: a.lat_e7, lon_e7: a.lon_e7, b.lat_e7, b.lon_e7)) / 1_000
      let isEnd = index == points.count - 1
      guard isEnd || run_m >= Self.stretch_m else { continue }
      // A point in a bend between two streets fits neither: only the ends and straight places are passed.
      guard isEnd || isStraight(points, at: index) else { continue }
      close()
      add(index)
      run_m = 0
    }
    return line
  }

  /// Without points that lie within a metre of the one before: each direction would look past all of them.
  static func apart(
    _ given: [(lat_e7: Int32, lon_e7: Int32)]
  ) -> [(lat_e7: Int32, lon_e7: Int32)] {
    guard let first = given.first, let last = given.last else { return given }
    var points = [first]
    for point in given.dropFirst() {
      let before = points[points.count - 1]
      let frame = LocalFrame(lat_e7: before.lat_e7, lon_e7: before.lon_e7)
      let x = frame.x(point.lon_e7)
      let y = frame.y(point.lat_e7)
      if x * x + y * y >= 1 { points.append(point) }
    }
    // The line ends where it was said to end.
    if points.count == 1 { points.append(last) } else { points[points.count - 1] = last }
    return points
  }

  private func isStraight(_ points: [(lat_e7: Int32, lon_e7: Int32)], at index: Int) -> Bool {
    let before = bearing(points, at: index, isBack: true)
    let after = bearing(points, at: index, isBack: false)
    guard before >= 0, after >= 0 else { return true }
    let turn = abs(before - after).truncatingRemainder(dividingBy: 360)
    return abs(180 - min(turn, 360 - turn)) < 30
  }

  /// To the next point, or to the one before; negative where both are one.
  private func bearing(
    _ points: [(lat_e7: Int32, lon_e7: Int32)], at index: Int, isBack: Bool
  ) -> Double {
    let frame = LocalFrame(lat_e7: points[index].lat_e7, lon_e7: points[index].lon_e7)
    var other = index
    while true {
      other += isBack ? -1 : 1
      guard points.indices.contains(other) else { return -1 }
      let x = frame.x(points[other].lon_e7)
      let y = frame.y(points[other].lat_e7)
      guard x * x + y * y >= 1 else { continue }
      let degrees = atan2(x, y) * 180 / .pi
      return degrees < 0 ? degrees + 360 : degrees
    }
  }
}

extension FeedDecoder.Answer {
  mutating func refuse(_ record: FeedRecord, _ refusal: FeedRefusal) {
    refused[refusal.kind, default: 0] += 1
    if examples.count < 5 { examples.append("\(record.place): \(refusal.words)") }
  }
}
