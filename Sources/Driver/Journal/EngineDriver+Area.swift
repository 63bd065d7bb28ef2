// The queue of posts and the table of positions move into the ring's file, with what a killed process left in them.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads

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
    let room = area?.room(for: layout.bytes)
    if let room { move(to: room, layout) } else { own.raise(EngineJournal.Reason.notRecorded) }
    for report in left.posts { takeBack(report, own) }
    for (id, value) in left.positions { takeBack(value, of: id, isForeign: isForeign, own) }
    area?.name(room)
    if let room { postMark = PartHead(at: room).mark }
  }

  /// Both are still as opening made them, and used by nobody.
  private func move(to room: UnsafeMutableRawPointer, _ layout: PartLayout) {
    PartHead(at: room).write(layout)
    let part = PartMemory(room + PartHead.bytes, bytes: layout.bytes - PartHead.bytes)
    do throws(OutOfMemory) {
      let ring = try SharedRing<IncidentReport>(part.memory, capacity: layout.posts)
      let table = try PositionTable(
        part.memory, moving: positions.pointee, capacity: layout.units)
      posts.deinitialize(count: 1)
      posts.initialize(to: ring)
      positions.deinitialize(count: 1)
      positions.initialize(to: table)
    } catch {
      preconditionFailure("a part's layout is what it takes")
    }
  }

  private func takeBack(_ report: IncidentReport, _ own: EngineJournal) {
    var report = report
    // Snapped when its turn comes, perhaps to another map than that of the process that took it.
    report.place = snap((report.lat_e7, report.lon_e7))
    if !accepts(.post(report)) || !posts.pointee.append(report) {
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
