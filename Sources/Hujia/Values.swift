// The values that go in and come out: the field's words, no pointers, no sizes.

import HujiaDriver

/// A position in degrees, WGS-84.
public struct Coordinate: Hashable, Sendable {
  public var latitude: Double
  public var longitude: Double
  public init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }

  /// Degrees times 10^7; nil when off the planet or not a number.
  var e7: (lat: Int32, lon: Int32)? {
    guard latitude >= -90, latitude <= 90, longitude >= -180, longitude <= 180 else { return nil }
    return (Int32((latitude * 1e7).rounded()), Int32((longitude * 1e7).rounded()))
  }

  init(lat_e7: Int32, lon_e7: Int32) {
    latitude = Double(lat_e7) / 1e7
    longitude = Double(lon_e7) / 1e7
  }
}

extension Coordinate {
  /// The same place in another datum, to 1e-7 degrees (`hj_datum_convert`); nil when off the planet.
  public func converted(from: Datum, to: Datum) -> Coordinate? {
    guard let point = e7 else { return nil }
    let moved = EngineDriver.converted(
      lat_e7: point.lat, lon_e7: point.lon, from: from.rawValue, to: to.rawValue)
    return Coordinate(lat_e7: moved.lat_e7, lon_e7: moved.lon_e7)
  }
}

/// A crew or person that can be sent.
public struct Unit: Sendable {
  public var id: UInt64
  public var kind: UInt32 = 0
  public var agency: UInt32 = 0
  /// Bit set; the plans give the names.
  public var capabilities: UInt64 = 0
  public var homeBeat: UInt32 = 0
  /// People aboard; nil = not stated (taken as crewed), 0 = nobody.
  public var crew: Int32?
  public var activity = Activity.patrolling
  public var place: Coordinate?
  /// UTC microseconds since 1970. Before its begin the unit is not available; it may be sent by hand.
  public var shiftBegin_us: Int64?
  public var shiftEnd_us: Int64?
  /// How many people it brings, and how many of them are sworn officers; nil = not stated.
  public var people: UInt16?
  public var sworn: UInt16?
  /// Where it belongs.
  public var station: Coordinate?

  public init(id: UInt64, capabilities: UInt64 = 0, place: Coordinate? = nil) {
    self.id = id
    self.capabilities = capabilities
    self.place = place
  }
}

/// One position of a unit.
public struct Position: Sendable {
  public var unitID: UInt64
  public var place: Coordinate
  /// The device's time, UTC microseconds since 1970; nil = now.
  public var wall_us: Int64?
  /// 0 = unknown.
  public var accuracy_dm: UInt32 = 0
  public init(unitID: UInt64, place: Coordinate, wall_us: Int64? = nil) {
    self.unitID = unitID
    self.place = place
    self.wall_us = wall_us
  }
}

/// A report of something that happened.
public struct Incident: Sendable {
  /// nil: the plan's tier for the type, else emergency.
  public var tier: Tier?
  public var type: UInt32 = 0
  /// nil (or 0/0): not known. It is taken in, and a person decides until an update brings a place.
  public var place: Coordinate?
  public var isVulnerable = false
  /// The same key and body again gives the first answer; (0, 0) = no key.
  public var key: (high: UInt64, low: UInt64) = (0, 0)
  public var callerHash: UInt64 = 0
  /// When it was received, UTC microseconds since 1970; nil = now.
  public var wall_us: Int64?
  /// When it is to be dispatched, UTC microseconds since 1970; nil = at once.
  public var appointment_us: Int64?
  /// How it came in; nil = not stated.
  public var source: Source?
  /// The agency that received the call, which leads where nobody sets another; nil = not stated.
  public var agency: UInt32?
  /// Capabilities asked for beside those of the plan: each is had by one of the units sent, or is a shortfall.
  public var needs: UInt64 = 0
  /// The host's own number of it; comes back in its events.
  public var reference: Reference?

  public init(tier: Tier? = nil, type: UInt32 = 0, place: Coordinate?) {
    self.tier = tier
    self.type = type
    self.place = place
  }
}

