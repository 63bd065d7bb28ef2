// Read first. Live traffic of one engine: reported times wait here, become an epoch off the hot path, and the epoch is
// published under the baton. With `RunMode.poll` the same happens inside `poll`, on the host's thread, as well without
// the baton until it is published.

import Glibc
import CHujiaBaton
import HujiaContainers
import HujiaEngine
import HujiaRoads
import HujiaRouting
import Synchronization

/// One street's time (`hj_street_time`), its numbers checked.
package struct StreetTime: BitwiseCopyable, Sendable {
  package var streetID: UInt64
  package var time: Time
  package var direction: StreetIndex.Direction
  /// nil: both.
  package var profile: Profile?
  package init(
    streetID: UInt64, time: Time, direction: StreetIndex.Direction = .both,
    profile: Profile? = nil
  ) {
    self.streetID = streetID
    self.time = time
    self.direction = direction
    self.profile = profile
  }

  package enum Time: BitwiseCopyable, Sendable, Equatable {
    case travel(ms: UInt32)
    case closed
    case asMapped
  }

  /// 1 ms to 24 h.
  package static let range_ms: ClosedRange<UInt32> = 1...86_400_000
}

extension StreetTime {
  /// As the times of its arcs, by key: all arcs as normal cars drive, then all with lights. `found`: where the street's
  /// pieces lie.
  func spread(
    over found: Range<Int>, _ streets: borrowing StreetIndex, _ map: RoadMap,
    _ put: (_ key: Int, _ time_ms: UInt32) -> Void
  ) {
    let arcs = map.arcCount
    func each(_ profile: Profile, _ arc: Int, _ time_ms: UInt32) {
      if let only = self.profile, only != profile { return }
      put(profile == .normal ? arc : arcs + arc, time_ms)
    }
    switch time {
    case .travel(let ms):
      // No time opens what the map keeps a profile out of: access, barriers, turn bans.
      streets.share(ms, found, direction) { arc, share_ms in
        if map.arcNormal_ms[arc] < Cost.unreachable_ms { each(.normal, arc, share_ms) }
        if map.arcResponse_ms[arc] < Cost.unreachable_ms { each(.response, arc, share_ms) }
      }
    case .closed:
      streets.each(found, direction) { arc in
        each(.normal, arc, .max)
        each(.response, arc, .max)
      }
    case .asMapped:
      streets.each(found, direction) { arc in
        each(.normal, arc, map.arcNormal_ms[arc])
        each(.response, arc, map.arcResponse_ms[arc])
      }
    }
  }
}

/// Everything that live traffic needs, taken as a whole.
final class Traffic: @unchecked Sendable {
  let map: RoadMap
  let streets: StreetIndex
  let store: EpochStore
  let pending: PendingTimes
  let threads: BuildThreads?
  private let memory: Memory
  /// Guards taking a second profile's tables.
  private let gate: UnsafeMutablePointer<pthread_mutex_t>
  private let hasSecond: Atomic<Bool>

  /// Of the epoch that is being built, where it is written down; the builder's own.
  var isRecorded = false
  var taken = EpochTimes()
  /// Of those, what a journal keeps.
  var kept: [UInt64] = []
  /// Where these stand on record, while they are held for the epoch's turn.
  var staging: Staging?

  /// Whether a poll is at work on an epoch.
  private let isPolled = Atomic<Bool>(false)
  /// No clock is read in poll mode. Tests look in from here, in the midst of a build.
  var polledClock: () -> Int64 = { 0 }

  // Statistics
  let epoch = Atomic<Int64>(0)
  let accepted = Atomic<Int64>(0)
  let refused = Atomic<Int64>(0)
  let built = Atomic<Int64>(0)
  let mended = Atomic<Int64>(0)
  let lastBuild_ns = Atomic<Int64>(0)
  let longestBuild_ns = Atomic<Int64>(0)

