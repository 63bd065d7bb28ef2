// hj_figures_read, _values, _breaches, _reset.

import CHujia
import HujiaDriver

@c @implementation
public func hj_figures_read(
  _ engine: OpaquePointer!, _ query: UnsafePointer<hj_figures_query>!,
  _ figures: UnsafeMutablePointer<hj_figures>!
) -> hj_status {
  with(engine) { driver in
    let verdict = Sized.checkOutput(figures)
    guard verdict == .ok, let figures else { return verdict }
    let (status, given) = Sized.read(query)
    guard let given else { return status }
    guard let dimension = FigureDimension(rawValue: given.dimension),
      let interval = FigureInterval(rawValue: given.interval)
    else { return .argument }
    let found = driver.figures(interval, by: dimension, value: given.value)
    var filled = hj_figures(found)
    Sized.write(
      &filled, to: UnsafeMutableRawPointer(figures), size: Sized.size(figures))
    return .ok
  }
}

extension hj_figures {
  init(_ found: Figures) {
    self.init()
    if found.isUnknown { flags |= HJ_FIGURES_UNKNOWN }
    if found.isTableFull { flags |= HJ_FIGURES_TABLE_FULL }
    count = found.count
    with_target = found.withTarget
    within_target = found.withinTarget
    mean_ms = found.mean_ms
    min_ms = found.least_ms
    p50_ms = found.p50_ms
    p90_ms = found.p90_ms
    p99_ms = found.p99_ms
    max_ms = found.greatest_ms
  }
}

@c @implementation
public func hj_figures_values(
  _ engine: OpaquePointer!, _ dimension: Int32, _ values: UnsafeMutablePointer<UInt32>!,
  _ capacity: UInt32, _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count, capacity == 0 || values != nil else { return .null }
    guard let dimension = FigureDimension(rawValue: dimension) else { return .argument }
    let known = driver.figureValues(
      dimension, into: UnsafeMutableBufferPointer(start: values, count: Int(capacity)))
    count.pointee = UInt32(known)
    return known > Int(capacity) ? .buffer : .ok
  }
}

@c @implementation
public func hj_figures_breaches(
  _ engine: OpaquePointer!, _ breaches: UnsafeMutablePointer<hj_breach>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count else { return .null }
    count.pointee = 0
    guard capacity > 0 else { return .ok }
    let verdict = Sized.checkOutput(breaches)
    guard verdict == .ok, let breaches else { return verdict }
    let size = Sized.size(breaches)
    let raw = UnsafeMutableRawPointer(breaches)
    let written = driver.readBreaches(Int(capacity)) { index, breach, now_ns in
      var filled = hj_breach(breach, now_ns: now_ns)
      Sized.write(&filled, to: raw + index * Int(size), size: size)
    }
    count.pointee = UInt32(written)
    return .ok
  }
}

extension hj_breach {
  init(_ breach: Breach, now_ns: Int64) {
    self.init()
    clock = Int32(breach.clock.rawValue)
    incident_id = breach.incidentID
    assignment_id = breach.assignmentID
    unit_id = breach.unitID
    due_wall_us = breach.dueWall_us
    over_ms = max((min(breach.ended_ns, now_ns) &- breach.due_ns) / 1_000_000, 0)
    is_over = breach.ended_ns == .max ? 0 : 1
    tier = Int32(breach.tier.rawValue)
    type = breach.type
    flags =
      (breach.wasKept ? HJ_BREACH_KEPT_TOLD_LATE : 0)
      | (breach.isCatchUp ? HJ_BREACH_CATCH_UP : 0)
    breach.reference.copy(to: &reference)
  }
}

@c @implementation
public func hj_figures_reset(_ engine: OpaquePointer!) -> hj_status {
  with(engine) { driver in
    driver.submit(.resetFigures)
  }
}
