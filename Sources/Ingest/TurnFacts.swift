// What a turn took in that its command does not say: the positions that its decisions were given. Written while the
// turn runs, when somebody records it; read when it is applied again. Must never: be touched without the baton.

import HujiaContainers
import HujiaRoads

/// A position as the core takes it in. With these a core makes the same decisions without the table.
package struct TakenFix: BitwiseCopyable, Equatable {
  package var slot: UInt32
  /// At which question of the turn it was given; 0 = before the first.
  package var ask: UInt32
  /// The device's time; 0 = no time was known.
  package var wall_us: Int64
  /// The same on the engine's own clock.
  package var fix_ns: Int64
  package var place: Place
  package init(slot: UInt32, ask: UInt32, wall_us: Int64, fix_ns: Int64, place: Place) {
    self.slot = slot
    self.ask = ask
    self.wall_us = wall_us
    self.fix_ns = fix_ns
    self.place = place
  }
}

/// The facts of one turn, in the order in which they were given.
///
/// A decision that looks again at the units it found asks for one unit's newest position. Whether there is one depends
/// on threads, so each such question has a number, and an answer carries it: the same state asks the same questions.
package struct TurnFacts: ~Copyable {
  private let inPlace = InPlace()
  private let fixes: Block<TakenFix>
  package private(set) var count = 0
  private var next = 0
  private var asks: UInt32 = 0
  /// More positions waited than the turn took in before its first question.
  package var hasLeft = false
  /// Folds every event that was filed.
  package var events = Digest()

  package init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    fixes = try Block<TakenFix>(memory, count: capacity)
  }

  package var capacity: Int { fixes.count }
  /// One more fits. A full log is an answer: the table gives nothing more in this turn.
  var hasRoom: Bool { count < fixes.count }
  package subscript(index: Int) -> TakenFix { fixes[index] }

  /// Begins the next turn's.
  package mutating func removeAll() {
    count = 0
    next = 0
    asks = 0
    hasLeft = false
    events = Digest()
  }

  /// To be given again from the beginning.
  package mutating func rewind() {
    next = 0
    asks = 0
    events = Digest()
  }

  /// What was given outside a command counts as given before the next one.
  package mutating func carryOver() {
    for index in 0..<count { fixes[index].ask = 0 }
    asks = 0
  }

  package mutating func append(_ fix: TakenFix) {
    guard count < fixes.count else { return }
    fixes[count] = fix
    count += 1
  }

  // While the turn runs

  mutating func ask() { asks &+= 1 }

  /// Writes down what the table gave.
  mutating func write(_ fix: TakenFix) {
    var numbered = fix
    numbered.ask = asks
    append(numbered)
  }

  /// What was given at this place; nil when nothing more was.
  mutating func takeNext(of slot: UInt32? = nil) -> TakenFix? {
    guard next < count, fixes[next].ask == asks, slot == nil || fixes[next].slot == slot else {
      return nil
    }
    next += 1
    return fixes[next - 1]
  }

  /// All facts were asked for: a replay whose state is the recorded one leaves none.
  package var isUsedUp: Bool { next == count }
}
