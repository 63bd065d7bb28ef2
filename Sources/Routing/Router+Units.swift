// Units come, move, change and go. Each change is O(depth) at most, and the usual report, from the same street, O(1).

import CHujiaKernels
import HujiaContainers
import HujiaRoads

extension Router {
  /// Adds or replaces a unit. `unit` is below `unitCapacity`; `id` only breaks ties. `level` is below 32.
  /// `place` nil: position unknown, the unit is in no answer until it moves. `idleSince_ns`: what `best` ranks by.
  package mutating func put(
    unit: UInt32, id: UInt64, capabilities: UInt64, level: UInt8, agency: UInt32, kind: UInt32 = 0,
    availableUntil_us: Int64, crew: UInt8, place: Place?, idleSince_ns: Int64 = 0
  ) {
    assert(level < 32)
    takeOut(unit)
    sets.classes.note(unit, id: id, idleSince_ns: idleSince_ns)
    if hasGround { ground.note(idleSince_ns: idleSince_ns, of: unit) }
    var traits = UnitTraits()
    traits.capabilities = capabilities
    traits.level = level
    traits.agency = agency
    traits.kind = kind
    traits.availableUntil_us = availableUntil_us
    traits.crew = crew
    traits.hasPlace = place != nil
    traits.isLive = true
    units.put(unit, id: id, traits, place: place, on: map)
    bringIn(unit)
    mend(CellIndex.mendedPerChange)
  }

  /// A new position. From the same street this is a store and a few divisions.
  package mutating func move(unit: UInt32, to place: Place) {
    if units.stays(unit, at: place) {
      if hasGround { return moveOnGround(unit, to: place) }
      units.places[unit] = place
      moveAlong(unit, place)
      return
    }
    let before = units.nodes[unit * 2]
    let hadPlace = units.traits[unit].hasPlace
    if !hadPlace {
      takeOut(unit)
      units.move(unit, to: place, on: map)
      bringIn(unit)
      return
    }
    if hierarchy != nil, before != .max { cells.remove(unit, hasResponse: !hasOneProfile) }
    units.move(unit, to: place, on: map)
    refreshEnds(unit)
    enterCell(unit)
    mend(CellIndex.mendedPerChange)
  }

  private mutating func moveOnGround(_ unit: UInt32, to place: Place) {
    units.places[unit] = place
    ground.move(unit, id: units.ids[unit], to: place, units.traits[unit])
  }

  /// Has what `move` reads and writes of a unit on its way from memory.
  @inline(__always) package func fetchAhead(unit: UInt32) {
    let unit = Int(unit)
    hjk_prefetch(units.traits.base + unit)
    hjk_prefetch(units.places.base + unit)
    guard hierarchy != nil else { return }
    hjk_prefetch_span(normalEnds.base + unit, 48)
    hjk_prefetch(arcs.base + unit)
    if !hasOneProfile { hjk_prefetch_span(responseEnds.base + unit, 48) }
  }

  /// The two lines of a record of the core's.
  @inline(__always) package func fetchAhead(_ record: UnsafeRawPointer) {
    hjk_prefetch_span(record, 128)
  }

  package mutating func set(level: UInt8, of unit: UInt32, idleSince_ns: Int64) {
    assert(units.traits[unit].isLive && level < 32)
    if units.traits[unit].level == level, isIdle(unit, since_ns: idleSince_ns) { return }
    takeOut(unit)
    sets.classes.note(unit, id: units.ids[unit], idleSince_ns: idleSince_ns)
    if hasGround { ground.note(idleSince_ns: idleSince_ns, of: unit) }
    units.traits[unit].level = level
    sets.insert(unit, units.traits[unit])
    if units.traits[unit].hasPlace {
      // Its ends stay: they depend on its place alone.
      if hasGround { enterGround(unit) }
      enterCell(unit)
    }
    mend(CellIndex.mendedPerChange)
  }

  /// Whether where it counts nothing else is known: on the ground, and of a unit without a place.
  private func isIdle(_ unit: UInt32, since_ns: Int64) -> Bool {
    hasGround || !units.traits[unit].hasPlace
      ? sets.classes.idleSince_ns(of: unit) == since_ns : true
  }

