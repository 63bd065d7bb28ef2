// Read first in this folder. What is true between two commands, whatever the commands were: each room says it in words
// and code (`EngineCore+Valid….swift` beside the room's own files), tests and `hujia simulate` ask after every command.

/// An invariant that does not hold, and the slot, number or count that shows it.
package struct BrokenInvariant: Sendable {
  package let words: StaticString
  package let number: Int64
}

/// Keeps the first that is broken.
struct Invariants {
  private(set) var broken: BrokenInvariant?

  mutating func hold(_ isTrue: Bool, _ words: StaticString, _ number: some BinaryInteger) {
    guard !isTrue, broken == nil else { return }
    broken = BrokenInvariant(words: words, number: Int64(truncatingIfNeeded: number))
  }
}

extension EngineCore {
  /// The first invariant that does not hold; nil = all do. O(all tables), for tests.
  package func validate() -> BrokenInvariant? {
    var invariants = Invariants()
    validateUnits(&invariants)
    validateAssignments(&invariants)
    validateIncidents(&invariants)
    validateLinks(&invariants)
    validateWaiting(&invariants)
    validateClocks(&invariants)
    validateWatches(&invariants)
    validatePlans(&invariants)
    invariants.hold(outbox.isConsistent(), "events are numbered upwards, within their rooms", 0)
    invariants.hold(
      keys.isConsistent(now_ns: time.now_ns), "keys stand in order of age, each found by its key", 0
    )
    return invariants.broken
  }
}
