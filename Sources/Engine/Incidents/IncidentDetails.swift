// What is kept of an incident and seldom asked for: beside the records, so that a walk over many of them stays short.

import HujiaContainers

/// By slot.
package struct DetailTables: ~Copyable {
  package let units: Block<UnitDetails>
  package let incidents: Block<IncidentDetails>

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let units = try Block<UnitDetails>(memory, count: limits.units)
    let incidents = try Block<IncidentDetails>(memory, count: limits.incidents)
    self.units = units
    self.incidents = incidents
  }
}

/// The host's own number of an incident: 32 opaque bytes, all zero = none.
package struct Reference: BitwiseCopyable, Equatable, Sendable {
  package var words: InlineArray<4, UInt64> = .init(repeating: 0)
  @inlinable package init() {}

  @inlinable package var isStated: Bool { words[0] | words[1] | words[2] | words[3] != 0 }

  @inlinable package static func == (one: Reference, other: Reference) -> Bool {
    one.words[0] == other.words[0] && one.words[1] == other.words[1]
      && one.words[2] == other.words[2] && one.words[3] == other.words[3]
  }
}

package struct IncidentDetails: BitwiseCopyable {
  /// Capabilities asked for beside the plan's.
  package var needs: UInt64 = 0
  /// Needs for which no other unit is sent, as in `IncidentRecord.servedSeats`; and those of them that belong to units
  /// that never arrived, as in `sparedSeats`.
  var servedNeeds: UInt64 = 0
  var sparedNeeds: UInt64 = 0
  package var reference = Reference()
  /// Of the newest act of a person, with `IncidentRecord.operatorID`.
  package var operatorSession: UInt64 = 0
  package var operatorRole: UInt32 = 0
  /// Of the call-back: the host's code.
  package var outcome: Int32 = 0
}

extension EngineCore {
  /// What a report says beside its record. Where it says nothing the reader gets the same.
  mutating func note(detailsOf incident: UInt32, _ report: IncidentReport) {
    var details = IncidentDetails()
    details.needs = report.needs
    details.reference = report.reference
    self.details.incidents[incident] = details
    incidents[incident].hasNeeds = report.needs != 0
    incidents[incident].hasReference = report.reference.isStated
  }

  /// An update names others instead; 0 and no reference = as it is.
  mutating func change(detailsOf incident: UInt32, by change: IncidentReport) {
    if change.needs != 0 {
      let kept = incidents[incident].hasNeeds ? details.incidents[incident].needs & change.needs : 0
      details.incidents[incident].needs = change.needs
      details.incidents[incident].servedNeeds &= kept
      details.incidents[incident].sparedNeeds &= kept
      incidents[incident].hasNeeds = true
    }
    if change.reference.isStated {
      details.incidents[incident].reference = change.reference
      incidents[incident].hasReference = true
    }
  }

  func reference(of incident: UInt32) -> Reference {
    incidents[incident].hasReference ? details.incidents[incident].reference : Reference()
  }

  /// An event that knows its incident by the id alone gets the incident's reference.
  func refer(_ event: inout Event) {
    guard let incident = incidentSlots.slot(of: event.incidentID) else { return }
    event.reference = reference(of: incident)
  }

  // Needs

  /// What an incident asks for beside its plan and none of its units has; `passing`: as if that assignment were none of
  /// its.
  func openNeeds(of incident: UInt32, passing passed: UInt32? = nil) -> UInt64 {
    guard incidents[incident].hasNeeds else { return 0 }
    var open = details.incidents[incident].needs & ~details.incidents[incident].servedNeeds
    let first = Int(incident) * EngineLimits.chosen
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidentAssignments[first + place]
      if assignment != passed { open &= ~units[assignments[assignment].unit].capabilities }
    }
    return open
  }

  /// A unit that was there leaves, or one is not needed any more: what it brought has been served.
  mutating func serveNeeds(of incident: UInt32, by unit: UInt32, wasThere: Bool) {
    guard incidents[incident].hasNeeds else { return }
    let before = details.incidents[incident].servedNeeds
    let served = units[unit].capabilities & details.incidents[incident].needs
    details.incidents[incident].servedNeeds |= served
    if wasThere {
      details.incidents[incident].sparedNeeds &= ~served
    } else {
      details.incidents[incident].sparedNeeds |= served & ~before
    }
  }

  /// Nobody was there after all.
  mutating func openSparedNeeds(of incident: UInt32) {
    guard incidents[incident].hasNeeds else { return }
    details.incidents[incident].servedNeeds &= ~details.incidents[incident].sparedNeeds
    details.incidents[incident].sparedNeeds = 0
  }
}
