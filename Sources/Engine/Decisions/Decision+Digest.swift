// What a decision says, as a number to compare two runs by.

import HujiaIngest

extension Decision {
  /// Every field but how long the decision took, which no command decides.
  package func fold(into digest: inout Digest) {
    digest.fold(answer.incidentID)
    digest.fold(Int32(answer.state.rawValue), Int32(answer.tier.rawValue))
    digest.fold(answer.shortfall.rawValue, answer.plan)
    digest.fold(answer.epoch)
    digest.fold(Int64(answer.count))
    let sent = chosen.span
    for place in 0..<min(answer.count, sent.count) {
      let unit = sent[place]
      digest.fold(unit.unitID)
      digest.fold(unit.assignmentID)
      digest.fold(unit.unit, unit.role)
      digest.fold(unit.travel_ms, unit.turnout_ms)
      digest.fold(unit.distance_dm, unit.marks)
      digest.fold(unit.reason.rawValue, Int32(bitPattern: unit.age_s))
    }
    digest.fold(Int64(slice.done))
    digest.fold(UInt64(slice.next) << 1 | (slice.hasMore ? 1 : 0))
    digest.fold(Int64(slice.offerSteps))
  }
}
