// Units and positions in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

extension Engine {
  /// Adds a unit or replaces what is known of it; what one on an incident is said to do holds once the incident lets it
  /// go. Throws `.full` at the limit of units.
  public func put(_ unit: Unit, by person: Person? = nil) throws(HujiaError) {
    guard unit.id != 0 else { throw .argument }
    let point = unit.place.flatMap { $0.e7 }
    if unit.place != nil, point == nil { throw .range }
    let details = try details(unit)
    try check { driver in
      let place = point.flatMap {
        driver.askedPlace(lat_e7: $0.lat, lon_e7: $0.lon, datum: 1)
      }
      var description = UnitDescription(
        id: unit.id, kind: unit.kind, agency: unit.agency, capabilities: unit.capabilities,
        homeBeat: unit.homeBeat, crew: unit.crew.map { $0 <= 0 ? -1 : $0 } ?? 0,
        activity: HujiaDriver.Activity(header: unit.activity.rawValue) ?? .patrolling,
        shiftEnd_us: unit.shiftEnd_us ?? 0, place: place ?? .nowhere, hasPosition: place != nil)
      description.details = details
      var command = Command(.putUnit(description), act: Act(person))
      return driver.submit(&command)
    }
  }

  private func details(_ unit: Unit) throws(HujiaError) -> UnitDetails {
    let station = unit.station.flatMap { $0.e7 }
    if unit.station != nil, station == nil { throw .range }
    let begin_us = unit.shiftBegin_us ?? 0
    if let people = unit.people, unit.sworn ?? 0 > people { throw .argument }
    if begin_us < 0 || begin_us > unit.shiftEnd_us ?? .max { throw .argument }
    var details = UnitDetails()
    details.sworn = Int32(unit.sworn ?? 0)
    details.people = Int32(unit.people ?? 0)
    details.shiftBegin_us = begin_us
    (details.stationLat_e7, details.stationLon_e7) = station ?? (0, 0)
    return details
  }

  public func removeUnit(_ id: UInt64, by person: Person? = nil) throws(HujiaError) {
    try submit(.removeUnit(id), by: person)
  }

  /// Sets what a unit is doing; of one on an incident, what it does once the incident lets it go. Throws `.busy` for
  /// what follows from an assignment (`enRoute`, `onScene`, `transporting`, `atDestination`) while it has one.
  /// `since_us`: since when, nil = now. A unit that becomes available is idle from then; the future counts as now.
  public func setActivity(
    _ activity: Activity, ofUnit id: UInt64, since_us: Int64? = nil, by person: Person? = nil
  ) throws(HujiaError) {
    guard let activity = HujiaDriver.Activity(header: activity.rawValue), since_us ?? 0 >= 0 else {
      throw .argument
    }
    try submit(.setActivity(activity, unit: id, wall_us: since_us ?? 0), by: person)
  }

  /// Takes positions in; returns how many were accepted (unknown units, older fixes and those that
  /// cannot be true are refused).
  public func report(_ positions: [Position]) throws(HujiaError) -> Int {
    try with { driver in
      if driver.isDrained { return .failure(.state) }
      let taken = driver.takeFixes(positions.count) { index in
        let position = positions[index]
        guard let point = position.place.e7, point != (0, 0) else { return nil }
        return GivenFix(
          unitID: position.unitID, lat_e7: point.lat, lon_e7: point.lon, datum: 1,
          accuracy_dm: position.accuracy_dm, heading_cdeg: .min, speed_cms: .min,
          wall_us: position.wall_us ?? 0)
      }
      return .success(taken)
    }
  }
}
