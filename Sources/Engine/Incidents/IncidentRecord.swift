// One thing that happened, as the engine keeps it.

import HujiaRoads

package struct IncidentRecord: BitwiseCopyable {
  package var state: IncidentState
  package var tier: Tier
  package var plan: PlanMatch
  package var place: Place
  package var type: UInt32
  package var lat_e7: Int32
  package var lon_e7: Int32
  package var flags: UInt32
  package var shortfall: Shortfall
  package var keyHigh: UInt64
  package var keyLow: UInt64
  package var callerHash: UInt64
  package var receivedWall_us: Int64
  package var dispatchedWall_us: Int64
  package var arrivedWall_us: Int64
  package var closedWall_us: Int64
  package var received_ns: Int64
  /// What its limits count from: its receipt, or its appointment; the earliest of all that were merged into it.
  package var start_ns: Int64
  /// The same by its own receipt alone.
  var ownStart_ns: Int64
  var ownReceivedWall_us: Int64
  package var appointmentWall_us: Int64
  package var calledBackWall_us: Int64 = 0
  package var disposition: Int32
  package var liveCount: UInt32
  package var refusalCount: UInt32
  package var planVersion: UInt32
  /// The version of the plans that its clocks follow: that of its receipt, unless it was migrated.
  package var clockVersion: UInt32
  /// The agency that leads; 0 = not set.
  package var lead: UInt32 = 0
  /// The agency that received the call; 0 = not stated.
  package var agency: UInt32 = 0
  /// How it came in (`HJ_SOURCE_…`).
  package var source: UInt8 = 0
  /// The incident that this one was merged into, and the first of those merged into this one.
  var mergedInto: UInt32 = IncidentRecord.none
  var firstMerged: UInt32 = IncidentRecord.none
  /// Its neighbours among those merged into the same incident, or among those that wait for their call-back.
  var previousLinked: UInt32
  var nextLinked: UInt32
  /// Seats (`seatBit`) for which nobody else is sent: the unit arrived and has left again, or was withdrawn when others
  /// were there.
  var servedSeats: UInt32 = 0
  /// Of those, the seats of units that never arrived.
  var sparedSeats: UInt32 = 0
  /// The watch that opened it, its slot + 1; 0 = none.
  var watch: UInt32 = 0
  /// Of the newest act of a person on it or on one of its assignments; 0 = none.
  package var operatorID: UInt64 = 0
  package var operatorReason: UInt32 = 0
  var isWaiting: Bool
  /// A likely repeat that nobody has answered yet (`IncidentDetails.repeatOf`).
  var isSuspected = false
  /// All its units left before any had arrived, so that its pending clock runs again.
  var isUnmanned = false
  package var hasArrived: Bool
  /// A person took its last unit off the scene, and nobody has come since.
  var isLeftAlone = false
  /// Its entry in `IncidentDetails` names capabilities, a reference.
  var hasNeeds = false
  var hasReference = false

  /// No other incident.
  static var none: UInt32 { .max }
  package var isVulnerable: Bool { flags & 1 != 0 }
  /// Somebody came, and was not taken off again.
  var isAttended: Bool { hasArrived && !isLeftAlone }
  var hasKey: Bool { keyHigh != 0 || keyLow != 0 }
  /// Written on paper while the machines were down 补录: its times are real, and nothing of it is news.
  package var isCatchUp: Bool { source == 9 }
  /// What plans are asked with. Without a place its point lies in no area.
  func circumstances(wall_us: Int64) -> Circumstances {
    Circumstances(
      type: type, tier: tier, flags: flags, lat_e7: place.isNowhere ? .max : lat_e7,
      lon_e7: place.isNowhere ? .max : lon_e7, wall_us: wall_us)
  }
}

/// A report from outside (`hj_report`), checked; a posted one is snapped when its turn comes. Two reports with one key
/// must agree in all of it.
public struct IncidentReport: BitwiseCopyable {
  public var tier: Tier
  public var type: UInt32
  public var lat_e7: Int32
  public var lon_e7: Int32
  public var flags: UInt32
  public var keyHigh: UInt64
  public var keyLow: UInt64
  public var callerHash: UInt64
  public var wall_us: Int64
  /// When it is to be dispatched; 0 = at once.
  public var appointmentWall_us: Int64
  public var place: Place
  /// The agency that received the call, 0 = not stated, and how it came in (`HJ_SOURCE_…`).
  public var agency: UInt32 = 0
  public var source: UInt8 = 0
  /// Capabilities asked for beside the plan's.
  public var needs: UInt64 = 0
  public var reference = Reference()
  @inlinable @inline(__always) public init(
    tier: Tier, type: UInt32, lat_e7: Int32, lon_e7: Int32, flags: UInt32, keyHigh: UInt64,
    keyLow: UInt64, callerHash: UInt64, wall_us: Int64, appointmentWall_us: Int64 = 0, place: Place
  ) {
    self.tier = tier
    self.type = type
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.flags = flags
    self.keyHigh = keyHigh
    self.keyLow = keyLow
    self.callerHash = callerHash
    self.wall_us = wall_us
    self.appointmentWall_us = appointmentWall_us
    self.place = place
  }

  /// As of an incident.
  func circumstances(tier: Tier, wall_us: Int64) -> Circumstances {
    Circumstances(
      type: type, tier: tier, flags: flags, lat_e7: place.isNowhere ? .max : lat_e7,
      lon_e7: place.isNowhere ? .max : lon_e7, wall_us: wall_us)
  }

  package var hasKey: Bool { keyHigh != 0 || keyLow != 0 }

  var said: SaidReport { SaidReport(self) }
}

/// What a report says, without its place on the streets, which follows from it: kept with its key, and compared when
/// the key comes again.
struct SaidReport: BitwiseCopyable, Equatable {
  var keyHigh: UInt64
  var keyLow: UInt64
  var callerHash: UInt64
  var wall_us: Int64
  var appointmentWall_us: Int64
  var needs: UInt64
  var reference: Reference
  var type: UInt32
  var lat_e7: Int32
  var lon_e7: Int32
  var flags: UInt32
  var agency: UInt32
  var tier: Tier
  var source: UInt8

  init(_ report: IncidentReport) {
    keyHigh = report.keyHigh
    keyLow = report.keyLow
    callerHash = report.callerHash
    wall_us = report.wall_us
    appointmentWall_us = report.appointmentWall_us
    needs = report.needs
    reference = report.reference
    type = report.type
    lat_e7 = report.lat_e7
    lon_e7 = report.lon_e7
    flags = report.flags
    agency = report.agency
    tier = report.tier
    source = report.source
  }
}
