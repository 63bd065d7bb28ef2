// Read first. Records that survive: in a ring in shared memory at once, on the disk in groups soon after, in a chain
// of hashes that nobody edits unseen. Knows sequences, kinds, bytes and files. Must never: know what a record means,
// make a system call or allocate in `append`, count as durable what was not synced, lose silently what was accepted.

import Glibc
import Synchronization

/// One journal: a folder, a ring, and a thread of its own.
///
/// `append`, `hasRoom` and `place` are the baton holder's: one thread at a time. `info`, `wait` and `kick` are any
/// thread's. `work` guards the segments; nobody takes it under the baton, and nobody at all but the journal's thread
/// while a disk may stand still: its holder waits as long as the disk does.
package final class Journal: @unchecked Sendable {
  // Immutable
  let settings: JournalSettings
  let calls: any FileCalls
  let id: JournalID
  package let boot: JournalID
  let seed: UInt32
  let ring: Ring
  let ringFile: RingFile
  /// What opening found.
  package let opening: JournalOpening
  /// The longest payload that a record can have.
  package let mostPayload: Int

  // The baton holder's
  private var next: UInt64
  private var end: UInt64

  // Under `work`
  let work = Gate()
  var folder: Folder
  var lock: FolderLock
  let writer: SegmentWriter
  var snapshots: [UInt64]
  var snapshotLengths: [UInt64: Int64] = [:]
  /// Could not be taken at opening: they count for nothing, and go when there is a new one.
  var spoiltSnapshots: [UInt64]
  var hasReserve = false

  /// A deletion on its way.
  let pending = PendingNote()
  /// What is known of records that are to go.
  let tending = RecordTending()

  // Under `telling`, which is held while it is told: of each batch that is durable, and how many bytes were
  private let telling = Gate()
  private var whenDurable: (@Sendable (UInt64, UInt64) -> Void)?

  // Under `gate`, which the journal's own thread sleeps on: the waiters, where the ring's records begin, and the newest
  // head of the chain
  let gate = Gate()
  var waiters = Waiters()
  /// The last record of a state that the segments do not reach, beside the ring or as a snapshot; the next one begins
  /// behind it.
  private var gapEnd: UInt64?
  private var settledBytes: UInt64 = 0
  /// Could not be taken at opening, as `spoiltSnapshots` was then.
  let passedOver: Set<UInt64>
  let folderStatus: FileStatus
  var head: ChainPlace
  var headDigest: JournalDigest
  var diskBytes: Int64 = 0
  var toldStock = RecordStock()

  // Any thread
  private let recordedCell: Atomic<UInt64>
  private let durableCell: Atomic<UInt64>
  /// How often the ring began anew. It is counted before room is given back: a reader of the ring that finds the count
  /// as it was has read nothing else than what stood there.
  let restarts = Atomic<UInt64>(0)
  let reasonsCell: Atomic<UInt32>
  let errorCell = Atomic<Int32>(0)
  let isAsleep = Atomic<Bool>(false)
  /// The journal's thread sleeps until something is written (`stir`). By address, so that a look costs no more.
  package let resting = UnsafeMutablePointer<Atomic<Bool>>.allocate(capacity: 1)
  /// Under the baton: something of the host's own in the area is still needed when the journal is closed, so a next
  /// open is to find the ring.
  package var keepsRing = false
  let isStopping = Atomic<Bool>(false)
  let isClosed = Atomic<Bool>(false)
  var thread: pthread_t?

  init(_ parts: JournalParts) {
    settings = parts.settings
    calls = parts.settings.calls
    id = parts.lock.page.journal
    boot = parts.boot
    seed = Frame.seed(id)
    ring = parts.ring
    ringFile = parts.ringFile
    opening = parts.opening
    mostPayload = Self.mostPayload(
      ringBytes: ring.capacity, segmentBytes: parts.settings.segmentBytes)
    next = parts.opening.last + 1
    end = ring.tail
    folder = parts.folder
    lock = parts.lock
    writer = parts.writer
    snapshots = parts.snapshots
    spoiltSnapshots = parts.spoiltSnapshots
    passedOver = Set(parts.spoiltSnapshots)
    folderStatus = parts.lock.folder
    head = parts.writer.place
    headDigest = parts.headDigest
    // Up to a state beside the ring, or to the snapshot that one became before the next segment had a batch.
    let stated = max(ring.state, parts.opening.snapshot)
    gapEnd = stated > parts.writer.place.last ? stated : nil
    recordedCell = Atomic(parts.opening.last)
    durableCell = Atomic(parts.writer.place.last)
    reasonsCell = Atomic(parts.opening.reasons.rawValue)
    resting.initialize(to: Atomic(false))
  }

  deinit {
    resting.deinitialize(count: 1)
    resting.deallocate()
  }

  static func mostPayload(ringBytes: Int, segmentBytes: Int) -> Int {
    min(Frame.mostPayload, ringBytes / 4, segmentBytes / 8) - Frame.headSize - 128
  }

  /// Memory of the host's own in the ring's file: it survives the process as the ring does. Zero-filled when new.
  package var area: UnsafeMutableRawBufferPointer { ring.area }

  /// The number that the next record gets.
  package var nextSequence: UInt64 { next }
  package var recorded: UInt64 { recordedCell.load(ordering: .acquiring) }
  package var durable: UInt64 { durableCell.load(ordering: .acquiring) }

  // Writing down

  /// Whether records of so many bytes (`JournalRecord.size`, added up) can be appended: asked before anything changes.
  package func hasRoom(_ bytes: Int, _ urgency: RoomClass) -> Bool {
    let limit = urgency == .routine ? ring.capacity / 4 * 3 : ring.capacity
    return used + bytes <= limit
  }

  /// By the holder's own end. More than there is where a strange hand has moved the ring's: then there is no room.
  private var used: Int { Int(min(end &- ring.head, UInt64(ring.capacity))) }

  /// Where the payload of the next record may be written before it is appended with `append(placed:)`. nil: no room.
  package func place(most: Int) -> UnsafeMutableRawPointer? {
    guard most >= 0, most <= mostPayload,
      used + Frame.whole(most) <= ring.capacity
    else { return nil }
    return ring.address(end) + Frame.headSize
  }

  /// Whether parts of a record can stand apart: in the format of its journal. If not they are part of the payload.
  package var keepsApart: Bool { writer.layer != nil }

  /// Appends a record whose payload was written where `place` said. `apart`: so many of its last bytes stand apart, and
  /// `place` was asked for `ApartCounts.size` more. `isLast: false`: it becomes visible with the next
  /// record, and no crash parts them; so many are a quarter of the ring at most.
  @discardableResult
  package func append(
    placed given: Int, kind: UInt16, version: UInt8 = 1, monotonic_ns: Int64, wall_us: Int64,
    isLast: Bool = true, apart: ApartCounts = .none
  ) -> UInt64 {
    let sequence = next
    var length = given
    var flags = isLast ? 0 : Frame.moreFlag
    if !apart.isEmpty {
      let place = ring.address(end) + Frame.headSize + length
      place.storeBytes(of: UInt32(apart.positions).littleEndian, as: UInt32.self)
      place.storeBytes(of: UInt32(apart.watches).littleEndian, toByteOffset: 4, as: UInt32.self)
      length += ApartCounts.size
      flags |= Frame.apartFlag
    }
    Frame.seal(
      ring.address(end), length: length, kind: kind, version: version, flags: flags,
      sequence: sequence, monotonic_ns: monotonic_ns, wall_us: wall_us, epoch: settings.epoch,
      seed: seed)
    next = sequence &+ 1
    end &+= UInt64(Frame.whole(length))
    if isLast {
      ring.publish(end)
      recordedCell.store(sequence, ordering: .releasing)
      if pending.state.load(ordering: .relaxed) == PendingNote.State.prepared {
        appendNote(monotonic_ns: monotonic_ns, wall_us: wall_us)
      }
    }
    return sequence
  }

  /// The record's sequence: it is recorded when this returns. 0: it is not, because `hasRoom` was not asked or said no,
  /// or the payload is longer than `mostPayload`. No system call, no allocation; `kick` comes after the baton was given
  /// back.
  @discardableResult
  package func append(
    kind: UInt16, version: UInt8 = 1, monotonic_ns: Int64, wall_us: Int64, isLast: Bool = true,
    _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> UInt64 {
    let length = first.count &+ second.count
    guard let to = place(most: length), kind < Frame.firstReserved else { return 0 }
    if let from = first.baseAddress { to.copyMemory(from: from, byteCount: first.count) }
    if let from = second.baseAddress {
      (to + first.count).copyMemory(from: from, byteCount: second.count)
    }
    return append(
      placed: length, kind: kind, version: version, monotonic_ns: monotonic_ns, wall_us: wall_us,
      isLast: isLast)
  }

  // What it is like

  var reasons: JournalReasons {
    JournalReasons(rawValue: reasonsCell.load(ordering: .acquiring))
  }

  func raise(_ reasons: JournalReasons) {
    _ = reasonsCell.bitwiseOr(reasons.rawValue, ordering: .acquiringAndReleasing)
  }

  func clear(_ reasons: JournalReasons) {
    _ = reasonsCell.bitwiseAnd(~reasons.rawValue, ordering: .acquiringAndReleasing)
  }

  func note(_ error: SystemError) { errorCell.store(error.number, ordering: .releasing) }

  /// Without locks and system calls: whether something is wrong, for every answer.
  package var reasonsNow: JournalReasons {
    ring.used >= ring.capacity / 2 ? reasons.union(.ringHalfFull) : reasons
  }

  package var info: JournalInfo {
    let (place, digest, disk, stock) = gate.held { (head, headDigest, diskBytes, toldStock) }
    return JournalInfo(
      recorded: recorded, durable: durable, headRecord: place.last, head: place.hash,
      digest: digest, lag_ns: lag_ns, disk_bytes: disk, used_bytes: ring.used,
      capacity_bytes: ring.capacity,
      reasons: reasonsNow, lastError: errorCell.load(ordering: .acquiring), first: stock.first,
      gone: stock.gone, archivable: stock.archivable, archivable_bytes: stock.archivable_bytes,
      hold: stock.hold)
  }

  private var lag_ns: Int64 {
    while true {
      let from = ring.head
      guard from != ring.tail else { return 0 }
      let frame = Frame.head(
        UnsafeRawBufferPointer(start: ring.address(from), count: Frame.headSize), at: 0,
        seed: seed)
      if ring.head == from {
        return frame.map { max(0, calls.now_ns() &- $0.monotonic_ns) } ?? 0
      }
    }
  }

  /// Whether so much of the ring is full that the host is to write its state beside it (`beginRingState`), soon.
  /// Any thread.
  package var mustRestart: Bool { ring.used >= ring.capacity / 8 * 7 }

  /// There is no more room to wait for a disk that may not even give what it has. Any thread.
  package var mustRestartNow: Bool { ring.used >= ring.capacity / 16 * 15 }
  /// Whether the ring has begun anew: what is read for a state then lies beside it, and no disk is asked.
  package var hasState: Bool { gap != nil }

  /// The last record of a state that the segments do not reach.
  var gap: UInt64? { gate.held { gapEnd } }
  /// Where the ring's records begin, and how often it had begun anew then. Read together: a restart between the two
  /// reads would pass records of before it as read after it.
  var ringBegin: (head: UInt64, restarts: UInt64) {
    gate.held { (ring.head, restarts.load(ordering: .relaxed)) }
  }

  /// Under `work`: these records are on the disk. Those of a state beside the ring that are among them stand in no gap
  /// any more; the state that goes then.
  func settle(_ place: ChainPlace, end: UInt64) -> UInt64? {
    let onDisk = bytesOfFiles
    gate.lock()
    let from = ring.head
    let begin = max(from, end)
    settledBytes &+= begin &- from
    let bytes = settledBytes
    var over: UInt64?
    if let gapEnd, gapEnd <= place.last {
      over = gapEnd
      self.gapEnd = nil
      ring.setState(0)
      clear(.ringRestarted)
    }
    ring.release(begin, durable: place.last)
    if head.hash != place.hash { headDigest = settings.digest }
    if toldStock.first == 0, head.last < place.last { toldStock.first = head.last + 1 }
    head = place
    diskBytes = onDisk
    durableCell.store(place.last, ordering: .releasing)
    let beds = waiters.arrive(place.last)
    gate.unlock()
    Waiters.wake(beds)
    telling.held { whenDurable?(place.last, bytes) }
    return over
  }

  /// The records before `end` stand in a state beside the ring, which has all up to `sequence`. What is not needed any
  /// more then: an older state, or this one, where the disk was faster. Waits for no disk.
  func restart(after sequence: UInt64, end: UInt64) -> UInt64? {
    gate.lock()
    defer { gate.unlock() }
    guard sequence > durableCell.load(ordering: .relaxed) else { return sequence }
    // A thread that was held up longer than another has an older state.
    if let gapEnd, gapEnd >= sequence { return gapEnd == sequence ? nil : sequence }
    let before = ring.state
    ring.setState(sequence)
    gapEnd = sequence
    restarts.add(1, ordering: .sequentiallyConsistent)
    ring.release(max(ring.head, end), durable: ring.durable)
    raise(.ringRestarted)
    return before == 0 || before == sequence ? nil : before
  }

  /// Under `work`: without a new batch.
  func tellAgain() {
    let (last, bytes) = gate.held { (head.last, settledBytes) }
    telling.held { whenDurable?(last, bytes) }
  }

  /// `tell` hears, on the journal's thread or a waiting one, of each batch that is on the disk: its last record, and
  /// how many bytes were written since opening. It must not wait. When this returns nobody is inside of the one before.
  package func tellDurable(
    _ tell: @escaping @Sendable (_ sequence: UInt64, _ bytes: UInt64) -> Void
  ) {
    telling.held { whenDurable = tell }
  }
}

/// What opening has put together.
struct JournalParts {
  var settings: JournalSettings
  var boot: JournalID
  var folder: Folder
  var lock: FolderLock
  var ring: Ring
  var ringFile: RingFile
  var writer: SegmentWriter
  var snapshots: [UInt64]
  var spoiltSnapshots: [UInt64]
  var headDigest: JournalDigest
  var opening: JournalOpening
}
