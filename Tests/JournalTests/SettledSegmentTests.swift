// A sync that failed leaves pages that look good, and the next one of the same file says that they are. What an opening
// reads to its end it reads from the disk, and where it cannot know that, it leaves the file alone.

import Glibc
import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct SettledSegmentTests {
  /// Three records are durable and three are not: no sync of theirs succeeded, and their process was killed. The ring
  /// is gone. `error`: of the calls by that name, from then on.
  private func broken(_ error: @escaping (Int, String) -> Bool) -> JournalBench {
    let bench = JournalBench()
    bench.open()
    for _ in 0..<3 { bench.append() }
    bench.sync()
    for _ in 0..<3 { bench.append() }
    var count = 0
    bench.disk.fault = { _, name in
      count += 1
      return error(count, name) ? .error(EIO) : nil
    }
    bench.sync()
    check(bench.durable, equals: 3)
    bench.disk.kill()
    bench.close()
    bench.disk.revive()
    bench.disk.shared.entries = [:]
    return bench
  }

  /// Opened, two more, a power cut, opened again: never more than the disk has, and always one chain.
  private func goesOn(_ bench: JournalBench, seed: UInt64, _ note: String) {
    bench.open()
    checkNil(bench.problem.map(\.text), note)
    check(bench.found.payloads.count, equals: 3, note)
    bench.twin.payloads.removeLast(3)
    for _ in 0..<2 { bench.append() }
    bench.sync()
    check(bench.durable, atLeast: 3, note)
    let before = bench.durable
    var random = SplitMix64(seed)
    checkNil(bench.cutAndReopen(&random), "\(note), the power cut")
    check(bench.found.payloads.count, atLeast: before, note)
    bench.close()
  }

  /// The sync of the opening fails as well.
  @Test func whereItCannotBeSettled() {
    for seed in 0..<20 as Range<UInt64> {
      let bench = broken { _, name in name == "syncData" }
      var failed = 0
      bench.disk.fault = { _, name in
        guard name == "syncData", failed == 0 else { return nil }
        failed += 1
        return .error(EIO)
      }
      goesOn(bench, seed: seed, "seed \(seed)")
    }
  }

  /// The newest segment holds nothing: the one before it is read to its end.
  @Test func whereTheNewestIsEmpty() {
    for seed in 0..<20 as Range<UInt64> {
      var hasFailed = false
      let bench = broken { _, name in
        // The batch's sync, and then every write to the new segment but its head.
        if name == "syncData" {
          hasFailed = true
          return true
        }
        return false
      }
      check(hasFailed, equals: true)
      // What the second segment got is nothing that its process wrote to it.
      let files = JournalFiles(disk: bench.disk)
      if let newest = files.segments.last, files.segments.count > 1 {
        let zeros = [UInt8](repeating: 0, count: 60 << 10)
        files.set(newest, Array(files.bytes(newest).prefix(4_096)) + zeros)
      }
      goesOn(bench, seed: seed, "seed \(seed), an empty one")
    }
  }
}
