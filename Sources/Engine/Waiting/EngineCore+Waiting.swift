// Which incidents wait, and under what need they are listed.

import HujiaContainers

extension EngineCore {
  /// Lists an incident that still wants units, in order of receipt. O(seats + log waiting).
  mutating func wait(_ incident: UInt32) {
    guard !incidents[incident].isWaiting else { return refile(incident) }
    let place = incidents[incident].place
    let need = need(of: incident)
    waiting.insert(
      incident, need, received_ns: incidents[incident].received_ns, lat_e7: place.lat_e7,
      lon_e7: place.lon_e7, reach_dm: reach_dm(need.radius_dm))
    incidents.set(incident, isWaiting: true)
  }

  /// O(log waiting).
  mutating func stopWaiting(_ incident: UInt32) {
    guard incidents[incident].isWaiting else { return }
    waiting.remove(incident)
    incidents.set(incident, isWaiting: false)
    if waiting.count == 0 { offerSweep.isUnderWay = false }
  }

  /// After a change of what an incident still needs: it keeps its place, or waits no more where nothing is missing.
  /// Nothing where it does not wait.
  mutating func refile(_ incident: UInt32) {
    guard incidents[incident].isWaiting else { return }
    let need = need(of: incident)
    guard !need.isNothing else {
      stopWaiting(incident)
      return incidents.set(
        incident,
        shortfall: incidents[incident].shortfall.intersection([.noPosition, .notOnStreets]))
    }
    guard !waiting.isFiled(incident, under: need) else { return }
    let place = incidents[incident].place
    waiting.refile(
      incident, need, lat_e7: place.lat_e7, lon_e7: place.lon_e7,
      reach_dm: reach_dm(need.radius_dm))
  }

  /// In a state: one that waits.
  mutating func code(waiting incident: UInt32, _ coder: inout StateCoder) {
    let place = incidents[incident].place
    let need = need(of: incident)
    waiting.code(
      incident, need, lat_e7: place.lat_e7, lon_e7: place.lon_e7,
      reach_dm: reach_dm(need.radius_dm), &coder)
  }

  /// The open seats of an incident's plan. A unit that `couldServe` it serves this.
  func need(of incident: UInt32) -> Need {
    let record = incidents[incident]
    var need = Need(tier: record.tier)
    need.radius_dm = record.plan.radius_dm
    var seats = seats(of: incident)
    while seats.next() {
      guard let open = missing(at: seats, of: incident) else { continue }
      need.insert(
        NeedGroup(
          agency: seats.requirement.agency, kind: seats.requirement.kind, capabilities: open,
          isAny: open == 0))
    }
    let open = openNeeds(of: incident)
    if open != 0 { need.insert(NeedGroup(agency: 0, kind: 0, capabilities: open, isAny: false)) }
    return need
  }

  /// No unit farther away in a straight line is within a radius. On streets the radius counts what is driven; lengths
  /// below the straight line are warned of at import, and below half of it they are wrong.
  private func reach_dm(_ radius_dm: UInt32) -> UInt64 {
    map.nodeCount == 0 ? UInt64(radius_dm) + 10 : UInt64(radius_dm) * 2 + 2_000
  }
}
