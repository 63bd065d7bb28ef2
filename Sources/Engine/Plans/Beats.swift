// Beats, and how far a plan asks them before all others.

/// A beat 警格: the ground of one area, and the units that are at home there.
package struct BeatRecord: BitwiseCopyable, Equatable, Sendable {
  /// The host's number of it: that of `hj_unit.home_beat`, and not 0.
  package var number: UInt32
  package var area: UInt32
  /// The home officer or home unit; 0 = none is named.
  package var officer: UInt64
  package init(number: UInt32, area: UInt32, officer: UInt64 = 0) {
    self.number = number
    self.area = area
    self.officer = officer
  }
}

/// How far a plan asks the beats before all others, as rings around the home beat.
package struct BeatRule: BitwiseCopyable, Equatable, Sendable {
  /// 0 = it does not; 1 the home officer, 2 the team, 3 and more the beats so many steps away, less two.
  package var rings: UInt8 = 0
  /// A unit that would be there later than this, turnout and travel, comes with all others.
  package var most_ms = UInt64.max
  package init(rings: UInt8 = 0, most_ms: UInt64 = .max) {
    self.rings = rings
    self.most_ms = most_ms
  }
  package static var officer: UInt8 { 1 }
  package static var team: UInt8 { 2 }
  /// Steps to neighbours that a plan may ask for.
  package static var farthest: Int { 4 }
}

/// In which order the units that may go are asked.
package enum ChoiceMode: Sendable {
  case closest
  /// By a `BeatRule`, then the closest.
  case beatFirst
}
