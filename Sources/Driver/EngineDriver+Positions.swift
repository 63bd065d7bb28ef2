// How positions come in: any thread, without the baton. Checked, converted and snapped on the caller's thread, written
// into the unit's slot, and taken from there by whoever holds the baton next; by this thread when it is free.

import HujiaContainers
import HujiaEngine
import HujiaRoads

/// A position as a feed gave it, its fields within their ranges.
package struct GivenFix {
  package var unitID: UInt64
  package var lat_e7: Int32
  package var lon_e7: Int32
  package var datum: Int32
  package var accuracy_dm: UInt32
  package var heading_cdeg: Int32
  package var speed_cms: Int32
  package var wall_us: Int64  // 0 = now
  package init(
    unitID: UInt64, lat_e7: Int32, lon_e7: Int32, datum: Int32, accuracy_dm: UInt32,
    heading_cdeg: Int32, speed_cms: Int32, wall_us: Int64
  ) {
    self.unitID = unitID
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.datum = datum
    self.accuracy_dm = accuracy_dm
    self.heading_cdeg = heading_cdeg
    self.speed_cms = speed_cms
    self.wall_us = wall_us
  }
}

extension EngineDriver {
  /// Units that a command takes in before it begins (in `RunMode.poll` all), that a holder takes in after one, and that
  /// a reporting thread takes in when the baton is free.
  static var takenBefore: Int { 256 }
  static var takenAfter: Int { 16 }
  static var takenByReporter: Int { 64 }

  /// Takes positions in; `given` is nil for one whose fields are out of range. Returns how many were accepted.
  package func takeFixes(_ count: Int, _ given: (Int) -> GivenFix?) -> Int {
    let now_us = mode == .poll ? polledWall_us.load(ordering: .relaxed) : Clock.wall_us()
    var tally = FixTally()
    for index in 0..<count {
      if let fix = given(index) {
        tally.add(take(fix, now_us: now_us))
      } else {
        tally.add(.range)
      }
      if index % Self.takenByReporter == Self.takenByReporter - 1 { takePositionsIfFree() }
    }
    tally.add(to: ingest.pointee)
    if tally.accepted > 0 { takePositionsIfFree() }
    return tally.accepted
  }

  private func take(_ given: GivenFix, now_us: Int64) -> FixVerdict {
    let wall_us = given.wall_us == 0 ? now_us : given.wall_us
    if let refusal = core.pointee.positions.refusal(
      accuracy_dm: given.accuracy_dm, wall_us: wall_us, now_us: now_us)
    {
      return refusal
    }
    guard let slot = core.pointee.unit(given.unitID) else { return .unknownUnit }
    let before = core.pointee.positions.before(slot)
    // An upload of old fixes is told from the slot; nothing is snapped in vain.
    if wall_us < before.wall_us { return .older }
    let point = wgs84(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
    let place = snap(
      point, hint: before.street, heading_cdeg: given.heading_cdeg, speed_cms: given.speed_cms)
    return core.pointee.positions.take(
      Fix(
        unitID: given.unitID, place: place, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
        accuracy_dm: given.accuracy_dm, wall_us: wall_us), in: slot)
  }

  /// Tries the baton once; who has it now, or takes it next, does the work otherwise. Stops as soon as a call waits,
  /// and lets it have the baton: calls never queue behind positions.
  private func takePositionsIfFree() {
    guard core.pointee.positions.hasFresh, baton.takeIfFree() else { return }
    core.pointee.counters.add(Counter.turns)
    core.pointee.takePositions(most: Self.takenByReporter) { baton.isWanted }
    baton.give(helping: 0)
  }
}
