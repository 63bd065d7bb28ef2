// Read first in this folder. Everything that changes an engine is a command, and `EngineCore.apply` is the only door
// for it. A command is a plain value; what it says can be written down, applied again elsewhere, and gives the same.

import HujiaContainers
import HujiaRouting

/// One change of an engine, with the person behind it and the client that asked.
package typealias Command = Signed<Change>

/// A change with the person and the program behind it. Public and generic for one reason: a package initializer is not
/// inlined into other modules, and each call of the C interface would copy its command once more.
public struct Signed<Content: BitwiseCopyable>: BitwiseCopyable {
  public var change: Content
  public var act: Act
  public var client: Client
  /// The client's own number of this request; 0 = it has none.
  public var request: UInt64
  @inlinable @inline(__always) public init(
    _ change: Content, act: Act = Act(), client: Client = Client(), request: UInt64 = 0
  ) {
    self.change = change
    self.act = act
    self.client = client
    self.request = request
  }
}

/// Everything that can happen to an engine: one case each. A case that holds a pointer lives for its turn only; it is
/// written down by what it points to, or by the hash of that.
package enum Change: BitwiseCopyable {
  // Incidents
  /// A call. The decision is its answer.
  case report(IncidentReport)
  /// A call out of the queue of posts: an event is its answer, also where nothing is opened.
  case post(IncidentReport)
  case update(incident: UInt64, IncidentReport, movesPlace: Bool)
  case assign(incident: UInt64, unit: UInt64, wall_us: Int64)
  case end(incident: UInt64, as: IncidentState, disposition: Int32, wall_us: Int64)
  case merge(incident: UInt64, into: UInt64, wall_us: Int64)
  case unmerge(incident: UInt64, wall_us: Int64)
  /// The caller was asked how it went. `outcome`: what was said, 0 = not stated.
  case callBack(incident: UInt64, outcome: Int32, wall_us: Int64)
  case setLead(incident: UInt64, agency: UInt32, wall_us: Int64)

  /// A graver incident: the alarm level that its plan is in force to.
  case raise(incident: UInt64, level: UInt32, wall_us: Int64)

  /// A likely repeat is none.
  case separate(incident: UInt64, wall_us: Int64)
  /// One more call about an incident: no incident of its own.
  case addCall(incident: UInt64, IncidentReport)
  /// A unit comes upon something: its incident, its order and its arrival are one act.
  case selfInitiated(unit: UInt64, IncidentReport)

  // Assignments
  case advance(assignment: UInt64, to: AssignmentState, wall_us: Int64)
  /// `isForced`: also a unit that is on scene, or further.
  case divert(assignment: UInt64, to: UInt64, wall_us: Int64, isForced: Bool)
  case undeliverable(assignment: UInt64, wall_us: Int64)

  // Clocks
  case takeClock(ClockReference)
  case snoozeClock(ClockReference, for_ms: Int64)
  case escalateClock(ClockReference)
  /// The clocks of one incident follow the plans of now.
  case migrate(incident: UInt64)
  /// The same for one slice of all: the slots from this one on.
  case migrateSlice(from: UInt32)

  // Units
  case putUnit(UnitDescription)
  case removeUnit(UInt64)
  case setActivity(Activity, unit: UInt64, wall_us: Int64)
  case checkIn(unit: UInt64, wall_us: Int64)

  // Watches
  case putWatch(WatchDescription)
  case removeWatch(UInt64)
  case pauseWatch(UInt64, until_us: Int64)
  case resumeWatch(UInt64)
  case alarm(watch: UInt64, wall_us: Int64)
  case beats(Beats)

  // What the host reads and resets
  /// Takes events out; deadlines that waited for the room fire into it.
  case takeEvents(EventRoom)
  case resetFigures

  // What decisions rest on
  case usePlans(UnsafeMutablePointer<PlanTables>)
  case useEpoch(Unmanaged<Metric>)
  /// So many cells of the roads follow the epoch in use. It changes what the next answers cost, never the answers.
  case tendEpoch(cells: Int)
  /// A person closed a street, or lifted that. It changes nothing: the times come with the next epoch. Direction and
  /// profile as the C header numbers them, 0 = both.
  case signStreet(street: UInt64, direction: Int32, profile: Int32, isClosed: Bool)

  // Time
  /// The first wall time that the engine hears: what came before gets it.
  case startWall(wall_us: Int64)
  /// The loop was kept from running for so long.
  case stall(late_ns: Int64)

  // The engine's own work, a slice each
  case tick(Tick)
  /// `isWanted`: begins a pass also where none is due yet.
  case audit(isWanted: Bool)
  case background(offerSteps: Int)

  // Journal
  /// How the engine itself is, as an event says it (`mode`, `recovered`).
  case tell(event: Int32, state: Int32, number: Int32, for_ns: Int64)
  /// The host has handled the events up to this one.
  case acknowledge(events: UInt64)

  // How it works
  /// A person takes the sending over, or gives it back.
  case setMode(isManual: Bool)
}

/// Fires what is due by now: at most so many steps, so many of them searching for a unit, and so many steps of offers.
package struct Tick: BitwiseCopyable {
  package var most: Int
  package var decisions: Int
  package var offerSteps: Int
  /// The first of an engine that comes back: what is due by then fell due while nothing ran. `Int64.min`: any other.
  package var restedUntil_ns = Int64.min
  package init(most: Int, decisions: Int, offerSteps: Int, restedUntil_ns: Int64 = .min) {
    self.most = most
    self.decisions = decisions
    self.offerSteps = offerSteps
    self.restedUntil_ns = restedUntil_ns
  }
}

/// Heartbeats as their caller keeps them: in records of `stride` bytes, with the watch's number and the device's time
/// at fixed places. They live for the turn.
package struct Beats: BitwiseCopyable {
  package var watches: UnsafeRawPointer
  package var times_us: UnsafeRawPointer
  package var stride: Int
  package var count: Int
  package init(
    watches: UnsafeRawPointer, times_us: UnsafeRawPointer, stride: Int, count: Int
  ) {
    self.watches = watches
    self.times_us = times_us
    self.stride = stride
    self.count = count
  }

  package subscript(index: Int) -> Heartbeat {
    Heartbeat(
      watchID: watches.loadUnaligned(fromByteOffset: index * stride, as: UInt64.self),
      wall_us: times_us.loadUnaligned(fromByteOffset: index * stride, as: Int64.self))
  }
}

/// Room for events that are taken out: an array of records of `stride` bytes. Without room they are dropped, as where a
/// record is applied again.
package struct EventRoom: BitwiseCopyable {
  /// Writes one event: the place for it, the record's size, the address of the `Event`.
  package typealias Put = @convention(c) (UnsafeMutableRawPointer, Int, UnsafeRawPointer) -> Void
  package var most: Int
  /// Of the deadlines that waited for room, so many may search for a unit.
  package var decisions: Int
  /// So many of them may fire: what stands on record. A host's call has no such bound.
  package var fires = Int.max
  package var space: UnsafeMutableRawPointer?
  package var stride = 0
  package var put: Put?
  /// Events of later records say that no power cut is survived yet.
  package var durable = UInt64.max
  package init(most: Int, decisions: Int, fires: Int = .max) {
    self.most = most
    self.decisions = decisions
    self.fires = fires
  }
}
