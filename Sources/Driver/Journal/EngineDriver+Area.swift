// The queue of posts and the table of positions move into the ring's file, with what a killed process left in them.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads
import HujiaRouting

extension EngineDriver {
  /// Before anybody else has the engine, and before anything is recorded: until then the records say which post was
  /// decided. What was accepted stands in the old part, and from one store on in the new one.
  func takeArea(_ own: EngineJournal, isForeign: Bool) throws(Failure) {
    let opened = own.journal
    let area = opened.area.count > 0 ? RingArea(opened.area) : nil
    let left = area.map { LeftBehind($0, last: opened.recorded) } ?? LeftBehind()
    opened.keepsRing = !left.posts.isEmpty
    if left.isDamaged { own.raise(EngineJournal.Reason.areaDamaged) }
    let capacity = posts.pointee.capacity
    guard left.posts.count <= capacity else {
      throw Failure(
        .limit, field: "post_capacity",
        "post_capacity is \(capacity): \(left.posts.count) posts wait in the journal's ring")
    }
    let layout = PartLayout(posts: capacity, units: core.pointee.limits.units)
    let streetBytes = journalledStreets_bytes(own.config)
    var room = area?.room(for: layout.bytes, streets: streetBytes)
    // An area that an engine with larger tables made may have no room for the streets besides, this once.
    let hasStreets = room != nil && streetBytes > 0
    if room == nil { room = area?.room(for: layout.bytes) }
    if let room { move(to: room, layout) } else { own.raise(EngineJournal.Reason.notRecorded) }
    for posted in left.posts { takeBack(posted, own) }
    for (id, value) in left.positions { takeBack(value, of: id, isForeign: isForeign, own) }
    if let area { try takeStreets(leftStreets(area), own) }
    area?.name(room)
    if let room { postMark = PartHead(at: room).mark }
    if hasStreets, let area {
      keepStreets(in: area, bytes: streetBytes, own)
    } else if trafficUse != .off, map.arcCount > 0 {
      own.raise(EngineJournal.Reason.streetsNotKept)
    }
  }

  // Street times

  /// What a table of street times takes in the ring's file; 0 = none is kept.
  func journalledStreets_bytes(_ configuration: Configuration) -> Int {
    trafficUse == .off
      ? 0 : Self.streetBytes(arcs: map.arcCount, ringBytes: configuration.ringBytes)
  }

  /// Half of the ring's own room at most: a larger map has its street times in snapshots alone.
  static func streetBytes(arcs: Int, ringBytes: UInt64) -> Int {
    let bytes = KeptStreets.bytes(keys: arcs * 2)
    let most = (ringBytes == 0 ? JournalSettings(folder: "").ringBytes : Int(ringBytes)) / 2
    return bytes <= most ? bytes : 0
  }

  private func leftStreets(_ area: RingArea) -> KeptStreets? {
    guard let left = area.streets, let place = left.baseAddress, let part = area.part() else {
      return nil
    }
    return KeptStreets(
      at: place, bytes: left.count, map: map, checksum: mapChecksum, beside: part.place)
  }

  /// What was reported last, whether an epoch had it or not. Read before its place is used again.
  func takeStreets(_ left: KeptStreets?, _ own: EngineJournal) throws(Failure) {
    guard let left else { return }
    own.times = left.times(over: own.times) { map.mapped_ms($0) }
    guard left.isUnfinished else { return }
    // A street of which some arcs may have the time: now all have it. Its reporter had no answer, so both are right.
    let streets: StreetIndex
    do throws(OutOfMemory) { streets = try StreetIndex(map, memory: allocator.memory) } catch {
      throw Failure(.memory, field: "traffic", "the allocator refused \(error.bytes) bytes")
    }
    guard let street = left.unfinished, let found = streets.find(street.streetID, hint: 0),
      streets.hasArcs(found, street.direction)
    else { return own.raise(EngineJournal.Reason.areaDamaged) }
    street.spread(over: found, streets, map) { key, time_ms in
      own.times[UInt32(key)] = time_ms
    }
  }

  private func keepStreets(in area: RingArea, bytes: Int, _ own: EngineJournal) {
    let place = area.streetRoom(bytes)
    let made = KeptStreets(
      making: place, keys: map.arcCount * 2, checksum: mapChecksum,
      beside: area.part()?.place ?? 0)
    for (key, time_ms) in own.times where Int(key) < made.keys {
      made.put(Int(key), time_ms, mapped_ms: map.mapped_ms(Int(key)))
    }
    area.name(streets: place, bytes: bytes)
    own.streets = made
  }

  /// Both are still as opening made them, and used by nobody.
  private func move(to room: UnsafeMutableRawPointer, _ layout: PartLayout) {
    PartHead(at: room).write(layout)
    let part = PartMemory(room + PartHead.bytes, bytes: layout.bytes - PartHead.bytes)
    do throws(OutOfMemory) {
      let ring = try SharedRing<Posted>(part.memory, capacity: layout.posts)
      let table = try PositionTable(
        part.memory, moving: positions.pointee, capacity: layout.units)
      posts.deinitialize(count: 1)
      posts.initialize(to: ring)
      PartHead(at: room).saysPersons(layout)
      positions.deinitialize(count: 1)
      positions.initialize(to: table)
    } catch {
      preconditionFailure("a part's layout is what it takes")
    }
  }

  private func takeBack(_ left: Posted, _ own: EngineJournal) {
    // Snapped again when its turn comes.
    var report = left.report
    report.place = snap((report.lat_e7, report.lon_e7))
    if !accepts(.post(report)) || !posts.pointee.append(left) {
      own.raise(EngineJournal.Reason.areaDamaged)
    }
  }

  /// Of a unit that is no more nobody wants to know.
  private func takeBack(
    _ value: LatestTable.Value, of id: UInt64, isForeign: Bool, _ own: EngineJournal
  ) {
    guard let slot = core.pointee.units.find(id) else { return }
    var fix = PositionTable.fix(value, slot, now_ns: 0)
    guard Place.isOnPlanet(fix.place.lat_e7, fix.place.lon_e7), fix.wall_us >= 0 else {
      return own.raise(EngineJournal.Reason.areaDamaged)
    }
    if isForeign { fix.place = snap((fix.place.lat_e7, fix.place.lon_e7)) }
    guard holds(fix) else { return own.raise(EngineJournal.Reason.areaDamaged) }
    positions.pointee.restore(value, of: id, in: slot, at: fix.place)
  }
}
