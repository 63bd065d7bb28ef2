// When the disk stands still and the ring is full: the host writes its state beside the ring, on the same file system,
// and the ring begins anew behind it. What was recorded still survives the process; only durability is behind. Once the
// disk is back, the state becomes a snapshot first, and a segment after it says which records stand in it alone.

import Glibc
import Synchronization

extension Journal {
  /// Begins such a state, which has every record up to `sequence`. `finish` waits for no disk. Not when the ring is
  /// memory of this process alone: there is nothing that would survive.
  package func beginRingState(_ sequence: UInt64) throws(JournalProblem) -> SnapshotWriter {
    guard sequence > durable, sequence <= recorded else {
      throw JournalProblem(.argument, "record \(sequence) is durable, or was never recorded")
    }
    guard let (path, name) = RingFile.split(ringFile.path) else {
      throw JournalProblem(.argument, "the ring is not in shared memory")
    }
    let descriptor = calls.openFolder(path)
    guard descriptor >= 0 else { throw .system("open \(path)", SystemError(-descriptor)) }
    let home = Folder(calls: calls, descriptor: descriptor)
    do throws(JournalProblem) {
      return try SnapshotWriter(
        self, home,
        SnapshotHead(
          format: format, journal: id, sequence: sequence, chain: ChainDigest.zero,
          digest: settings.digest,
          made_us: calls.wall_us(), seal: settings.seal?.name ?? ""),
        name: RingFile.stateName(name, sequence), isBesideRing: true)
    } catch {
      home.close(descriptor)
      throw error
    }
  }

  /// The state is whole and has its name: the records in it leave the ring. One thread at a time; the journal's own may
  /// stand still in any call of the system meanwhile.
  func restartRing(after sequence: UInt64) {
    var end: UInt64
    var from: UInt64
    repeat {
      from = ring.head
      end = ring.end(of: sequence, seed: seed)
      atomicMemoryFence(ordering: .acquiring)
    } while ring.head != from
    if let over = restart(after: sequence, end: end) { removeState(over) }
    kick()
  }

  func removeState(_ sequence: UInt64) {
    _ = RingFile.inside(ringFile.path, calls, none: nil) { home, name in
      home.remove(RingFile.stateName(name, sequence))
    }
  }

  /// Under `work`, before a segment that begins behind a gap: its records become durable as a snapshot.
  func closeGap(_ sequence: UInt64) -> SystemError? {
    // A process that died behind the rename has done it; opening has read that snapshot.
    if snapshots.contains(sequence) { return folder.syncFolder() }
    let final = SnapshotHead.name(sequence)
    let none: Result<Void, SystemError>? = nil
    let copied = RingFile.inside(ringFile.path, calls, none: none) { home, name in
      let fresh = final + ".new"
      _ = folder.remove(fresh)
      do throws(JournalProblem) {
        try Self.copy(RingFile.stateName(name, sequence), as: fresh, bytes: .max, home, folder)
      } catch {
        _ = folder.remove(fresh)
        return .failure(SystemError(error.errno == 0 ? EIO : error.errno))
      }
      let error = folder.rename(fresh, final) ?? folder.syncFolder()
      return error.map { .failure($0) } ?? .success(())
    }
    switch copied {
    case nil: return SystemError(ENOENT)
    case .failure(let error): return error
    case .success:
      if !snapshots.contains(sequence) { snapshots.append(sequence) }
      return nil
    }
  }

  /// Under `work`: the segment behind the gap is there.
  func endGap(_ sequence: UInt64) {
    let lastOnChain = durable
    // A deletion whose record is in the gap is on no chain.
    if pending.state.load(ordering: .acquiring) == PendingNote.State.recorded,
      pending.record.load(ordering: .acquiring) <= sequence
    {
      pending.state.store(PendingNote.State.prepared, ordering: .releasing)
    }
    // What an earlier process noted there is prepared anew when it is due.
    pending.inherited.removeAll { $0.record <= sequence && $0.record > lastOnChain }
    // Nothing, where the ring has begun anew once more: then there is another gap.
    if let over = settle(writer.place, end: 0) { removeState(over) }
  }

  // Read for a state

