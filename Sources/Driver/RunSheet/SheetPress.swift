// One run sheet is made: what is open, and each unit, is read in short turns, brought into order outside of them, and
// written line by line. It is read anew when something changed between two turns, so that it is true at one moment. On
// an engine that never rests it says from which event to which it was read.

import HujiaContainers
import HujiaEngine

struct SheetPress {
  private unowned let driver: EngineDriver
  private let sheet: RunSheet
  private var lines: SheetLines
  /// Of the first turn: how the engine works, its time, its newest event; of the last: its newest event.
  private var mode = WorkMode()
  private var wall_us: Int64 = 0
  private var local_s: Int64 = 0
  private var offset_s: Int64 = 0
  private var firstEvent: UInt64 = 0
  private var lastEvent: UInt64 = 0
  private var firstChange: UInt64 = 0
  private var lastChange: UInt64 = 0
  private var open = 0
  private var reasons: UInt32 = 0

  init(_ driver: EngineDriver, _ sheet: RunSheet) {
    self.driver = driver
    self.sheet = sheet
    lines = SheetLines(sheet.text.base, capacity: sheet.text.count)
  }

  /// False: the file could not be written.
  func print() -> Bool {
    sheet.file.replace { pen in
      for attempt in 1...RunSheet.attempts {
        var press = self
        press.print(&pen)
        if press.firstChange == press.lastChange || attempt == RunSheet.attempts { return }
        pen.restart()
      }
    }
  }

  private mutating func print(_ pen: inout SheetPen) {
    reasons = driver.reasonsNow
    readKeys()
    SheetSort.sort(sheet.keys.base, open)
    lines.beginPage()
    head()
    // The place of the line that the last turn fills in: as long, whatever it says.
    let truth = pen.offset + Int64(lines.count)
    tellTruth()
    tellReasons()
    lines.rule()
    incidents(&pen)
    units(&pen)
    foot()
    pen.write(lines.written)
    lines.flushed()
    tellTruth()
    pen.write(lines.written, at: truth)
  }

  // Reading

  /// In a turn of its own.
  private func ask<Result>(_ body: (inout EngineCore) -> Result) -> Result {
    sheet.inside { driver.turnHere { core, _ in body(&core) } }
  }

  private mutating func readKeys() {
    var next: UInt32? = 0
    open = 0
    while let slot = next {
      next = sheet.inside { driver.turnHere { core, _ in readKeys(from: slot, &core) } }
    }
    offset_s = local_s - wall_us / 1_000_000
  }

  /// One turn; the first reads the head too.
  private mutating func readKeys(from slot: UInt32, _ core: inout EngineCore) -> UInt32? {
    if slot == 0 {
      mode = core.mode
      wall_us = core.time.wall_us
      local_s = core.localTime_s(wall_us: wall_us)
      (firstEvent, firstChange) = (core.outbox.newest, core.changes)
    }
    note(core.outbox.newest, core.changes)
    // Incidents that are opened meanwhile: never more than there is room for.
    let room = sheet.keys.count - open
    guard room > 0 else { return nil }
    return core.sheetKeys(
      from: slot, most: min(RunSheet.looksATurn, room), into: sheet.keys.base, &open)
  }

  private mutating func note(_ event: UInt64, _ change: UInt64) {
    (lastEvent, lastChange) = (event, change)
  }

  // Head and foot

  private mutating func head() {
    lines.put("HUJIA RUN SHEET 值班单")
    lines.tab(34)
    lines.put(date: local_s)
    lines.put(" ")
    lines.put(local_s: local_s, today: today)
    lines.put(" UTC")
    putOffset()
    lines.tab(70)
    lines.put("page ")
    lines.put(UInt64(lines.page))
    lines.end()
    lines.put("mode 模式 ")
    lines.put(SheetWords.mode(mode.number))
    lines.tab(34)
    if reasons != 0 {
      lines.put("reasons 原因 ")
      lines.put(lines.page == 1 ? "below 见下" : "page 1")
    }
    lines.tab(58)
    lines.put("open 未结 ")
    lines.put(UInt64(open))
    lines.end()
  }

  private mutating func putOffset() {
    guard offset_s != 0 else { return }
    lines.put(offset_s < 0 ? "-" : "+")
    lines.put(UInt64(offset_s.magnitude / 3_600), digits: 2)
    lines.put(":")
    lines.put(UInt64(offset_s.magnitude / 60 % 60), digits: 2)
  }

