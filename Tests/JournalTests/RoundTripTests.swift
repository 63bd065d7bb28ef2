// What was appended comes back, in order, after a close and after a death of the process.

import HujiaTestSupport
import Testing

@testable import HujiaJournal

@Suite struct RoundTripTests {
  @Test func closedAndOpenedAgain() throws {
    let folder = TemporaryFolder()
    var settings = JournalSettings(folder: folder.path)
    settings.ringPath = "/dev/shm/hujia-test-\(folder.path.suffix(6))"
    settings.ringBytes = 64 << 10
    settings.segmentBytes = 64 << 10
    settings.reserveBytes = 0
    for round in 0..<3 as Range<UInt64> {
      var seen: [UInt64] = []
      let journal = try Journal.open(settings) { record in
        seen.append(record.sequence)
        return true
      }
      check(seen.count, equals: Int(round * 100))
      for index in 0..<100 as Range<UInt64> {
        let payload = [UInt8](repeating: UInt8(index), count: Int(index))
        let sequence = payload.withUnsafeBytes {
          journal.append(kind: 1, monotonic_ns: 5, wall_us: 6, $0)
        }
        check(sequence, equals: round * 100 + index + 1)
        journal.kick()
      }
      check(journal.wait(0, .durable, timeout_ns: 10_000_000_000), equals: .reached)
      journal.close()
    }
  }
}