/// A number of the host's own: 32 bytes, opaque to the engine.
public struct Reference: Hashable, Sendable {
  public let bytes: [UInt8]
  /// Up to 32 bytes; what is missing is zero. nil: they are more, or all zero, which means none.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= 32, bytes.contains(where: { $0 != 0 }) else { return nil }
    self.bytes = bytes + [UInt8](repeating: 0, count: 32 - bytes.count)
  }

  init?(_ reference: HujiaDriver.Reference) {
    var bytes: [UInt8] = []
    for word in 0..<4 {
      for byte in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: reference.words[word] >> UInt64(8 * byte)))
      }
    }
    self.init(bytes)
  }
}

extension HujiaDriver.Reference {
  init(_ reference: Reference?) {
    self.init()
    guard let reference else { return }
    for (place, byte) in reference.bytes.enumerated() {
      words[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8))
    }
  }
}

/// One unit of an answer.
public struct ChosenUnit: Sendable {
  public let unitID: UInt64
  /// 0 in a recommendation.
  public let assignmentID: UInt64
  /// nil when its position is unknown.
  public let travel_ms: UInt32?
  public let turnout_ms: UInt32
  public let distance_dm: UInt32
  /// Seconds since its position was true; nil when it is unknown.
  public let age_s: UInt32?
  public let marks: ChosenMarks
  /// How the plan's mode `beat_first` found it: 1 the home officer of the incident's beat, 2 one of the beat's team,
  /// 3 one of a neighbouring beat, 4 one of a neighbour's neighbour, and so on; 0 by time alone.
  public let depth: UInt32
}

/// Who goes.
public struct Dispatch: Sendable {
  /// 0 in a recommendation.
  public let incidentID: UInt64
  public let state: IncidentState
  public let tier: Tier
  public let shortfall: Shortfall
  /// 1-based order in the plans; 0 = none matched, a person decides.
  public let plan: UInt32
  public let chosen: [ChosenUnit]
  /// The same key came before: this is the first answer again.
  public let isRepeat: Bool
  /// Of the travel times it was computed on; 0 = the map's own.
  public let epoch: UInt64
  /// Of the journal: the record that this stands on; 0 = none.
  public let record: UInt64
}

/// One of the nearest units.
public struct NearbyUnit: Sendable {
  public let unitID: UInt64
  public let travel_ms: UInt32
  public let distance_dm: UInt32
  /// The streets do not connect it; the figures are an estimate.
  public let isStraightLine: Bool
  /// Of the travel times it was computed on; 0 = the map's own.
  public let epoch: UInt64
  /// Seconds since its position was true.
  public let age_s: UInt32
  /// Its position is older than `Configuration.staleAfter_s`.
  public let isStale: Bool
  /// It, or the place, is far from every street.
  public let isOffNetwork: Bool
}

/// One point of a road to drive.
public struct RoutePoint: Sendable {
  public let place: Coordinate
  public let time_ms: UInt32
  public let distance_dm: UInt32
  /// The street that leads to this point; nil off the streets.
  public let streetID: UInt64?
  /// Its name; empty when the map has none.
  public let streetName: String
}

/// A stretch of a road on streets of one name.
public struct RouteLeg: Sendable, Equatable {
  /// Empty where the streets have no name.
  public let streetName: String
  public let distance_dm: UInt32
  public let time_ms: UInt32
}

extension Array where Element == RoutePoint {
  /// The road in words: one leg for each run of points on streets of one name.
  public var legs: [RouteLeg] {
    var legs: [RouteLeg] = []
    var start = 0
    for index in indices.dropFirst() {
      let isLast = index == count - 1
      guard isLast || self[index + 1].streetName != self[index].streetName else { continue }
      legs.append(
        RouteLeg(
          streetName: self[index].streetName,
          distance_dm: self[index].distance_dm - self[start].distance_dm,
          time_ms: self[index].time_ms - self[start].time_ms))
      start = index
    }
    return legs
  }
}
