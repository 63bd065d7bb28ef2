// Answers with names. The numbers are those of the C header (a test compares them).

/// What a command answers: `ok`, a named result that is no failure (positive), or an error (negative).
package struct Status: BitwiseCopyable, Equatable, Sendable {
  package let rawValue: Int32
  @inlinable package init(rawValue: Int32) { self.rawValue = rawValue }
  @inlinable package var isError: Bool { rawValue < 0 }
  /// Written out: a derived one is called through a table from other modules.
  @inlinable package static func == (left: Status, right: Status) -> Bool {
    left.rawValue == right.rawValue
  }

  @inlinable package static var ok: Status { Status(rawValue: 0) }
  @inlinable package static var exists: Status { Status(rawValue: 1) }
  @inlinable package static var full: Status { Status(rawValue: 2) }
  @inlinable package static var manual: Status { Status(rawValue: 3) }
  @inlinable package static var unchanged: Status { Status(rawValue: 4) }
  @inlinable package static var partial: Status { Status(rawValue: 5) }
  @inlinable package static var timeBackwards: Status { Status(rawValue: 6) }
  @inlinable package static var passed: Status { Status(rawValue: 7) }
  @inlinable package static var held: Status { Status(rawValue: 8) }

  @inlinable package static var argument: Status { Status(rawValue: -1) }
  @inlinable package static var null: Status { Status(rawValue: -2) }
  @inlinable package static var size: Status { Status(rawValue: -3) }
  @inlinable package static var newer: Status { Status(rawValue: -4) }
  @inlinable package static var stale: Status { Status(rawValue: -5) }
  @inlinable package static var unknownUnit: Status { Status(rawValue: -6) }
  @inlinable package static var state: Status { Status(rawValue: -7) }
  @inlinable package static var conflict: Status { Status(rawValue: -8) }
  @inlinable package static var buffer: Status { Status(rawValue: -9) }
  @inlinable package static var memory: Status { Status(rawValue: -10) }
  @inlinable package static var forked: Status { Status(rawValue: -11) }
  @inlinable package static var deadlock: Status { Status(rawValue: -12) }
  @inlinable package static var range: Status { Status(rawValue: -13) }
  @inlinable package static var file: Status { Status(rawValue: -14) }
  @inlinable package static var map: Status { Status(rawValue: -15) }
  @inlinable package static var plans: Status { Status(rawValue: -16) }
  @inlinable package static var mode: Status { Status(rawValue: -17) }
  @inlinable package static var unsupported: Status { Status(rawValue: -18) }
  @inlinable package static var limit: Status { Status(rawValue: -19) }
  @inlinable package static var system: Status { Status(rawValue: -20) }
  @inlinable package static var busy: Status { Status(rawValue: -21) }
  @inlinable package static var reason: Status { Status(rawValue: -22) }
  @inlinable package static var snooze: Status { Status(rawValue: -24) }
  @inlinable package static var noClock: Status { Status(rawValue: -25) }
  @inlinable package static var step: Status { Status(rawValue: -26) }
}
