// What is kept beside the records: events that a host may not have handled, streets that are closed.

import HujiaContainers
import HujiaEngine
import HujiaJournal

extension EngineJournal {
  // Events

  /// Those that were handed out and not acknowledged; older ones than `for_s` are not told again.
  func keep(_ events: [Event], newest wall_us: Int64, for_s: UInt32) {
    let oldest_us = wall_us &- Int64(for_s) &* 1_000_000
    repeated = RepeatedEvents(events.filter { $0.wall_us == 0 || $0.wall_us >= oldest_us })
  }

  var hasRepeated: Bool { !repeated.isEmpty }

  /// Under the baton.
  func forget(upTo sequence: UInt64) {
    repeated.forget(upTo: sequence)
  }

  /// Under the baton: the oldest of them, if it may be read.
  func takeRepeated() -> Event? {
    guard var event = repeated.oldest, shows(event.record) else { return nil }
    repeated.removeOldest()
    event.isUndurable = event.record > shown.durable
    return event
  }

  // Streets

  /// The builder: of the times of an epoch that was built, those that stand on record.
  func keepStreets(of traffic: Traffic) {
    guard let split = traffic.taken.words.first else { return }
    traffic.kept.removeAll(keepingCapacity: true)
    traffic.kept.append(split)
    for word in traffic.taken.words.dropFirst() {
      let plain = UInt64(littleEndian: word)
      let (key, time_ms) = (
        UInt32(truncatingIfNeeded: plain >> 32), UInt32(truncatingIfNeeded: plain)
      )
      let wasClosed = closed.contains(key)
      if time_ms == .max { closed.insert(key) } else if wasClosed { closed.remove(key) }
      if telemetry == .all || time_ms == .max || wasClosed { traffic.kept.append(word) }
    }
    defer { noteTimes(traffic.kept) }
    // Its number is on record whatever it says; of more times than fit only closures.
    guard !fits(traffic.kept.count * 8) else { return }
    if telemetry == .all { hasGap = true }
    traffic.kept.removeAll {
      $0 != split && UInt32(truncatingIfNeeded: UInt64(littleEndian: $0)) != .max
    }
    if !fits(traffic.kept.count * 8) { traffic.kept = [split] }
  }

  /// For the snapshot: what stands on record of streets, as an engine that is rebuilt hears of it.
  private func noteTimes(_ words: [UInt64]) {
    timesGate.held {
      for word in words.dropFirst() {
        let plain = UInt64(littleEndian: word)
        times[UInt32(truncatingIfNeeded: plain >> 32)] = UInt32(truncatingIfNeeded: plain)
      }
    }
  }
}
