// A field that keeps a large struct where it is. Must never: hold anything.

public import Synchronization

/// Without it the compiler counts a struct of plain fields as a value, and hands every method that only reads a copy of
/// it on the stack: 7.4 KB a call for the core. A struct that holds an atomic has an address, and is read there.
public struct InPlace: ~Copyable, Sendable {
  @usableFromInline let word: Atomic<UInt8>

  @inlinable public init() { word = Atomic(0) }
}
