// A city as a folder holds it: streets, stations, units and a record of calls. The layout is that of the San Francisco
// data; generated cities use the same.

import Foundation

struct City {
  struct Point: Equatable {
    var lat_e7: Int32
    var lon_e7: Int32
    init(lat: Double, lon: Double) {
      lat_e7 = Int32((lat * 1e7).rounded())
      lon_e7 = Int32((lon * 1e7).rounded())
    }
    init(lat_e7: Int32, lon_e7: Int32) {
      self.lat_e7 = lat_e7
      self.lon_e7 = lon_e7
    }
    var lat: Double { Double(lat_e7) / 1e7 }
    var lon: Double { Double(lon_e7) / 1e7 }
  }

  struct Station {
    var name: String
    var place: Point
  }

  struct Unit {
    var name: String
    var type: String
    var isParamedic: Bool
    var home: Point
    /// False where the record names no station and `home` is a guess.
    var hasStation: Bool
    /// When it is on duty, seconds since 1970 UTC; nil = always.
    var duty: [ClosedRange<Double>]?
  }

  /// One unit's recorded response to a call; seconds since 1970 UTC, nil where the record is empty.
  struct Response {
    var unit: String
    var unitType: String
    var dispatch: Double
    var underWay: Double?
    var onScene: Double?
    var transport: Double?
    var hospital: Double?
    var available: Double?
  }

  struct Call {
    var number: UInt64
    var type: String
    var priority: String
    var place: Point
    /// Answered; typed into the dispatch system.
    var received: Double
    var entry: Double
    var responses: [Response]
  }

  var name: String
  var folder: URL
  var isGenerated: Bool
  var stations: [Station]
  var hospitals: [Station]
  var units: [Unit]
  var calls: [Call]
  /// What the record holds that could not be read, in words; nil = nothing.
  var leftOut: String? = nil

  /// What its calls are: "recorded" or "invented".
  var sourceWord: String { isGenerated ? "invented" : "recorded" }
}
