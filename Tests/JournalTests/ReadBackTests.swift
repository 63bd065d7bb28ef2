// What is on the disk is read back while the journal goes on; snapshots that the host could not take are passed over;
// a folder that outgrows its bound says so, whether there are snapshots or not.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct ReadBackTests {
  /// A random life: records, syncs, snapshots. Whenever it is asked, all that is durable comes back, and nothing else.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func allThatIsDurable(seed: UInt64) throws {
    let bench = JournalBench()
    bench.open()
    let journal = try #require(bench.journal)
    var random = SplitMix64(seed)
    var (asked, ahead) = (0, 0)
    for _ in 0..<600 {
      for _ in 0..<random.below(12) { bench.append() }
      if random.below(3) == 0 { bench.sync() }
      if random.below(40) == 0 { try bench.snapshot() }
      guard random.below(6) == 0 else { continue }
      let durable = journal.durable
      if journal.recorded > durable { ahead += 1 }
      var found = HostState()
      let last = try journal.readBack(
        snapshot: {
          found = HostState($0); return true
        },
        record: {
          found.payloads.append(Array($0.payload)); return true
        })
      check(last, equals: durable)
      check(found.payloads.count, equals: Int(durable))
      #expect(found.payloads[...] == bench.twin.payloads.prefix(Int(durable)))
      asked += 1
    }
    check(asked, above: 50)
    check(ahead, above: 20, "records that are not durable were there as well")
    check(bench.killAndReopen() == nil, "reading back changed something")
  }

  @Test func aReaderThatSaysNo() throws {
    let bench = JournalBench()
    bench.open()
    let journal = try #require(bench.journal)
    check(try journal.readBack(snapshot: { _ in true }, record: { _ in true }), equals: 0)
    for _ in 0..<50 { bench.append() }
    bench.sync()
    #expect(throws: JournalProblem.self) {
      try journal.readBack(snapshot: { _ in true }, record: { $0.sequence < 20 })
    }
    check(try journal.readBack(snapshot: { _ in true }, record: { _ in true }), equals: 50)
  }

  /// The newest snapshots do not count: the older one does, or all records do, and that is told.
  @Test func passedSnapshots() throws {
    let bench = JournalBench()
    bench.settings.retention_s = 1_000_000
    bench.open()
    for _ in 0..<2 {
      for _ in 0..<40 { bench.append() }
      bench.sync()
      try bench.snapshot()
    }
    for (passed, snapshot) in [(0, 80), (1, 40), (2, 0)] {
      bench.close()
      bench.settings.passedSnapshots = passed
      bench.open()
      check(bench.problem == nil, "\(String(describing: bench.problem))")
      let journal = try #require(bench.journal)
      check(journal.opening.snapshot, equals: UInt64(snapshot))
      check(
        journal.info.reasons.contains(.snapshotDamaged), equals: passed > 0,
        "passing \(passed) is told")
      #expect(bench.found == bench.twin)
    }
  }

  /// Without a snapshot nothing may go, so the folder outgrows its bound, and says so with the segment that does it.
  @Test func theBoundIsTold() throws {
    let bench = JournalBench()
    bench.settings.journalBytes = 150_000
    bench.open()
    let journal = try #require(bench.journal)
    check(!journal.info.reasons.contains(.overBound))
    while journal.info.disk_bytes < 400_000 {
      bench.append()
      bench.sync()
    }
    check(journal.info.reasons.contains(.overBound), "no snapshot, and it is told")
    for _ in 0..<2 {
      bench.append()
      bench.sync()
      try bench.snapshot()
    }
    let snapshots = 2 * Int64(bench.twin.bytes.count + 1_000)
    check(journal.info.disk_bytes, atMost: snapshots + 100_000, "what two snapshots have goes")
    check(bench.killAndReopen() == nil)
  }

  /// Records that go to the disk behind a reader's look at the segments, and before its look at the ring.
  @Test func recordsThatMoveMeanwhile() throws {
    for known in [0, 20] {
      let bench = JournalBench()
      bench.open()
      for _ in 0..<known { bench.append() }
      bench.sync()
      for _ in 0..<30 { bench.append() }
      var folders = 0
      bench.disk.around = { name, isOver in
        guard name == "openFolder", !isOver else { return }
        folders += 1
        // The first is the journal's, the second the ring's.
        if folders == 2 { bench.journal?.sync() }
      }
      var given: [UInt64] = []
      let report = Journal.read("/disk/journal", calls: bench.disk) {
        given.append($0.sequence)
        return true
      }
      bench.disk.around = nil
      check(folders, atLeast: 2)
      check(report.problem == nil, report.problem?.text ?? "")
      check(given, equals: Array(1...UInt64(known + 30)))
      bench.close()
    }
  }

  @Test func whatIsDurableIsTold() throws {
    let bench = JournalBench()
    bench.open()
    let journal = try #require(bench.journal)
    let told = Told()
    journal.tellDurable { told.note($0, $1) }
    for round in 1...5 as ClosedRange<UInt64> {
      bench.append()
      check(told.sequence, equals: round - 1, "recorded is not durable")
      bench.sync()
      check(told.sequence, equals: round)
    }
    check(told.bytes, above: 5 * 48)
    journal.tellDurable { _, _ in }
    bench.append()
    bench.sync()
    check(told.sequence, equals: 5)
  }

  private final class Told: @unchecked Sendable {
    var (sequence, bytes): (UInt64, UInt64) = (0, 0)
    func note(_ sequence: UInt64, _ bytes: UInt64) {
      (self.sequence, self.bytes) = (sequence, bytes)
    }
  }

  /// The system lets go of a lock when its process closes any descriptor of the file. Whatever in this process wants to
  /// know something of a journal, or to have it, takes nothing from the engine that has it.
  @Test func theLockStays() throws {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<10 { bench.append() }
    let path = bench.settings.folder
    check(bench.disk.hasLock(path))
    check(Journal.read(path, calls: bench.disk) { _ in true }.problem == nil)
    check(bench.disk.hasLock(path), "after a reading")
    check(Journal.verifyChain(path, calls: bench.disk).problem == nil)
    check(bench.disk.hasLock(path), "after a verification")
    func refused(_ what: String, _ body: () throws -> Void) {
      do {
        try body()
        check(false, "\(what) was taken")
      } catch {
        check((error as? JournalProblem)?.kind, equals: .locked, what)
      }
      check(bench.disk.hasLock(path), "after \(what)")
    }
    refused("a second engine") { _ = try Journal.open(bench.settings) { _ in true } }
    refused("an upgrade") { _ = try Journal.upgrade(path, calls: bench.disk) }
    refused("an archive") {
      _ = try Journal.archive(path, into: "/disk/archive", calls: bench.disk)
    }
    bench.close()
    check(bench.disk.hasLock(path), equals: false)
  }

  /// A host that closes a descriptor of the file takes the lock with it: the next look has it again, also when nothing
  /// is written.
  @Test func theLockIsTakenAgain() {
    let bench = JournalBench()
    bench.open()
    bench.disk.loseLocks()
    bench.sync()
    check(bench.disk.hasLock(bench.settings.folder))
    check(bench.journal?.info.reasons, equals: [])
    bench.close()
  }
}
