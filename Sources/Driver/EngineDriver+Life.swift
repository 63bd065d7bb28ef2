// Opening and closing: everything is taken here, checked here and given back here.

import Glibc
import CHujiaBaton
import CLibUV
import HujiaEngine
import HujiaContainers
import HujiaIngest
import HujiaRoads
import Synchronization

extension EngineDriver {
  /// What comes before the first open, and before anything that is converted for it. Harmless at any other time.
  /// `calls`: what the layer above wants warm besides, and whether it is now.
  package static func warmUp(_ calls: () -> Bool) {
    // When it fails, the open that follows says so.
    guard (try? ForkMark.prepare()) != nil else { return }
    // An engine of the warm-up is not the one that is to be recorded.
    let recorder = takeRecorder()
    WarmUp.engine()
    WarmUp.once(.calls, calls)
    if let recorder { record(next: recorder) }
  }

  /// As `warmUp`, for the first look at the defaults, which a host may take long before it opens.
  package static func warmUpDefaults(_ body: () -> Void) {
    guard (try? ForkMark.prepare()) != nil else { return }
    WarmUp.once(.defaults) {
      body()
      return true
    }
  }

  /// Opens an engine and files its handle. A failed open leaves nothing behind.
  package static func open(_ configuration: Configuration) throws(Failure) -> UInt {
    try ForkMark.prepare()
    ForkMark.check()
    WarmUp.engine()
    try configuration.check()
    try Descriptors.check(Descriptors.ofOpening + Descriptors.ofLoop(configuration.runMode))
    try AddressSpace.check(AddressSpace.ofEngine, "an engine")
    // All the while: a file that is opened as one of 0 to 2 would give that up again under another thread's libuv.
    guard hujia_hold_standard() == 0 else { throw Descriptors.refused }
    defer { hujia_let_standard_go() }
    var configuration = configuration
    if configuration.recorder == nil { configuration.recorder = takeRecorder() }
    configuration.recorder?.begin(configuration)
    let driver = try rebuilt(configuration)
    do throws(Failure) {
      try driver.openSheet(configuration)
      if configuration.traffic == .atOpen { _ = try driver.openTraffic() }
      guard let claim = HandleTable.claim() else {
        throw Failure(.full, "\(HandleTable.limit) engines are open: close one first")
      }
      // The loop comes last: the host's would let go of our handles only in its next turn.
      do throws(Failure) { try driver.startLoop(configuration) } catch {
        HandleTable.giveBack(claim)
        throw error
      }
      driver.sheet?.begin()
      driver.follower?.begin()
      return HandleTable.file(driver, claim)
    } catch {
      _ = driver.sheet?.stop(within: .max)
      driver.stopTraffic()
      driver.follower?.stop()
      driver.ringKeeper?.stop()
      driver.closeJournal()
      throw error
    }
  }

  /// An engine that has its memory, and neither a loop nor a handle.
  static func unfiled(_ configuration: Configuration) throws(Failure) -> EngineDriver {
    let allocator = Allocator(hooks: configuration.allocator)
    let mapOwner = try MapOwner.open(
      configuration.mapPath, configuration.mapMemory, allocator)
    let plans = try PlanStore.open(
      configuration.plansPath, memory: allocator.memory,
      keepsText: configuration.journalPath != nil)
    do throws(OutOfMemory) {
      return try make(configuration, allocator, mapOwner, plans)
    } catch {
      PlanStore.free(plans)
      throw Failure(
        .memory, "the allocator refused \(error.bytes) bytes: lower the limits of the config")
    }
  }

  /// Another engine on the same streets, in memory of the system's: a core that follows this one.
  static func follower(
    of driver: EngineDriver, _ configuration: Configuration
  ) throws(Failure) -> EngineDriver {
    let allocator = Allocator(hooks: nil)
    let plans = try PlanStore.open(nil, memory: allocator.memory, keepsText: true)
    do throws(OutOfMemory) {
      return try make(configuration, allocator, driver.mapOwner, plans)
    } catch {
      PlanStore.free(plans)
      throw Failure(.memory, "no memory for a second core: \(error.bytes) bytes")
    }
  }

