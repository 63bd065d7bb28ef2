// A disk that gives no answer while a journal is opened: the opening comes back in its time, with everything where only
// writing hangs, and with a word where reading does; what it left behind meets nobody, and once the disk is back a next
// opening has it all.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct SilentDiskTests {
  enum Before: CaseIterable { case new, closed, killed, restarted }

  /// One call of a lane is held; the model's time goes on meanwhile, past what a caller waits.
  private final class HeldCall: @unchecked Sendable {
    private let gate = Gate()
    private let caller = pthread_self()
    private let disk: ModelDisk
    private let number: Int
    private var count = 0
    private var mayGo = false
    private(set) var name = ""

    init(_ disk: ModelDisk, _ number: Int) { (self.disk, self.number) = (disk, number) }

    var wasHeld: Bool { gate.held { !name.isEmpty } }

    func around(_ name: String, _ isOver: Bool) {
      guard !isOver, pthread_equal(pthread_self(), caller) == 0 else { return }
      gate.lock()
      defer { gate.unlock() }
      count += 1
      guard count == number else { return }
      self.name = name
      disk.time_ns += 6_000_000_000
      while !mayGo { gate.wait(atMost_ns: 1_000_000_000) }
    }

    func letGo() {
      gate.held {
        mayGo = true
        gate.wakeAll()
      }
    }
  }

  private func prepare(_ before: Before) throws -> JournalBench {
    let bench = JournalBench()
    bench.settings.diskWait_ns = 5_000_000_000
    guard before != .new else { return bench }
    bench.open()
    for _ in 0..<60 { bench.append() }
    bench.sync()
    try bench.snapshot()
    for _ in 0..<60 { bench.append() }
    bench.sync()
    for _ in 0..<30 { bench.append() }
    if before == .restarted {
      bench.disk.isDiskDead = true
      guard let journal = bench.journal else { return bench }
      let writer = try journal.beginRingState(journal.recorded)
      try bench.twin.bytes.withUnsafeBytesThrowing { raw throws(JournalProblem) in
        try writer.write(raw)
      }
      try writer.finish()
      for _ in 0..<10 { bench.append() }
      bench.disk.isDiskDead = false
    }
    if before == .closed {
      bench.close()
    } else {
      bench.disk.kill()
      bench.close()
      bench.disk.revive()
    }
    return bench
  }

  /// Opens once what was left behind is back.
  private func openAgain(_ bench: JournalBench) {
    for _ in 0..<6_000 {
      bench.open()
      guard bench.problem?.kind == .locked else { return }
      usleep(10_000)
    }
  }

  @Test(arguments: Before.allCases) func everyCallOfAnOpeningMayHang(_ before: Before) throws {
    var (silent, degraded, number) = (0, 0, 0)
    while true {
      number += 1
      let bench = try prepare(before)
      let held = HeldCall(bench.disk, number)
      bench.disk.around = { held.around($0, $1) }
      bench.open()
      guard held.wasHeld else {
        held.letGo()
        bench.close()
        break
      }
      let what = "held in \(held.name), call \(number), \(before)"
      if let problem = bench.problem {
        silent += 1
        check(problem.kind, equals: .silent, "\(what): \(problem)")
        check(problem.text.contains("/disk/journal did not answer within 5 s"), problem.text)
        held.letGo()
        openAgain(bench)
        check(bench.problem == nil, "\(what): then \(bench.problem.map { "\($0)" } ?? "")")
        check(bench.found, equals: bench.twin, what)
      } else {
        degraded += 1
        // All was read. Records survive the process, or it is said that they do not.
        check(bench.found, equals: bench.twin, what)
        check(bench.journal?.info.isDegraded, equals: true, what)
        for _ in 0..<10 { bench.append() }
        held.letGo()
      }
      for _ in 0..<10 { bench.append() }
      bench.sync()
      bench.disk.time_ns += 1_000_000_000
      bench.sync()
      check(bench.durable, equals: bench.twin.payloads.count, what)
      check(bench.journal?.info.isDegraded, equals: false, what)
      if let flaw = bench.killAndReopen() { return _ = check(false, "\(what): \(flaw)") }
      bench.close()
      let report = Journal.verifyChain("/disk/journal", calls: bench.disk)
      check(report.problem == nil, "\(what): \(report.problem?.text ?? "")")
    }
    check(silent, atLeast: 3, "\(before)")
    check(degraded, atLeast: before == .new ? 1 : 5, "\(before)")
  }

  /// What a call that was left behind may still touch is nobody else's: the folder, until it is back.
  @Test func theLockStaysUntilTheCallIsBack() throws {
    let bench = try prepare(.closed)
    bench.disk.fault = nil
    var reads = 0
    let held = HeldCall(bench.disk, 1)
    bench.disk.around = { name, isOver in
      // The first read is that of LOCK.
      if name == "read", !isOver { reads += 1 }
      if reads > 0 { held.around(name, isOver) }
    }
    bench.open()
    check(held.name, equals: "read")
    check(bench.problem?.kind, equals: .silent)
    bench.disk.around = nil
    bench.open()
    check(bench.problem?.kind, equals: .locked)
    held.letGo()
    openAgain(bench)
    check(bench.problem == nil, "\(bench.problem.map { "\($0)" } ?? "")")
    check(bench.found, equals: bench.twin)
    bench.close()
    check(bench.disk.closedTwice, equals: 0)
  }

  /// A caller that gave up has its memory back at once.
  @Test func aLateReadWritesIntoNothing() throws {
    let disk = ModelDisk()
    let calls = BoundedCalls(disk, folder: "/disk/journal", most_ns: 1_000_000_000)
    check(calls.makeFolder("/disk/journal"), equals: 0)
    let folder = calls.openFolder("/disk/journal")
    let file = calls.open(folder, "a", .new)
    let bytes = [UInt8](repeating: 7, count: 100)
    check(bytes.withUnsafeBytes { calls.write(file, $0, at: 0) }, equals: 100)
    let held = HeldCall(disk, 1)
    disk.around = { held.around($0, $1) }
    var room = [UInt8](repeating: 0, count: 100)
    check(room.withUnsafeMutableBytes { calls.read(file, $0, at: 0) }, equals: -Int(ETIMEDOUT))
    check(calls.isDeaf)
    // Reading is over, writing goes on.
    check(room.withUnsafeMutableBytes { calls.read(file, $0, at: 0) }, equals: -Int(ETIMEDOUT))
    check(bytes.withUnsafeBytes { calls.write(file, $0, at: 100) }, equals: 100)
    check(calls.close(file), equals: 0)
    held.letGo()
    calls.endOpening()
    // Behind the opening each waits until that call is back.
    let again = calls.open(folder, "a", .read)
    check(again, above: 0)
    check(room, equals: [UInt8](repeating: 0, count: 100))
    check(room.withUnsafeMutableBytes { calls.read(again, $0, at: 0) }, equals: 100)
    check(room, equals: bytes)
    check(disk.closedTwice, equals: 0)
  }
}
