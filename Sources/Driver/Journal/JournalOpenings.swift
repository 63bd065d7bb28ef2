// How the engines of a journal were set up: what one must be that follows it. The records say it; so a journal is read
// for it once, before an engine is made.

import HujiaContainers
import HujiaEngine
import HujiaJournal

/// The openings that a journal tells of.
package struct JournalOpenings {
  package struct Opening {
    package var record: UInt64
    package var wall_us: Int64
    package var mode: RunMode
    /// Checksum of the map; 0 = none.
    package var map: UInt64
    package var plans: TextMark
    package var telemetry: Telemetry?
    /// Of the segment that it stands in; nil: it stands in the ring alone.
    package var digest: JournalDigest?
    /// Tables, by field of the config.
    package var tables: [(field: String, count: UInt32)]
  }

  package private(set) var all: [Opening] = []
  private var configuration: Configuration?

  package init() {}

  /// False: it is an opening, and cannot be read.
  package mutating func note(_ record: borrowing JournalRecord) -> Bool {
    guard record.kind == RecordKind.opened else { return true }
    guard record.version <= RecordKind.version, let opened = OpenedRecord(record.payload) else {
      return false
    }
    all.append(Self.opening(opened, record))
    merge(opened.configuration)
    return true
  }

  /// What a snapshot says, of an opening whose record may be gone. False: it cannot be read.
  package mutating func note(snapshot bytes: UnsafeRawBufferPointer) -> Bool {
    var coder = StateCoder(reading: bytes)
    guard let state = EngineState(reading: &coder) else { return false }
    merge(state.opened.configuration)
    return true
  }

  private mutating func merge(_ opened: Configuration) {
    var merged = opened
    if let before = configuration {
      merged.maxUnits = max(merged.maxUnits, before.maxUnits)
      merged.maxIncidents = max(merged.maxIncidents, before.maxIncidents)
      merged.maxAssignments = max(merged.maxAssignments, before.maxAssignments)
      merged.maxWatches = max(merged.maxWatches, before.maxWatches)
      merged.eventCapacity = max(merged.eventCapacity, before.eventCapacity)
      merged.keyCapacity = UInt32(
        clamping: max(opened.limits.keys, before.limits.keys))
    }
    configuration = merged
  }

  /// An engine in poll mode with tables that hold what each of them held.
  func configuration(map: String?) -> Configuration {
    var made = configuration ?? Configuration()
    made.runMode = .poll
    made.mapPath = map
    made.mapMemory = .shared
    return made
  }

  package static func opening(_ record: borrowing JournalRecord) -> Opening? {
    guard record.kind == RecordKind.opened else { return nil }
    guard let opened = OpenedRecord(record.payload) else { return nil }
    return opening(opened, record)
  }

  private static func opening(
    _ opened: OpenedRecord, _ record: borrowing JournalRecord
  ) -> Opening {
    Opening(
      record: record.sequence, wall_us: record.wall_us, mode: opened.mode, map: opened.map,
      plans: opened.plans, telemetry: opened.telemetry, digest: record.digest,
      tables: opened.tables)
  }
}
