// From the ring to the disk: by the journal's thread, or by `sync` where there is none. Must never: give room in the
// ring back before the disk has what stood there.

import Glibc
import Synchronization

extension Journal {
  /// After a failure a new segment is tried again so often.
  static var retry_ns: Int64 { 250_000_000 }
  /// Longest sleep: a host that forgets to `kick` waits no longer for durability.
  static var rest_ns: Int64 { 100_000_000 }
  /// While records come: so much later than it is written a record is begun with at most.
  static var pause_ns: Int64 { 5_000_000 }

  enum Step { case nothing, wrote, failed }

  /// Under `work`: one batch of what waits.
  func step() -> Step {
    let step = writeBatch()
    if step == .failed {
      Waiters.wake(gate.held { waiters.arrive(0) })
    } else {
      tendClock()
      tendStreams()
      tendRecords()
      if step == .nothing { tendReserve() }
    }
    if step != .nothing { settings.onProgress?(self) }
    return step
  }

  private func writeBatch() -> Step {
    guard !reasons.contains(.lockLost) else { return .failed }
    // Also when nothing waits: while the lock is gone another process could come.
    if !lock.isHeld(folder), !beginSegment() { return .failed }
    // Each call of the system below may take as long as a disk stands still, and the ring may begin anew meanwhile.
    var begin = ringBegin
    guard var waiting = measure(begin) else {
      // A gap is closed as soon as the disk takes it, also where no record comes any more.
      return gap == nil ? .nothing : beginSegment() ? .wrote : .failed
    }
    gate.held { waiters.depart(waiting.batch.last) }
    var hasFailed = false
    while true {
      if gap != nil || !writer.hasRoom(waiting.batch), !beginSegment() { return .failed }
      let records = ring.bytes(from: waiting.from, to: waiting.end)
      let error = writer.write(folder, waiting.batch, records, epoch: settings.epoch) {
        self.isRing(asOf: begin.restarts)
      }
      guard let error else { return wrote(waiting.end) }
      if error == SegmentWriter.ringMoved {
        Waiters.wake(gate.held { waiters.arrive(0) })
        begin = ringBegin
        guard let again = measure(begin) else { return .nothing }
        waiting = again
        gate.held { waiters.depart(again.batch.last) }
        continue
      }
      note(error)
      // Clear bytes go nowhere: what waits stays in the ring.
      if error == SegmentWriter.sealRefused {
        raise(.notSealed)
        return .failed
      }
      if hasFailed {
        raise(.diskFailed)
        return .failed
      }
      hasFailed = true
      // A stream's file failed: it is finished, and the segment is as good as before.
      if writer.isOpen {
        if error.number == ENOSPC || error.number == EDQUOT { _ = takeReserve() }
      } else if !beginSegment() {
        return .failed
      }
    }
  }

  private func wrote(_ end: UInt64) -> Step {
    clear(.notSealed)
    clear(.diskFailed)
    if let over = settle(writer.place, end: end) { removeState(over) }
    return .wrote
  }

  /// Whether the ring has not begun anew since: then what was read of it is what stood there.
  private func isRing(asOf seen: UInt64) -> Bool {
    atomicMemoryFence(ordering: .acquiring)
    return restarts.load(ordering: .relaxed) == seen
  }

  /// As many whole turns as a batch holds, with the most bytes that it can have on the disk. nil: nothing waits, or not
  /// there any more.
  private func measure(
    _ begin: (head: UInt64, restarts: UInt64)
  ) -> (batch: BatchHead, from: UInt64, end: UInt64)? {
    let from = begin.head
    let to = ring.tail
    var at = from
    var count: UInt32 = 0
    var whole: (BatchHead, UInt64, UInt64)?
    var first: UInt64 = 0
    var most = 0
    while at != to {
      let rest = ring.bytes(from: at, to: to)
      guard let frame = Frame.read(rest, at: 0, seed: seed) else {
        // The host has written where it must not. What was whole before goes to the disk; the rest cannot.
        if isRing(asOf: begin.restarts) { raise(.ringDamaged) }
        break
      }
      at &+= UInt64(frame.size)
      most += frame.size + (writer.layer?.growth(frame) ?? 0)
      if most > writer.batchLimit { break }
      if count == 0 { first = frame.sequence }
      count += 1
      if frame.flags & Frame.moreFlag == 0 {
        whole = (
          BatchHead(number: 0, first: first, count: count, bytes: UInt32(most)), from, at
        )
      }
    }
    return whole
  }

