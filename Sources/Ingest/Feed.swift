// Read first. Where positions come from in a turn: from the table while things happen, or from what was written down
// when the turn is applied again. The core asks a feed and nothing else, so what it was given is a fact of the turn.
// Must never: cost the hot path more than a look at a pointer when nobody records.

import HujiaContainers
import HujiaRoads

/// The positions that a turn may take in. A plain value of two pointers; what it points at is its maker's, and stays
/// where it is as long as the core is used. Only the baton's holder asks it.
package struct Feed: BitwiseCopyable {
  private let table: UnsafePointer<PositionTable>?
  private let facts: UnsafeMutablePointer<TurnFacts>?

  /// Nobody reports positions.
  package static var none: Feed { Feed(table: nil, facts: nil) }

  /// From the table. With `facts` each that is given is written down there.
  package static func live(
    _ table: UnsafePointer<PositionTable>, writing facts: UnsafeMutablePointer<TurnFacts>? = nil
  ) -> Feed {
    Feed(table: table, facts: facts)
  }

  /// What was written down.
  package static func recorded(_ facts: UnsafeMutablePointer<TurnFacts>) -> Feed {
    Feed(table: nil, facts: facts)
  }

  private init(
    table: UnsafePointer<PositionTable>?, facts: UnsafeMutablePointer<TurnFacts>?
  ) {
    self.table = table
    self.facts = facts
  }

  /// From the table, as it comes.
  package var isLive: Bool { table != nil }
  /// Somebody writes down, or compares, what comes of a turn.
  @inline(__always) package var isWatched: Bool { facts != nil }

  package var hasFresh: Bool { table?.pointee.hasFresh ?? false }

  /// Of a recorded turn: whether more positions waited than were taken in before the first question.
  package var hadLeft: Bool { facts?.pointee.hasLeft ?? false }

  // Before the first question

  /// The next units with new positions, which `take` reads: their slots into `group`, at most as many as it holds.
  /// Fewer when there are no more, or no room to write them down. Returns how many. One call for a group, because it
  /// crosses into this module.
  package func popNext(_ group: inout InlineArray<8, UInt32>, most: Int) -> Int {
    guard let table else { return 0 }
    var count = 0
    while count < min(group.count, most) {
      if let facts, !facts.pointee.hasRoom { break }
      guard let slot = table.pointee.latest.fresh.popNext() else { break }
      group[count] = slot
      count += 1
    }
    return count
  }

  /// The position of a unit that `popNext` gave; nil when it is void.
  package func take(_ slot: UInt32, now_ns: Int64) -> TakenFix? {
    guard let table, let fix = table.pointee.take(slot, now_ns: now_ns) else { return nil }
    if let facts { return write(fix, in: facts) }
    return fix
  }

  /// The next position that was written down as taken in before the first question.
  package func takeWritten() -> TakenFix? {
    table == nil ? facts?.pointee.takeNext() : nil
  }

  // Questions

  /// The newest position of one unit, if it was not given yet.
  package func newer(of slot: UInt32, now_ns: Int64) -> TakenFix? {
    facts?.pointee.ask()
    guard let table else { return facts?.pointee.takeNext(of: slot) }
    if let facts, !facts.pointee.hasRoom { return nil }
    guard table.pointee.latest.fresh.remove(slot) else { return nil }
    return take(slot, now_ns: now_ns)
  }

  /// Units are popped in groups: one that finds no room any more keeps its mark for the next turn.
  private func write(
    _ fix: TakenFix, in facts: UnsafeMutablePointer<TurnFacts>
  ) -> TakenFix? {
    guard facts.pointee.hasRoom else {
      table?.pointee.latest.fresh.insert(fix.slot)
      return nil
    }
    facts.pointee.write(fix)
    return fix
  }

  // What the core says of its units; a recorded feed needs none of it.

  /// A new unit in this slot: what was reported for an earlier one is void.
  package func assign(_ slot: UInt32, id: UInt64) { table?.pointee.latest.assign(slot, id: id) }
  /// What was reported before is void: the host has placed the unit by hand.
  package func void(_ slot: UInt32) { table?.pointee.latest.void(slot) }
  /// The slot is nobody's.
  package func retire(_ slot: UInt32) {
    table?.pointee.latest.clear(slot)
    table?.pointee.set(isOffDuty: false, slot)
  }
  /// Whether positions of the unit are refused from now on.
  package func set(isOffDuty: Bool, _ slot: UInt32) {
    table?.pointee.set(isOffDuty: isOffDuty, slot)
  }

  /// What came of the turn, where it is written down or compared.
  @inline(__always)
  package func tell(_ body: (inout TurnFacts) -> Void) {
    if let facts { body(&facts.pointee) }
  }
}
