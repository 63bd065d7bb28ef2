// What a journal is opened with, and what it says of itself. Must never: know what a record means.

/// 128 bits that name a journal, a boot or nothing (zero).
package struct JournalID: Hashable, BitwiseCopyable, Sendable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package static let none = JournalID(high: 0, low: 0)

  /// 32 hexadecimal digits.
  package var text: String { Self.hex(high) + Self.hex(low) }

  static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The hash over batches. The segment's head names it.
package enum JournalDigest: UInt32, Sendable {
  case sha256 = 1
  case sm3 = 2

  package var name: String { self == .sha256 ? "SHA-256" : "SM3" }
}

package struct JournalSettings: Sendable {
  /// Made when it is not there (its parent is). Mode 0700.
  package var folder: String
  /// A file on a tmpfs. nil: `/dev/shm/hujia-UID-JOURNALID`.
  package var ringPath: String?
  /// Room for records that are not durable yet, rounded up to a power of two, at least 64 KiB.
  package var ringBytes = 32 << 20
  /// Memory of the host's own in the ring's file (`Journal.area`): it lives as long as the ring, and is no smaller than
  /// it was in one that is taken over.
  package var areaBytes = 0
  package static var mostAreaBytes: Int { 1 << 34 }
  /// Longer than any clock runs.
  package static var forEver_s: Int64 { 10_000_000_000 }
  /// From 64 KiB to 1 GiB. A segment is reserved whole when it is begun.
  package var segmentBytes = 64 << 20
  /// Bound of segments and snapshots together; 0 = none. Retention wins over it (DEGRADED, `overBound`).
  package var journalBytes: Int64 = 0
  /// A segment stays this long after its last record, however many snapshots cover it.
  package var retention_s: Int64 = 0
  /// So many of the newest snapshots are passed over, as if they were damaged: the host could not take them.
  package var passedSnapshots = 0
  /// Kept aside for a full disk.
  package var reserveBytes = 64 << 20
  /// Of the segments that are begun from now on; those that are there keep theirs, and the chain goes on through both.
  package var digest = JournalDigest.sha256
  /// What stands apart goes so long after it was taken in, by stream.
  package var retain_s: [Int64] = [Self.always_s, Self.always_s]
  package static var always_s: Int64 { 10_000_000_000 }
  /// A reader without a key: what is sealed is proved and not given.
  var isBlind = false
  /// Seals what is written and opens what is read; nil: all is clear.
  package var seal: (any JournalSeal)?
  /// The host's own, in each segment's head: its configuration, the checksum of its map. At most 64 KiB.
  package var head: [UInt8] = []
  /// Epoch of the primary; in every record.
  package var epoch: UInt32 = 1
  /// nil: the system's.
  package var bootID: JournalID?
  /// False: no thread. `Journal.sync` does its work on the caller's (HJ_RUN_POLL).
  package var hasThread = true
  /// After each batch that became durable, or could not: on the thread that wrote it, and no lock is held that `append`
  /// or `info` takes.
  package var onProgress: (@Sendable (Journal) -> Void)?
  /// Tests speak for a version that has one more.
  package var newestFormat = JournalFormat.newest
  /// So long an opening waits for any single call of its disk; nil: as long as that takes.
  package var diskWait_ns: Int64?
  /// Every system call; tests bring their own.
  package var calls: any FileCalls = SystemFiles()

  package init(folder: String) { self.folder = folder }

  /// A stream's file begins anew after so long: what goes, goes by whole files. An hour of three days.
  func rotation_s(_ stream: JournalStream) -> Int64 {
    min(max(retain_s[stream.rawValue] / 72, 60), Self.longestRotation_s)
  }
  static var longestRotation_s: Int64 { 86_400 }

  /// And so does a segment, where records go in time.
  var rotation_s: Int64 { min(max(retention_s / 72, 60), Self.longestRotation_s) }
}

package enum JournalStrength: Int32, Sendable {
  /// Survives the death of the process.
  case recorded = 1
  /// Survives a power cut.
  case durable = 2
}

package enum JournalWait: Sendable, Equatable {
  case reached
  case timeout
  /// Never will: there is no such record, or the journal is closed, or another process has it.
  case never
}

/// Which part of the ring a record may use.
package enum RoomClass: Sendable {
  /// Routine and preventive reports, plans, telemetry: three quarters.
  case routine
  /// Emergency and urgent reports, states, acts of people, deadlines: all.
  case rest
}

