// How positions come in: any thread, without the baton. Checked, converted and snapped on the caller's thread, written
// into the unit's slot, and taken from there by the next holder of the baton; by this thread when it is free.

import CHujiaKernels
import HujiaContainers
import HujiaEngine
import HujiaIngest
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
  /// Units that a command takes in before it begins and a poll in one slice, and that a holder takes in after one. A
  /// reporting thread that finds the baton free applies as many waiting fixes as it delivered, at least 4. Otherwise
  /// one late reporter would pay for everyone's backlog.
  static var takenBefore: Int { 64 }
  static var takenAfter: Int { 16 }
  static var takenByReporter: Int { 64 }
  static var takenForOne: Int { 4 }
  /// Fixes of a batch whose waits for memory are shared; divides `takenByReporter`.
  static var begunTogether: Int { 16 }

  /// Takes positions in; `given` is nil for one whose fields are out of range. Returns how many were accepted.
  package func takeFixes(_ count: Int, _ given: (Int) -> GivenFix?) -> Int {
    let (now_us, now_ns) = reporterTime
    var tally = FixTally()
    var next = 0
    while next < count {
      let end = min(next + Self.begunTogether, count)
      if end - next > 1 { fetchAhead(next..<end, given) }
      for index in next..<end {
        if let fix = given(index) {
          tally.add(take(fix, now_us: now_us, now_ns: now_ns))
        } else {
          tally.add(.range)
        }
      }
      next = end
      if next % Self.takenByReporter == 0 { takePositionsIfFree(most: Self.takenByReporter) }
    }
    tally.add(to: ingest.pointee)
    if tally.accepted > 0 {
      takePositionsIfFree(most: min(max(count, Self.takenForOne), Self.takenByReporter))
    }
    return tally.accepted
  }

  /// A fix waits for memory five times, each time for where the next wait will be: with sixteen of them begun together
  /// the waits are shared. Nothing is decided here.
  @inline(never)
  private func fetchAhead(_ range: Range<Int>, _ given: (Int) -> GivenFix?) {
    var ids = InlineArray<16, UInt64>(repeating: 0)
    var cells = InlineArray<16, Int>(repeating: -1)
    var slots = InlineArray<16, UInt32>(repeating: .max)
    var streets = InlineArray<16, UInt32>(repeating: Place.none)
    let hasStreets = map.streetCount > 0 && map.gridRows > 0 && map.gridColumns > 0
    for index in range {
      guard let fix = given(index) else { continue }
      let place = index - range.lowerBound
      ids[place] = fix.unitID
      let addresses = core.pointee.units.addresses(of: fix.unitID)
      hjk_prefetch(addresses.value)
      hjk_prefetch(addresses.key)
      guard hasStreets else { continue }
      let cell = map.cell(lat_e7: fix.lat_e7, lon_e7: fix.lon_e7)
      cells[place] = cell
      hjk_prefetch(map.firstInCell + cell)
    }
    for place in 0..<range.count where ids[place] != 0 {
      guard let slot = core.pointee.unit(ids[place]) else { continue }
      slots[place] = slot
      hjk_prefetch_span(positions.pointee.latest.address(slot), 128)
    }
    for place in 0..<range.count where slots[place] != .max {
      let street = positions.pointee.guessedStreet(slots[place])
      guard street < map.streetCount else { continue }
      streets[place] = street
      hjk_prefetch(map.streetFirstPoint + Int(street))
      hjk_prefetch(map.streetFacts + Int(street))
    }
    for place in 0..<range.count {
      if cells[place] >= 0 { hjk_prefetch(map.cellSegment + Int(map.firstInCell[cells[place]])) }
      guard streets[place] != Place.none else { continue }
      let point = Int(map.streetFirstPoint[Int(streets[place])])
      hjk_prefetch(map.pointLat_e7 + point)
      hjk_prefetch(map.pointLon_e7 + point)
      hjk_prefetch(map.pointOffset_mm + point)
      hjk_prefetch(map.pointStreet + point)
    }
  }

  /// The time of now for a thread that does not hold the baton; `now_us` 0 = not known. The time on the engine's clock
  /// is read after the other and stored before it, so that no fix looks older than it is.
  private var reporterTime: (now_us: Int64, now_ns: Int64) {
    guard mode == .poll else { return (Clock.wall_us(), Clock.now_ns() &- origin_ns) }
    let now_us = polledWall_us.load(ordering: .acquiring)
    return (now_us, polled_ns.load(ordering: .relaxed))
  }

  private func take(_ given: GivenFix, now_us: Int64, now_ns: Int64) -> FixVerdict {
    if let refusal = positions.pointee.refusal(
      accuracy_dm: given.accuracy_dm, wall_us: given.wall_us, now_us: now_us)
    {
      return refusal
    }
    guard let slot = core.pointee.unit(given.unitID) else { return .unknownUnit }
    if positions.pointee.isOffDuty(slot) { return .offDuty }
    let (wall_us, fix_ns) = FixRules.times(
      wall_us: given.wall_us, now_us: now_us, now_ns: now_ns)
    let before = positions.pointee.before(slot)
    // An upload of old fixes is told from the slot; nothing is snapped in vain.
    if positions.pointee.rules.isOlder(wall_us, than: before.wall_us, now_us: now_us) {
      return .older
    }
    let point = wgs84(lat_e7: given.lat_e7, lon_e7: given.lon_e7, datum: given.datum)
    let place = snap(
      point, hint: before.street, heading_cdeg: given.heading_cdeg, speed_cms: given.speed_cms)
    return positions.pointee.take(
      Fix(
        unitID: given.unitID, place: place, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
        accuracy_dm: given.accuracy_dm, wall_us: wall_us, fix_ns: fix_ns), in: slot,
      now_us: now_us)
  }

  /// Tries the baton once; its holder, or the next one, does the work otherwise. Stops within eight units of a
  /// call that waits, and lets it have the baton: calls never queue behind positions.
  private func takePositionsIfFree(most: Int) {
    guard positions.pointee.hasFresh, baton.takeIfFree() else { return }
    core.pointee.counters.add(Counter.turns)
    core.pointee.takePositions(most: most) { baton.isWanted }
    recorder?.makeRoom()
    baton.give(helping: 0)
  }
}
