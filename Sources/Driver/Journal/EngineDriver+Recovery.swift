// Opening with a journal: what stands in it first, then the time that passed, then what the host is told.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaRoads

extension EngineDriver {
  /// An engine that has what its journal has, and neither a loop nor a handle. A snapshot that is whole and yet cannot
  /// be taken is passed over for the older one, or for all records, and that is told.
  static func rebuilt(_ configuration: Configuration) throws(Failure) -> EngineDriver {
    var first: Failure?
    for passed in 0...2 {
      let driver = try unfiled(configuration)
      do throws(Failure) {
        if try driver.openJournal(configuration, passing: passed) { return driver }
      } catch {
        driver.stopTraffic()
        throw first ?? error
      }
      first = first ?? driver.refusal
    }
    throw first ?? Failure(.journal, field: "journal_path", "no snapshot can be taken")
  }

  /// Before any other thread knows of this engine. False: its snapshot cannot be taken (`refusal`).
  func openJournal(
    _ configuration: Configuration, passing passed: Int
  ) throws(Failure) -> Bool {
    guard let folder = configuration.journalPath else { return true }
    let text = try PlanStore.text(configuration.plansPath)
    let rebuilder = try Rebuilder(self, configuration)
    let bell =
      configuration.eventsWhen == .durable ? EventBell(descriptor: eventDescriptor) : nil
    var settings = configuration.journalSettings(
      folder,
      areaBytes: RingArea.bytes(
        posts: posts.pointee.capacity, units: Int(configuration.maxUnits),
        streets: journalledStreets_bytes(configuration)))
    if let bell { settings.onProgress = { bell.look(at: $0) } }
    let opened: Journal
    do throws(JournalProblem) {
      settings.passedSnapshots = passed
      opened = try Journal.open(
        settings, snapshot: { rebuilder.take(snapshot: $0) },
        record: { rebuilder.take($0) })
    } catch {
      refusal = rebuilder.failure
      if rebuilder.hasRefusedSnapshot { return false }
      throw rebuilder.failure ?? Failure(error)
    }
    // An open that fails leaves what was accepted where the next one finds it.
    opened.keepsRing = true
    do throws(Failure) {
      let own = try EngineJournal(opened, configuration, bell)
      try begin(own, rebuilder, configuration, text)
      return true
    } catch {
      // Both read and write what the journal has mapped.
      follower?.stop()
      ringKeeper?.stop()
      stopTraffic()
      opened.close()
      throw error
    }
  }

  /// The engine goes on where the records end.
  private func begin(
    _ own: EngineJournal, _ rebuilder: Rebuilder, _ configuration: Configuration, _ text: [UInt8]
  ) throws(Failure) {
    core.pointee.record = 0
    core.pointee.write(in: own.format)
    core.pointee.choices = own.choices
    core.pointee.firesAsRecorded = false
    if let facts = own.facts { feed = .live(positions, writing: facts) }
    core.pointee.feed = feed
    core.pointee.bound(core.pointee.limits)
    own.times = rebuilder.times
    try takeArea(own, isForeign: rebuilder.wasForeign)
    own.rebuilt = rebuilder.records
    if rebuilder.differences > 0 { own.raise(EngineJournal.Reason.rebuiltOtherwise) }
    if rebuilder.wasForeign { core.pointee.snapAnew { snap(($0, $1)) } }
    let before = rebuilder.last
    if rebuilder.opened != nil { goOn(rebuilder, own) }
    own.keep(handedOut, newest: before.wall_us, for_s: configuration.repeat_s)
    // That they were read may be among what is lost.
    if own.journal.opening.mayLackEnd { core.pointee.outbox.markRepeated() }
    journal = own
    hidesEvents = own.bell != nil
    journalRest = UnsafePointer(own.journal.resting)
    restartFullRing(own, rebuilder.state)
    if rebuilder.opened == nil {
      try text.withBytes { (raw) throws(Failure) in
        try PlanFormats.refuseWords(of: raw, beyond: own.format)
      }
    }
    try write(opening: configuration, own, rebuilder.opened == nil ? text : [])
    follow(configuration, own)
    ringKeeper = RingKeeper(self, configuration)
    guard rebuilder.opened != nil else { return }
    tellHealthAnew()
    try loadNewer(text, than: core.pointee.planSource)
    var turn = newTurn
    apply(
      .tell(
        event: EventKind.recovered.rawValue,
        state: (rebuilder.hasChanged ? Status.changed : .ok).rawValue,
        number: Int32(clamping: rebuilder.records), for_ns: moment.now_ns &- before.now_ns),
      &turn)
    hasRepeated = own.hasRepeated
    followOutboxNow()
    // Last: from here on another thread builds epochs and takes turns.
    reopenStreets(own.times, recorded: rebuilder.times, own)
  }

