// Which calls may take units from which: "preempt". A file that says nothing takes from nobody.

import HujiaEngine

extension PlanDecoder {
  mutating func readPreempt(_ field: PlanField) throws(PlanError) {
    for element in try field.elements() {
      let entry = try element.object(["for", "from", "near_arrival_s", "margin_s", "robbed_max"])
      let owner = try entry.require("for")
      let tier = try owner.word(PlanWords.tiers)
      guard draft.preempt[Int(tier.rawValue)].from == 0 else {
        throw owner.wrong("\"\(try owner.string())\" stands twice: keep one entry for each tier")
      }
      var rule = PreemptRule()
      rule.from = try tiers(try entry.require("from"), below: tier)
      if let value = entry["near_arrival_s"] {
        rule.nearArrival_ms = UInt32(try value.integer(0...86_400)) * 1_000
      }
      if let value = entry["margin_s"] {
        rule.margin_ms = UInt64(try value.integer(0...86_400)) * 1_000
      }
      if let value = entry["robbed_max"] { rule.most = UInt32(try value.integer(1...1_000)) }
      draft.preempt[Int(tier.rawValue)] = rule
    }
  }

  /// Bits `1 << Tier`.
  private func tiers(_ field: PlanField, below tier: Tier) throws(PlanError) -> UInt32 {
    var bits: UInt32 = 0
    for element in try field.elements() {
      let loser = try element.word(PlanWords.tiers)
      guard loser.rawValue > tier.rawValue else {
        throw element.wrong(
          "\"\(try element.string())\" can wait no longer than what it is for: name tiers below it")
      }
      let bit: UInt32 = 1 << UInt32(loser.rawValue)
      guard bits & bit == 0 else {
        throw element.wrong("\"\(try element.string())\" stands twice: keep one")
      }
      bits |= bit
    }
    guard bits != 0 else { throw field.wrong("names no tier: name one, or leave the entry out") }
    return bits
  }
}
