// Beats: which area is whose ground, its home officer, its neighbours; and how a plan asks them first.

import HujiaEngine

extension PlanDecoder {
  private static var mostBeats: Int { 16_384 }
  /// Beats around one, as far as plans ask: a decision looks at the units of all of them.
  private static var mostAround: Int { 256 }

  mutating func readBeats(_ field: PlanField) throws(PlanError) {
    let elements = try Self.filled(field)
    guard elements.count <= Self.mostBeats else {
      throw field.wrong("beats has \(elements.count) entries: give at most \(Self.mostBeats)")
    }
    var places: [UInt32: Int] = [:]
    var areas: [UInt32: Int] = [:]
    var named: [PlanField?] = []
    for (place, element) in elements.enumerated() {
      let beat = try element.object(["number", "area", "officer", "neighbours"])
      let numberField = try beat.require("number")
      let number = UInt32(try numberField.integer(1...Int64(UInt32.max)))
      if let first = places.updateValue(place, forKey: number) {
        throw numberField.wrong(
          "\(numberField.path): beats[\(first)] has the number \(number) too: give each its own")
      }
      let areaField = try beat.require("area")
      let area = try areaNumber(areaField)
      if let first = areas.updateValue(place, forKey: area) {
        throw areaField.wrong(
          "\(areaField.path) is the ground of beats[\(first)] too: a place belongs to one beat")
      }
      draft.beats.append(
        BeatRecord(
          number: number, area: area, officer: try beat["officer"].map(Self.unit) ?? 0))
      named.append(beat["neighbours"])
    }
    if !isRecorded { try refuseOverlaps(elements, field) }
    draft.neighbours = sharedBorders()
    for (place, field) in named.enumerated() {
      guard let field else { continue }
      draft.neighbours[place] = try neighbours(field, of: place, places)
    }
  }

  /// A unit's number as a JSON number, or as a string of digits where it is above 2^53.
  private static func unit(_ field: PlanField) throws(PlanError) -> UInt64 {
    if case .string(let text) = field.value {
      guard let number = UInt64(text), number > 0 else {
        throw field.wrong("\(field.path) is no unit's number: give hj_unit.id")
      }
      return number
    }
    return UInt64(try field.integer(1...9_007_199_254_740_991))
  }

  /// They stand in place of those by the borders. An empty list: it has none.
  private func neighbours(
    _ field: PlanField, of own: Int, _ places: [UInt32: Int]
  ) throws(PlanError) -> [UInt32] {
    var list: [UInt32] = []
    for element in try field.elements() {
      let number = UInt32(try element.integer(1...Int64(UInt32.max)))
      guard let place = places[number] else {
        throw element.wrong("\(element.path): no beat has the number \(number)")
      }
      guard place != own, !list.contains(UInt32(place)) else {
        throw element.wrong(
          "\(element.path) is \(place == own ? "the beat itself" : "there twice"): leave it out")
      }
      list.append(UInt32(place))
    }
    return list
  }

  // Plans

  func beatRule(_ plan: PlanObject) throws(PlanError) -> BeatRule {
    let mode = try plan["mode"].map { field throws(PlanError) in try field.word(PlanWords.modes) }
    guard mode == .beatFirst, let field = plan["mode"] else {
      for key in ["beat_depth", "beat_for_s"] {
        if let field = plan[key] {
          throw field.wrong("\(field.path) says nothing without \"mode\": \"beat_first\"")
        }
      }
      return BeatRule()
    }
    guard !draft.beats.isEmpty else {
      throw field.wrong("\(field.path) finds no beats: list them under beats")
    }
    var rule = BeatRule(rings: BeatRule.team + 1)
    if let depth = plan["beat_depth"] {
      rule.rings = BeatRule.team + UInt8(try depth.integer(0...Int64(BeatRule.farthest)))
    }
    if let time = plan["beat_for_s"] { rule.most_ms = UInt64(try time.seconds_ms(least_ms: 1)) }
    return rule
  }

  func refuseCrowds(_ field: PlanField) throws(PlanError) {
    guard !isRecorded, let crowded = draft.around(most: Self.mostAround).crowded else { return }
    throw field.wrong(
      "beats[\(crowded)] has more than \(Self.mostAround) beats around it: lower beat_depth in the plans, or name fewer neighbours"
    )
  }
}
