// What a host that starts again would be told, against what the model knows of one that did not.

import CHujia

extension Simulation {
  /// The lists hold what is there, once each, and keys lead to their incidents.
  mutating func checkLists() throws(Violation) {
    let (status, incidents) = engine.openIncidents()
    try expect(status == HJ_OK, "lists", "hj_incidents_list answered \(status)")
    try expect(
      incidents.map(\.incident_id).sorted() == model.open.sorted(), "lists",
      "\(incidents.count) incidents are listed, the model has \(model.open.count) that are open")
    for incident in incidents {
      try expect(
        model.incidents[incident.incident_id]?.live == incident.liveAssignments, "lists",
        "incident \(incident.incident_id) is listed with other assignments than the events said")
    }
    let (unitStatus, units) = engine.units()
    try expect(unitStatus == HJ_OK, "lists", "hj_units_list answered \(unitStatus)")
    try expect(
      units.map(\.unit_id).sorted() == model.units.keys.sorted(), "lists",
      "\(units.count) units are listed, the model has \(model.units.count)")
    for unit in units {
      try expect(
        unit.assignment_id == model.units[unit.unit_id]?.assignment ?? 0, "lists",
        "unit \(unit.unit_id) is listed on assignment \(unit.assignment_id)")
    }
    for known in reports.suffix(50) {
      let found = engine.incident(keyHigh: known.report.key_high, known.report.key_low)
      let isKept = engine.read(incident: known.incident).status == HJ_OK
      try expect(
        found == (isKept ? known.incident : nil), "lists",
        "key \(known.report.key_low) leads to \(found ?? 0), it opened \(known.incident)")
    }
  }
}
