// What is kept of an incident and seldom asked for: beside the records, so that a walk over many of them stays short.

import HujiaContainers

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
    incidentDetails[incident] = details
    incidents[incident].hasNeeds = report.needs != 0
    incidents[incident].hasReference = report.reference.isStated
  }

  /// An update names others instead; 0 and no reference = as it is.
  mutating func change(detailsOf incident: UInt32, by change: IncidentReport) {
    if change.needs != 0 {
      let kept = incidents[incident].hasNeeds ? incidentDetails[incident].needs & change.needs : 0
      incidentDetails[incident].needs = change.needs
      incidentDetails[incident].servedNeeds &= kept
      incidentDetails[incident].sparedNeeds &= kept
      incidents[incident].hasNeeds = true
    }
    if change.reference.isStated {
      incidentDetails[incident].reference = change.reference
      incidents[incident].hasReference = true
    }
  }

  func reference(of incident: UInt32) -> Reference {
    incidents[incident].hasReference ? incidentDetails[incident].reference : Reference()
  }

  // Needs

  /// A unit that was there leaves, or one is not needed any more: what it brought has been served.
  mutating func serveNeeds(of incident: UInt32, by unit: UInt32, wasThere: Bool) {
    guard incidents[incident].hasNeeds else { return }
    let before = incidentDetails[incident].servedNeeds
    let served = units[unit].capabilities & incidentDetails[incident].needs
    incidentDetails[incident].servedNeeds |= served
    if wasThere {
      incidentDetails[incident].sparedNeeds &= ~served
    } else {
      incidentDetails[incident].sparedNeeds |= served & ~before
    }
  }

  /// Nobody was there after all.
  mutating func openSparedNeeds(of incident: UInt32) {
    guard incidents[incident].hasNeeds else { return }
    incidentDetails[incident].servedNeeds &= ~incidentDetails[incident].sparedNeeds
    incidentDetails[incident].sparedNeeds = 0
  }
}