  /// Marks the unit for `UnitFilter.skipStamp`.
  package mutating func skip(unit: UInt32, stamp: UInt32) {
    units.traits[unit].skipStamp = stamp
  }

  /// Whether the unit carries this mark.
  package func isSkipped(unit: UInt32, stamp: UInt32) -> Bool {
    stamp != 0 && units.traits[unit].skipStamp == stamp
  }

  package mutating func remove(unit: UInt32) {
    takeOut(unit)
    units.remove(unit)
    if hierarchy != nil { refreshEnds(unit) }
  }

  /// Work that can wait: mends at most `limit` cells. False when nothing is left to do. Questions never wait for it;
  /// they are only faster afterwards. After `publish` everything is left to do.
  package mutating func maintain(_ limit: Int) -> Bool {
    mend(limit)
  }

  /// From the sets and cells; the node lists follow the place.
  private mutating func takeOut(_ unit: UInt32) {
    let traits = units.traits[unit]
    guard traits.isLive else { return }
    sets.remove(unit, traits)
    if hasGround { ground.remove(unit) }
    if traits.hasPlace, hierarchy != nil, cells.units.slot(of: unit) != .max {
      cells.remove(unit, hasResponse: !hasOneProfile)
    }
  }

  private mutating func bringIn(_ unit: UInt32) {
    let traits = units.traits[unit]
    sets.insert(unit, traits)
    if hasGround, traits.hasPlace { enterGround(unit) }
    guard hierarchy != nil else { return }
    refreshEnds(unit)
    if traits.hasPlace { enterCell(unit) }
  }

  private mutating func enterGround(_ unit: UInt32) {
    ground.insert(unit, id: units.ids[unit], at: units.places[unit], units.traits[unit])
  }

  private mutating func enterCell(_ unit: UInt32) {
    let node = units.nodes[unit * 2]
    guard hierarchy != nil, node != .max else { return }
    cells.insert(unit, at: node, units.traits[unit])
    let slot = Int(cells.units.slot(of: unit))
    for profile in Profile.allCases where profile == .normal || !hasOneProfile {
      guard let query = labelQuery(profile) else { continue }
      cells.lower(slot, by: measurable(unit, profile, query), query, profile)
    }
  }

  /// Mends at most `limit` cells, in both profiles.
  @discardableResult
  private mutating func mend(_ limit: Int) -> Bool {
    guard hierarchy != nil else { return false }
    var isLeft = false
    for profile in Profile.allCases where profile == .normal || !hasOneProfile {
      guard let query = labelQuery(profile) else { continue }
      var left = limit
      while left > 0, let slot = cells.takeWork(profile) {
        left -= 1
        mend(slot, query, profile)
      }
      isLeft = isLeft || left == 0
    }
    return isLeft
  }

  @inline(__always)
  private mutating func mend(_ slot: Int, _ query: LabelQuery, _ profile: Profile) {
    let row = nearestScratch.mendRow.base
    cells.beginMending(slot, row)
    var capabilities: UInt64 = 0
    var unit = cells.units.units(at: slot)
    while unit != .max {
      cells.lower(row, of: slot, by: measurable(unit, profile, query), query)
      capabilities |= units.traits[unit].capabilities
      unit = cells.units.unit(after: unit)
    }
    cells.endMending(slot, row, capabilities, profile, query.level)
  }
}

// Where units leave their places, by profile, kept with the metric's stamp.
extension Router {
  @inline(__always) func ends(_ profile: Profile) -> UnsafePointer<UnitEnds> {
    UnsafePointer(
      profile == .normal || hasOneProfile ? normalEnds.base : responseEnds.base)
  }

  /// A unit's ends at the current travel times; worked out anew once per metric.
  @inline(__always) func freshEnds(_ unit: UInt32, _ profile: Profile) -> UnitEnds {
    let known = ends(profile)[Int(unit)]
    if known.stamp == stamp { return known }
    refreshEnds(unit)
    return ends(profile)[Int(unit)]
  }

