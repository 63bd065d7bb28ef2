// Read first in this folder. A watch: a source with a heartbeat (a door sensor, an app, an officer's radio) of which
// silence means something. Its absence clock runs from the last sign of life; what is done on breach stands in the
// plans (`clocks.absence`).

import HujiaRoads

/// What changes with heartbeats and steps: one cache line, so that a heartbeat touches little.
package struct WatchRecord: BitwiseCopyable {
  package var id: UInt64
  /// The last sign of life on the engine's own clock, mapped once, at its receipt: a later jump of the wall clock
  /// moves no deadline.
  package var seen_ns: Int64
  package var seenWall_us: Int64
  /// Present: when to look again, never later than its silence is an absence. Absent: when the next step is due,
  /// `Int64.max` when the chain rests. Paused: when it ends by itself.
  package var due_ns: Int64
  /// The open incident that its chain or an alarm opened; 0 = none.
  package var incidentID: UInt64
  /// Own limit; 0 = that of the plans.
  package var limit_s: UInt32
  /// The step that fires next, 0-based; `putOff` while a person has put the limit off (present only). Then the cycle of
  /// that firing. Cycles go on from one absence to the next, so that no two firings of a watch look alike.
  package var step: Int32
  package var cycle: Int32
  package var state: WatchState

  static var putOff: Int32 { -1 }
}

/// What people see of an absence and do to it. Heartbeats touch none of it, so it lies apart from the record.
package struct WatchChain: BitwiseCopyable {
  /// Absent: when the next step is due without a snooze.
  var planned_ns: Int64 = .max
  /// Present, and its limit was put off: until then.
  var putOffUntil_ns: Int64 = .min
  /// The step that fired last, 1-based; 0 = none since the last sign of life.
  var firedStep: Int32 = 0
  var firedCycle: Int32
  /// Of the first firing of this absence.
  var firstCycle: Int32
  var isTaken = false
  var isSnoozed = false
  /// The last step has fired and what comes next is that step again.
  var isRepeating = false
  /// A step comes next; else the chain rests until its incident is over.
  var hasNext = true

  /// A watch within its limit; its next firing has this cycle.
  init(cycle: Int32) {
    firedCycle = cycle
    firstCycle = cycle
  }
}

/// What a host says of a watch (`hj_watch`), checked and snapped.
package struct WatchDescription: BitwiseCopyable {
  package var id: UInt64
  package var kind: UInt32
  package var limit_s: UInt32
  package var tier: Tier
  package var alarmTier: Tier
  package var type: UInt32
  package var alarmType: UInt32
  package var flags: UInt32
  package var lat_e7: Int32
  package var lon_e7: Int32
  package var homeOfficer: UInt64
  package var gridWorker: UInt64
  /// The unit that carries the source: an incident opens where that unit is.
  package var carrier: UInt64
  package var callerHash: UInt64
  package var lastWall_us: Int64
  package var place: Place
  package init(
    id: UInt64, kind: UInt32 = 0, limit_s: UInt32 = 0, tier: Tier = .none, alarmTier: Tier = .none,
    type: UInt32 = 0, alarmType: UInt32 = 0, flags: UInt32 = 0, lat_e7: Int32, lon_e7: Int32,
    homeOfficer: UInt64 = 0, gridWorker: UInt64 = 0, carrier: UInt64 = 0, callerHash: UInt64 = 0,
    lastWall_us: Int64 = 0, place: Place
  ) {
    self.id = id
    self.kind = kind
    self.limit_s = limit_s
    self.tier = tier
    self.alarmTier = alarmTier
    self.type = type
    self.alarmType = alarmType
    self.flags = flags
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.homeOfficer = homeOfficer
    self.gridWorker = gridWorker
    self.carrier = carrier
    self.callerHash = callerHash
    self.lastWall_us = lastWall_us
    self.place = place
  }
}

/// One heartbeat; `wall_us` is the device's time, 0 = now.
package struct Heartbeat: BitwiseCopyable {
  package var watchID: UInt64
  package var wall_us: Int64
  package init(watchID: UInt64, wall_us: Int64) {
    self.watchID = watchID
    self.wall_us = wall_us
  }
}
