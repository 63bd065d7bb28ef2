// Read first. The dispatch core: one value that owns incidents, units, assignments, clocks and waiting events.
// It is a state machine: commands in, an answer and events out, in one order. Same commands, map and plans give the
// same answers in any process. Must never: do I/O, read a clock, allocate after `init`, iterate a hash table, decide
// on floating point. Only the holder of the baton (Driver) touches it.

import HujiaContainers
import HujiaIngest
import HujiaRoads
import HujiaRouting

/// All mutable state of one engine. Every property is owned by the baton's holder, except `counters` and look-ups of
/// units by id (any thread), and `map` (immutable).
package struct EngineCore: ~Copyable {
  private let inPlace = InPlace()
  package let limits: EngineLimits
  package let map: RoadMap
  package let counters: Counters
  package var time = Moment(now_ns: 0, wall_us: 0)
  package internal(set) var mode = WorkMode()
  /// Commands that changed something, for readers that look in several turns.
  package internal(set) var changes: UInt64 = 0
  var firstWall = FirstWall()

  // Units
  package internal(set) var units: UnitStore
  /// Where this turn's positions come from.
  package var feed = Feed.none
  /// The number under which this turn will stand on record; its events say it. 0 = under none.
  package var record: UInt64 = 0
  /// The last event that the host has handled.
  package internal(set) var acknowledged: UInt64 = 0
  /// Where events are kept until the host has handled them; nil: nobody asks for them again.
  package var handed: UnsafeMutablePointer<HandedEvents>?
  /// Where choices are written, or read back; nil: nobody keeps them.
  package var choices: UnsafeMutablePointer<ChoiceLog>?
  /// In which the state is written: that of the journal's format. No earlier one than was read.
  package internal(set) var writtenState = EngineCore.stateVersion
  /// The version of the state that was read, or that the records ask for; 0 = none.
  var readState: UInt32 = 0
  /// The newest epoch that a rebuilt engine heard of: numbers go on behind it.
  package var epochBefore: UInt64 = 0
  /// More positions wait than this command took in.
  package var hasPositionsLeft = false
  package var router: Router
  var skipStamp: UInt32 = 0
  /// The units that this decision passes over.
  var skipped: InlineArray<32, UInt32> = .init(repeating: 0)
  var skippedCount = 0
  /// The incidents that this decision takes units from.
  var robbed = RobbedScratch()

  // Incidents
  package internal(set) var incidents: IncidentStore
  var waiting: WaitingLists
  /// Where they are open: what a call may repeat.
  var openGrid: OpenGrid
  /// Units that became free and may serve what waits.
  var offers: OfferQueue
  var offerSweep = OfferSweep()
  /// Watches from this slot on still follow the plans of before.
  var watchSweep: UInt32?

  // Assignments
  package internal(set) var assignments: AssignmentStore

  // Clocks
  package internal(set) var clocks: PromiseStore
  /// Deadlines that are due and wait for room in the outbox.
  package internal(set) var isEscalationBlocked = false
  /// Turns come from a record that leaves out those in which nothing fired: what they drew is drawn here besides.
  package var firesAsRecorded = false
  /// The engine came back then: of what was due before, steps that another overdue one stands for are passed over.
  /// `Int64.min`: it never was away.
  package internal(set) var restedUntil_ns = Int64.min
  package internal(set) var watches: WatchStore
  package internal(set) var auditState = AuditState()

  // Figures
  package internal(set) var figures: FigureTable
  /// One row: how late deadlines fired, in microseconds; and how many of them the statistics show.
  var lateness: Histograms
  var latenessShown: Int64 = 0
  package internal(set) var breaches: BreachList

  // Plans: address of each version in use, and how many open incidents were opened under it
  var plans: PlanVersions
  /// By activity: since when units that do it are available, where the plans made them so.
  var availableSince_ns: InlineArray<12, Int64> = .init(repeating: .min)

  package var outbox: Outbox
  var keys: KeyTable

  // Scratch of one decision
  var candidates: Block<NearestUnit>
  let routeScratch: Block<RoutePoint>
  var beatScratch: BeatScratch

  /// Takes all memory. `firstPlans` stays owned by the caller, as every version given later.
  package init(
    map: RoadMap, limits: EngineLimits, firstPlans: UnsafeMutablePointer<PlanTables>,
    memory: Memory
  ) throws(OutOfMemory) {
    let clockCount = ClockSlot.count(limits)
    let counters = try Counters(memory, count: Counter.count)
    let units = try UnitStore(memory, units: limits.units)
    let router = try Router(map: map, unitCapacity: limits.units, memory: memory)
    let incidents = try IncidentStore(memory, limits)
    let waiting = try WaitingLists(memory, incidents: limits.incidents)
    let openGrid = try OpenGrid(memory, incidents: limits.incidents)
    let offers = try OfferQueue(memory, units: limits.units)
    let assignments = try AssignmentStore(memory, assignments: limits.assignments)
    let clocks = try PromiseStore(memory, limits)
    let watches = try WatchStore(memory, capacity: limits.watches)
    let lateness = try Histograms(memory, rows: 1)
    let figures = try FigureTable(memory, limits)
    let breaches = try BreachList(memory, capacity: limits.breaches, clocks: clockCount)
    let outbox = try Outbox(memory, ordinary: limits.events, reserved: clockCount + limits.watches)
    let keys = try KeyTable(memory, limits)
    let candidates = try Block<NearestUnit>(memory, count: limits.units)
    let routeScratch = try Block<RoutePoint>(memory, count: Self.routePointLimit)
    let beatScratch = try BeatScratch(memory, units: limits.units)
    self.limits = limits
    self.map = map
    self.counters = counters
    self.units = units
    self.router = router
    self.incidents = incidents
    self.waiting = waiting
    self.openGrid = openGrid
    self.offers = offers
    self.assignments = assignments
    self.clocks = clocks
    self.watches = watches
    self.figures = figures
    self.lateness = lateness
    self.breaches = breaches
    self.plans = PlanVersions(first: firstPlans)
    self.outbox = outbox
    self.keys = keys
    self.candidates = candidates
    self.routeScratch = routeScratch
    self.beatScratch = beatScratch
    followLevels()
  }
}
