// What stands in a snapshot: how the engine was opened, its time, its plans' texts, its closed streets, the events that
// its host may not have handled, and the core. A snapshot and the records behind it give what all records give.

import HujiaContainers
import HujiaEngine
import HujiaJournal
import HujiaRoads

/// What a state has besides the core and its plans.
struct EngineState {
  /// The newest opening.
  var opened: OpenedRecord
  /// Of the last turn, and the same on the clock of its boot.
  var last: Moment
  var monotonic_ns: Int64
  var boot: JournalID
  /// Street times on record, by key; `UInt32.max` = closed.
  var times: [UInt32: UInt32]
  /// Pieces of a content whose turn is still to come.
  var staged = StagedContent()

  static var version: UInt32 { 1 }
  /// No map has more arcs in both profiles.
  private static var mostTimes: Int { Int(UInt32.max) }

  init(
    opened: OpenedRecord, last: Moment, monotonic_ns: Int64, boot: JournalID,
    times: [UInt32: UInt32]
  ) {
    self.opened = opened
    self.last = last
    self.monotonic_ns = monotonic_ns
    self.boot = boot
    self.times = times
  }

  /// nil: damaged, or of a later version; `coder` says which.
  init?(reading coder: inout StateCoder) {
    var own = EngineState(
      opened: OpenedRecord(Configuration(), map: 0, plans: TextMark()),
      last: Moment(now_ns: 0, wall_us: 0), monotonic_ns: 0, boot: .none, times: [:])
    own.code(&coder)
    guard coder.isGood else { return nil }
    self = own
  }

  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7473_6a68)
    var version = Self.version
    coder.code(&version)
    if coder.isReading, version > Self.version {
      return coder.failAsNewer("the snapshot is of a later version: update the library")
    }
    coder.demand(version == Self.version, "the snapshot is of no version")
    codeOpened(&coder)
    coder.code(time: &last.now_ns)
    coder.code(time: &last.wall_us)
    coder.code(time: &monotonic_ns)
    coder.demand(
      max(last.now_ns, max(last.wall_us, monotonic_ns)) < 1 << 62, "the snapshot's time is none")
    var (high, low) = (boot.high, boot.low)
    coder.code(&high)
    coder.code(&low)
    boot = JournalID(high: high, low: low)
    codeTimes(&coder)
    staged.code(&coder)
  }

  private mutating func codeOpened(_ coder: inout StateCoder) {
    let bytes = coder.isReading ? [] : opened.bytes
    bytes.withUnsafeBytes { raw in
      var raw = raw
      coder.code(bytes: &raw, most: 1 << 16)
      guard coder.isReading, coder.isGood else { return }
      guard let read = OpenedRecord(raw) else {
        return coder.fail("how the engine was opened cannot be read")
      }
      opened = read
    }
  }

  private mutating func codeTimes(_ coder: inout StateCoder) {
    var count = times.count
    coder.code(count: &count, most: Self.mostTimes)
    guard coder.isReading else {
      for key in times.keys.sorted() {
        var (key, time) = (key, times[key] ?? 0)
        coder.code(&key)
        coder.code(&time)
      }
      return
    }
    for _ in 0..<count {
      var (key, time): (UInt32, UInt32) = (0, 0)
      coder.code(&key)
      coder.code(&time)
      guard coder.isGood else { return }
      times[key] = time
    }
  }
}

extension EngineDriver {
  /// Puts everything down. Under the baton, or where nobody else has the engine.
  func write(_ state: EngineState, _ coder: inout StateCoder) {
    var state = state
    state.code(&coder)
    for version in 0..<EngineCore.planVersions {
      let tables = core.pointee.planTables(version: version)
      var isThere = tables != nil
      coder.code(&isThere)
      guard let tables else { continue }
      var text = tables.pointee.keptText
      coder.code(bytes: &text, most: PlanStore.longest_bytes)
    }
    codeHanded(&coder)
    core.pointee.code(&coder)
    coder.finish()
  }

  /// What follows a state: plans, events and the core, into an engine that nothing has happened to.
  func read(_ coder: inout StateCoder) throws(Failure) {
    for version in 0..<EngineCore.planVersions {
      var isThere = false
      coder.code(&isThere)
      var tables: UnsafeMutablePointer<PlanTables>?
      if isThere {
        var text = UnsafeRawBufferPointer(start: nil, count: 0)
        coder.code(bytes: &text, most: PlanStore.longest_bytes)
        guard coder.isGood else { return }
        tables = try PlanStore.decodeOrBuiltIn(text, memory: allocator.memory)
      }
      core.pointee.put(plans: tables, version: version).map(PlanStore.free)
    }
    codeHanded(&coder)
    core.pointee.code(&coder)
    coder.finish()
  }

  private func codeHanded(_ coder: inout StateCoder) {
    var isThere = handed != nil
    coder.code(&isThere)
    coder.demand(isThere, "the snapshot has no events")
    handed?.pointee.code(&coder)
  }

  /// Room for events that were handed out, kept from here on.
  func keepHanded(_ capacity: UInt32) throws(Failure) {
    do throws(OutOfMemory) {
      let made = try HandedEvents(.system, capacity: Int(capacity))
      let place = UnsafeMutablePointer<HandedEvents>.allocate(capacity: 1)
      place.initialize(to: made)
      handed = place
      core.pointee.handed = place
    } catch {
      throw Failure(
        .memory, field: "event_capacity",
        "no memory to keep \(capacity) events: \(error.bytes) bytes")
    }
  }
}
