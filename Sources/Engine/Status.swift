// Answers with names. The numbers are those of the C header (a test compares them).

/// What a command answers: `ok`, a named result that is no failure (positive), or an error (negative).
package struct Status: BitwiseCopyable, Equatable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package var isError: Bool { rawValue < 0 }

  package static let ok = Status(rawValue: 0)
  package static let exists = Status(rawValue: 1)
  package static let full = Status(rawValue: 2)
  package static let manual = Status(rawValue: 3)
  package static let unchanged = Status(rawValue: 4)
  package static let partial = Status(rawValue: 5)
  package static let timeBackwards = Status(rawValue: 6)
  package static let passed = Status(rawValue: 7)
  package static let held = Status(rawValue: 8)

  package static let argument = Status(rawValue: -1)
  package static let null = Status(rawValue: -2)
  package static let size = Status(rawValue: -3)
  package static let newer = Status(rawValue: -4)
  package static let stale = Status(rawValue: -5)
  package static let unknownUnit = Status(rawValue: -6)
  package static let state = Status(rawValue: -7)
  package static let conflict = Status(rawValue: -8)
  package static let buffer = Status(rawValue: -9)
  package static let memory = Status(rawValue: -10)
  package static let forked = Status(rawValue: -11)
  package static let deadlock = Status(rawValue: -12)
  package static let range = Status(rawValue: -13)
  package static let file = Status(rawValue: -14)
  package static let map = Status(rawValue: -15)
  package static let plans = Status(rawValue: -16)
  package static let mode = Status(rawValue: -17)
  package static let unsupported = Status(rawValue: -18)
  package static let limit = Status(rawValue: -19)
  package static let system = Status(rawValue: -20)
  package static let busy = Status(rawValue: -21)
  package static let reason = Status(rawValue: -22)
  package static let snooze = Status(rawValue: -24)
  package static let noClock = Status(rawValue: -25)
  package static let step = Status(rawValue: -26)
}