  /// Takes all memory; starts no thread yet.
  init(
    map: RoadMap, serving: Metric?, hasOneProfile: Bool, usesThreads: Bool, memory: Memory
  ) throws(OutOfMemory) {
    let streets = try StreetIndex(map, memory: memory)
    let pending = try PendingTimes(keys: map.arcCount * 2, memory: memory)
    let store = try EpochStore(
      map: map, serving: serving, hasOneProfile: hasOneProfile, memory: memory)
    self.map = map
    self.memory = memory
    self.streets = streets
    self.pending = pending
    self.store = store
    threads = usesThreads ? BuildThreads() : nil
    hasSecond = Atomic(!hasOneProfile)
    gate = .allocate(capacity: 1)
    pthread_mutex_init(gate, nil)
  }

  deinit {
    pthread_mutex_destroy(gate)
    gate.deallocate()
  }

  /// Before a time for one profile only is taken in, on a map that has one.
  func needSecond() -> Status {
    if hasSecond.load(ordering: .acquiring) { return .ok }
    guard ColdGate.enter(gate) else { return .deadlock }
    let outer = hujia_swap_gate(gate)
    defer {
      hujia_swap_gate(outer)
      pthread_mutex_unlock(gate)
    }
    if hasSecond.load(ordering: .relaxed) { return .ok }
    do throws(OutOfMemory) { pending.offer(try store.takeSecond()) } catch { return .memory }
    hasSecond.store(true, ordering: .releasing)
    return .ok
  }

  /// Where the street's pieces lie; nil: no street has that id, or none can be driven in that direction.
  @inline(__always)
  func find(_ time: StreetTime, hint: Int) -> Range<Int>? {
    guard let found = streets.find(time.streetID, hint: hint),
      streets.hasArcs(found, time.direction)
    else { return nil }
    return found
  }

  /// A street's time as its arcs' times, into the table of those that wait, and into `kept`.
  func put(
    _ time: StreetTime, _ found: Range<Int>, keeping kept: KeptStreets?,
    _ put: (Int, UInt32) -> Void
  ) {
    kept?.begin(time)
    time.spread(over: found, streets, map, put)
    kept?.end()
  }

  /// False: another poll is at work on an epoch.
  func beginPolled() -> Bool { !isPolled.exchange(true, ordering: .acquiring) }
  func endPolled() { isPolled.store(false, ordering: .releasing) }

  /// All that waits becomes the next epoch; nil when nothing does. Not two at once.
  func build(_ crew: Crew, clock: () -> Int64) -> Metric? {
    let isRecorded = isRecorded
    let hasNews = pending.take(
      split: {
        if isRecorded, !store.isSplit { taken.split() }
        store.split($0)
      }
    ) { key, time_ms in
      set(key, time_ms)
      if isRecorded { taken.add(key, time_ms) }
    }
    guard hasNews else { return nil }
    let start_ns = clock()
    let metric = store.build(crew)
    let taken_ns = clock() &- start_ns
    lastBuild_ns.store(taken_ns, ordering: .relaxed)
    if taken_ns > longestBuild_ns.load(ordering: .relaxed) {
      longestBuild_ns.store(taken_ns, ordering: .relaxed)
    }
    return metric
  }

  func set(_ key: Int, _ time_ms: UInt32) {
    let arcs = map.arcCount
    store.set(
      arc: key < arcs ? key : key - arcs, key < arcs ? .normal : .response, time_ms: time_ms)
  }

  /// Under the baton, after `build`: `serve` lets the engine answer by the new times.
  func publish(_ metric: Metric, _ serve: (Unmanaged<Metric>) -> Void) {
    // First, because statistics are read without the baton: a reader that sees nothing pending gets the new times.
    pending.served()
    serve(Unmanaged.passUnretained(metric))
    store.published()
    epoch.store(Int64(bitPattern: metric.epoch), ordering: .relaxed)
    built.add(1, ordering: .relaxed)
    if store.wasMended { mended.add(1, ordering: .relaxed) }
  }
}