  private static func make(
    _ configuration: Configuration, _ allocator: Allocator, _ mapOwner: MapOwner,
    _ plans: UnsafeMutablePointer<PlanTables>
  ) throws(OutOfMemory) -> EngineDriver {
    let ring = try SharedRing<Posted>(
      allocator.memory, capacity: Int(configuration.postCapacity))
    let counters = try Counters(allocator.memory, count: IngestCounter.count)
    let built = try EngineCore(
      map: mapOwner.map, limits: configuration.limits, firstPlans: plans,
      memory: allocator.memory)
    let table = try PositionTable(
      allocator.memory, capacity: configuration.limits.units, rules: configuration.fixRules)
    let core = UnsafeMutablePointer<EngineCore>.allocate(capacity: 1)
    core.initialize(to: built)
    let positions = UnsafeMutablePointer<PositionTable>.allocate(capacity: 1)
    positions.initialize(to: table)
    let posts = UnsafeMutablePointer<SharedRing<Posted>>.allocate(capacity: 1)
    posts.initialize(to: ring)
    let ingest = UnsafeMutablePointer<Counters>.allocate(capacity: 1)
    ingest.initialize(to: counters)
    let descriptor = hujia_event_descriptor()
    return EngineDriver(
      mode: configuration.runMode, mapOwner: mapOwner, core: core,
      positions: positions, posts: posts,
      ingest: ingest, allocator: allocator, eventDescriptor: descriptor,
      stallLimit_ns: configuration.stallLimit_ns,
      snapLimit_mm: configuration.snapLimit_m &* 1_000, datum: configuration.datum,
      outputDatum: configuration.outputDatum,
      traffic: configuration.traffic, recorder: configuration.recorder,
      diskWait_s: configuration.diskWait_s)
  }

  private func startLoop(_ configuration: Configuration) throws(Failure) {
    guard eventDescriptor >= 0 else { throw Descriptors.refused }
    guard mode != .poll else { return }
    if mode == .thread { try AddressSpace.check(threads: 1, "the engine's loop") }
    try AddressSpace.check(AddressSpace.ofEngine, "the engine's loop")
    try Descriptors.check(Descriptors.ofLoop(mode))
    guard let made = EngineLoop(driver: self, host: configuration.uvLoop) else {
      throw Failure(
        .system, "libuv could not make a loop: raise the limits of open files and of memory")
    }
    hujia_hold_standard_at_forks()
    made.warmUp()
    loop = made  // before its thread, whose turns look for it
    if mode == .thread, !made.startThread() {
      loop = nil
      made.abandon()
      throw Failure(
        .system, field: "RLIMIT_NPROC",
        "no thread for the engine's loop: raise the limit of processes, or of memory")
    }
    made.wake()  // a first turn, from which a stall is told
  }

  /// Closes the engine of `token`; see `hj_engine_close`.
  package static func close(_ token: UInt) -> Status {
    ForkMark.check()
    let isInHook = hujia_is_in_hook(nil) != 0
    guard !isInHook || hujia_begin_close_in_hook() != 0 else { return .deadlock }
    defer { if isInHook { hujia_end_close_in_hook() } }
    // Asked from inside, with the door still open: a refused close is a call like any other.
    let verdict = HandleTable.with(token) { driver -> Status in
      if driver.wouldWaitForItself { return .deadlock }
      return HandleTable.beginClosing(token) ? .ok : .stale
    }
    guard let verdict else { return HandleTable.absence(token) }
    guard verdict == .ok, let driver = HandleTable.engine(token) else { return verdict }
    driver.room.close(.stale)  // calls that wait for room in the ring of posts leave
    HandleTable.awaitUsers(token)
    driver.stopTraffic()
    driver.ringKeeper?.leaveLoop()
    driver.follower?.leaveLoop()
    let most_ns = Int64(driver.diskWait_s) &* 1_000_000_000
    // It wakes the loop.
    let isSheetOver = driver.sheet?.stop(within: most_ns) ?? true
    if driver.mode == .thread {
      driver.loop?.stopThread()
      driver.loop = nil  // its handles are gone: nothing may wake them
    }
    driver.turnHere { _, turn in
      while driver.decidePosts(most: .max, &turn) > 0 {}
    }
    let isWhole = driver.closeFiles(within: most_ns) && isSheetOver
    if driver.mode == .hostLoop, let loop = driver.loop {
      let kept = Unmanaged.passRetained(driver)
      loop.detach { kept.release() }
    }
    HandleTable.remove(token)
    return isWhole ? .ok : .timeout
  }

  /// Whether closing would wait for a call that this thread is inside of, or for a loop that only this thread, or never
  /// this one, may touch.
  private var wouldWaitForItself: Bool {
    loop?.isOwnThread() == true || (mode == .hostLoop && loop?.isHome() == false) || baton.isMine
      || allocator.isInHook
  }

  /// Runs `body` with the engine of a handle. A stale handle, and one of the process that this one was forked from, are
  /// answered here.
  @inline(__always)
  package static func with(_ token: UInt, _ body: (EngineDriver) -> Status) -> Status {
    ForkMark.check()
    return HandleTable.with(token, body) ?? HandleTable.absence(token)
  }

  @inline(__always)
  package static func value<Value>(_ token: UInt, _ body: (EngineDriver) -> Value) -> Value? {
    ForkMark.check()
    return HandleTable.with(token, body)
  }