  /// Under `work`: a new segment, in a folder that is still ours. False: DEGRADED.
  func beginSegment() -> Bool {
    var isAgain = false
    var gap = gap
    while true {
      if let error = regain() {
        note(error)
        raise(.diskFailed)
        return false
      }
      if let first = gap, let error = closeGap(first) {
        // The ring has begun anew once more: there is another state, and this one is gone.
        gap = self.gap
        if gap != first { continue }
        note(error)
        raise(.diskFailed)
        return false
      }
      guard let error = writer.begin(folder, segmentHead(after: gap)) else { break }
      note(error)
      if !isAgain, error.number == ENOSPC || error.number == EDQUOT, takeReserve() {
        isAgain = true
        continue
      }
      raise(.diskFailed)
      return false
    }
    if let gap { endGap(gap) }
    lock.page.last = writer.place.last
    lock.page.hash = writer.place.hash
    if let error = lock.write(folder) {
      note(error)
    } else if !ringFile.path.isEmpty {
      // From here on a next process finds the ring.
      clear(.notRecorded)
    }
    tellBound()
    return true
  }

  private func segmentHead(after gap: UInt64?) -> SegmentHead {
    SegmentHead(
      format: lock.page.format, journal: id, boot: boot, number: 0,
      first: (gap ?? writer.place.last) + 1, after: 0,
      batch: 0,
      digest: settings.digest, epoch: settings.epoch, made_us: calls.wall_us(), previous: [],
      host: settings.head, seal: settings.seal?.name ?? "")
  }

  /// Whether folder and lock are still ours: a host may have closed all descriptors, another process may have the lock.
  private func regain() -> SystemError? {
    if lock.isHeld(folder) { return nil }
    switch lock.again(settings.folder, calls, newestFormat: settings.newestFormat) {
    case .folder(let again):
      folder = again
      return nil
    case .lost:
      raise(.lockLost)
      return SystemError(EBADF)
    case .failed(let error): return error
    }
  }

  // The reserve

  static var reserveName: String { "reserve" }

  /// Under `work`, when there is time.
  func makeReserve() {
    guard !hasReserve, settings.reserveBytes > 0 else { return }
    switch folder.open(Self.reserveName, .writeOrNew) {
    case .failure(let error): note(error)
    case .success(let file):
      defer { folder.close(file) }
      if let error = folder.reserve(file, bytes: Int64(settings.reserveBytes)) {
        note(error)
        _ = folder.remove(Self.reserveName)
        raise(.diskFull)
        return
      }
      hasReserve = true
      clear(.diskFull)
    }
  }

  private static var reserve_ns: Int64 { 10_000_000_000 }

  /// Under `work`, where nothing waits: a reserve that was taken is made again as soon as there is room.
  private func tendReserve() {
    guard !hasReserve, settings.reserveBytes > 0, !reasons.contains(.diskFailed) else { return }
    let now_ns = calls.now_ns()
    guard tending.reserved_ns == .min || now_ns &- tending.reserved_ns >= Self.reserve_ns else {
      return
    }
    tending.reserved_ns = now_ns
    makeReserve()
  }

  private func takeReserve() -> Bool {
    guard hasReserve else { return false }
    hasReserve = false
    tending.reserved_ns = calls.now_ns()
    raise(.diskFull)
    return folder.remove(Self.reserveName) == nil
  }

  // The thread

  /// With all signals blocked. False: the system has none.
  func startThread() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var started = pthread_t()
    let status = pthread_create(
      &started, nil,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Journal>.fromOpaque(raw).takeUnretainedValue().run()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    if status == 0 { thread = started }
    return status == 0
  }

  private func run() {
    var wrote_ns = calls.now_ns()
    while !isStopping.load(ordering: .acquiring) {
      let step = work.held { self.step() }
      if step == .wrote {
        wrote_ns = calls.now_ns()
        continue
      }
      if step == .nothing, work.held({ writer.extendAhead(folder) }) { continue }
      guard step == .nothing else {
        rest(Self.retry_ns, hasFailed: true)
        continue
      }
      // While records come the thread looks for them now and then, so that no turn pays for waking it. After a while
      // without one the next turn does, once.
      let isIdle = calls.now_ns() &- wrote_ns >= Self.rest_ns
      rest(isIdle ? Self.rest_ns : Self.pause_ns, isIdle: isIdle)
    }
  }

