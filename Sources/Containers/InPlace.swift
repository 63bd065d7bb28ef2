// A field that keeps a large struct where it is. Must never: hold anything.

public import Synchronization

/// Without it the compiler counts a struct of plain fields as a value, and hands it as a copy on the stack to every method
/// that only reads: 7.4 KB a call for the engine's core. A struct that holds an atomic has an address, and is read there.
public struct InPlace: ~Copyable, Sendable {
  @usableFromInline let word: Atomic<UInt8>

  @inlinable public init() { word = Atomic(0) }
}
