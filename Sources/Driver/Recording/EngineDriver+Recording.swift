// Where the driver and a recording meet: a command on its way to being written down, and one that was.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaRoads
import HujiaRouting
import Synchronization

extension EngineDriver {
  /// As `apply`, and written down.
  @inline(never)
  func applyRecorded(
    _ command: UnsafePointer<Command>, _ turn: inout Turn, into decision: inout Decision,
    _ recorder: Recorder
  ) -> Status {
    recorder.open()
    let status = core.pointee.apply(at: command, &turn, into: &decision)
    recorder.close(
      command.pointee, at: turn.moment, hasLeft: core.pointee.hasPositionsLeft, status: status,
      decision: &decision)
    return status
  }

  /// The next engine that this process opens is recorded from its first turn on.
  package static func record(next recorder: Recorder) {
    let before = waiting.exchange(
      UInt(bitPattern: Unmanaged.passRetained(recorder).toOpaque()),
      ordering: .acquiringAndReleasing)
    release(before)
  }

  static func takeRecorder() -> Recorder? {
    let raw = waiting.exchange(0, ordering: .acquiringAndReleasing)
    return UnsafeRawPointer(bitPattern: raw).map {
      Unmanaged<Recorder>.fromOpaque($0).takeRetainedValue()
    }
  }

  private static func release(_ raw: UInt) {
    UnsafeRawPointer(bitPattern: raw).map { Unmanaged<Recorder>.fromOpaque($0).release() }
  }
  private static let waiting = Atomic<UInt>(0)

  // Applied again

  /// Carries out a recorded command; what it points at is made anew from `content`.
  /// `isRebuilding`: what was decided is read back, so that of an epoch its number is enough.
  func replay(
    _ command: ReadCommand, _ content: UnsafeRawBufferPointer, _ turn: inout Turn,
    isRebuilding: Bool, into decision: inout Decision
  ) throws(Failure) -> Status {
    let recorded = command.recorded
    func apply(_ change: Change) -> Status {
      core.pointee.apply(
        Command(
          change, act: recorded.act, client: recorded.client, request: recorded.request), &turn,
        into: &decision)
    }
    switch recorded.change {
    case .plain(let change): return apply(change)
    case .takeEvents(let room):
      return apply(
        .takeEvents(EventRoom(most: room.most, decisions: room.decisions, fires: room.fires)))
    case .beats:
      return command.beats.withUnsafeBytes { raw in
        Beats(raw, of: command.beats.count).map { apply(.beats($0)) } ?? .ok
      }
    case .usePlans:
      let tables = try PlanStore.decode(
        content, memory: allocator.memory, keepsText: true, isRecorded: true)
      freeUnusedPlans()
      let status = apply(.usePlans(tables))
      if status != .ok { PlanStore.free(tables) }
      freeUnusedPlans()
      return status
    case .useEpoch(let epoch) where isRebuilding:
      core.pointee.time = turn.moment
      core.pointee.feed = turn.feed
      core.pointee.serveAgain(epoch: epoch)
      return .ok
    case .useEpoch:
      let traffic = try openTraffic()
      var status = Status.ok
      traffic.publish(try traffic.rebuild(content)) { status = apply(.useEpoch($0)) }
      return status
    }
  }

  private func freeUnusedPlans() {
    while let old = core.pointee.reclaimPlans() { PlanStore.free(old) }
  }
}

extension Beats {
  /// Those of an array of heartbeats.
  fileprivate init?(_ raw: UnsafeRawBufferPointer, of count: Int) {
    guard let first = raw.baseAddress,
      let watch = MemoryLayout<Heartbeat>.offset(of: \.watchID),
      let time = MemoryLayout<Heartbeat>.offset(of: \.wall_us)
    else { return nil }
    self.init(
      watches: first + watch, times_us: first + time, stride: MemoryLayout<Heartbeat>.stride,
      count: count)
  }
}

/// The street times of an epoch on their way into a recording: one word each, and first whether profiles part.
struct EpochTimes {
  private(set) var words: [UInt64] = [0]

  mutating func removeAll() {
    words.removeAll(keepingCapacity: true)
    words.append(0)
  }
  mutating func add(_ key: Int, _ time_ms: UInt32) {
    words.append((UInt64(key) << 32 | UInt64(time_ms)).littleEndian)
  }
  mutating func split() { words[0] = UInt64(1).littleEndian }
}

extension Traffic {
  /// The epoch that was made of these times.
  func rebuild(_ content: UnsafeRawBufferPointer) throws(Failure) -> Metric {
    var reader = NumberReader(content)
    if reader.get(UInt64.self) != 0, !store.isSplit {
      do throws(OutOfMemory) { store.split(try store.takeSecond()) } catch {
        throw Failure(.memory, "no memory for a second profile's times")
      }
    }
    while !reader.isAtEnd {
      let word: UInt64 = reader.get()
      let key = Int(word >> 32)
      guard key < map.arcCount * 2 else { throw Failure(.file, "an epoch has a strange street") }
      set(key, UInt32(truncatingIfNeeded: word))
    }
    return store.build(.alone)
  }
}
