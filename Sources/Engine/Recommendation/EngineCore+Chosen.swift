// Where a choice is made, or read back. Each of these has the shape of what it stands before: when a turn is applied
// again it gives what was chosen then, else nil and the caller decides; what was decided is noted behind it.

import HujiaContainers
import HujiaIngest
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// Asked first: one look at a pointer where nothing is written and nothing read.
  @inline(__always) private var isRebuilding: Bool {
    choices.map { $0.pointee.isReading } ?? false
  }

  // Seats

  mutating func seatsChosen(_ decision: inout Decision) -> Shortfall? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.seats) { reader -> Shortfall? in
      let shortfall = Shortfall(rawValue: reader.u32())
      let count = Int(reader.u8())
      guard count <= EngineLimits.chosen else { return nil }
      for place in 0..<count {
        guard let chosen = readChosen(&reader) else { return nil }
        decision.chosen[place] = chosen
      }
      decision.answer.count = count
      return shortfall
    }
  }

  @inline(__always)
  func noteSeats(_ shortfall: Shortfall, _ decision: inout Decision) {
    if let choices { writeSeats(shortfall, &decision, choices) }
  }

  private func writeSeats(
    _ shortfall: Shortfall, _ decision: inout Decision,
    _ choices: UnsafeMutablePointer<ChoiceLog>
  ) {
    let count = decision.answer.count
    choices.pointee.write(.seats, most: 5 + count * Self.chosenBytes) { writer in
      writer.put(shortfall.rawValue)
      writer.put(UInt8(count))
      for place in 0..<count { write(decision.chosen[place], &writer) }
    }
  }

  // One unit

  /// The first of the decision; `.some(false)`: nobody was chosen.
  mutating func unitChosen(_ decision: inout Decision) -> Bool? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.unit) { reader -> Bool? in
      guard reader.bool() else { return false }
      guard let chosen = readChosen(&reader) else { return nil }
      decision.chosen[0] = chosen
      decision.answer.count = 1
      return true
    }
  }

  @inline(__always)
  func noteUnit(_ isSent: Bool, _ decision: inout Decision) {
    guard let choices else { return }
    choices.pointee.write(.unit, most: 1 + Self.chosenBytes) { writer in
      writer.put(isSent)
      if isSent { write(decision.chosen[0], &writer) }
    }
  }

  /// Of a unit that was chosen; where it stood goes with it.
  private static var chosenBytes: Int { 86 }

  private func write(_ chosen: Chosen, _ writer: inout NumberWriter) {
    let unit = units[chosen.unit]
    writer.put(chosen.unitID)
    writer.put(chosen.role)
    writer.put(chosen.travel_ms)
    writer.put(chosen.turnout_ms)
    writer.put(chosen.distance_dm)
    writer.put(chosen.reason.rawValue)
    writer.put(chosen.marks)
    writer.put(chosen.age_s)
    writer.put(chosen.requirement)
    writer.put(chosen.seat)
    writer.put(unit.hasPosition)
    writer.put(unit.fixWall_us)
    writer.put(unit.fix_ns)
    writer.put(unit.place)
  }

  private mutating func readChosen(_ reader: inout NumberReader) -> Chosen? {
    let id = reader.u64()
    guard let slot = units.find(id) else { return nil }
    let (role, travel_ms, turnout_ms) = (reader.u32(), reader.u32(), reader.u32())
    let distance_dm = reader.u32()
    guard let reason = Reason(rawValue: reader.i32()) else { return nil }
    let (marks, age_s, requirement, seat) = (reader.u32(), reader.u32(), reader.u32(), reader.u32())
    guard marks < 256, seat < 256, requirement < 254 || requirement >= .max - 1 else {
      return nil
    }
    let chosen = Chosen(
      unitID: id, unit: slot, role: role, travel_ms: travel_ms, turnout_ms: turnout_ms,
      distance_dm: distance_dm, reason: reason, marks: marks, age_s: age_s,
      requirement: requirement, seat: seat)
    let hasPosition = reader.bool()
    let (wall_us, fix_ns) = (reader.i64(), reader.i64())
    let place = reader.place()
    guard !reader.isBroken, Place.isOnPlanet(place.lat_e7, place.lon_e7) else { return nil }
    // It stood there: the unit is where it was last known to be, and as long ago.
    if hasPosition, !units[slot].hasPosition || fix_ns >= units[slot].fix_ns {
      locate(
        TakenFix(slot: slot, ask: 0, wall_us: wall_us, fix_ns: fix_ns, place: onMap(place)))
    }
    return chosen
  }

  /// A place that was snapped to another map is a point beside the streets until it is snapped anew.
  func onMap(_ place: Place) -> Place {
    let isForeign = choices.map { $0.pointee.isForeign } ?? false
    let isBare = place.street == Place.none && place.node == Place.none
    if isBare || (!isForeign && map.holds(place)) { return place }
    return Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: place.lat_e7,
      lon_e7: place.lon_e7, isOffNetwork: true)
  }

  // A unit that is told

  func nearerChosen() -> (id: UInt64, travel_ms: UInt32)?? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.nearer) { reader -> (id: UInt64, travel_ms: UInt32)?? in
      let isKnown = reader.bool()
      let nearer = (id: reader.u64(), travel_ms: reader.u32())
      return .some(isKnown ? nearer : nil)
    }
  }

  @inline(__always)
  func noteNearer(_ nearer: Candidate?) {
    guard let choices else { return }
    choices.pointee.write(.nearer, most: 13) { writer in
      writer.put(nearer != nil)
      writer.put(nearer?.id ?? 0)
      writer.put(nearer?.travel_ms ?? 0)
    }
  }

  // Ways

  /// A way, and whether the unit's position was known.
  func travelChosen() -> (travel: Travel, hasPosition: Bool)? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.travel) { reader in
      (
        Travel(
          travel_ms: reader.u32(), distance_dm: reader.u32(), isStraightLine: reader.bool()),
        reader.bool()
      )
    }
  }

  @inline(__always)
  func noteTravel(_ travel: Travel, hasPosition: Bool) {
    guard let choices else { return }
    choices.pointee.write(.travel, most: 10) { writer in
      writer.put(travel.travel_ms)
      writer.put(travel.distance_dm)
      writer.put(travel.isStraightLine)
      writer.put(hasPosition)
    }
  }

  // Repeats

  /// The slot of what a call repeats; `.some(nil)`: nothing.
  func likelyRootChosen() -> UInt32?? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.likelyRoot) { reader -> UInt32?? in
      guard reader.bool() else { return .some(nil) }
      guard let slot = incidents.slot(of: reader.u64()) else { return nil }
      return .some(slot)
    }
  }

  @inline(__always)
  func noteLikelyRoot(_ root: UInt32?) {
    guard let choices else { return }
    choices.pointee.write(.likelyRoot, most: 9) { writer in
      writer.put(root != nil)
      if let root { writer.put(incidents.id(of: root)) }
    }
  }

  // Plans

  /// The plan of a report, of the plans of now.
  func planChosen(tier: Tier) -> PlanMatch? {
    guard let choices, isRebuilding else { return nil }
    return choices.pointee.read(.plan) { currentPlans.match(number: $0.u32(), tier: tier) }
  }

  @inline(__always)
  func notePlan(_ plan: PlanMatch) {
    guard let choices else { return }
    choices.pointee.write(.plan, most: 4) { $0.put(plan.plan) }
  }
}
