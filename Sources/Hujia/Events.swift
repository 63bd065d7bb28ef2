// What happens inside, as an AsyncSequence.

import HujiaDriver
import Glibc

/// One event; the C header says what each kind carries.
public struct Event: Sendable {
  public let kind: Kind
  public let sequence: UInt64
  public let incidentID: UInt64
  public let assignmentID: UInt64
  public let unitID: UInt64
  public let wall_us: Int64
  /// Of a watch's escalation or end of absence; 0 = none.
  public let watchID: UInt64
  public let clock: Clock?
  /// Escalations: 1-based step of the chain.
  public let step: Int32
  /// Escalations: what the step asks for.
  public let action: Step?
  /// Why a unit was chosen, or why something changed; nil of refused reports.
  public let reason: Reason?
  /// Escalations and warnings: when it was due, UTC microseconds since 1970.
  public let due_us: Int64?
  /// Of an act of a person; nil = not stated.
  public let operatorID: UInt64?
  /// The host's code given with that act; 0 = none.
  public let operatorReason: UInt32
  /// Of that person (`Person`); 0 = not stated.
  public let operatorSession: UInt64
  public let operatorRole: UInt32
  /// The host's own number of the incident.
  public let reference: Reference?
  /// Of a call-back: what `calledBack` told.
  public let outcome: Int32
  /// Escalations and warnings: the plans that the chain is from; 1 = the plans at open, one more each load.
  public let plansVersion: UInt32
  /// Escalations: 0 the first time, then 1, 2 … as the chain begins again or its last step repeats; never twice the
  /// same for one clock of an incident, an assignment or a watch.
  public let cycle: Int32
  public let late_ns: Int64
  /// Of an assignment before arrival, of the nearer unit after a change of place: to go; nil = not told or not known.
  public let travel_ms: UInt32?
  public let incidentState: IncidentState?
  public let assignmentState: AssignmentState?
  /// Of the travel times that served then; 0 = the map's own.
  public let epoch: UInt64
  /// Of the journal: the record that it stands on; 0 = none.
  public let record: UInt64
  /// It may have been read before the engine was rebuilt from its journal: the same event, the same number.
  public let isRepeated: Bool
  /// With `eventsWhen` durable: the disk has failed, so that a power cut can take it back.
  public let isNotDurable: Bool
  /// Its incident was written on paper (`Source.catchUp`) and typed in later.
  public let isCatchUp: Bool
  /// Of a `mode` event.
  public let mode: EngineMode?
  /// The report's own, so that the answer to `Engine.post` is found.
  public let key: (high: UInt64, low: UInt64)

  init?(_ event: HujiaDriver.Event) {
    guard let kind = Kind(rawValue: event.kind.rawValue) else { return nil }
    self.kind = kind
    sequence = event.sequence
    incidentID = event.incidentID
    assignmentID = event.assignmentID
    unitID = event.unitID
    wall_us = event.wall_us
    watchID = event.watchID
    clock = Clock(rawValue: event.clock)
    step = event.step
    action = Step(rawValue: event.action)
    reason = kind == .refused || kind == .clock ? nil : Reason(rawValue: event.reason)
    due_us = event.dueWall_us == 0 ? nil : event.dueWall_us
    operatorID = event.operatorID == 0 ? nil : event.operatorID
    operatorReason = event.operatorReason
    operatorSession = event.operatorSession
    operatorRole = event.operatorRole
    reference = Reference(event.reference)
    outcome = event.outcome
    plansVersion = event.plansVersion
    cycle = event.cycle
    late_ns = event.late_ns
    travel_ms = event.travel_ms == 0 || event.travel_ms == .max ? nil : event.travel_ms
    epoch = event.epoch
    record = event.record
    isRepeated = event.isRepeated
    isNotDurable = event.isUndurable
    isCatchUp = event.isCatchUp
    mode = kind == .mode ? EngineMode(rawValue: event.state) : nil
    key = (event.keyHigh, event.keyLow)
    let isAssignment = kind == .assignment
    let isOther = isAssignment || kind == .clock || kind == .mode
    incidentState = isOther ? nil : IncidentState(rawValue: event.state)
    assignmentState = isAssignment ? AssignmentState(rawValue: event.state) : nil
  }
}

/// The engine's events, oldest first. Ends when the engine closes. One reader at a time gets each event.
public struct Events: AsyncSequence, Sendable {
  public typealias Element = Event
  let engine: Engine

  public func makeAsyncIterator() -> Iterator { Iterator(engine: engine) }

  public struct Iterator: AsyncIteratorProtocol {
    let engine: Engine
    private var ready: [Event] = []

    init(engine: Engine) { self.engine = engine }

    /// Waits without blocking a thread: it looks, and sleeps a few milliseconds when there is nothing.
    public mutating func next() async -> Event? {
      while ready.isEmpty {
        guard !Task.isCancelled, let taken = try? engine.takeEvents(upTo: 64) else { return nil }
        ready = taken.reversed()
        if ready.isEmpty {
          do { try await Task.sleep(nanoseconds: 5_000_000) } catch { return nil }
        }
      }
      return ready.removeLast()
    }
  }
}

extension Engine {
  public var events: Events { Events(engine: self) }

  /// Takes events out, oldest first; does not wait.
  public func takeEvents(upTo count: Int) throws(HujiaError) -> [Event] {
    try with { driver in
      // The room is made before the baton is taken, a slice at a time, for nobody knows how many wait.
      var events: [Event] = []
      while events.count < count {
        let most = min(count - events.count, 256)
        let taken = [HujiaDriver.Event](unsafeUninitializedCapacity: most) { room, taken in
          taken = driver.takeEvents(into: UnsafeMutableBufferPointer(rebasing: room[..<most]))
        }
        events.append(contentsOf: taken.compactMap { Event($0) })
        if taken.count < most { break }
      }
      return .success(events)
    }
  }
}
