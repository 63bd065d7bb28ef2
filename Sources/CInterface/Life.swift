// hj_config_init, hj_engine_open, _drain, _close, _poll.

import CHujia
import Glibc
import HujiaDriver

@c @implementation
public func hj_config_init(_ config: UnsafeMutablePointer<hj_config>!, _ size: UInt32) -> hj_status
{
  EngineDriver.warmUpDefaults {
    var unused = hj_config()
    _ = fillDefaults(&unused, UInt32(MemoryLayout<hj_config>.size))
  }
  return fillDefaults(config, size)
}

private func fillDefaults(_ config: UnsafeMutablePointer<hj_config>?, _ size: UInt32) -> hj_status {
  guard let config else { return Status.null.rawValue }
  guard size >= Sized<hj_config>.first else { return Status.size.rawValue }
  let defaults = Configuration()
  var filled = hj_config()
  filled.max_units = defaults.maxUnits
  filled.max_incidents = defaults.maxIncidents
  filled.max_assignments = defaults.maxAssignments
  filled.event_capacity = defaults.eventCapacity
  filled.post_capacity = defaults.postCapacity
  filled.key_capacity = defaults.keyCapacity
  filled.key_retention_s = defaults.keyRetention_s
  filled.snap_limit_m = defaults.snapLimit_m
  filled.traffic = defaults.traffic.rawValue
  filled.speed_fixes = defaults.fixRules.believedAfter
  filled.speed_s = UInt32(clamping: defaults.fixRules.believedAfter_us / 1_000_000)
  filled.max_accuracy_dm = defaults.fixRules.worstAccuracy_dm
  filled.max_ahead_s = UInt32(clamping: defaults.fixRules.farthestAhead_us / 1_000_000)
  filled.stall_ms = defaults.stall_ms
  filled.max_watches = defaults.maxWatches
  filled.max_clients = defaults.maxClients
  filled.figure_types = defaults.figureTypes
  filled.figure_agencies = defaults.figureAgencies
  filled.figure_beats = defaults.figureBeats
  filled.breach_capacity = defaults.breachCapacity
  filled.output_datum = HJ_DATUM_WGS84
  filled.stale_s = defaults.stale_s
  filled.repeat_s = defaults.repeat_s
  filled.run_sheet_s = defaults.runSheet_s
  // An older program's struct is shorter; a newer one's rest is its own business.
  Sized.write(
    &filled, to: UnsafeMutableRawPointer(config),
    size: min(size, UInt32(MemoryLayout<hj_config>.size)))
  return Status.ok.rawValue
}

@c @implementation
public func hj_engine_open(
  _ config: UnsafePointer<hj_config>!, _ engine: UnsafeMutablePointer<OpaquePointer?>!,
  _ detail: UnsafeMutablePointer<hj_error_detail>!
) -> hj_status {
  guard let engine else {
    return Detail.fill(
      detail,
      Failure(.null, field: "engine", "engine is NULL: give the address of your hj_engine pointer"))
  }
  engine.pointee = nil
  WarmCalls.once()
  let (status, given) = Sized.read(config)
  guard let given else {
    return Detail.fill(
      detail, Failure(status, field: "config", "config: \(Detail.sizeAdvice(status))"))
  }
  return EngineDriver.cold(0) {
    do throws(Failure) {
      let token = try EngineDriver.open(try Configuration(given))
      engine.pointee = OpaquePointer(bitPattern: token)
      return Status.ok.rawValue
    } catch {
      return Detail.fill(detail, error)
    }
  }
}

@c @implementation
public func hj_engine_close(_ engine: OpaquePointer!) -> hj_status {
  guard let engine else { return Status.ok.rawValue }
  let status = EngineDriver.cold(0) { EngineDriver.close(UInt(bitPattern: engine)).rawValue }
  pthread_testcancel()
  return status
}

@c @implementation
public func hj_engine_drain(_ engine: OpaquePointer!) -> hj_status {
  with(engine) { driver in driver.drain() }
}

@c @implementation
public func hj_engine_poll(
  _ engine: OpaquePointer!, _ now_ns: Int64, _ wall_us: Int64, _ work_max: UInt32,
  _ next_due_ns: UnsafeMutablePointer<Int64>!
) -> hj_status {
  with(engine) { driver in
    guard driver.mode == .poll else { return .mode }
    guard now_ns >= 0, now_ns < 1 << 62, wall_us >= 0 else { return .argument }
    let (status, next_ns) = driver.poll(now_ns: now_ns, wall_us: wall_us, most: work_max)
    next_due_ns?.pointee = next_ns
    return status
  }
}

