// What may be asked of the engine: nothing changes.

import CHujia

extension Host {
  package func read(unit: UInt64) -> (status: hj_status, unit: hj_unit_status) {
    var status = hj_unit_status.sized
    let result = hj_unit_read(engine, unit, &status)
    return (result, status)
  }

  package func read(incident: UInt64) -> (status: hj_status, incident: hj_incident_status) {
    var status = hj_incident_status.sized
    let result = hj_incident_read(engine, incident, &status)
    return (result, status)
  }

  /// All incidents that are not over, page by page.
  package func openIncidents() -> (status: hj_status, incidents: [hj_incident_status]) {
    pages(hj_incident_status.sized) { hj_incidents_list(engine, $0, $1, $2, $3, nil) }
  }

  package func units() -> (status: hj_status, units: [hj_unit_status]) {
    pages(hj_unit_status.sized) { hj_units_list(engine, $0, $1, $2, $3, nil) }
  }

  private func pages<Value>(
    _ blank: Value,
    _ list: (
      UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<Value>, UInt32,
      UnsafeMutablePointer<UInt32>
    ) -> hj_status
  ) -> (status: hj_status, [Value]) {
    var all: [Value] = []
    var cursor: UInt64 = 0
    repeat {
      var page = [Value](repeating: blank, count: Int(HJ_PAGE_MAX))
      var count: UInt32 = 0
      let status = list(&cursor, &page, UInt32(page.count), &count)
      guard status == HJ_OK else { return (status, all) }
      all.append(contentsOf: page.prefix(Int(count)))
    } while cursor != 0
    return (HJ_OK, all)
  }

  /// The incident that was opened last with a key; nil: none.
  package func incident(keyHigh: UInt64, _ keyLow: UInt64) -> UInt64? {
    var id: UInt64 = 0
    return hj_incident_find(engine, keyHigh, keyLow, nil, &id) == HJ_OK ? id : nil
  }

  package func stats() -> hj_stats {
    var stats = hj_stats.sized
    hj_engine_stats(engine, &stats)
    return stats
  }

  package func nearest(_ query: hj_nearest_query) -> (status: hj_status, units: [hj_nearest]) {
    var query = query
    query.sayItsSize()
    var found = [hj_nearest](repeating: .sized, count: 64)
    var count: UInt32 = 0
    let status = hj_nearest_units(engine, &query, &found, UInt32(found.count), &count)
    return (status, Array(found.prefix(Int(count))))
  }

  // Roads

  /// How many points the road of an assignment has.
  package func routeLength(assignment: UInt64) -> (status: hj_status, points: UInt32) {
    var needed: UInt32 = 0
    let status = hj_assignment_route(engine, assignment, nil, 0, &needed)
    return (status, needed)
  }

  /// Points that a road is filled into: a longer one is cut.
  package static var roomForRoute: [hj_route_point] {
    [hj_route_point](repeating: hj_route_point(), count: 4_096)
  }

  /// Empty where there is none.
  package func route(
    assignment: UInt64, _ room: inout [hj_route_point]
  ) -> [hj_route_point] {
    fill(&room) { hj_assignment_route(engine, assignment, $0, $1, $2) }
  }

  package func route(
    from: Location, to: Location, _ room: inout [hj_route_point]
  ) -> [hj_route_point] {
    fill(&room) {
      hj_route(engine, from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7, nil, $0, $1, $2)
    }
  }

  private func fill(
    _ room: inout [hj_route_point],
    _ ask: (UnsafeMutablePointer<hj_route_point>, UInt32, UnsafeMutablePointer<UInt32>) -> hj_status
  ) -> [hj_route_point] {
    room[0].sayItsSize()
    var needed: UInt32 = 0
    let capacity = UInt32(room.count)
    let status = ask(&room, capacity, &needed)
    guard status == HJ_OK || status == HJ_E_BUFFER else { return [] }
    return Array(room.prefix(Int(min(needed, capacity))))
  }

  /// The name of a street, asked for as a host must: once more where the first buffer is too short.
  package func streetName(_ street: UInt64) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    var needed: UInt32 = 0
    var status = hj_street_name(engine, street, &buffer, UInt32(buffer.count), &needed)
    if status == HJ_E_BUFFER {
      buffer = [CChar](repeating: 0, count: Int(needed))
      status = hj_street_name(engine, street, &buffer, UInt32(buffer.count), &needed)
    }
    guard status == HJ_OK else { return "" }
    return String(
      decoding: buffer.prefix(while: { $0 != 0 }).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  // Figures

  package func figures(by dimension: Int32, value: UInt32, interval: Int32) -> hj_figures {
    var query = hj_figures_query.sized
    query.dimension = dimension
    query.value = value
    query.interval = interval
    var figures = hj_figures.sized
    hj_figures_read(engine, &query, &figures)
    return figures
  }

  /// The values of a dimension that have a row of their own, in the order in which they came.
  package func figureValues(by dimension: Int32) -> [UInt32] {
    var count: UInt32 = 0
    hj_figures_values(engine, dimension, nil, 0, &count)
    var values = [UInt32](repeating: 0, count: Int(count))
    guard hj_figures_values(engine, dimension, &values, count, &count) == HJ_OK else { return [] }
    return values
  }

  /// The latest broken promises, newest first.
  package func breaches(_ most: Int) -> [hj_breach] {
    var breaches = [hj_breach](repeating: .sized, count: most)
    var count: UInt32 = 0
    hj_figures_breaches(engine, &breaches, UInt32(most), &count)
    return Array(breaches.prefix(Int(count)))
  }
}

extension hj_dispatch {
  /// The chosen units, in the order of the plan's seats.
  package var units: [hj_chosen_unit] {
    withUnsafeBytes(of: chosen) {
      Array($0.bindMemory(to: hj_chosen_unit.self).prefix(Int(assignment_count)))
    }
  }

  /// Those that are free: not taken away from another incident.
  package var freeUnits: [hj_chosen_unit] {
    let flags = withUnsafeBytes(of: chosen_flags) { Array($0.bindMemory(to: UInt32.self)) }
    return zip(units, flags).filter { $0.1 & HJ_CHOSEN_DIVERTED == 0 }.map(\.0)
  }
}

extension hj_incident_status {
  package var liveAssignments: [UInt64] {
    withUnsafeBytes(of: assignment_ids) {
      Array($0.bindMemory(to: UInt64.self).prefix(Int(live_assignments)))
    }
  }
}

extension hj_stats {
  package var allocatorName: String { Host.words(allocator) }
}
