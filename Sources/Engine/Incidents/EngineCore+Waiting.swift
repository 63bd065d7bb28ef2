// The waiting list: in, out, and what a unit that became free can do for it.

import HujiaContainers

extension EngineCore {
  /// Most waiting incidents looked at for one freed unit, so that a turn stays bounded.
  static var offerBound: Int { 4_096 }

  /// Puts an incident in its tier's list, in order of receipt. O(later arrivals): usually the tail.
  mutating func wait(_ incident: UInt32) {
    guard !incidents[incident].isWaiting else { return }
    let tier = incidents[incident].tier
    let received_ns = incidents[incident].received_ns
    var before = waiting.tail(tier)
    while before != WaitingLists.none, incidents[before].received_ns > received_ns {
      before = incidents[before].previousWaiting
    }
    let after =
      before == WaitingLists.none ? waiting.head(tier) : incidents[before].nextWaiting
    incidents[incident].previousWaiting = before
    incidents[incident].nextWaiting = after
    if before == WaitingLists.none {
      waiting.setHead(tier, incident)
    } else {
      incidents[before].nextWaiting = incident
    }
    if after == WaitingLists.none {
      waiting.setTail(tier, incident)
    } else {
      incidents[after].previousWaiting = incident
    }
    incidents[incident].isWaiting = true
    waiting.count += 1
  }

  /// Takes an incident out. O(1). Before its tier changes.
  mutating func stopWaiting(_ incident: UInt32) {
    guard incidents[incident].isWaiting else { return }
    let tier = incidents[incident].tier
    let before = incidents[incident].previousWaiting
    let after = incidents[incident].nextWaiting
    if before == WaitingLists.none {
      waiting.setHead(tier, after)
    } else {
      incidents[before].nextWaiting = after
    }
    if after == WaitingLists.none {
      waiting.setTail(tier, before)
    } else {
      incidents[after].previousWaiting = before
    }
    incidents[incident].isWaiting = false
    waiting.count -= 1
  }

  /// A unit became free: the most urgent, longest waiting incident that it fits gets its best choice. One decision.
  mutating func offer(unit slot: UInt32) {
    guard waiting.count > 0, units[slot].isFree, units[slot].level != .notAvailable else { return }
    var looked = 0
    for raw in Tier.emergency.rawValue...Tier.preventive.rawValue {
      guard let tier = Tier(rawValue: raw) else { return }
      var incident = waiting.head(tier)
      while incident != WaitingLists.none, looked < Self.offerBound {
        let next = incidents[incident].nextWaiting
        looked += 1
        if couldServe(unit: slot, incident: incident) {
          let sent = fillSeats(of: incident, reason: .unitFreed)
          if sent > 0 { announceProgress(of: incident) }
          if !units[slot].isFree { return }
        }
        incident = next
      }
    }
  }
}
