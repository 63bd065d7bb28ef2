// A process that is killed at any instruction of an append leaves whole records and no other: each one is tried.
// And processes that are really killed, at any moment, in the midst of appends, turns and syncs.

import CHujiaStepping
import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

/// Whether a process may be stepped through here: containers and hardened systems refuse ptrace.
private let canStep: Bool = {
  var verdict: Int32 = 0
  return hujia_step_through({ _ in }, nil, { _ in 0 }, nil, 2, &verdict) >= 0
}()

@Suite struct SteppingTests {
  private final class Watched {
    let journal: Journal
    let payloads: [[UInt8]]
    /// How many were seen, and whether one was seen that is not whole.
    var seen = 0
    var isBroken = false

    init(_ journal: Journal, _ payloads: [[UInt8]]) {
      self.journal = journal
      self.payloads = payloads
    }

    func look() -> Bool {
      var count = 0
      let (_, isWhole) = journal.ring.walk(seed: journal.seed) { frame, payload, _ in
        guard count < payloads.count, frame.sequence == UInt64(count + 1),
          payload.elementsEqual(payloads[count])
        else {
          isBroken = true
          return false
        }
        count += 1
        return true
      }
      if !isWhole || count < seen { isBroken = true }
      seen = count
      return !isBroken
    }

    /// The last two are one turn.
    func append() {
      for (index, payload) in payloads.enumerated() {
        payload.withUnsafeBytes {
          _ = journal.append(
            kind: 2, monotonic_ns: 3, wall_us: 4, isLast: index != payloads.count - 2, $0)
        }
      }
    }
  }

  @Test(.enabled(if: canStep, "this system lets nobody trace a process"))
  func killedAtEachInstructionOfAnAppend() throws {
    let bench = JournalBench()
    bench.open()
    let journal = try #require(bench.journal)
    hujia_give_to_children(
      journal.ring.start, UInt64(Ring.shared(area: 0) + 2 * journal.ring.capacity))
    let watched = Watched(journal, [[], [1, 2, 3], (0..<60).map { $0 }, [9], [8, 8]])
    let own = Unmanaged.passUnretained(watched).toOpaque()
    var verdict: Int32 = 0
    let steps = hujia_step_through(
      { Unmanaged<Watched>.fromOpaque($0.unsafelyUnwrapped).takeUnretainedValue().append() }, own,
      { Unmanaged<Watched>.fromOpaque($0.unsafelyUnwrapped).takeUnretainedValue().look() ? 0 : 1 },
      own, 2_000_000, &verdict)
    check(verdict, equals: 0)
    check(watched.isBroken, equals: false)
    check(watched.seen, equals: 5)
    check(steps, atLeast: 500)
    bench.close()
  }

  /// A writer in a process of its own, on real files: appends, syncs and turns its segments until it is killed.
  private final class Writer {
    let settings: JournalSettings
    init(_ settings: JournalSettings) { self.settings = settings }

    static func payload(_ sequence: UInt64) -> [UInt8] {
      var random = SplitMix64(sequence)
      return (0..<random.below(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    func run() {
      guard let journal = try? Journal.open(settings, record: { _ in true }) else { _exit(3) }
      while true {
        let payload = Self.payload(journal.nextSequence)
        if journal.hasRoom(JournalRecord.size(payload: payload.count), .rest) {
          let sequence = payload.withUnsafeBytes {
            journal.append(kind: 1, monotonic_ns: 1, wall_us: 1, $0)
          }
          // Told to the parent through the area: what a caller was answered.
          journal.area.storeBytes(of: sequence, as: UInt64.self)
        }
        if journal.nextSequence % 7 == 0 { journal.sync() }
      }
    }
  }

  @Test func killedAgainAndAgain() throws {
    let folder = TemporaryFolder()
    var settings = JournalSettings(folder: folder.file("journal"))
    settings.ringPath = "/dev/shm/hujia-test-\(getpid())-kills"
    settings.ringBytes = 64 << 10
    settings.segmentBytes = 64 << 10
    settings.reserveBytes = 0
    settings.areaBytes = 64
    settings.hasThread = false
    defer { cleanUp(folder, settings) }
    var random = SplitMix64(5)
    var before: UInt64 = 0
    // A busy machine may end a writer before its first record: then the next ones live longer.
    var longest_us = 30_000
    var round = 0
    while round < Scale.count(25, full: 2_000) || before < 100 {
      round += 1
      let writer = Writer(settings)
      let status = hujia_run_and_kill(
        { Unmanaged<Writer>.fromOpaque($0.unsafelyUnwrapped).takeUnretainedValue().run() },
        Unmanaged.passUnretained(writer).toOpaque(), Int64(2_000 + random.below(longest_us)))
      check(status, equals: 0)
      var next: UInt64 = 0
      var flaw: String?
      let journal = try Journal.open(settings) { record in
        next += 1
        if record.sequence != next || !record.payload.elementsEqual(Writer.payload(next)) {
          flaw = flaw ?? "record \(record.sequence) came as \(next)"
        }
        return true
      }
      let answered = journal.area.load(as: UInt64.self)
      check(flaw == nil, "round \(round): \(flaw ?? "")")
      check(next, atLeast: max(before, answered), "round \(round)")
      check(journal.opening.reasons, equals: [], "round \(round)")
      if next == before { longest_us = min(longest_us * 2, 10_000_000) }
      before = next
      // Dies as well, without an end: the next process takes over from this one.
      if random.chance(50) { journal.sync() }
      journal.dieForTests()
    }
  }

  private func cleanUp(_ folder: TemporaryFolder, _ settings: JournalSettings) {
    (try? Journal.open(settings, record: { _ in true }))?.close()
    let names = SystemFiles()
    let inner = names.openFolder(settings.folder)
    guard inner >= 0 else { return }
    for name in (try? names.names(inner).get()) ?? [] { _ = names.remove(inner, name) }
    _ = names.close(inner)
  }
}

extension Journal {
  /// Lets go of lock and files as the end of a process does, and leaves all as it is.
  func dieForTests() {
    _ = isClosed.exchange(true, ordering: .acquiringAndReleasing)
    writer.finish(folder)
    lock.release(folder)
    _ = calls.close(folder.descriptor)
    ringFile.unmap(ring)
  }
}