  private var today: Int64 { CivilTime(local_s).day }

  /// Always of one length in bytes.
  private mutating func tellTruth() {
    lines.put("true at event 截至事件 ")
    lines.put(firstEvent, digits: 20)
    lines.put(firstChange == lastChange ? "                      " : " to ")
    if firstChange != lastChange { lines.put(lastEvent, digits: 18) }
    lines.end()
  }

  /// On the first page: what is in doubt, a line each.
  private mutating func tellReasons() {
    for bit in 0..<UInt32.bitWidth where reasons & 1 << UInt32(bit) != 0 {
      lines.put(" - ")
      lines.put(SheetWords.reason(1 << UInt32(bit)))
      lines.end()
    }
  }

  private mutating func foot() {
    paged(2)
    lines.rule()
    lines.put("END OF SHEET 完. Note what you do on the form of `hujia catch-up --form` 补录表.")
    lines.end()
  }

  /// Room for so many lines on this page, or a new one.
  private mutating func paged(_ needed: Int) {
    guard !lines.fits(needed) else { return }
    lines.beginPage()
    head()
    lines.rule()
  }

  private mutating func flush(_ pen: inout SheetPen) {
    guard lines.isFilling else { return }
    pen.write(lines.written)
    lines.flushed()
  }

  // Incidents

  private mutating func incidents(_ pen: inout SheetPen) {
    var number: UInt64 = 0
    var next = 0
    while next < open {
      let end = min(next + RunSheet.rowsATurn, open)
      let first = next
      let read = ask { core in
        var count = 0
        for index in first..<end
        where core.sheetRow(sheet.keys[index].id, into: &sheet.rows.base[count]) { count += 1 }
        return (count: count, event: core.outbox.newest, change: core.changes)
      }
      note(read.event, read.change)
      for index in 0..<read.count {
        number += 1
        put(number, index)
        flush(&pen)
      }
      next = end
    }
    guard number == 0 else { return }
    lines.put("no open incident 无未结警情")
    lines.end()
  }

  private mutating func put(_ number: UInt64, _ index: Int) {
    // By its place: a copy of the row's arrays for each read would cost more than reading it.
    let row = sheet.rows.base + index
    let dues = (row.pointee.dueCount + 1) / 2
    paged(4 + dues + max(row.pointee.orderCount, 1))
    lines.put(number)
    lines.put(".")
    lines.tab(6)
    lines.put(SheetWords.tier(row.pointee.tier))
    lines.tab(22)
    lines.put(SheetWords.incident(row.pointee.state))
    lines.tab(42)
    lines.put("type 类型 ")
    lines.put(UInt64(row.pointee.type))
    lines.end()
    putPlace(row)
    putReference(row)
    for due in 0..<row.pointee.dueCount {
      lines.tab(due % 2 == 0 ? 5 : 42)
      put(row.pointee.dues[due])
      if due % 2 == 1 || due + 1 == row.pointee.dueCount { lines.end() }
    }
    for order in 0..<row.pointee.orderCount { put(row.pointee.orders[order]) }
    if row.pointee.orderCount == 0 {
      lines.tab(5)
      lines.put("no unit 未派警 ____________________")
      lines.end()
    }
  }

  private mutating func putPlace(_ row: UnsafeMutablePointer<SheetIncident>) {
    lines.tab(5)
    lines.put("received 接警 ")
    put(time: row.pointee.receivedWall_us)
    lines.tab(33)
    lines.put("place 地点 ")
    if row.pointee.lat_e7 == 0, row.pointee.lon_e7 == 0 {
      lines.put("unknown 不明")
    } else {
      let place = driver.output(lat_e7: row.pointee.lat_e7, lon_e7: row.pointee.lon_e7)
      lines.put(degrees: place.lat_e7)
      lines.put(", ")
      lines.put(degrees: place.lon_e7)
    }
    lines.end()
  }

  private mutating func putReference(_ row: UnsafeMutablePointer<SheetIncident>) {
    lines.tab(5)
    lines.put("ref 编号 ")
    if row.pointee.reference.isStated { lines.put(row.pointee.reference) } else { lines.put("-") }
    if lines.column > 40 {
      lines.end()
      lines.tab(5)
    }
    lines.put("  id ")
    lines.put(row.pointee.id)
    if row.pointee.isVulnerable { lines.put("  vulnerable 弱势") }
    if row.pointee.isCatchUp { lines.put("  catch-up 补录") }
    if row.pointee.rootID != 0 {
      lines.put("  into 并入 ")
      lines.put(row.pointee.rootID)
    }
    lines.end()
  }

