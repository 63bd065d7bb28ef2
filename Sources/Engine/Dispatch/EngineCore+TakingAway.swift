// A unit is taken from one incident for another 抽调. What its incident gets now is said in the same turn: its next best
// unit, or that it waits with its promises running. No incident is stranded.

extension EngineCore {
  /// Ends an assignment because its unit is wanted elsewhere. What its incident gets now is said by `serveRobbed`.
  mutating func takeAway(_ assignment: UInt32, act: Act, wall_us: Int64) {
    let record = assignments[assignment]
    end(assignment, as: .diverted, reason: .diverted, act: act, wall_us: wall_us)
    if record.state.hasArrived, !isAnybodyThere(record.incident) {
      incidents.set(record.incident, isLeftAlone: true)
    }
    deriveState(of: record.incident)
  }

  private func isAnybodyThere(_ incident: UInt32) -> Bool {
    for place in 0..<Int(incidents[incident].liveCount)
    where assignments[incidents.assignment(of: incident, place)].state.hasArrived { return true }
    return false
  }

  /// An incident that lost a unit to another gets its next best one, or waits for it with its promises running; either
  /// is told. A decision of its own.
  @inline(never)
  mutating func serveRobbed(_ incident: UInt32, act: Act = Act(), wall_us: Int64 = 0) {
    var other = Decision()
    serveAgain(incident, act: act, &other)
    promiseDispatchAgain(incident)
    deriveState(of: incident)
    emitIncident(incident, reason: .diverted, act: act, wall_us: wall_us)
  }

  // By the plans

  /// As `send`, and takes the unit away from where it drives to if it was chosen so.
  @inline(__always)
  mutating func sendChosen(_ choice: Chosen, to incident: UInt32) -> UInt32? {
    choice.marks & ChosenMark.diverted == 0
      ? send(choice, to: incident) : sendTaken(choice, to: incident)
  }

  /// A choice that is read back may name any unit: a file is believed no more than a host.
  @inline(never)
  private mutating func sendTaken(_ choice: Chosen, to incident: UInt32) -> UInt32? {
    guard !units[choice.unit].isFree else { return send(choice, to: incident) }
    let old = units[choice.unit].assignment
    let loser = assignments[old].incident
    guard !assignments[old].state.hasArrived,
      incidents[loser].tier.rawValue > incidents[incident].tier.rawValue,
      Int(incidents[incident].liveCount) < EngineLimits.chosen
    else { return nil }
    // It goes from one incident to the other without being free in between.
    let next = units[choice.unit].nextActivity
    takeAway(old, act: Act(), wall_us: 0)
    incidents.noteRobbed(loser)
    let sent = send(choice, to: incident)
    if sent != nil { units.remember(next: next, choice.unit) }
    robbed.add(loser)
    return sent
  }

  /// Each once, in the order in which they lost their units. What they take from others in turn can wait longer still.
  @inline(never)
  mutating func serve(losers: RobbedScratch) {
    for index in 0..<losers.count where !losers.isRepeated(index) {
      serveRobbed(losers[index])
    }
  }

  // Which units may be taken

  /// Routing learns what the unit of an assignment is known by now. O(1).
  mutating func recode(_ assignment: UInt32) {
    let unit = assignments[assignment].unit
    noteCode(of: assignment)
    router.set(level: code(of: unit), of: unit, idleSince_ns: units[unit].idleSince_ns)
  }

  /// The same without routing, which learns it with all else of the unit.
  mutating func noteCode(of assignment: UInt32) {
    units.set(assignments[assignment].unit, codeUnderWay: codeUnderWay(on: assignment))
  }

  /// A unit that the engine sent to a call of less than the highest tier, and that has not arrived, has a code of that
  /// tier: a graver call may take it. One that a person sent stays that person's. 0: it may not be taken.
  func codeUnderWay(on assignment: UInt32) -> UInt8 {
    let record = assignments[assignment]
    let tier = incidents[record.incident].tier
    guard !record.state.hasArrived, record.reason != .byHand,
      tier.rawValue > Tier.emergency.rawValue
    else { return 0 }
    return Self.codeUnderWay(to: tier)
  }
}