extension Configuration {
  init(_ given: hj_config) throws(Failure) {
    self.init()
    guard let mode = RunMode(rawValue: given.run_mode) else {
      throw Failure(
        .argument, field: "run_mode", "run_mode is \(given.run_mode): use one of HJ_RUN_...")
    }
    guard Check.isDatum(given.datum) else {
      throw Failure(.argument, field: "datum", "datum is \(given.datum): use one of HJ_DATUM_...")
    }
    guard let traffic = TrafficUse(rawValue: given.traffic) else {
      throw Failure(
        .argument, field: "traffic", "traffic is \(given.traffic): use one of HJ_TRAFFIC_...")
    }
    guard Check.isDatum(given.output_datum) else {
      throw Failure(
        .argument, field: "output_datum",
        "output_datum is \(given.output_datum): use one of HJ_DATUM_...")
    }
    guard (0...1).contains(given.off_duty_positions) else {
      throw Failure(
        .argument, field: "off_duty_positions",
        "off_duty_positions is \(given.off_duty_positions): use one of HJ_OFF_DUTY_POSITIONS_...")
    }
    try readJournal(given)
    runMode = mode
    self.traffic = traffic
    mapMemory = try Self.mapMemory(given)
    datum = given.datum
    outputDatum = given.output_datum
    if given.stale_s != 0 { stale_s = given.stale_s }
    fixRules.takesOffDuty = given.off_duty_positions == HJ_OFF_DUTY_POSITIONS_TAKE
    mapPath = given.map_path.map { String(cString: $0) }
    plansPath = given.plans_path.map { String(cString: $0) }
    maxUnits = given.max_units
    maxIncidents = given.max_incidents
    maxAssignments = given.max_assignments
    eventCapacity = given.event_capacity
    uvLoop = given.uv_loop
    postCapacity = given.post_capacity
    keyCapacity = given.key_capacity
    keyRetention_s = given.key_retention_s
    snapLimit_m = given.snap_limit_m
    if given.max_speed_cms != 0 {
      fixRules.fastest_cms = given.max_speed_cms
      fixRules.judgesUnstated = true
    }
    if given.speed_fixes != 0 { fixRules.believedAfter = given.speed_fixes }
    if given.speed_s != 0 { fixRules.believedAfter_us = Int64(given.speed_s) * 1_000_000 }
    if given.max_accuracy_dm != 0 { fixRules.worstAccuracy_dm = given.max_accuracy_dm }
    if given.max_ahead_s != 0 { fixRules.farthestAhead_us = Int64(given.max_ahead_s) * 1_000_000 }
    if given.stall_ms != 0 { stall_ms = given.stall_ms }
    // A program of version 0.1 knows no watches and asks for no figures: it pays for neither.
    (maxWatches, maxClients) = (given.max_watches, given.max_clients)
    figureTypes = given.figure_types
    figureAgencies = given.figure_agencies
    figureBeats = given.figure_beats
    breachCapacity = given.breach_capacity
    guard (given.allocate == nil) == (given.release == nil) else {
      throw Failure(
        .argument, field: "allocate", "give both allocate and release, or neither")
    }
    if let allocate = given.allocate, let release = given.release {
      allocator = AllocatorHooks(
        allocate: allocate, release: release, context: given.allocator_context,
        name: given.allocator_name.map { String(cString: $0) } ?? "host")
    }
  }

  private mutating func readJournal(_ given: hj_config) throws(Failure) {
    guard let telemetry = Telemetry(rawValue: given.telemetry) else {
      throw Failure(
        .argument, field: "telemetry",
        "telemetry is \(given.telemetry): use one of HJ_TELEMETRY_...")
    }
    guard let eventsWhen = EventsWhen(rawValue: given.events_when) else {
      throw Failure(
        .argument, field: "events_when",
        "events_when is \(given.events_when): use one of HJ_EVENTS_WHEN_...")
    }
    guard let hash = HashKind(rawValue: given.journal_digest) else {
      throw Failure(
        .argument, field: "journal_digest",
        "journal_digest is \(given.journal_digest): use one of HJ_DIGEST_...")
    }
    self.hash = hash
    seal = try HostSeal.of(given)
    journalPath = given.journal_path.map { String(cString: $0) }
    self.telemetry = telemetry
    self.eventsWhen = eventsWhen
    ringBytes = given.ring_bytes
    journalBytes = given.journal_bytes
    ringPath = given.ring_path.map { String(cString: $0) }
    retainRecord_d = given.retain_record_d
    (retainPositions_h, retainWatches_d) = (given.retain_positions_h, given.retain_watches_d)
    if given.repeat_s != 0 { repeat_s = given.repeat_s }
    runSheetPath = given.run_sheet_path.map { String(cString: $0) }
    if given.run_sheet_s != 0 { runSheet_s = given.run_sheet_s }
    snapshotRecords = given.snapshot_records
    if given.disk_wait_s != 0 { diskWait_s = given.disk_wait_s }
  }

  private static func mapMemory(_ given: hj_config) throws(Failure) -> MapMemory {
    if let known = MapMemory(rawValue: given.map_memory) { return known }
    throw Failure(
      .argument, field: "map_memory",
      "map_memory is \(given.map_memory): use HJ_MAP_COPY or HJ_MAP_SHARED")
  }
}

/// `hj_error_detail`, filled when the caller gave one.
enum Detail {
  static func fill(
    _ pointer: UnsafeMutablePointer<hj_error_detail>?, _ failure: Failure
  ) -> hj_status {
    guard let pointer, Sized.checkOutput(pointer) == .ok else { return failure.status.rawValue }
    var detail = hj_error_detail()
    detail.status = failure.status.rawValue
    detail.line = failure.line
    detail.column = failure.column
    withUnsafeMutableBytes(of: &detail.field) { store(failure.field, $0) }
    withUnsafeMutableBytes(of: &detail.text) { store(failure.text, $0) }
    Sized.write(&detail, to: UnsafeMutableRawPointer(pointer), size: Sized.size(pointer))
    return failure.status.rawValue
  }

  /// As much of a text as fits, cut between characters, zero-terminated.
  static func store(_ text: String, _ bytes: UnsafeMutableRawBufferPointer) {
    var length = 0
    for character in text {
      let next = character.utf8.count
      guard length + next < bytes.count else { break }
      for byte in character.utf8 {
        bytes[length] = byte
        length += 1
      }
    }
    bytes[length] = 0
  }

  static func sizeAdvice(_ status: Status) -> String {
    switch status {
    case .null: return "a pointer that must not be NULL"
    case .size: return "set size to sizeof the struct"
    default: return "its size is larger than this library knows: update the library"
    }
  }
}