  /// Gives a state, and each record behind it up to the last of the ring: as `readBack`, and on from there through the
  /// ring. Beside a ring that began anew no disk is asked. Returns the last record. Any thread but the baton's holder
  /// and the journal's own. Throws `.argument` where the disk took records out of the ring meanwhile: then it is alive.
  package func readRecorded(
    snapshot: (UnsafeRawBufferPointer) -> Bool, record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> UInt64 {
    let known: UInt64
    if let gap {
      known = gap
      let bytes = try stateBytes(gap)
      guard bytes.withUnsafeBytes({ snapshot($0) }) else {
        throw JournalProblem(.refused, "the state beside the ring was not taken")
      }
    } else {
      known = try readBack(snapshot: snapshot, record: record)
    }
    return try readRing(after: known, record)
  }

  private func stateBytes(_ sequence: UInt64) throws(JournalProblem) -> [UInt8] {
    let opener = FrameOpener.make(settings.seal, id)
    let none: Result<[UInt8], JournalProblem>? = nil
    let read = RingFile.inside(ringFile.path, calls, none: none) { home, name in
      do throws(JournalProblem) {
        let file = RingFile.stateName(name, sequence)
        return .success(try SnapshotFile.read(home, file, journal: id, .opened(opener)).bytes)
      } catch {
        return .failure(error)
      }
    }
    guard let bytes = try read?.get() else {
      throw JournalProblem(.system, "the folder of the ring cannot be opened")
    }
    return bytes
  }

  private func readRing(
    after known: UInt64, _ record: (borrowing JournalRecord) -> Bool
  ) throws(JournalProblem) -> UInt64 {
    let moved = JournalProblem(.argument, "the disk takes records out of the ring")
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Frame.whole(mostPayload) + Frame.headSize, alignment: 64)
    defer { room.deallocate() }
    var place = ring.head
    let end = ring.tail
    var last = known
    while place != end {
      let size = copyFrame(place, end, into: room)
      // Only what lies before the ring's beginning is ever written over.
      atomicMemoryFence(ordering: .acquiring)
      guard ring.head <= place else { throw moved }
      let raw = UnsafeRawBufferPointer(rebasing: room[..<size])
      guard let frame = Frame.read(raw, at: 0, seed: seed), Frame.isRecord(frame.kind) else {
        throw JournalProblem(.damaged, "record \(last + 1) in the ring is damaged")
      }
      place &+= UInt64(frame.size)
      guard frame.sequence > last else { continue }
      guard frame.sequence == last + 1 else { throw moved }
      last = frame.sequence
      if let own = frame.ringRecord(Frame.payload(raw, at: 0, frame), boot: boot), !record(own) {
        throw JournalProblem(.refused, "a record of the ring was not taken")
      }
    }
    return last
  }

  /// How many bytes; 0 = it is none.
  private func copyFrame(
    _ place: UInt64, _ end: UInt64, into room: UnsafeMutableRawBufferPointer
  ) -> Int {
    let rest = ring.bytes(from: place, to: end)
    guard let frame = Frame.head(rest, at: 0, seed: seed), let from = rest.baseAddress,
      frame.size <= min(rest.count, room.count)
    else { return 0 }
    room.copyMemory(from: UnsafeRawBufferPointer(start: from, count: frame.size))
    return frame.size
  }
}

extension Recovery {
  /// The state beside the ring, when it has more than the newest snapshot.
  mutating func takeState(
    _ path: String, journal: JournalID, _ take: (UnsafeRawBufferPointer) -> Bool
  ) throws(JournalProblem) -> Bool {
    guard let ring, ring.state > catalogue.snapshots.last ?? 0 else { return false }
    let sequence = ring.state
    let none: Result<[UInt8], JournalProblem>? = nil
    let read = RingFile.inside(path, folder.calls, none: none) { home, name in
      do throws(JournalProblem) {
        let file = RingFile.stateName(name, sequence)
        return .success(try SnapshotFile.read(home, file, journal: journal, .opened(opener)).bytes)
      } catch {
        return .failure(error)
      }
    }
    guard let bytes = try read?.get() else {
      throw JournalProblem(.incomplete, "the state beside the ring is gone: \(path)")
    }
    guard bytes.withUnsafeBytes({ take($0) }) else {
      throw JournalProblem(.refused, "the state beside the ring was not taken")
    }
    opening.snapshot = sequence
    opening.reasons.insert(.ringRestarted)
    return true
  }
}
