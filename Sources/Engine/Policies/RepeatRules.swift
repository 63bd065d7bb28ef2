// Whether a call tells of something that is known already: a score from 0 to 1,000, of how far, how long after, what
// and from where. It proposes; people and plans decide.

/// What a plan says of repeats 重复报警.
package struct RepeatRules: BitwiseCopyable, Equatable, Sendable {
  /// Beyond them nothing is a repeat. The score falls with the square of the distance, and evenly with time.
  package var distance_dm: UInt32 = 4_000
  package var within_ms: Int64 = 600_000
  /// From this score on a call is held as a likely repeat; 0 = none is.
  package var suggest_at: UInt32 = 0
  /// How long, for emergency calls and for all others; 0 = not.
  package var holdEmergency_ms: Int64 = 20_000
  package var holdOther_ms: Int64 = 120_000
  /// Unanswered, all repeats of one incident get so many units together.
  package var units: UInt8 = 2
  package init() {}

  package static var usualSuggest_at: UInt32 { 500 }

  func hold_ms(_ tier: Tier) -> Int64 { tier == .emergency ? holdEmergency_ms : holdOther_ms }

  package static var mostDistance_dm: UInt32 { 20_000 }

  static var most: Int64 { 1_000 }
  /// What is lost at the full distance, after the whole time, for another type, and for one that nobody named or that
  /// is of the same family; what the same caller brings. Fitted on recorded calls (docs/decisions/0042).
  static var farLoss: Int64 { 800 }
  static var lateLoss: Int64 { 800 }
  static var otherLoss: Int64 { 300 }
  static var doubtLoss: Int64 { 150 }
  static var callerGain: Int64 { 400 }

  /// How the types of two calls stand to each other.
  package enum TypeRelation: UInt8, Sendable {
    case same, doubtful, other
    var loss: Int64 {
      switch self {
      case .same: 0
      case .doubtful: RepeatRules.doubtLoss
      case .other: RepeatRules.otherLoss
      }
    }
  }

  /// 0 = none. `square` and `mostSquare`: of the distance and of the plan's, in one unit; `age_ms`: from one receipt to
  /// the other, either way.
  package func score(
    square: Int64, mostSquare: Int64, age_ms: Int64, type: TypeRelation, isSameCaller: Bool
  ) -> UInt32 {
    guard square <= mostSquare, age_ms <= within_ms else { return 0 }
    let far = mostSquare > 0 ? Self.farLoss * square / mostSquare : 0
    let late = Self.lateLoss * age_ms / max(within_ms, 1)
    let gain = isSameCaller ? Self.callerGain : 0
    let score = Self.most - far - late - type.loss + gain
    return UInt32(min(max(score, 0), Self.most))
  }
}