  /// A ring that is full of records that no disk takes has no room for this opening. What was rebuilt is their state.
  private func restartFullRing(_ own: EngineJournal, _ state: EngineState?) {
    guard let state, own.journal.mustRestart,
      own.journal.wait(0, .durable, timeout_ns: Self.slowDisk_ns) != .reached,
      own.journal.mustRestart
    else { return }
    do throws(JournalProblem) {
      let writer = try own.journal.beginRingState(own.journal.recorded)
      try write(state, into: writer)
      try writer.finish()
    } catch {
      own.raise(EngineJournal.Reason.snapshotFailed)
    }
  }

  private static var slowDisk_ns: Int64 { 1_000_000_000 }

  /// Snapshots while the engine runs, where they are wanted.
  private func follow(_ configuration: Configuration, _ own: EngineJournal) {
    guard configuration.snapshotRecords != .max else { return }
    let made = Follower(self, configuration, snapshot: own.journal.opening.snapshot)
    follower = made
    own.journal.tellDurable { [unowned made] in made.hear($0, $1) }
  }

  private var handedOut: [Event] {
    guard let handed else { return [] }
    return (0..<handed.pointee.count).map { handed.pointee.event($0) }
  }

  private func write(
    opening configuration: Configuration, _ own: EngineJournal, _ text: [UInt8]
  ) throws(Failure) {
    let mark = core.pointee.planSource
    let record = OpenedRecord(configuration, map: mapChecksum, plans: mark)
    let isWritten = text.withUnsafeBytes {
      own.put(record, $0, at: moment, monotonic_ns: moment.now_ns &+ origin_ns)
    }
    guard isWritten else {
      throw Failure(
        .journal, field: "ring_bytes", "the plans do not fit into the ring: raise ring_bytes")
    }
  }

  // Time

  /// The engine's own time goes on: by elapsed time since the same boot, else by the wall, never back.
  private func goOn(_ rebuilder: Rebuilder, _ own: EngineJournal) {
    let last = rebuilder.last
    guard mode != .poll else { return goOnPolled(from: last) }
    let now_ns = Clock.now_ns()
    let wall_us = Clock.wall_us()
    let isSameBoot = rebuilder.boot == own.journal.boot && !rebuilder.wasPolled
    if isSameBoot {
      // A machine that was set back to an earlier state has the same boot and an earlier clock.
      origin_ns = min(rebuilder.monotonic_ns, now_ns) &- last.now_ns
    } else {
      let passed = Self.passed(
        from: last.wall_us, to: wall_us, sinceBoot_ns: now_ns,
        isOtherBoot: rebuilder.boot != own.journal.boot)
      if passed.isUncertain { own.raise(EngineJournal.Reason.timeUncertain) }
      origin_ns = now_ns &- last.now_ns &- passed.time_ns
    }
    comesBack = own.passesOver
    moment = Moment(now_ns: now_ns &- origin_ns, wall_us: wall_us)
    core.pointee.time = moment
  }

  /// Until the first poll it is as late as the records say.
  func goOnPolled(from last: Moment) {
    resumed = last
    moment = last
    core.pointee.time = last
    // Positions that come before the first poll are of the time at which the records ended, as far as anybody knows.
    polled_ns.store(last.now_ns, ordering: .relaxed)
    polledWall_us.store(last.wall_us, ordering: .releasing)
  }

