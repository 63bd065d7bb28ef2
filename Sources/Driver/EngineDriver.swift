// Read first. One open engine: the core, the baton that guards it, the clock, the queue of posts, the loop that wakes
// it and the descriptor that wakes the host. Decides nothing about dispatch; moves commands in and events out.

import Glibc
import CHujiaBaton
import CHujiaKernels
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaRoads
import Synchronization

/// Owner of everything an engine has. Freed when its handle is removed and its loop has ended.
package final class EngineDriver: @unchecked Sendable {
  package let mode: RunMode
  package let map: RoadMap
  package let snapLimit_mm: UInt32
  package let datum: Int32
  package let outputDatum: Int32
  let allocator: Allocator
  package let baton: Baton
  let mapOwner: MapOwner
  let core: UnsafeMutablePointer<EngineCore>
  // With a journal the next two lie in the ring's file from opening on.

  /// Where any thread writes positions, and whence the core's feed takes them.
  let positions: UnsafeMutablePointer<PositionTable>
  /// On the heap like the core, so that `deinit` gives its memory back before the allocator goes.
  let posts: UnsafeMutablePointer<SharedRing<Posted>>
  let ingest: UnsafeMutablePointer<Counters>
  /// Takes what nobody asked for: the decision of a command whose caller wants none. The holder's own.
  let unread: UnsafeMutablePointer<Decision>
  /// The wall time of the last poll, for reporters that do not hold the baton.
  let polledWall_us = Atomic<Int64>(0)
  /// The engine's own time of the last poll.
  let polled_ns = Atomic<Int64>(0)
  let postsHigh = Atomic<Int>(0)
  /// `DrainStage`: moved on under the baton, read by any thread.
  let drainStage = Atomic<UInt32>(DrainStage.open)
  let room = PostRoom()
  let eventDescriptor: Int32
  /// A loop that turns later than this was stalled; nil = not looked for.
  let stallLimit_ns: Int64?
  var loop: EngineLoop?
  let trafficUse: TrafficUse
  /// So long a close waits for disks, and a poll for events to become durable.
  let diskWait_s: UInt32
  /// What was durable when such a wait was given up: it is not waited again before there is more.
  let stalledAt = Atomic<UInt64>(.max)
  let trafficSlot = TrafficSlot()
  /// Writes every turn down; nil = nobody does.
  let recorder: Recorder?
  /// What is accepted survives; nil: nobody asked for that. Set by opening, and never again.
  var journal: EngineJournal?
  let stagingGate = StagingGate()
  /// Events wait until they are durable (`EventBell`). Set with it.
  var hidesEvents = false
  /// Whether the journal's thread sleeps until a turn wakes it (`Journal.stir`); set with `journal`.
  var journalRest: UnsafePointer<Atomic<Bool>>?
  /// What people go on with when the machines are down; nil: nobody asked for it. As `journal`.
  var sheet: RunSheet?
  /// `OwnReason`: what is wrong beside the journal.
  let ownReasons = Atomic<UInt32>(0)
  /// Why its snapshot was not taken; opening's.
  var refusal: Failure?
  /// Makes snapshots while the engine runs; nil: nobody wants that.
  var follower: Follower?
  /// Lets a ring that is nearly full begin anew; set with `journal`.
  var ringKeeper: RingKeeper?
  /// Events that were handed out and not acknowledged, of an engine with a journal.
  var handed: UnsafeMutablePointer<HandedEvents>?

  // Owned by the baton's holder
  /// Says on the ring's file which post is being decided; nil: it does not lie there.
  var postMark: PostMark?
  /// What was told of the engine's health last; beyond 32 bits: nothing yet.
  var toldReasons: UInt64 = 0
  /// Events wait that may have been read before the engine was rebuilt.
  var hasRepeated = false
  /// In poll mode: where the records ended, until the first poll says how long ago that was.
  var resumed: Moment?
  /// The next tick tells the core that nothing ran until then.
  var comesBack = false
  var origin_ns: Int64
  var hasTime: Bool
  var lastPoll_ns: Int64 = 0
  /// Each turn has the time of now: not in poll mode, and no more once the engine was drained.
  var readsClock: Bool
  /// What the turns of now take for now.
  var moment: Moment
  /// Where they take positions from.
  var feed: Feed
  var isSignalled = false
  /// The earliest deadline for which the loop will turn, internal time; `Int64.max` = none.
  var wake_ns: Int64 = .max

  init(
    mode: RunMode, mapOwner: MapOwner, core: UnsafeMutablePointer<EngineCore>,
    positions: UnsafeMutablePointer<PositionTable>,
    posts: UnsafeMutablePointer<SharedRing<Posted>>,
    ingest: UnsafeMutablePointer<Counters>, allocator: Allocator, eventDescriptor: Int32,
    stallLimit_ns: Int64?, snapLimit_mm: UInt32, datum: Int32, outputDatum: Int32,
    traffic: TrafficUse, recorder: Recorder?, diskWait_s: UInt32
  ) {
    self.diskWait_s = diskWait_s
    self.mode = mode
    self.mapOwner = mapOwner
    self.map = mapOwner.map
    self.core = core
    self.positions = positions
    baton = Baton()
    self.posts = posts
    self.ingest = ingest
    unread = .allocate(capacity: 1)
    unread.initialize(to: Decision())
    self.allocator = allocator
    self.eventDescriptor = eventDescriptor
    self.stallLimit_ns = stallLimit_ns
    self.snapLimit_mm = snapLimit_mm
    self.datum = datum
    self.outputDatum = outputDatum
    trafficUse = traffic
    self.recorder = recorder
    origin_ns = mode == .poll ? 0 : Clock.now_ns()
    hasTime = mode != .poll
    readsClock = mode != .poll
    feed = .live(positions, writing: recorder?.facts)
    core.pointee.feed = feed
    core.pointee.choices = recorder?.choices
    moment = Moment(now_ns: 0, wall_us: mode == .poll ? 0 : Clock.wall_us())
    core.pointee.time = moment
    baton.guards(Unmanaged.passUnretained(self).toOpaque()) { driver, request in
      Unmanaged<EngineDriver>.fromOpaque(driver)._withUnsafeGuaranteedRef {
        $0.carryOut(request)
      }
    }
  }

  deinit {
    sheet = nil  // its memory is the allocator's, which goes with the other properties
    trafficSlot.empty()
    core.pointee.choices = nil
    handed?.deinitialize(count: 1)
    handed?.deallocate()
    while let plans = core.pointee.removePlans() { PlanStore.free(plans) }
    core.deinitialize(count: 1)
    core.deallocate()
    positions.deinitialize(count: 1)
    positions.deallocate()
    posts.deinitialize(count: 1)
    posts.deallocate()
    ingest.deinitialize(count: 1)
    ingest.deallocate()
    unread.deallocate()
    if eventDescriptor >= 0 { Glibc.close(eventDescriptor) }
  }
}
