// Answers with names. The numbers are those of the C header (a test compares them). Public, as are the tiers: an
// inlinable function with package access stays a call in the modules above (Swift 6.3), and every C call has several.

/// What a command answers: `ok`, a named result that is no failure (positive), or an error (negative).
public struct Status: BitwiseCopyable, Equatable, Sendable {
  public let rawValue: Int32
  @inlinable public init(rawValue: Int32) { self.rawValue = rawValue }
  @inlinable public var isError: Bool { rawValue < 0 }
  /// Whether what the call was about is in the books now (`hj_is_taken`): full, passed and timeout (9, which comes with
  /// the journal) are no failures, and yet nothing was taken.
  public var isTaken: Bool {
    rawValue >= 0 && self != .full && self != .passed && rawValue != 9
  }
  /// Written out: a derived one is called through a table from other modules.
  @inlinable public static func == (left: Status, right: Status) -> Bool {
    left.rawValue == right.rawValue
  }

  @inlinable public static var ok: Status { Status(rawValue: 0) }
  @inlinable public static var exists: Status { Status(rawValue: 1) }
  @inlinable public static var full: Status { Status(rawValue: 2) }
  @inlinable public static var manual: Status { Status(rawValue: 3) }
  @inlinable public static var unchanged: Status { Status(rawValue: 4) }
  @inlinable public static var partial: Status { Status(rawValue: 5) }
  @inlinable public static var timeBackwards: Status { Status(rawValue: 6) }
  @inlinable public static var passed: Status { Status(rawValue: 7) }
  @inlinable public static var held: Status { Status(rawValue: 8) }

  @inlinable public static var argument: Status { Status(rawValue: -1) }
  @inlinable public static var null: Status { Status(rawValue: -2) }
  @inlinable public static var size: Status { Status(rawValue: -3) }
  @inlinable public static var newer: Status { Status(rawValue: -4) }
  @inlinable public static var stale: Status { Status(rawValue: -5) }
  @inlinable public static var unknownUnit: Status { Status(rawValue: -6) }
  @inlinable public static var state: Status { Status(rawValue: -7) }
  @inlinable public static var conflict: Status { Status(rawValue: -8) }
  @inlinable public static var buffer: Status { Status(rawValue: -9) }
  @inlinable public static var memory: Status { Status(rawValue: -10) }
  @inlinable public static var forked: Status { Status(rawValue: -11) }
  @inlinable public static var deadlock: Status { Status(rawValue: -12) }
  @inlinable public static var range: Status { Status(rawValue: -13) }
  @inlinable public static var file: Status { Status(rawValue: -14) }
  @inlinable public static var map: Status { Status(rawValue: -15) }
  @inlinable public static var plans: Status { Status(rawValue: -16) }
  @inlinable public static var mode: Status { Status(rawValue: -17) }
  @inlinable public static var unsupported: Status { Status(rawValue: -18) }
  @inlinable public static var limit: Status { Status(rawValue: -19) }
  @inlinable public static var system: Status { Status(rawValue: -20) }
  @inlinable public static var busy: Status { Status(rawValue: -21) }
  @inlinable public static var reason: Status { Status(rawValue: -22) }
  @inlinable public static var snooze: Status { Status(rawValue: -24) }
  @inlinable public static var noClock: Status { Status(rawValue: -25) }
  @inlinable public static var step: Status { Status(rawValue: -26) }
}