  /// Why `value` gave nil.
  package static func absence(_ token: UInt) -> Status { HandleTable.absence(token) }

  /// The moment's statistics that the driver itself keeps.
  package var postsTaken: Int64 { posts.pointee.appended }
  package var postsWaitingHigh: Int64 { Int64(postsHigh.load(ordering: .relaxed)) }
  package var allocatorName: String { allocator.name }
  package var memory_bytes: Int64 { allocator.taken_bytes }
  package var eventsDescriptor: Int32 { eventDescriptor }
  /// One of `Counter`, without the baton. (A function: an accessor that lends the table would allocate its frame.)
  package func counter(_ index: Int) -> Int64 { core.pointee.counters.read(index) }
  /// One of `IngestCounter`.
  package func ingestCounter(_ index: Int) -> Int64 { ingest.pointee.read(index) }
  package var fixesRefused: Int64 {
    (1..<FixVerdict.count).reduce(0) { $0 + ingestCounter($1) }
  }
}

extension Configuration {
  var stallLimit_ns: Int64? { stall_ms == .max ? nil : Int64(stall_ms) &* 1_000_000 }

  var limits: EngineLimits {
    var limits = EngineLimits(
      units: Int(maxUnits), incidents: Int(maxIncidents), assignments: Int(maxAssignments),
      events: Int(eventCapacity),
      keys: Int(keyCapacity == 0 ? min(maxIncidents &* 2, Self.mostObjects) : keyCapacity),
      keyRetention_ns: Int64(keyRetention_s) &* 1_000_000_000)
    limits.fixRules = fixRules
    limits.staleAfter_s = stale_s
    limits.watches = Int(maxWatches)
    limits.clients = Int(maxClients)
    limits.figureTypes = Int(figureTypes)
    limits.figureAgencies = Int(figureAgencies)
    limits.figureBeats = Int(figureBeats)
    limits.breaches = Int(breachCapacity)
    return limits
  }

  func check() throws(Failure) {
    try Self.check("max_units", maxUnits, 1, Self.mostObjects)
    try Self.check("max_incidents", maxIncidents, 1, Self.mostObjects)
    try Self.check("max_assignments", maxAssignments, 1, Self.mostObjects)
    try Self.check("event_capacity", eventCapacity, 16, Self.mostQueued)
    try Self.check("post_capacity", postCapacity, 1, Self.mostQueued)
    try Self.check("key_capacity", keyCapacity, 0, Self.mostObjects)
    try Self.check("key_retention_s", keyRetention_s, 1, 366 * 86_400)
    if fixRules.fastest_cms != .max {
      try Self.check("max_speed_cms", fixRules.fastest_cms, 1, 1_000_000)
    }
    try checkJournal()
    try Self.check("run_sheet_s", runSheet_s, 1, 86_400)
    try Self.check("speed_fixes", fixRules.believedAfter, 1, 255)
    try Self.check("speed_s", UInt32(clamping: fixRules.believedAfter_us / 1_000_000), 1, 3_600)
    try Self.check(
      "max_ahead_s", UInt32(clamping: fixRules.farthestAhead_us / 1_000_000), 1, 366 * 86_400)
    if stale_s != .max { try Self.check("stale_s", stale_s, 1, 366 * 86_400) }
    try Self.check("disk_wait_s", diskWait_s, 1, 3_600)
    if stall_ms != .max { try Self.check("stall_ms", stall_ms, 20, 3_600_000) }
    try Self.check("snap_limit_m", snapLimit_m, 1, 100_000)
    try Self.check("max_watches", maxWatches, 0, Self.mostObjects)
    try Self.check("max_clients", maxClients, 0, UInt32(AnswerTable.mostClients))
    try Self.check("figure_types", figureTypes, 0, Self.mostFigures)
    try Self.check("figure_agencies", figureAgencies, 0, Self.mostFigures)
    try Self.check("figure_beats", figureBeats, 0, Self.mostFigures)
    try Self.check("breach_capacity", breachCapacity, 0, Self.mostObjects)
    if runMode == .hostLoop, uvLoop == nil {
      throw Failure(
        .argument, field: "uv_loop", "HJ_RUN_HOST_LOOP needs uv_loop: the address of your uv_loop_t"
      )
    }
    if runMode != .hostLoop, uvLoop != nil {
      throw Failure(
        .argument, field: "uv_loop",
        "uv_loop is given and run_mode is not HJ_RUN_HOST_LOOP: pass NULL, or change run_mode")
    }
  }

  private static func check(
    _ field: String, _ value: UInt32, _ least: UInt32, _ most: UInt32
  ) throws(Failure) {
    guard value < least || value > most else { return }
    throw Failure(.limit, field: field, "\(field) is \(value): give \(least) to \(most)")
  }
}