  /// How long nothing ran. After another boot at least as long as the machine is up: a wall clock that says less was
  /// set back, and deadlines rather fire early than wait for it.
  static func passed(
    from last_us: Int64, to wall_us: Int64, sinceBoot_ns: Int64, isOtherBoot: Bool
  ) -> (time_ns: Int64, isUncertain: Bool) {
    let byWall_us = last_us == 0 ? 0 : min(max(wall_us &- last_us, 0), longestRest_us)
    let byWall_ns = byWall_us &* 1_000
    guard isOtherBoot else { return (byWall_ns, last_us != 0 && wall_us < last_us) }
    let least_ns = min(sinceBoot_ns, longestRest_us &* 1_000)
    return (max(byWall_ns, least_ns), last_us == 0 || byWall_ns < least_ns)
  }

  /// A century: no sum of it overflows.
  private static var longestRest_us: Int64 { 100 * 366 * 86_400_000_000 }

  // Places, plans, streets

  /// Plans that are not those on record are a new version.
  private func loadNewer(_ text: [UInt8], than known: TextMark) throws(Failure) {
    guard !text.isEmpty else { return }
    let mark = text.withUnsafeBytes {
      TextMark(bytes: UInt32($0.count), checksum: MapFormat.checksum($0))
    }
    guard mark != known else { return }
    try text.withBytes { (raw) throws(Failure) in try loadPlans(raw) }
  }

  /// Streets are as they were: the next epoch says so. Closures that no record has yet come onto one with it.
  private func reopenStreets(
    _ times: [UInt32: UInt32], recorded: [UInt32: UInt32], _ own: EngineJournal
  ) {
    guard !times.isEmpty, trafficUse != .off, let traffic = try? openTraffic() else { return }
    traffic.store.goOn(after: core.pointee.epochBefore)
    own.closed = Set(recorded.filter { $0.value == .max }.keys)
    traffic.pending.fill { put in
      for key in times.keys.sorted() where Int(key) < map.arcCount * 2 {
        put(Int(key), times[key] ?? 0)
      }
    }
    traffic.threads?.wake()
  }
}

extension Configuration {
  /// Of what stands apart: positions, watches.
  private var retain_s: [Int64] {
    let records_s =
      retainRecord_d == 0 ? JournalSettings.always_s : Int64(retainRecord_d) * 86_400
    let positions_s: Int64 =
      switch retainPositions_h {
      case 0: 72 * 3_600
      case .max: records_s
      default: Int64(retainPositions_h) * 3_600
      }
    return [positions_s, retainWatches_d == 0 ? records_s : Int64(retainWatches_d) * 86_400]
  }

  fileprivate func journalSettings(_ folder: String, areaBytes: Int) -> JournalSettings {
    var settings = JournalSettings(folder: folder)
    // One beyond what a ring's file may have is of this process alone, and that is told.
    settings.areaBytes = areaBytes <= JournalSettings.mostAreaBytes ? areaBytes : 0
    settings.ringPath = ringPath
    if ringBytes != 0 { settings.ringBytes = Int(ringBytes) }
    // A segment is as large as the ring: opening makes one, and a small engine's are small.
    settings.segmentBytes = min(max(settings.ringBytes, 8 << 20), 64 << 20)
    settings.journalBytes = Int64(journalBytes)
    settings.retention_s =
      retainRecord_d == 0 ? JournalSettings.forEver_s : Int64(retainRecord_d) * 86_400
    settings.retain_s = retain_s
    settings.digest = hash == .sm3 ? .sm3 : .sha256
    settings.seal = seal
    settings.bootID = bootID
    settings.diskWait_ns = Int64(diskWait_s) &* 1_000_000_000
    return settings
  }
}

extension Failure {
  /// What the journal says, as the header's statuses.
  init(_ problem: JournalProblem) {
    let status: Status =
      switch problem.kind {
      case .locked: .locked
      case .memory: .memory
      case .argument: .argument
      case .silent: .timeout
      default: .journal
      }
    self.init(status, field: "journal_path", problem.text)
  }
}
