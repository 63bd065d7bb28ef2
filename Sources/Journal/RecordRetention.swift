// Records go in time as well: whole segments from the front, once two snapshots have them and they are as old as
// retention says, whether records come or not. Retention wins over the bound on the disk's use. Must never: let a
// segment go that an opening would need, or that is younger.

import Glibc
import Synchronization

/// What keeps the oldest sealed segment where it is.
package enum JournalHold: Int32, Sendable {
  /// There is none, or it goes with the next look.
  case nothing = 0
  /// It is younger than retention says.
  case retention = 1
  /// It is old enough, and two snapshots do not have it yet.
  case snapshot = 2
}

/// Which records segments have, and which of them could go elsewhere.
struct RecordStock: Equatable {
  /// The first that stands in a segment; 0 = none does.
  var first: UInt64 = 0
  /// Went since opening.
  var gone: UInt64 = 0
  /// Up to here two snapshots have what sealed segments hold: `Journal.archive` moves those. 0 = none.
  var archivable: UInt64 = 0
  var archivable_bytes: Int64 = 0
  var hold = JournalHold.nothing
}

/// Under `work`, but for what is atomic.
final class RecordTending {
  var looked_ns = Int64.min
  var stock = RecordStock()
  var isLate = false
  /// Something is old by the wall clock alone.
  var isDoubted = false
  /// When LOCK got the clock of retention.
  var clockKept_ns: Int64 = 0
  /// When the reserve was taken, or last tried for.
  var reserved_ns = Int64.min
  /// Something is old enough and waits for snapshots. Any thread.
  let wantsSnapshot = Atomic<Bool>(false)
}

extension Journal {
  /// Between two looks at what is due.
  private static var look_ns: Int64 { 1_000_000_000 }
  /// So many segments go in one look: each is removed and its folder synced, and the next batch waits for that.
  private static var mostAtOnce: Int { 8 }

  /// Whether something is old enough to go and waits for a snapshot, or for two. Any thread.
  package var wantsSnapshot: Bool { tending.wantsSnapshot.load(ordering: .acquiring) }

  var hasRetention: Bool {
    settings.retention_s > 0 && settings.retention_s < JournalSettings.forEver_s
  }

  /// Under `work`, behind each step.
  func tendRecords() {
    guard hasRetention || settings.journalBytes > 0 else { return }
    let now_ns = calls.now_ns()
    guard tending.looked_ns == .min || now_ns &- tending.looked_ns >= Self.look_ns else { return }
    tending.looked_ns = now_ns
    turnOld()
    prune()
    // Its hearer makes what is wanted.
    if wantsSnapshot || tending.isLate { tellAgain() }
  }

  /// A segment that is written to cannot go: it is finished in its time. What it had reserved is given back.
  private func turnOld() {
    guard hasRetention, writer.isOpen, let begun_ns = writer.begun_ns,
      calls.now_ns() &- begun_ns >= settings.rotation_s &* 1_000_000_000
    else { return }
    if let error = writer.trim(folder) {
      note(error)
      writer.finish(folder)
    }
    _ = beginSegment()
  }

  private func isYoung(_ wall_us: Int64, _ now_us: Int64) -> Bool {
    settings.retention_s > 0 && wall_us > now_us &- settings.retention_s &* 1_000_000
  }

  /// Until when the oldest segment was written to. One that is of later than now was dated by a clock that was wrong:
  /// what came behind it says how old it is at least.
  private func ended_us(_ now_us: Int64) -> Int64 {
    writer.written.first { $0.wall_us <= now_us }?.wall_us ?? now_us
  }

  /// Under `work`. What is old enough and in two snapshots goes.
  func prune() {
    let now_us = lookAtClock()
    let clock = lock.page.clock
    var hold = JournalHold.nothing
    var isDoubted = false
    var count = 0
    while let first = writer.written.first, writer.written.count > 1 {
      let ended_us = ended_us(now_us)
      if isYoung(ended_us, now_us) {
        hold = .retention
        isDoubted = clock.isDoubted && !isYoung(ended_us, now_us &+ clock.lead_us)
        break
      }
      if first.last > covered {
        hold = .snapshot
        break
      }
      guard count < Self.mostAtOnce else {
        tending.looked_ns = .min
        break
      }
      // One after the other on the disk as well: a power cut that kept an older one and lost a newer would leave a gap.
      if let error = folder.remove(SegmentHead.name(first.number)) ?? folder.syncFolder(),
        error.number != ENOENT
      {
        note(error)
        break
      }
      writer.forget(first.number)
      count += 1
      if first.last >= first.first { tending.stock.gone += first.last - first.first + 1 }
    }
    if count > 0 { raise(.recordsWent) }
    tending.isDoubted = isDoubted
    tellDoubt()
    take(stock: hold, now_us)
  }

  /// Under `work`: what is told of it.
  private func take(stock hold: JournalHold, _ now_us: Int64) {
    tending.stock.hold = hold
    let isOver = isOverBound(writer.written)
    if isOver { raise(.overBound) } else { clear(.overBound) }
    tending.wantsSnapshot.store(hold == .snapshot && (hasRetention || isOver), ordering: .releasing)
    let oldest_us = writer.written.isEmpty ? .max : ended_us(now_us)
    tending.isLate =
      hold == .snapshot && hasRetention
      && oldest_us < now_us &- (settings.retention_s &+ settings.rotation_s) &* 1_000_000
    tellLate()
    tellStock()
  }

  /// Under `work`: something is older than it may become, and waits for a snapshot.
  func tellLate() {
    if tending.isLate || pending.isLate { raise(.keptTooLong) } else { clear(.keptTooLong) }
  }

  /// Under `work`, at each new segment: whether the folder has outgrown its bound.
  func tellBound() {
    if isOverBound(writer.written) {
      raise(.overBound)
      // What may go does so with the next look.
      if !reasons.contains(.diskFailed) { tending.looked_ns = .min }
    } else {
      clear(.overBound)
    }
    tellStock()
  }

  private func tellStock() {
    var stock = tending.stock
    let segments = writer.written
    stock.first = segments.first { $0.last >= $0.first }?.first ?? 0
    stock.archivable = 0
    stock.archivable_bytes = 0
    for segment in segments.dropLast() where segment.last <= covered {
      stock.archivable = segment.last
      stock.archivable_bytes += segment.bytes
    }
    let bytes = bytesOfFiles
    tending.stock = stock
    gate.held {
      diskBytes = bytes
      toldStock = stock
    }
  }

  private func isOverBound(_ segments: [SegmentFacts]) -> Bool {
    guard settings.journalBytes > 0 else { return false }
    return bytesOfFiles > settings.journalBytes
  }
}
