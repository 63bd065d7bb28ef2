// Traffic's way through the driver: reports from any thread, epochs from the builder's thread or from that of `poll`.

import Glibc
import CHujiaBaton
import HujiaContainers
import HujiaEngine
import HujiaRoads
import HujiaRouting
import Synchronization

/// A lock that is held while memory is taken, which is while the host's hooks run.
enum ColdGate {
  /// False: this thread is inside a hook and the lock is held, perhaps by this thread, or by one that waits for it.
  static func enter(_ gate: UnsafeMutablePointer<pthread_mutex_t>) -> Bool {
    if hujia_is_in_hook(nil) != 0 { return pthread_mutex_trylock(gate) == 0 }
    return pthread_mutex_lock(gate) == 0
  }
}

/// Where an engine keeps its traffic, made once, by the first call that needs it.
final class TrafficSlot: @unchecked Sendable {
  private let gate: UnsafeMutablePointer<pthread_mutex_t>
  private let pointer = Atomic<UInt>(0)

  init() {
    gate = .allocate(capacity: 1)
    pthread_mutex_init(gate, nil)
  }

  deinit {
    pthread_mutex_destroy(gate)
    gate.deallocate()
  }

  /// Gives everything back, when nobody can come any more and the builder has ended.
  func empty() {
    guard let traffic else { return }
    pointer.store(0, ordering: .relaxed)
    Unmanaged.passUnretained(traffic).release()
  }

  @inline(__always) var traffic: Traffic? {
    guard let raw = UnsafeRawPointer(bitPattern: pointer.load(ordering: .acquiring)) else {
      return nil
    }
    return Unmanaged<Traffic>.fromOpaque(raw).takeUnretainedValue()
  }

  /// `make` runs once; when it fails, the next one tries again.
  func open(_ make: () throws(Failure) -> Traffic) throws(Failure) -> Traffic {
    if let traffic { return traffic }
    guard ColdGate.enter(gate) else {
      throw Failure(.deadlock, "called from an allocator's hook while live traffic is set up")
    }
    let outer = hujia_swap_gate(gate)
    defer {
      hujia_swap_gate(outer)
      pthread_mutex_unlock(gate)
    }
    if let traffic { return traffic }
    let made = try make()
    pointer.store(
      UInt(bitPattern: Unmanaged.passRetained(made).toOpaque()), ordering: .releasing)
    return made
  }
}

extension EngineDriver {
  /// Cells mended in one turn of the builder's, some tens of microseconds.
  private static var cellsPerTurn: Int { 24 }
  /// Times resolved before the lock of those that wait is taken.
  private static var slice: Int { 16 }

  /// Takes what traffic needs, unless that was done. Cold.
  func openTraffic() throws(Failure) -> Traffic {
    try trafficSlot.open { () throws(Failure) -> Traffic in
      try AddressSpace.check(AddressSpace.ofEngine, "live traffic")
      let (serving, hasOneProfile) = turnHere { core, _ in core.servingMetric }
      let made: Traffic
      do throws(OutOfMemory) {
        made = try Traffic(
          map: map, serving: serving, hasOneProfile: hasOneProfile, usesThreads: mode != .poll,
          memory: allocator.memory)
      } catch {
        throw Failure(
          .memory, field: "traffic", "the allocator refused \(error.bytes) bytes for live traffic")
      }
      made.isRecorded = recorder != nil || journal != nil
      guard let threads = made.threads else { return made }
      try AddressSpace.check(threads: 2, "building epochs")
      let crew = threads.crew
      let isStarted = threads.start { [unowned self, unowned made] in
        serveTraffic(made, threads, crew)
      }
      guard isStarted else {
        throw Failure(.system, "no thread for building epochs: raise the limit of processes")
      }
      // At open there is time to be ready for a first small change.
      if trafficUse == .atOpen { threads.wake() }
      return made
    }
  }

  /// Takes street times in (`hj_traffic_report`). `time` gives each, or why it is refused; `verdict` is told of each.
  /// Returns how many were taken. `act`: the person that closes and opens them.
  package func reportTraffic(
    _ count: Int, act: Act = Act(), _ time: (Int) -> (Status, StreetTime?),
    _ verdict: (Int, Status) -> Void
  ) -> (status: Status, accepted: Int) {
    guard trafficUse != .off else { return (.unsupported, 0) }
    guard count > 0 else { return (.ok, 0) }
    guard !isDrained else { return (.state, 0) }
    let traffic: Traffic
    do throws(Failure) { traffic = try openTraffic() } catch { return (error.status, 0) }
    for index in 0..<count where time(index).1?.profile != nil {
      let status = traffic.needSecond()
      guard status == .ok else { return (status, 0) }
      break
    }
    let accepted =
      act.isOfPerson
      ? takeSigned(count, act, time, verdict, traffic) : take(count, time, verdict, traffic)
    traffic.accepted.add(Int64(accepted), ordering: .relaxed)
    traffic.refused.add(Int64(count - accepted), ordering: .relaxed)
    if accepted > 0 { traffic.threads?.wake() }
    return (accepted == count ? .ok : .partial, accepted)
  }

