// The journal and the engine's health, as the C header says them.

import HujiaDriver

/// How far the journal is.
public struct JournalStatus: Sendable {
  /// No journal was asked for.
  public let isOff: Bool
  public let isDegraded: Bool
  /// The newest record; 0 = none.
  public let recorded: UInt64
  /// All up to this one survive a power cut.
  public let durable: UInt64
  /// The last record of the newest hash, that hash, and with which it was made.
  public let headRecord: UInt64
  public let head: [UInt8]
  public let digest: JournalDigest
  /// Age of the oldest record that is not durable; 0 = there is none.
  public let lag_ns: Int64
  public let disk_bytes: Int64
  public let reasons: Health
  /// Records that opening applied.
  public let rebuilt: UInt64
  /// The first that stands in a segment; 0 = none does.
  public let firstRecord: UInt64
  /// Records that went since opening: as old as retention says, and in two snapshots.
  public let gone: UInt64
  /// `hujia journal archive` could move the segments up to this record, which have so many bytes; 0 = none.
  public let archivable: UInt64
  public let archivable_bytes: Int64
  /// Positions that were to be on record and that the ring had no room for, since opening.
  public let positionsLost: UInt64
  /// What keeps the oldest segment that is written to no more.
  public let heldBy: JournalHold
}

/// What keeps records on the disk.
public enum JournalHold: Int32, Sendable {
  /// No segment is finished, or the oldest goes with the next look.
  case nothing = 0
  /// It is younger than retention says.
  case retention = 1
  /// It is old enough, and two snapshots do not have it yet.
  case snapshot = 2
}

extension Engine {
  public func journalStatus() throws(HujiaError) -> JournalStatus {
    try with { driver in
      let figures = driver.journalFigures
      return .success(
        JournalStatus(
          isOff: figures.state == .off, isDegraded: figures.state == .degraded,
          recorded: figures.recorded, durable: figures.durable, headRecord: figures.headRecord,
          head: figures.head, digest: figures.digest == .sm3 ? .sm3 : .sha256,
          lag_ns: figures.lag_ns, disk_bytes: figures.disk_bytes,
          reasons: Health(rawValue: figures.reasons), rebuilt: figures.rebuilt,
          firstRecord: figures.first, gone: figures.gone, archivable: figures.archivable,
          archivable_bytes: figures.archivable_bytes, positionsLost: figures.positionsLost,
          heldBy: JournalHold(rawValue: figures.heldBy) ?? .nothing))
    }
  }

  /// Waits until a record (of a dispatch or an event; nil = all that is recorded now) survives a power cut. False: the
  /// time was up first. Throws `.journal` where it never will. Blocks its thread.
  public func waitUntilDurable(
    _ record: UInt64? = nil, timeout_ns: Int64
  ) throws(HujiaError) -> Bool {
    try with { driver in
      let status = driver.wait(record: record ?? 0, for: .durable, within: timeout_ns)
      return status.isError ? .failure(HujiaError(status)) : .success(status == .ok)
    }
  }

  /// How the engine works, and what is wrong with it; `manual` is said also while something is.
  public func health() throws(HujiaError) -> (mode: EngineMode, reasons: Health) {
    try with { driver in
      let health = driver.health
      return .success(
        (EngineMode(rawValue: health.mode) ?? .normal, Health(rawValue: health.reasons)))
    }
  }

  /// `manual`: the engine sends nobody by itself and tells what it would do, until a person says `normal`. It is on
  /// record, and holds when the engine is opened again. False: it already was so. Throws `.argument` for `degraded`,
  /// which the engine tells by itself.
  @discardableResult
  public func set(mode: EngineMode, by person: Person? = nil) throws(HujiaError) -> Bool {
    try with { driver in
      let status = driver.set(mode: mode.rawValue, act: Act(person))
      return status.isError ? .failure(HujiaError(status)) : .success(status == .ok)
    }
  }

  /// All events up to this number were handled: after a crash they do not come again. False: they were before.
  @discardableResult
  public func acknowledge(events sequence: UInt64) throws(HujiaError) -> Bool {
    try with { driver in
      let status = driver.acknowledge(sequence)
      return status.isError ? .failure(HujiaError(status)) : .success(status == .ok)
    }
  }
}