  /// Sleeps until something is appended and `kick` is called (or `stir`, while idle), or for so long.
  private func rest(_ most_ns: Int64, hasFailed: Bool = false, isIdle: Bool = false) {
    gate.lock()
    defer { gate.unlock() }
    // Before the look at the ring: a kick after it finds the flag, or its record is found here.
    resting.pointee.store(isIdle, ordering: .sequentiallyConsistent)
    defer { resting.pointee.store(false, ordering: .relaxed) }
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if !isStopping.load(ordering: .acquiring), hasFailed || ring.head == ring.tail {
      gate.wait(atMost_ns: most_ns)
    }
    isAsleep.store(false, ordering: .sequentiallyConsistent)
  }

  /// After the baton was given back, from any thread: the journal's thread begins with what was appended. One flag is
  /// read; a system call is made only when the thread sleeps, by the first of those that want it up.
  package func kick() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard isAsleep.load(ordering: .sequentiallyConsistent),
      isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    else { return }
    gate.lock()
    gate.wakeAll()
    gate.unlock()
  }

  /// After a turn gave the baton back, where `resting` says so. Waits for nobody: where the gate is held the thread is
  /// awake, or the next turn stirs it. A record that is appended while it lies down may wait until it looks by itself,
  /// `rest_ns` later.
  package func stir() {
    guard gate.tryLock() else { return }
    if resting.pointee.exchange(false, ordering: .relaxed) { gate.wakeAll() }
    gate.unlock()
  }

  /// Poll mode: what was recorded is durable when this returns, or `info` says why not. Any thread, without the baton.
  package func sync() {
    work.held {
      while step() == .wrote {}
    }
  }

  /// Waits for a record; 0 = all that is recorded now. `timeout_ns` below 0 = for ever.
  package func wait(
    _ sequence: UInt64, _ strength: JournalStrength, timeout_ns: Int64
  ) -> JournalWait {
    let recorded = recorded
    let wanted = sequence == 0 ? recorded : sequence
    guard wanted <= recorded else { return .never }
    // Without a ring in shared memory, what survives is what is durable.
    if strength == .recorded, !reasons.contains(.notRecorded) { return .reached }
    if durable >= wanted { return .reached }
    kick()
    let begun_ns = calls.now_ns()
    while true {
      if thread == nil { sync() }
      gate.lock()
      defer { gate.unlock() }
      if durable >= wanted { return .reached }
      if isClosed.load(ordering: .acquiring) || reasons.contains(.lockLost) { return .never }
      let left_ns = timeout_ns < 0 ? .max : timeout_ns &- (calls.now_ns() &- begun_ns)
      if left_ns <= 0 { return .timeout }
      waiters.bed(for: wanted).wait(gate, atMost_ns: min(left_ns, Self.retry_ns))
    }
  }

  // The end

  /// What is recorded is durable, or stays in the ring for the next open. No call may be under way, none may follow.
  /// `leavesFolder`: the caller closes LOCK and folder, as when an opening fails anywhere else.
  package func close(leavesFolder: Bool = false) {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    isStopping.store(true, ordering: .releasing)
    gate.held { gate.wakeAll() }
    if let thread { pthread_join(thread, nil) }
    // Nobody else appends any more: what is due is put on record here.
    work.held { tendStreams(isForced: true) }
    appendNote(monotonic_ns: calls.now_ns(), wall_us: calls.wall_us())
    work.held {
      while step() == .wrote {}
      if gap != nil { _ = beginSegment() }
      tendStreams(isForced: true)
      let isDone =
        ring.head == ring.tail && gap == nil && !reasons.contains(.lockLost) && !keepsRing
      if isDone, writer.trim(folder) == nil {
        lock.page.last = writer.place.last
        lock.page.hash = writer.place.hash
        lock.page.isClosed = true
        lookAtClock()
        if lock.write(folder) == nil { ringFile.remove() }
      }
      writer.finish(folder)
      for stream in writer.layer?.streams ?? [] { stream.finish(folder) }
      if !leavesFolder {
        lock.release(folder)
        _ = calls.close(folder.descriptor)
      }
    }
    ringFile.unmap(ring)
    Waiters.wake(gate.held { waiters.arrive(0) })
  }
}
