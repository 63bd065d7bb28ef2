// What hosts ask of the journal and of the engine's health.

import HujiaContainers
import HujiaEngine
import HujiaJournal

/// How far a journal is (`hj_journal_info`).
package struct JournalFigures {
  package enum State: Int32, Sendable { case off = 0, good, degraded }
  package var state = State.off
  package var recorded: UInt64 = 0
  package var durable: UInt64 = 0
  package var headRecord: UInt64 = 0
  package var head = [UInt8](repeating: 0, count: 32)
  package var digest = HashKind.sha256
  package var lag_ns: Int64 = 0
  package var disk_bytes: Int64 = 0
  /// Bits of `HJ_HEALTH_...`.
  package var reasons: UInt32 = 0
  package var lastError = Status.ok
  package var appendP50_ns: Int64 = 0
  package var appendP99_ns: Int64 = 0
  package var appendP999_ns: Int64 = 0
  package var appendLongest_ns: Int64 = 0
  package var rebuilt: UInt64 = 0
  /// The first record in a segment, how many went since opening, and what an archive could take.
  package var first: UInt64 = 0
  package var gone: UInt64 = 0
  package var archivable: UInt64 = 0
  package var archivable_bytes: Int64 = 0
  /// Positions that the ring had no room for.
  package var positionsLost: UInt64 = 0
  /// What keeps the oldest: `HJ_HELD_BY_...`.
  package var heldBy: Int32 = 0
}

/// What a record has survived.
package enum Strength: Int32, Sendable { case recorded = 1, durable }

extension EngineDriver {
  /// Any thread.
  package var journalFigures: JournalFigures {
    var figures = JournalFigures()
    guard let journal else { return figures }
    let info = journal.journal.info
    figures.reasons = journal.reasonsNow
    figures.state = journal.isDegraded ? .degraded : .good
    figures.recorded = info.recorded
    figures.durable = info.durable
    figures.headRecord = info.headRecord
    figures.head = info.head
    figures.digest = info.digest == .sm3 ? .sm3 : .sha256
    figures.lag_ns = info.lag_ns
    figures.first = info.first
    figures.gone = info.gone
    figures.archivable = info.archivable
    figures.archivable_bytes = info.archivable_bytes
    figures.heldBy = info.hold.rawValue
    figures.disk_bytes = info.disk_bytes
    figures.lastError = info.lastError == 0 ? .ok : .journal
    figures.appendP50_ns = journal.appendTime(500)
    figures.appendP99_ns = journal.appendTime(990)
    figures.appendP999_ns = journal.appendTime(999)
    figures.appendLongest_ns = journal.longestAppend_ns
    figures.rebuilt = journal.rebuilt
    figures.positionsLost = journal.lostPositions.load(ordering: .relaxed)
    return figures
  }

  /// See `hj_journal_wait`.
  package func wait(record: UInt64, for strength: Strength, within timeout_ns: Int64) -> Status {
    guard timeout_ns >= 0 else { return .argument }
    guard let journal else { return .journal }
    if baton.isMine { return .deadlock }
    let own = strength == .recorded ? JournalStrength.recorded : .durable
    if record == 0, journal.hasEnded { return .journal }
    // It sleeps on a condition, where a cancelled thread would end with the call counted in and the gate shut.
    let waited = Cancellation.off { journal.journal.wait(record, own, timeout_ns: timeout_ns) }
    return switch waited {
    case .reached: .ok
    case .timeout: .timeout
    case .never: .journal
    }
  }

  /// See `hj_events_ack`.
  package func acknowledge(_ sequence: UInt64) -> Status {
    var decision = Decision()
    let status = submitOwn(.acknowledge(events: sequence), into: &decision)
    if status == .ok, journal != nil {
      turnHere { _, _ in
        journal?.forget(upTo: sequence)
        hasRepeated = journal?.hasRepeated ?? false
      }
    }
    return status
  }

  // In turns

  /// Positions that wait outside commands are written down before there are too many.
  @inline(__always)
  func makeRoomForFixes() {
    recorder?.makeRoom()
    journal?.makeRoom(at: moment, monotonic_ns: moment.now_ns &+ origin_ns)
  }

  /// The first poll of all, or the first one after the engine was rebuilt: then so much time has passed as the wall
  /// clock says, and never less than none.
  func beginTime(_ wall_us: Int64) {
    if let last = resumed {
      resumed = nil
      let passed = Self.passed(
        from: last.wall_us, to: wall_us, sinceBoot_ns: 0, isOtherBoot: false)
      if passed.isUncertain { journal?.raise(EngineJournal.Reason.timeUncertain) }
      origin_ns &-= last.now_ns &+ passed.time_ns
      comesBack = journal?.passesOver ?? false
      if last.wall_us != 0 { return }
    }
    var turn = newTurn
    apply(.startWall(wall_us: wall_us), &turn)
  }

  /// Before anybody else has the engine: the descriptor rings where events wait.
  func followOutboxNow() {
    followEvents()
    if hidesEvents { hastenHidden() }
  }

  var mapChecksum: UInt64 { mapOwner.checksum }
}

extension Configuration {
  func checkJournal() throws(Failure) {
    guard journalPath != nil else {
      let isPlain =
        telemetry == .newest && eventsWhen == .recorded && ringBytes == 0 && journalBytes == 0
        && ringPath == nil && retainRecord_d == 0 && hash == .sha256 && seal == nil
        && retainPositions_h == 0 && retainWatches_d == 0 && snapshotRecords == 0
      if isPlain { return }
      throw Failure(
        .argument, field: "journal_path", "what belongs to a journal is set: give a journal_path")
    }
    if !(1...31_622_400).contains(repeat_s) {
      throw Failure(
        .limit, field: "repeat_s", "repeat_s is \(repeat_s): 1 to 31,622,400, or 0 = 600")
    }
    if snapshotRecords != 0, snapshotRecords < 1_000 {
      throw Failure(
        .limit, field: "snapshot_records",
        "snapshot_records is \(snapshotRecords): at least 1,000, or 0 = 500,000")
    }
    if ringBytes != 0, !(4 << 20...1 << 30).contains(ringBytes) {
      throw Failure(
        .limit, field: "ring_bytes", "ring_bytes is \(ringBytes): 4 MiB to 1 GiB, or 0 = 32 MiB")
    }
    if journalBytes != 0, !(256 << 20...1 << 50).contains(journalBytes) {
      throw Failure(
        .limit, field: "journal_bytes",
        "journal_bytes is \(journalBytes): at least 256 MiB, or 0 = no bound")
    }
    if retainPositions_h != .max, retainPositions_h > 876_000 {
      throw Failure(
        .limit, field: "retain_positions_h",
        "retain_positions_h is \(retainPositions_h): at most 876,000")
    }
    if retainWatches_d > 36_500 {
      throw Failure(
        .limit, field: "retain_watches_d", "retain_watches_d is \(retainWatches_d): at most 36,500")
    }
    if retainRecord_d > 36_500 {
      throw Failure(
        .limit, field: "retain_record_d", "retain_record_d is \(retainRecord_d): at most 36,500")
    }
  }
}
