// What is true between two commands is said in words beside the code that checks it. The words of the first that does
// not hold are kept.

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
