// A number of the host's own, which the engine shows and never reads.

/// The host's own number of an incident: 32 opaque bytes, all zero = none.
public struct Reference: BitwiseCopyable, Equatable, Sendable {
  public var words: InlineArray<4, UInt64> = .init(repeating: 0)
  @inlinable @inline(__always) public init() {}

  package var isStated: Bool { words[0] | words[1] | words[2] | words[3] != 0 }

  public static func == (one: Reference, other: Reference) -> Bool {
    one.words[0] == other.words[0] && one.words[1] == other.words[1]
      && one.words[2] == other.words[2] && one.words[3] == other.words[3]
  }
}
