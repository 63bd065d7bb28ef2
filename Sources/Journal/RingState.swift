// When the disk stands still and the ring is full: the host writes its state beside the ring, on the same file system,
// and the ring begins anew behind it. What was recorded still survives the process; only durability is behind. Once the
// disk is back, the state becomes a snapshot first, and a segment after it says which records stand in it alone.

import Glibc

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

  /// The state is whole and has its name: the records in it leave the ring.
  func restartRing(after sequence: UInt64) {
    work.held {
      guard sequence > writer.place.last else { return removeState(sequence) }
      let before = ring.state
      ring.setState(sequence)
      gapEnd = sequence
      ring.release(ring.end(of: sequence, seed: seed), durable: ring.durable)
      raise(.ringRestarted)
      if before > 0, before != sequence { removeState(before) }
    }
  }

  private func removeState(_ sequence: UInt64) {
    _ = RingFile.inside(ringFile.path, calls, none: nil) { home, name in
      home.remove(RingFile.stateName(name, sequence))
    }
  }

  /// Under `work`, before a segment that begins behind a gap: its records become durable as a snapshot.
  func closeGap(_ sequence: UInt64) -> SystemError? {
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
    gapEnd = nil
    ring.setState(0)
    removeState(sequence)
    clear(.ringRestarted)
    settle(writer.place, end: ring.head)
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