  private mutating func put(_ order: SheetOrder) {
    lines.tab(5)
    lines.put("unit 单位 ")
    lines.put(order.unitID)
    lines.tab(26)
    lines.put(SheetWords.assignment(order.state))
    lines.tab(48)
    if order.due.wall_us != 0 { put(order.due, isShort: true) }
    lines.end()
  }

  private mutating func put(_ due: SheetDue, isShort: Bool = false) {
    if !isShort { lines.put("due 时限 ") }
    lines.put(SheetWords.clock(due.clock))
    lines.put(" ")
    put(time: due.wall_us)
  }

  private mutating func put(time wall_us: Int64) {
    guard wall_us > 0 else { return lines.put("-") }
    lines.put(local_s: wall_us / 1_000_000 + offset_s, today: today)
  }

  // Units

  private mutating func units(_ pen: inout SheetPen) {
    begin("FREE UNITS 空闲警力 (* only when needed 必要时可派)")
    var shown = units(.free, &pen)
    if shown == 0 { none() }
    begin("OTHER UNITS 其他警力")
    shown = units(.sent, &pen)
    shown += units(.away, &pen)
    if shown == 0 { none() }
  }

  private mutating func begin(_ part: StaticString) {
    paged(3)
    lines.rule()
    lines.put(part)
    lines.end()
  }

  private mutating func none() {
    lines.put("none 无")
    lines.end()
  }

  /// How many there are. What is read of one that is sent lies in three tables: fewer of those a turn.
  private mutating func units(_ part: SheetPart, _ pen: inout SheetPen) -> Int {
    var next: UInt32? = 0
    var shown = 0
    let most = part == .sent ? RunSheet.looksATurn / 4 : RunSheet.looksATurn
    while let slot = next {
      let read = ask { core in
        var count = 0
        let left = core.sheetUnits(
          part, from: slot, most: most, into: sheet.units.base, &count)
        return (next: left, count: count, event: core.outbox.newest, change: core.changes)
      }
      note(read.event, read.change)
      for index in 0..<read.count {
        if part == .sent { put(sent: sheet.units[index]) } else { put(sheet.units[index]) }
        flush(&pen)
      }
      shown += read.count
      next = read.next
    }
    if lines.column > 0 { endUnits() }
    return shown
  }

  private mutating func endUnits() {
    lines.end()
    paged(1)
  }

  private mutating func put(sent unit: SheetUnit) {
    lines.put(" ")
    lines.put(unit.id)
    lines.tab(23)
    lines.put(SheetWords.assignment(unit.state))
    lines.tab(46)
    lines.put("incident 警情 ")
    lines.put(unit.incidentID)
    endUnits()
  }

  /// Two a line, where both fit.
  private mutating func put(_ unit: SheetUnit) {
    let isWide = unit.id >= 100_000_000_000_000 || !unit.isCrewed || unit.isBeforeShift
    if isWide, lines.column > 0 { endUnits() }
    let isSecond = lines.column > 0
    if isSecond { lines.tab(40) }
    lines.put(unit.isConditional ? "*" : " ")
    lines.put(unit.id)
    lines.put(" ")
    lines.put(SheetWords.activity(unit.activity))
    if !unit.isCrewed { lines.put(" no crew 无人") }
    if unit.isBeforeShift { lines.put(" before its shift 未到班次") }
    if isSecond || isWide { endUnits() }
  }
}

/// In place, without memory of its own: a sheet is made while the machine may be short of it.
enum SheetSort {
  /// O(n log n).
  static func sort(_ keys: UnsafeMutablePointer<SheetKey>, _ count: Int) {
    guard count > 1 else { return }
    for root in (0..<count / 2).reversed() { sink(keys, root, count) }
    for end in (1..<count).reversed() {
      (keys[0], keys[end]) = (keys[end], keys[0])
      sink(keys, 0, end)
    }
  }

  private static func sink(_ keys: UnsafeMutablePointer<SheetKey>, _ from: Int, _ count: Int) {
    var root = from
    while root * 2 + 1 < count {
      var child = root * 2 + 1
      if child + 1 < count, keys[child] < keys[child + 1] { child += 1 }
      guard keys[root] < keys[child] else { return }
      (keys[root], keys[child]) = (keys[child], keys[root])
      root = child
    }
  }
}
