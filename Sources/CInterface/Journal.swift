// hj_journal_status, hj_journal_wait, hj_health, hj_mode_set, hj_events_ack.

import CHujia
import HujiaDriver

@c @implementation
public func hj_journal_status(
  _ engine: OpaquePointer!, _ info: UnsafeMutablePointer<hj_journal_info>!
) -> hj_status {
  with(engine) { driver in
    let status = Sized.checkOutput(info)
    guard status == .ok, let info else { return status }
    let figures = driver.journalFigures
    var filled = hj_journal_info()
    filled.state = figures.state.rawValue
    filled.recorded = figures.recorded
    filled.durable = figures.durable
    filled.head_record = figures.headRecord
    withUnsafeMutableBytes(of: &filled.head) { bytes in
      for place in 0..<min(bytes.count, figures.head.count) { bytes[place] = figures.head[place] }
    }
    filled.lag_ns = figures.lag_ns
    filled.disk_bytes = figures.disk_bytes
    filled.reasons = figures.reasons
    filled.last_error = figures.lastError.rawValue
    filled.append_p50_ns = figures.appendP50_ns
    filled.append_p99_ns = figures.appendP99_ns
    filled.append_p999_ns = figures.appendP999_ns
    filled.append_longest_ns = figures.appendLongest_ns
    filled.rebuilt = figures.rebuilt
    filled.digest = figures.digest.rawValue
    filled.held_by = figures.heldBy
    filled.first_record = figures.first
    filled.gone = figures.gone
    filled.archivable = figures.archivable
    filled.archivable_bytes = figures.archivable_bytes
    filled.positions_lost = figures.positionsLost
    Sized.write(&filled, to: UnsafeMutableRawPointer(info), size: Sized.size(info))
    return .ok
  }
}

@c @implementation
public func hj_journal_wait(
  _ engine: OpaquePointer!, _ record: UInt64, _ strength: Int32, _ timeout_ns: Int64
) -> hj_status {
  with(engine) { driver in
    guard let strength = Strength(rawValue: strength) else { return .argument }
    return driver.wait(record: record, for: strength, within: timeout_ns)
  }
}

@c @implementation
public func hj_health(
  _ engine: OpaquePointer!, _ health: UnsafeMutablePointer<hj_health_info>!
) -> hj_status {
  with(engine) { driver in
    let status = Sized.checkOutput(health)
    guard status == .ok, let health else { return status }
    let told = driver.health
    var filled = hj_health_info()
    filled.mode = told.mode
    filled.reasons = told.reasons
    Sized.write(&filled, to: UnsafeMutableRawPointer(health), size: Sized.size(health))
    return .ok
  }
}

@c @implementation
public func hj_events_ack(_ engine: OpaquePointer!, _ sequence: UInt64) -> hj_status {
  with(engine) { driver in driver.acknowledge(sequence) }
}

@c @implementation
public func hj_mode_set(
  _ engine: OpaquePointer!, _ mode: Int32, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    return driver.set(mode: mode, act: act)
  }
}