  /// The same with rows. Those of a unit that keeps none (`UnitRows`) stand until the next one is asked for.
  @inline(__always)
  mutating func measurable(
    _ unit: UInt32, _ profile: Profile, _ query: LabelQuery
  ) -> UnitEnds {
    let known = ends(profile)[Int(unit)]
    if known.stamp == stamp, known.rowStamp == stamp { return known }
    return makeRows(unit, profile, query)
  }

  @inline(never)
  private mutating func makeRows(
    _ unit: UInt32, _ profile: Profile, _ query: LabelQuery
  ) -> UnitEnds {
    var known = freshEnds(unit, profile)
    guard known.rowStamp != stamp else { return known }
    let isNormal = profile == .normal || hasOneProfile
    let first = lower(known.firstNode, query)
    let second = lower(known.secondNode, query)
    let rooms =
      isNormal
      ? normalRows.rooms(unit, first, second, stamp: stamp)
      : responseRows.rooms(unit, first, second, stamp: stamp)
    if first != .max {
      known.firstRow = rooms.first.reference
      if !rooms.first.isWritten { writeRow(of: first, known.firstRow, isNormal, query) }
    }
    if second != .max {
      known.secondRow = rooms.second.reference
      if !rooms.second.isWritten { writeRow(of: second, known.secondRow, isNormal, query) }
    }
    if Int(unit) < normalRows.kept {
      known.rowStamp = stamp
      if isNormal { normalEnds[unit] = known } else { responseEnds[unit] = known }
    }
    return known
  }

  /// The node if it has no row in the metric.
  @inline(__always) private func lower(_ node: UInt32, _ query: LabelQuery) -> UInt32 {
    node == .max || query.ancestors.facts(node).isUpper ? .max : node
  }

  private mutating func writeRow(
    of node: UInt32, _ reference: UInt32, _ isNormal: Bool, _ query: LabelQuery
  ) {
    startClimb.begin(at: node, query, query.labels.up)
    let row = isNormal ? normalRows.row(reference) : responseRows.row(reference)
    startClimb.write(times: row, lengths: row + query.toLengths, query.level)
  }

  @inline(never) func refreshEnds(_ unit: UInt32) {
    guard let ancestors else { return }
    let place = units.places[unit]
    normalEnds[unit] = UnitEnds(
      Ends(leaving: place, on: map, times: ownTimes(.normal)), ancestors, stamp: stamp)
    if !hasOneProfile {
      responseEnds[unit] = UnitEnds(
        Ends(leaving: place, on: map, times: ownTimes(.response)), ancestors, stamp: stamp)
    }
    arcs[unit] = UnitArcs(
      of: place, on: map, normal: ownTimes(.normal), response: ownTimes(.response))
  }

  /// Of a unit at a junction: an arm is open, so that it leaves from there and nowhere else.
  @inline(__always) func isAtOneNode(_ unit: UInt32) -> Bool {
    normalEnds[unit].secondNode == .max
      && (hasOneProfile || responseEnds[unit].secondNode == .max)
  }

  /// The unit's nodes stay, the times to them change.
  @inline(__always) func moveAlong(_ unit: UInt32, _ place: Place) {
    guard hierarchy != nil else { return }
    if normalEnds[unit].stamp != stamp { return }
    let gap_ms = place.gapCost.time_ms
    if place.hasNode, isAtOneNode(unit) {
      normalEnds.base[Int(unit)].firstRest_ms = gap_ms
      if !hasOneProfile { responseEnds.base[Int(unit)].firstRest_ms = gap_ms }
      return
    }
    if arcs[unit].count == 0 {
      refreshEnds(unit)
      return
    }
    arcs[unit].setRests(
      &normalEnds.base[Int(unit)], offset_mm: place.offset_mm, gap_ms: gap_ms, .normal)
    if !hasOneProfile {
      arcs[unit].setRests(
        &responseEnds.base[Int(unit)], offset_mm: place.offset_mm, gap_ms: gap_ms, .response)
    }
  }
}
