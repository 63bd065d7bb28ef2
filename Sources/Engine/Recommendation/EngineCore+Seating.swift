// Seats for units that are on an incident already: after a change of its plan, after a raise, beside a unit sent by
// hand.

import HujiaContainers

extension EngineCore {
  /// Gives live units without a seat the first open seats that they fit. Alternatives are gathered first.
  /// O(seats * live assignments).
  mutating func seatLive(_ incident: UInt32) {
    var seats = seats(of: incident)
    var settled: UInt32 = 0
    while seats.next() {
      guard seats.index >= settled else { continue }
      guard seats.isChoice else {
        seatOthers(at: seats, of: incident)
        continue
      }
      settled = seats.firstChoice + UInt32(seats.requirement.choices)
      gather(seats, of: incident)
      var own = seats
      repeat {
        guard own.index < settled else { break }
        seatOthers(at: own, of: incident)
      } while own.next()
    }
  }

  /// Of alternatives the one that the live units meet whole. O(seats * live assignments).
  mutating func gatherAlternatives(_ incident: UInt32) {
    var seats = seats(of: incident)
    var settled: UInt32 = 0
    while seats.next() {
      guard seats.isChoice, seats.index >= settled else { continue }
      settled = seats.firstChoice + UInt32(seats.requirement.choices)
      gather(seats, of: incident)
    }
  }

  /// Units without a seat that fit one take it, until it needs no more.
  private mutating func seatOthers(at seats: Seats, of incident: UInt32) {
    for place in 0..<Int(incidents[incident].liveCount) {
      guard let open = missing(at: seats, of: incident) else { return }
      let assignment = incidents.assignment(of: incident, place)
      guard assignments[assignment].requirement == AssignmentRecord.byHand,
        fits(assignment, seats.requirement, open)
      else { continue }
      assignments.seat(assignment, at: seats)
    }
  }

  private func fits(_ assignment: UInt32, _ requirement: Requirement, _ open: UInt64) -> Bool {
    let unit = assignments[assignment].unit
    return requirement.fits(units[unit]) && (open == 0 || units[unit].capabilities & open != 0)
  }

  /// Moves the units of an alternative that is not met, and those without a seat, to the first that they meet whole.
  /// What was served stays so.
  private mutating func gather(_ first: Seats, of incident: UInt32) {
    let record = incidents[incident]
    let end = first.firstChoice + UInt32(first.requirement.choices)
    let tables = plans.tables(record.planVersion)
    for index in first.firstChoice..<end
    where record.servedSeats & tables.pointee.seatBits(record.plan, index: index) != 0 { return }
    if let taken = choice(at: first, of: incident), isMet(taken, first, incident) { return }
    var candidates: UInt32 = 0
    for place in 0..<Int(record.liveCount) {
      let index = assignments[incidents.assignment(of: incident, place)].requirement
      if index == AssignmentRecord.byHand || index >= first.firstChoice && index < end {
        candidates |= 1 << UInt32(place)
      }
    }
    for index in first.firstChoice..<end where couldMeet(index, first, incident, candidates) {
      for place in 0..<Int(record.liveCount) where candidates & 1 << UInt32(place) != 0 {
        assignments.seat(incidents.assignment(of: incident, place), at: nil)
      }
      var seats = first
      repeat {
        if seats.index == index { seatOthers(at: seats, of: incident) }
      } while seats.next() && seats.index <= index
      return
    }
  }

  /// Whether all seats of an alternative that units are on are taken.
  private func isMet(_ index: UInt32, _ first: Seats, _ incident: UInt32) -> Bool {
    var seats = first
    repeat {
      if seats.index == index, missing(at: seats, of: incident) != nil { return false }
    } while seats.next() && seats.index <= index
    return true
  }

  /// Whether the units at some places of the incident would take all seats of an alternative. As `seatOthers`.
  private func couldMeet(
    _ index: UInt32, _ first: Seats, _ incident: UInt32, _ candidates: UInt32
  ) -> Bool {
    var left = candidates
    var seats = first
    repeat {
      guard seats.index == index else { continue }
      var open = seats.requirement.capabilities
      var isEmpty = true
      for place in 0..<Int(incidents[incident].liveCount) {
        guard left & 1 << UInt32(place) != 0 else { continue }
        let assignment = incidents.assignment(of: incident, place)
        guard fits(assignment, seats.requirement, open) else { continue }
        left &= ~(1 << UInt32(place))
        open &= ~units[assignments[assignment].unit].capabilities
        isEmpty = false
        if open == 0 { break }
      }
      if isEmpty || open != 0 { return false }
    } while seats.next() && seats.index <= index
    return true
  }
}
