// What a unit that became free can do for those that wait: the most urgent, longest waiting incident that it can serve
// gets its best choice. A look at an incident costs a step, a decision many; a decision is made only where it sends
// somebody. What is more than one slice of steps goes on in the background: the engine's own thread, hj_engine_poll.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// Steps of one slice: some hundred microseconds' worth.
  package static var offerSlice: Int { 1_024 }

  /// A decision costs so many steps for itself and for each unit that it sends; the length of a way, on streets, some.
  static var decisionSteps: Int { 64 }

  static var travelSteps: Int { 16 }

  /// Units that stand before one, looked at before it is served out of turn.
  static var looksAhead: Int { 32 }

  /// A unit became free: it is offered now, as far as one slice goes.
  mutating func offer(unit slot: UInt32, _ decision: inout Decision) {
    guard isOffered(slot) else { return }
    offers.push(slot, from: .least)
    workOffers(&decision)
  }

  /// Adds a unit that became free to those offered by the next `workOffers`.
  mutating func noteFreed(unit slot: UInt32) {
    if isOffered(slot) { offers.push(slot, from: .least) }
  }

  private func isOffered(_ slot: UInt32) -> Bool {
    waiting.count > 0 && units[slot].isFree && level(of: slot) != .notAvailable
      && units[slot].isCrewed
  }

  /// Whether offers are left for another slice. They rest while no assignment can be opened.
  package var hasOffersLeft: Bool {
    waiting.count > 0 && (offers.count > 0 || offerSweep.isUnderWay)
      && assignments.live < assignments.bound
  }

  /// All units are offered again: what they are available for has changed.
  mutating func sweepOffers() {
    // In MANUAL that comes with its end.
    if mode.isManual { return }
    // What comes to wait later looks at every unit itself: a sweep left for it would be work for nothing.
    offerSweep = OfferSweep(next: 0, isUnderWay: waiting.count > 0)
  }

  /// One slice. Whatever its size, it gets on. O(slice).
  mutating func workOffers(_ decision: inout Decision) {
    var steps = Self.offerSlice
    workOffers(&steps, &decision)
  }

  /// As far as the steps go.
  mutating func workOffers(_ steps: inout Int, _ decision: inout Decision) {
    while steps > 0, waiting.count > 0, offerSweep.isUnderWay { sweep(&steps) }
    while steps > 0, waiting.count > 0, assignments.live < assignments.bound,
      let (unit, bound) = offers.pop()
    {
      steps -= 1
      guard units.isLive(unit), isOffered(unit) else { continue }
      offer(unit, from: bound, &steps, &decision)
    }
    guard waiting.count == 0 else { return }
    // What comes to wait from now on has looked at every unit itself.
    offers.removeAll(&steps)
    offerSweep.isUnderWay = false
  }

  private mutating func sweep(_ steps: inout Int) {
    let end = UInt32(units.touched)
    while steps > 0, offerSweep.next < end {
      steps -= 1
      if units.isLive(offerSweep.next) { noteFreed(unit: offerSweep.next) }
      offerSweep.next += 1
    }
    offerSweep.isUnderWay = offerSweep.next < end
  }

  /// One unit, as far as the steps go or until another may be for something more urgent.
  private mutating func offer(
    _ unit: UInt32, from bound: OfferKey, _ steps: inout Int, _ decision: inout Decision
  ) {
    switch servable(by: unit, from: bound, &steps) {
    case .none: return
    case .unknown(let key): offers.push(unit, from: key)
    case .incident(let incident, let key):
      if mode.isManual {
        steps -= Self.travelSteps
        return tellOffer(of: unit, to: incident)
      }
      // Units that may be for a more urgent tier go first, unless the decision could not send them. Within a tier each
      // takes the longest waiting it can serve: to ask all others again after each decision would cost the square of
      // their number.
      if mayBeForOthers(before: key.tier, incident, &steps) { return offers.push(unit, from: key) }
      let sent = fillSeats(of: incident, reason: .unitFreed, &decision)
      if sent > 0 { announceProgress(of: incident, &decision) }
      steps -= Self.decisionSteps * (1 + sent)
      if units[unit].isFree {
        offers.push(unit, from: OfferKey(tier: key.tier, key: key.key.next))
      }
    }
  }

  private mutating func servable(
    by unit: UInt32, from bound: OfferKey, _ steps: inout Int
  ) -> Servable {
    if let known = servableChosen(&steps) { return known }
    let found = nextServable(by: unit, from: bound, &steps)
    noteServable(found, steps)
    return found
  }

  private mutating func mayBeForOthers(
    before tier: UInt8, _ incident: UInt32, _ steps: inout Int
  ) -> Bool {
    if let known = mightSendChosen(&steps) { return known }
    let might = mightSend(before: tier, incident, &steps)
    noteMightSend(might, steps)
    return might
  }

  /// Whether a decision for the incident might send a unit that is still to be offered to more urgent tiers: true as
  /// well where so many stand there that they are not looked at. O(looksAhead).
  private mutating func mightSend(
    before tier: UInt8, _ incident: UInt32, _ steps: inout Int
  ) -> Bool {
    guard let own = Tier(rawValue: tier) else { return true }
    var place = offers.place(before: tier, after: nil)
    var looks = 0
    while let here = place {
      let other = offers.unit(at: here)
      looks += 1
      guard looks <= Self.looksAhead else { return true }
      if units.isLive(other), isOffered(other), mayGo(other, tier: own),
        canServe(other, incident, &steps)
      {
        return true
      }
      place = offers.place(before: tier, after: here)
    }
    return false
  }

  enum Servable {
    /// Nothing waits that the unit can serve.
    case none
    /// The steps are used up; nothing before this is for it.
    case unknown(OfferKey)
    case incident(UInt32, OfferKey)
  }

  /// The most urgent incident at or behind `bound` to which a decision would send this unit, or a better one.
  mutating func nextServable(
    by unit: UInt32, from bound: OfferKey, _ steps: inout Int
  ) -> Servable {
    let record = units[unit]
    var isFirst = true
    for raw in max(bound.tier, Tier.emergency.rawValue)...Tier.preventive.rawValue {
      guard let tier = Tier(rawValue: raw), mayGo(unit, tier: tier) else { continue }
      if !isFirst, steps <= 0 { return .unknown(OfferKey(tier: raw, key: .least)) }
      isFirst = false
      let begun = waiting.beginWalk(
        tier, record, from: raw == bound.tier ? bound.key : .least, isPlaced: record.hasPosition)
      steps -= begun
      // A walk makes at least as many looks as its beginning cost, two slices at most. Otherwise a walk that begins
      // anew in each slice would never get on.
      let end = min(0, steps - min(begun, 2 * Self.offerSlice))
      while waiting.walked != WaitingLists.none {
        let incident = waiting.walked
        let key = OfferKey(tier: raw, key: waiting.key(of: incident))
        if canServe(unit, incident, &steps) { return .incident(incident, key) }
        waiting.passOver()
        if steps <= end { return .unknown(OfferKey(tier: raw, key: key.key.next)) }
      }
    }
    return .none
  }

  /// Whether a unit may go to calls of a tier: its level and the end of its shift allow it.
  func mayGo(_ unit: UInt32, tier: Tier) -> Bool {
    Eligibility.mayGo(
      level: level(of: unit), shiftEnd_us: units[unit].shiftEnd_us, tier: tier,
      wall_us: time.wall_us)
  }

  /// A look: whether a decision for this incident would find the unit. It need not be the one that is sent.
  private mutating func canServe(_ unit: UInt32, _ incident: UInt32, _ steps: inout Int) -> Bool {
    steps -= 1
    let record = incidents[incident]
    guard Int(record.liveCount) < EngineLimits.chosen, couldServe(unit: unit, incident: incident),
      !incidents.hasRefused(units[unit].id, incident)
    else { return false }
    guard record.plan.radius_dm > 0, units[unit].hasPosition else { return true }
    if map.nodeCount > 0 { steps -= Self.travelSteps }
    let travel = router.travel(
      from: units[unit].place, to: record.place, profile: record.plan.profile)
    return travel.distance_dm <= record.plan.radius_dm
  }
}
