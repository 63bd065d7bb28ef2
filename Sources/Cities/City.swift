// A city as a folder holds it: streets, stations, units and a record of calls. The layout is that of the San Francisco
// data; generated cities use the same.

import HujiaHostKit

package struct City {
  package struct Station {
    package var name: String
    package var place: Location
  }

  package struct Unit {
    package var name: String
    package var type: String
    package var isParamedic: Bool
    package var home: Location
    /// False where the record names no station and `home` is a guess.
    package var hasStation: Bool
    /// When it is on duty, seconds since 1970 UTC; nil = always.
    package var duty: [ClosedRange<Double>]?
  }

  /// One unit's recorded response to a call; seconds since 1970 UTC, nil where the record is empty.
  package struct Response {
    package var unit: String
    package var unitType: String
    package var dispatch: Double
    package var underWay: Double?
    package var onScene: Double?
    package var transport: Double?
    package var hospital: Double?
    package var available: Double?
  }

  package struct Call {
    package var number: UInt64
    package var type: String
    package var priority: String
    package var place: Location
    /// Answered; typed into the dispatch system.
    package var received: Double
    package var entry: Double
    package var responses: [Response]
  }

  package var name: String
  /// A path.
  package var folder: String
  package var isGenerated: Bool
  package var stations: [Station]
  package var hospitals: [Station]
  package var units: [Unit]
  package var calls: [Call]
  /// What the record holds that could not be read, in words; nil = nothing.
  package var leftOut: String? = nil

  /// What its calls are: "recorded" or "invented".
  package var sourceWord: String { isGenerated ? "invented" : "recorded" }

  /// Keeps the calls of a stretch of the record: from a time on, before another, of so many days, so many at most.
  /// Times are seconds since 1970.
  package mutating func shorten(
    from: Double?, until: Double?, days: Int?, calls most: Int?
  ) throws(Failed) {
    let first = calls.first?.entry ?? 0
    let last = calls.last?.entry ?? 0
    let start = from ?? first
    var end = until ?? .infinity
    if let days { end = min(end, LocalTime.midnight(start) + Double(days) * 86_400) }
    calls.removeAll { $0.entry < start || $0.entry >= end }
    if let most { calls = Array(calls.prefix(most)) }
    guard calls.isEmpty else { return }
    throw Failed(
      "no call in that time: the record runs from \(LocalTime.text(first)) to \(LocalTime.text(last))",
      .give("--from and --until", "times within it"))
  }

  /// Public and private ambulances do each other's work.
  package static func isAmbulance(_ unitType: String) -> Bool {
    unitType == "MEDIC" || unitType == "PRIVATE"
  }
}
