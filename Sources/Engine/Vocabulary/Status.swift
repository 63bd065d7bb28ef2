// Answers; their names are in Vocabulary.swift. Public, as are the tiers: an inlinable function with package access
// stays a call in the modules above (Swift 6.3), and every C call has several.

/// What a command answers: `ok`, a named result that is no failure (positive), or an error (negative).
public struct Status: BitwiseCopyable, Equatable, Sendable {
  public let rawValue: Int32
  @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
  @inlinable public var isError: Bool { rawValue < 0 }
  /// Whether what the call was about is in the books now (`hj_is_taken`): full, passed and timeout are no
  /// failures, and yet nothing was taken.
  public var isTaken: Bool {
    rawValue >= 0 && self != .full && self != .passed && self != .timeout
  }
  /// Written out: a derived one is called through a table from other modules.
  @inlinable public static func == (left: Status, right: Status) -> Bool {
    left.rawValue == right.rawValue
  }
}
