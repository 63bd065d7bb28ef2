// What a recorded command may say: what a host may, after the faces checked it, and what the driver itself does. A file
// is no host, so nothing of it reaches the core unchecked.

import HujiaEngine
import HujiaIngest
import HujiaRoads

extension EngineDriver {
  /// Whether this engine can be given a recorded command at its moment. A moment before the last is none of a clock's,
  /// and harmless: a replay shows what it changes.
  func accepts(_ command: ReadCommand) -> Bool {
    let moment = command.recorded.moment
    guard moment.now_ns >= 0, moment.now_ns < 1 << 62, moment.wall_us >= 0 else { return false }
    switch command.recorded.change {
    case .plain(let change): return accepts(change)
    case .takeEvents(let room): return room.most >= 0 && room.decisions >= 0 && room.fires >= 0
    case .beats, .usePlans, .useEpoch: return true
    }
  }

  func accepts(_ change: Change) -> Bool {
    acceptsPlace(of: change) && acceptsNumbers(of: change)
  }

  private func acceptsPlace(of change: Change) -> Bool {
    switch change {
    case .report(let report), .post(let report), .update(_, let report, _),
      .addCall(_, let report), .selfInitiated(_, let report):
      return Place.isOnPlanet(report.lat_e7, report.lon_e7) && map.holds(report.place)
        && report.wall_us >= 0 && report.appointmentWall_us >= 0 && report.flags & ~1 == 0
    case .putUnit(let unit):
      let details = unit.details
      return map.holds(unit.place) && unit.id != 0 && unit.crew >= -1 && details.sworn >= 0
        && details.people >= 0 && details.shiftBegin_us >= 0
        && Place.isOnPlanet(details.stationLat_e7, details.stationLon_e7)
    case .putWatch(let watch):
      return Place.isOnPlanet(watch.lat_e7, watch.lon_e7) && map.holds(watch.place) && watch.id != 0
        && watch.flags & ~1 == 0 && watch.lastWall_us >= 0
    default: return true
    }
  }

  private func acceptsNumbers(of change: Change) -> Bool {
    switch change {
    case .end(_, let state, _, let wall_us):
      return (state == .closed || state == .cancelled) && wall_us >= 0
    case .advance(_, let state, let wall_us): return state != .none && wall_us >= 0
    case .assign(_, _, let wall_us), .merge(_, _, let wall_us), .unmerge(_, let wall_us),
      .callBack(_, _, let wall_us), .setLead(_, _, let wall_us), .divert(_, _, let wall_us, _),
      .raise(_, _, let wall_us), .separate(_, let wall_us),
      .undeliverable(_, let wall_us), .setActivity(_, _, let wall_us), .checkIn(_, let wall_us),
      .pauseWatch(_, let wall_us), .alarm(_, let wall_us), .startWall(let wall_us):
      return wall_us >= 0
    case .takeClock(let clock), .escalateClock(let clock): return Self.isSound(clock)
    case .snoozeClock(let clock, let for_ms):
      return Self.isSound(clock) && for_ms >= 0 && for_ms <= Int64(UInt32.max) * 1_000
    case .tendEpoch(let cells): return cells >= 0
    case .signStreet(_, let direction, let profile, _):
      return 0...2 ~= direction && 0...2 ~= profile
    case .stall(let late_ns): return late_ns >= 0
    case .tick(let tick):
      return tick.most >= 0 && tick.decisions >= 0 && tick.offerSteps >= 0
        && (tick.restedUntil_ns == .min || 0..<1 << 62 ~= tick.restedUntil_ns)
    case .background(let offerSteps): return offerSteps >= 0
    default: return true
    }
  }

  private static func isSound(_ clock: ClockReference) -> Bool {
    (clock.clock == .absence) == (clock.watchID != 0) && clock.step >= 0 && clock.cycle >= 0
  }

  /// Whether a recorded position can be one of this engine's.
  func holds(_ fix: TakenFix) -> Bool {
    Int(fix.slot) < core.pointee.limits.units && map.holds(fix.place)
  }
}
