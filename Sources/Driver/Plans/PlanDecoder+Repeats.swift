// What a plan says of repeats. A plan that says nothing holds nothing.

import HujiaEngine

extension PlanDecoder {
  func repeatRules(_ plan: PlanObject) throws(PlanError) -> RepeatRules {
    var rules = RepeatRules()
    guard let field = plan["repeats"] else { return rules }
    let repeats = try field.object(
      ["suggest_at", "distance_m", "within_s", "repeat_hold_s", "repeat_units"])
    rules.suggest_at = RepeatRules.usualSuggest_at
    if let score = repeats["suggest_at"] { rules.suggest_at = UInt32(try score.integer(1...1_000)) }
    if let distance = repeats["distance_m"] {
      rules.distance_dm = UInt32(try distance.integer(1...2_000)) * 10
    }
    if let time = repeats["within_s"] {
      rules.within_ms = try time.integer(1...86_400) * 1_000
    }
    if let hold = repeats["repeat_hold_s"] {
      rules.holdEmergency_ms = try hold.integer(0...86_400) * 1_000
      rules.holdOther_ms = rules.holdEmergency_ms
    }
    if let units = repeats["repeat_units"] { rules.units = UInt8(try units.integer(0...255)) }
    return rules
  }
}
