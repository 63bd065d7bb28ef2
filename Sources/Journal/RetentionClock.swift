// How much time has passed for what goes in its time. A wall clock that was set ahead by mistake makes everything old
// at once, and what goes is gone: it is believed only after it has stood. Must never: run faster than time does.

import HujiaContainers

/// Follows the wall clock back at once. Ahead it goes with elapsed time, and beyond that once the wall clock has been
/// ahead by as much, within `tolerance_us`, for `trial_ns` of a machine that is up.
struct RetentionClock: Equatable {
  static var tolerance_us: Int64 { 3_600_000_000 }
  static var trial_ns: Int64 { 86_400_000_000_000 }
  /// LOCK has it as it was so long ago at most.
  static var kept_ns: Int64 { 3_600_000_000_000 }

  /// What retention goes by; 0: nobody knows. Never ahead of the wall clock at the last look.
  private(set) var now_us: Int64 = 0
  private var boot = JournalID.none
  /// The last look, of that boot.
  private var seen_ns: Int64 = 0
  /// By how much the wall clock was ahead when its trial began, and how long that has lasted.
  private var tried_us: Int64 = 0
  private var stood_ns: Int64 = 0
  /// By how much it is.
  private(set) var lead_us: Int64 = 0

  /// More than a clock is wound on by hand.
  var isDoubted: Bool { lead_us > Self.tolerance_us }

  /// A journal is opened. What passed while nobody looked is known where the machine was up, and else it is what the
  /// wall clock must prove. `newest_us`: on record, for a LOCK of before there was this; 0 = a new journal.
  mutating func goOn(_ boot: JournalID, newest_us: Int64, now_ns: Int64, wall_us: Int64) {
    if now_us <= 0 {
      self = RetentionClock()
      now_us = newest_us > 0 ? newest_us : wall_us
      seen_ns = now_ns
    } else if self.boot != boot {
      seen_ns = now_ns
    }
    self.boot = boot
    look(now_ns: now_ns, wall_us: wall_us)
  }

  mutating func look(now_ns: Int64, wall_us: Int64) {
    // A machine that was set back to an earlier state has the same boot and an earlier clock.
    let passed_ns = max(0, now_ns &- seen_ns)
    seen_ns = now_ns
    now_us &+= passed_ns / 1_000
    lead_us = wall_us &- now_us
    guard lead_us > 0 else { return believe(wall_us) }
    guard abs(lead_us &- tried_us) <= Self.tolerance_us else {
      tried_us = lead_us
      stood_ns = 0
      return
    }
    stood_ns &+= passed_ns
    if stood_ns >= Self.trial_ns { believe(wall_us) }
  }

  private mutating func believe(_ wall_us: Int64) {
    now_us = wall_us
    lead_us = 0
    tried_us = 0
    stood_ns = 0
  }

  // In LOCK

  func put(into fields: inout FieldWriter) {
    fields.put(boot)
    for value in [now_us, seen_ns, tried_us, stood_ns] { fields.put(value) }
  }

  /// Anything that no clock can have said counts as nothing.
  init(_ fields: inout NumberReader) {
    boot = fields.getID()
    now_us = fields.get()
    seen_ns = fields.get()
    tried_us = fields.get()
    stood_ns = fields.get()
    let isPossible = [now_us, seen_ns, tried_us, stood_ns].allSatisfy {
      (0...Self.most).contains($0)
    }
    if fields.isBroken || !isPossible { self = RetentionClock() }
  }

  init() {}

  private static var most: Int64 { 1 << 61 }
}

extension Journal {
  /// Under `work`, when it is opened.
  func goOn(from found: Recovery) {
    pending.inherited = found.ringNotes
    let newest_us = max(found.segments.last?.wall_us ?? 0, found.place.wall_us)
    tending.clockKept_ns = calls.now_ns()
    lock.page.clock.goOn(
      boot, newest_us: newest_us, now_ns: tending.clockKept_ns, wall_us: calls.wall_us())
  }

  /// Under `work`, behind each step.
  func tendClock() {
    lookAtClock()
    let now_ns = calls.now_ns()
    guard keepsInTime, now_ns &- tending.clockKept_ns >= RetentionClock.kept_ns else { return }
    tending.clockKept_ns = now_ns
    if let error = lock.write(folder) { note(error) }
  }

  /// Under `work`. What retention goes by.
  @discardableResult
  func lookAtClock() -> Int64 {
    lock.page.clock.look(now_ns: calls.now_ns(), wall_us: calls.wall_us())
    return lock.page.clock.now_us
  }

  private var keepsInTime: Bool {
    hasRetention || settings.retain_s.contains { $0 < JournalSettings.always_s }
  }

  /// Under `work`: something is old by the wall clock alone, and waits.
  func tellDoubt() {
    let isHeld = tending.isDoubted || pending.isDoubted
    if isHeld { raise(.timeUncertain) } else { clear(.timeUncertain) }
  }
}