/// Why a journal is not as good as it could be.
package struct JournalReasons: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// No ring in shared memory: what is not durable dies with the process.
  package static let notRecorded = JournalReasons(rawValue: 1)
  /// The ring of this boot is gone or another's: what was recorded and not durable is lost.
  package static let ringLost = JournalReasons(rawValue: 2)
  package static let ringHalfFull = JournalReasons(rawValue: 4)
  /// Writing failed, and so did a new segment: nothing becomes durable.
  package static let diskFailed = JournalReasons(rawValue: 8)
  /// The reserve is in use.
  package static let diskFull = JournalReasons(rawValue: 16)
  /// The lock was lost: another process may write. Nothing is written any more.
  package static let lockLost = JournalReasons(rawValue: 32)
  package static let overBound = JournalReasons(rawValue: 64)
  /// The newest snapshot could not be used; an older one was.
  package static let snapshotDamaged = JournalReasons(rawValue: 128)
  /// Told once, not degraded: the end of the last segment was cut off by a crash, before it was durable.
  package static let tornTail = JournalReasons(rawValue: 256)
  /// A record in the ring was damaged: it and the later ones are lost.
  package static let ringDamaged = JournalReasons(rawValue: 512)
  /// The ring began anew over a state in its own file system: recorded holds, durable is behind.
  package static let ringRestarted = JournalReasons(rawValue: 1_024)
  /// The host's seal failed: nothing becomes durable.
  package static let notSealed = JournalReasons(rawValue: 2_048)
  /// What stands apart is older than it may become, and no snapshot has what was made of it.
  package static let keptTooLong = JournalReasons(rawValue: 4_096)
  /// Something that stands apart is missing or damaged, and no deletion says so.
  package static let streamsLost = JournalReasons(rawValue: 8_192)

  /// Told, not degraded: records went since opening, because they were as old as retention says.
  package static let recordsWent = JournalReasons(rawValue: 16_384)
  /// By the wall clock something is old, and less time has passed as far as anybody knows: it waits.
  package static let timeUncertain = JournalReasons(rawValue: 65_536)

  /// Bits: nothing more becomes durable, as far as anybody knows.
  package static var withoutDisk: UInt32 {
    diskFailed.rawValue | lockLost.rawValue | ringRestarted.rawValue
  }
  /// Told, and nothing is in doubt.
  package static let harmless: JournalReasons = [.tornTail, .recordsWent]
  /// Those that make the state DEGRADED.
  package static let degrading = JournalReasons(rawValue: ~harmless.rawValue)
}

/// A moment's view, from any thread.
package struct JournalInfo: Sendable {
  package var recorded: UInt64
  package var durable: UInt64
  /// The newest batch's last record, and the hash of the chain up to it.
  package var headRecord: UInt64
  package var head: [UInt8]
  /// With which that hash was made.
  package var digest: JournalDigest
  /// Age of the oldest record that is not durable; 0 when there is none.
  package var lag_ns: Int64
  package var disk_bytes: Int64
  /// Of the ring.
  package var used_bytes: Int
  package var capacity_bytes: Int
  package var reasons: JournalReasons
  /// The number of the last error of the system; 0 = none since it was opened.
  package var lastError: Int32
  /// The first record that stands in a segment; 0 = none does.
  package var first: UInt64
  /// How many went since opening: by retention.
  package var gone: UInt64
  /// Sealed segments up to this record could go into an archive, and how many bytes those have.
  package var archivable: UInt64
  package var archivable_bytes: Int64
  /// What keeps the oldest sealed segment.
  package var hold: JournalHold
  package var isDegraded: Bool { !reasons.isDisjoint(with: .degrading) }
}

/// What opening found.
package struct JournalOpening: Sendable {
  /// Of the snapshot that was given; 0 = none.
  package var snapshot: UInt64 = 0
  /// Records given from segments and from the ring.
  package var fromSegments: UInt64 = 0
  package var fromRing: UInt64 = 0
  /// The last record of all; 0 = a new journal.
  package var last: UInt64 = 0
  /// Cut off at the end of a segment: its name, where, and how many bytes.
  package var tornSegment: String?
  package var tornOffset: Int64 = 0
  package var torn_bytes: Int64 = 0
  /// Records may be missing at the end: those that were not durable when a process ended, and its ring is gone.
  package var mayLackEnd = false
  /// Whether the last process closed the journal.
  package var wasClosed = true
  package var reasons: JournalReasons = []
}
