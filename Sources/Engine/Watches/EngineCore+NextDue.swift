// What is due next: of clocks, watches and shifts.

import HujiaDeadlines

extension EngineCore {
  /// Both structures; false when one of them has more to draw before the next may fire.
  mutating func drawDue(_ steps: inout Int) -> Bool {
    let isDrawn = clocks.draw(now_ns: time.now_ns, steps: &steps)
    return watches.draw(now_ns: time.now_ns, steps: &steps) && isDrawn
  }

  /// What waited for the first wall time gets its place in it: nothing fires before.
  package var isArming: Bool { firstWall.isArming }

  /// The earliest due time; `Int64.max` when nothing is armed. After a cancellation it may be earlier than that until
  /// the next `fireDue` (`DeadlineWheel.next_due_ns`).
  package var nextDue_ns: Int64 {
    firstWall.isArming
      ? time.now_ns
      : min(clocks.nextDue_ns, watches.nextDue_ns, units.begins.next_ns)
  }
}
