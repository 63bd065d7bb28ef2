// A core and another that was made from its state are the same: they give the same answers and events from there on,
// and their states are the same bytes. What was recorded of a long random life is applied again, and after every few
// turns another engine, read from the state of the last, goes on in its place.

import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(10))) struct StateTwinTests {
  private let folder = TemporaryFolder()

  static func record(_ seed: UInt64, _ commands: Int, in folder: TemporaryFolder) throws -> [UInt8]
  {
    let city = try RecordedCity(.poll, in: folder) {
      $0.maxClients = 3
      $0.keyCapacity = 12
      $0.breachCapacity = 8
      $0.figureBeats = 10
      $0.eventCapacity = 256
    }
    var life = StateLife(city, seed: seed)
    try life.run(commands)
    return city.recording()
  }

  /// How far each swap is from the last, in turns; how many there were.
  static func replay(
    _ recording: [UInt8], _ means: RecordedRun.Means, every: Int
  ) throws -> (outcome: RecordedRun.Outcome, swaps: Int) {
    try recording.withUnsafeBytes { bytes in
      var reader = NumberReader(bytes)
      let configuration = try #require(RecordHead.read(&reader))
      let engine = try Replayer(configuration, means)
      try engine.driver.keepHanded(64)
      var swaps = 0
      while !reader.isAtEnd {
        let kind: UInt8 = reader.get()
        var record = NumberReader(reader.takeCounted())
        #expect(try engine.take(kind, &record))
        guard engine.outcome.turns % UInt64(every) == 0 else { continue }
        let state = try State.bytes(of: engine.driver)
        let other = try State.engine(configuration, state)
        guard try State.bytes(of: other) == state else {
          Issue.record("turn \(engine.outcome.turns): the twin's state is another")
          return (engine.outcome, swaps)
        }
        engine.goOn(with: other)
        swaps += 1
      }
      return (engine.outcome, swaps)
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func aTwinGoesOnAlike(seed: UInt64) throws {
    let recording = try Self.record(seed, Scale.count(800, full: 20_000), in: folder)
    for means in [RecordedRun.Means.deciding, .rebuilding()] {
      for every in seed == 1 ? [3, 29] : [29] {
        let (outcome, swaps) = try Self.replay(recording, means, every: every)
        #expect(outcome.first == nil, "seed \(seed), \(means), every \(every): \(outcome)")
        check(outcome.recorded, equals: outcome.replayed, "the same digest")
        check(swaps, above: 8)
        for command in [
          "report", "post", "update", "assign", "end", "merge", "unmerge", "advance", "divert",
          "putUnit", "putWatch", "beats", "takeEvents", "usePlans", "tick", "acknowledge",
          "setMode", "raise",
        ] { #expect(outcome.commands[command, default: 0] > 0, "no \(command)") }
      }
    }
  }

  /// Every field of every struct that is kept is in the state: a new one makes this fail until it is coded.
  @Test func everyFieldIsCoded() {
    func compare<Value>(
      _ value: Value, madeAnew: Int = 0, _ code: (inout Value, inout StateCoder) -> Void
    ) {
      var coder = StateCoder { _ in true }
      coder.version = EngineCore.stateVersion
      var own = value
      code(&own, &coder)
      check(coder.numbers, equals: State.leaves(value) - madeAnew, "\(Value.self)")
    }
    compare(State.incident) { $0.code(&$1, slots: 8) }
    compare(IncidentDetails()) { $0.code(&$1) }
    compare(IncidentTimes()) { $0.code(&$1) }
    compare(AssignmentTimes()) { $0.code(&$1) }
    compare(Event.blank) { $0.code(&$1) }
    compare(Answer()) { $0.code(&$1) }
    compare(Slice()) { $0.code(&$1) }
    compare(Chosen()) { $0.code(&$1) }
    compare(UnitDetails()) { $0.code(&$1) }
    compare(WatchChain(cycle: 1)) { $0.code(&$1) }
    compare(WatchDescription.blank) { $0.code(&$1) }
    compare(Breach.blank) { $0.code(&$1) }
    compare(IncidentReport.blank.said) { $0.code(&$1) }
    compare(PlanMatch.none(tier: .routine)) { $0.code(&$1) }
    compare(WorkMode()) { $1.code(&$0) }
    compare(CountedInterval.blank.key) { $0.code(&$1) }
    compare(
      ClockRecord(
        due_ns: 0, planned_ns: 0, own_ns: 0, start_ns: 0, policy: 0, step: 0, cycle: 0,
        kind: .pending, isRunning: false)
    ) { $0.code(&$1) }
    compare(
      UnitRecord(
        fresh: UnitDescription.blank, now_ns: 0), madeAnew: 1  // `codeUnderWay`
    ) { $0.code(&$1, assignments: 8) }
    compare(
      AssignmentRecord(
        incident: 0, unit: 0, state: .dispatched, role: 0, requirement: 0, seat: 0, travel_ms: 0,
        turnout_ms: 0, distance_dm: 0, reason: .none)
    ) { $0.code(&$1, incidents: 8, units: 8) }
  }
}

/// States of engines, as tests handle them.
enum State {
  /// `last`: of the last turn; nil: as the engine has it.
  static func bytes(of driver: EngineDriver, last: Moment? = nil) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let state = EngineState(
      opened: OpenedRecord(Configuration(), map: driver.mapChecksum, plans: TextMark()),
      last: last ?? driver.core.pointee.time, monotonic_ns: 5, boot: JournalID(high: 1, low: 2),
      times: [7: 8, 3: .max])
    let place = UnsafeMutablePointer<[UInt8]>.allocate(capacity: 1)
    place.initialize(to: [])
    var coder = StateCoder { piece in
      place.pointee.append(contentsOf: piece)
      return true
    }
    driver.write(state, &coder)
    bytes = place.move()
    place.deallocate()
    #expect(coder.flaw == nil)
    return bytes
  }

  /// Throws the sentence that says why the bytes are no state.
  struct Refused: Error { let words: String }

  static func engine(_ configuration: Configuration, _ state: [UInt8]) throws -> EngineDriver {
    let driver = try EngineDriver.unfiled(configuration)
    try driver.keepHanded(64)
    try read(state, driver)
    return driver
  }

  static func read(_ state: [UInt8], _ driver: EngineDriver) throws {
    let result: Result<Void, any Error> = state.withUnsafeBytes { raw in
      var coder = StateCoder(reading: raw)
      guard EngineState(reading: &coder) != nil else {
        return .failure(Refused(words: "\(coder.flaw ?? "nothing")"))
      }
      do throws(Failure) { try driver.read(&coder) } catch { return .failure(error) }
      if let flaw = coder.flaw { return .failure(Refused(words: "\(flaw)")) }
      let flaw = driver.core.pointee.adopt { driver.map.holds($0) ? $0 : nil }
      return flaw.map { .failure(Refused(words: "\($0)")) } ?? .success(())
    }
    try result.get()
  }

  static var incident: IncidentRecord {
    IncidentRecord(
      state: .pending, tier: .routine, plan: .none(tier: .routine), place: .nowhere, type: 0,
      lat_e7: 0, lon_e7: 0, flags: 0, shortfall: Shortfall(), keyHigh: 0, keyLow: 0,
      callerHash: 0, receivedWall_us: 0, dispatchedWall_us: 0, arrivedWall_us: 0,
      closedWall_us: 0, received_ns: 0, start_ns: 0, ownStart_ns: 0, ownReceivedWall_us: 0,
      appointmentWall_us: 0, disposition: 0, liveCount: 0, refusalCount: 0, planVersion: 0,
      clockVersion: 0, previousLinked: 0, nextLinked: 0, isWaiting: false, hasArrived: false)
  }

  /// Numbers of a value, those of structs within it counted one by one; an array of words is four.
  static func leaves(_ value: Any) -> Int {
    if value is Reference { return 4 }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .struct, !mirror.children.isEmpty, !(value is any OptionSet) else {
      return 1
    }
    return mirror.children.reduce(0) { $0 + leaves($1.value) }
  }
}