  private func take(
    _ count: Int, _ time: (Int) -> (Status, StreetTime?), _ verdict: (Int, Status) -> Void,
    _ traffic: Traffic
  ) -> Int {
    var accepted = 0
    var hint = 0
    var next = 0
    withUnsafeTemporaryAllocation(of: ResolvedTime.self, capacity: Self.slice) { ready in
      while next < count {
        var filled = 0
        while next < count, filled < Self.slice {
          let (status, given) = time(next)
          if let given, let found = traffic.find(given, hint: hint) {
            hint = found.upperBound
            ready[filled] = ResolvedTime(time: given, first: found.lowerBound, end: hint)
            filled += 1
            verdict(next, .ok)
          } else {
            verdict(next, given == nil ? status : .unknownUnit)
          }
          next += 1
        }
        let kept = journal?.streets
        traffic.pending.fill(keeping: kept, map) { put in
          for index in 0..<filled {
            let found = ready[index].first..<ready[index].end
            traffic.put(ready[index].time, found, keeping: kept, put)
          }
        }
        accepted += filled
      }
    }
    return accepted
  }

  private struct ResolvedTime: BitwiseCopyable {
    var time: StreetTime
    var first: Int
    var end: Int
  }

  /// The builder's thread: an epoch, its cells in slices, and readiness for the next.
  private func serveTraffic(_ traffic: Traffic, _ threads: BuildThreads, _ crew: Crew) {
    while !threads.mustEnd, let metric = traffic.build(crew, clock: Clock.now_ns) {
      stageStreets(of: traffic)
      turnHere { _, turn in if !isAtRest { publish(metric, of: traffic, &turn) } }
      endStreets(of: traffic)
      tendEpoch(threads)
    }
    if !threads.mustEnd, traffic.store.isUnprepared, !hasTrafficWaiting {
      traffic.store.prepare(crew)
    }
  }

  private func tendEpoch(_ threads: BuildThreads) {
    withBlank(Decision.self) { decision in
      while !threads.mustEnd,
        submitOwn(.tendEpoch(cells: Self.cellsPerTurn), into: &decision) == .ok,
        decision.slice.hasMore
      {}
    }
  }

  private func publish(_ metric: Metric, of traffic: Traffic, _ turn: inout Turn) {
    traffic.publish(metric) { serving in
      guard traffic.isRecorded else { return _ = apply(.useEpoch(serving), &turn) }
      traffic.taken.words.withUnsafeBytes { all in
        traffic.kept.withUnsafeBytes { kept in
          recorder?.content = all
          point(at: kept, traffic.staging ?? .short)
          apply(.useEpoch(serving), &turn)
        }
      }
      traffic.taken.removeAll()
      traffic.kept.removeAll(keepingCapacity: true)
    }
  }

  // Poll mode: the host's thread builds

  /// What was reported since the last poll, as an epoch; nil where there is nothing. Without the baton, so that nobody
  /// waits for a build. Of two polls at once one builds; the other leaves it what was reported.
  func beginEpoch() -> Metric? {
    guard let traffic = trafficSlot.traffic, !isDrained, traffic.beginPolled() else { return nil }
    guard let metric = traffic.build(.alone, clock: traffic.polledClock) else {
      traffic.endPolled()
      return nil
    }
    stageStreets(of: traffic)
    return metric
  }

  /// At the end of its poll.
  func endEpoch(_ epoch: Metric?) {
    endStaging(of: epoch)
    if epoch != nil { trafficSlot.traffic?.endPolled() }
  }

  /// After its turn, or where a drain came before that.
  func endStaging(of epoch: Metric?) {
    if epoch != nil, let traffic = trafficSlot.traffic { endStreets(of: traffic) }
  }

  // Their record

  /// The builder, or the poll that builds: what stands on record of the epoch's times, before its turn.
  private func stageStreets(of traffic: Traffic) {
    guard let journal else { return }
    journal.keepStreets(of: traffic)
    traffic.staging = traffic.kept.withUnsafeBytes { beginStaging($0, .rest) }
  }

  private func endStreets(of traffic: Traffic) {
    if let staging = traffic.staging { end(staging) }
    traffic.staging = nil
  }

  /// Under the baton: it serves from now on.
  func serveEpoch(_ epoch: Metric, _ turn: inout Turn) {
    if let traffic = trafficSlot.traffic { publish(epoch, of: traffic, &turn) }
  }

  /// Under the baton: one slice of its cells. False when none is left.
  func tendEpoch(_ turn: inout Turn) -> Bool {
    apply(.tendEpoch(cells: Self.cellsPerTurn), &turn)
    return unread.pointee.slice.hasMore
  }

  var hasTrafficWaiting: Bool {
    (trafficSlot.traffic?.pending.waiting.load(ordering: .acquiring) ?? 0) > 0
  }

  /// Ends the builder; what still waits is dropped.
  func stopTraffic() { trafficSlot.traffic?.threads?.stop() }

  /// Traffic's statistics, from any thread.
  package struct TrafficFigures {
    package var epoch: Int64 = 0
    package var accepted: Int64 = 0
    package var refused: Int64 = 0
    package var pending: Int64 = 0
    package var built: Int64 = 0
    package var mended: Int64 = 0
    package var lastBuild_ns: Int64 = 0
    package var longestBuild_ns: Int64 = 0
  }

  package var trafficFigures: TrafficFigures {
    guard let traffic = trafficSlot.traffic else { return TrafficFigures() }
    return TrafficFigures(
      epoch: traffic.epoch.load(ordering: .relaxed),
      accepted: traffic.accepted.load(ordering: .relaxed),
      refused: traffic.refused.load(ordering: .relaxed),
      pending: Int64(traffic.pending.unserved.load(ordering: .acquiring)),
      built: traffic.built.load(ordering: .relaxed),
      mended: traffic.mended.load(ordering: .relaxed),
      lastBuild_ns: traffic.lastBuild_ns.load(ordering: .relaxed),
      longestBuild_ns: traffic.longestBuild_ns.load(ordering: .relaxed))
  }
}
