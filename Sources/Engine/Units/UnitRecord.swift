// A crew or person that can be sent, as the engine keeps it.

import HujiaRoads

package struct UnitRecord: BitwiseCopyable {
  package var id: UInt64
  package var capabilities: UInt64
  package var fixWall_us: Int64
  /// The same on the engine's own clock: what its age counts from. No jump of the wall clock moves it.
  package var fix_ns: Int64
  package var shiftEnd_us: Int64  // 0 = not stated
  package var idleSince_ns: Int64
  package var place: Place
  package var kind: UInt32
  package var agency: UInt32
  package var homeBeat: UInt32
  package var crew: Int32
  package var assignment: UInt32  // slot, or UnitRecord.free
  package var activity: Activity
  /// What it was doing before it was sent; it goes back to that when it never arrived.
  package var activityBefore: Activity
  package var hasPosition: Bool
  /// What it does when its incident lets it go, if the host has said so. Always nil while it is free.
  package var nextActivity: Activity?
  /// Its shift has not begun: it is not available, whatever it does.
  package var isBeforeShift = false
  /// What routing knows it by on its way to what can wait; 0 = it is on no such way. Made anew when a state is read.
  var codeUnderWay: UInt8 = 0
  /// The device's time of its position came before the first wall time (`EngineCore.fixTimes`).
  var isFixBeforeFirstWall = false

  package static var free: UInt32 { .max }
  package var isCrewed: Bool { crew >= 0 }
  /// Aboard, at most 255: nobody is 0, and a crew that is not stated counts as one.
  package var people: UInt8 { crew < 0 ? 0 : UInt8(clamping: max(crew, 1)) }
  package var isFree: Bool { assignment == Self.free }
}

/// What is kept of a unit and seldom asked for: beside the records, which decisions walk over.
package struct UnitDetails: BitwiseCopyable, Equatable {
  package var shiftBegin_us: Int64 = 0  // 0 = not stated, likewise below
  package var sworn: Int32 = 0
  package var people: Int32 = 0
  package var stationLat_e7: Int32 = 0
  package var stationLon_e7: Int32 = 0
  package init() {}
}

/// What a host says of a unit (`hj_unit`), checked and with its place already snapped.
package struct UnitDescription: BitwiseCopyable {
  package var id: UInt64
  package var kind: UInt32
  package var agency: UInt32
  package var capabilities: UInt64
  package var homeBeat: UInt32
  package var crew: Int32
  package var activity: Activity
  package var shiftEnd_us: Int64
  package var place: Place
  package var hasPosition: Bool
  package var details = UnitDetails()
  package init(
    id: UInt64, kind: UInt32, agency: UInt32, capabilities: UInt64, homeBeat: UInt32, crew: Int32,
    activity: Activity, shiftEnd_us: Int64, place: Place, hasPosition: Bool
  ) {
    self.id = id
    self.kind = kind
    self.agency = agency
    self.capabilities = capabilities
    self.homeBeat = homeBeat
    self.crew = crew
    self.activity = activity
    self.shiftEnd_us = shiftEnd_us
    self.place = place
    self.hasPosition = hasPosition
  }
}
