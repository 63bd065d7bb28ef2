// Idempotency: the same report sent twice (a retry after a lost line) gets the first answer and opens nothing.

import HujiaContainers

/// Keys of recent reports with the first answer to each. A ring in order of arrival, indexed by an open-addressing
/// table; kept for `retention_ns`, and when the ring is full the oldest goes first (counted). O(1) expected.
package struct KeyTable: ~Copyable {
  struct Entry: BitwiseCopyable {
    var report: IncidentReport
    var answer: Answer
    var status: Status
    var taken_ns: Int64
  }

  private let entries: Block<Entry>
  private let chosen: Block<Chosen>
  /// Entry number + 1, 0 = empty; linear probing with backward-shift removal.
  private let table: Block<UInt32>
  private let mask: Int
  private let retention_ns: Int64
  private var head = 0
  private var count = 0

  init(_ memory: Memory, capacity: Int, retention_ns: Int64) throws(OutOfMemory) {
    var rounded = 4
    while rounded < capacity * 2 { rounded <<= 1 }
    let entries = try Block<Entry>(memory, count: max(capacity, 1))
    let chosen = try Block<Chosen>(memory, count: max(capacity, 1) * EngineLimits.chosen)
    let table = try Block<UInt32>(memory, count: rounded)
    self.entries = entries
    self.chosen = chosen
    self.table = table
    mask = rounded - 1
    self.retention_ns = retention_ns
  }

  private func start(_ high: UInt64, _ low: UInt64) -> Int {
    var x = high &* 0x9e37_79b9_7f4a_7c15 ^ low
    x ^= x >> 32
    x = x &* 0xff51_afd7_ed55_8ccd
    return Int(truncatingIfNeeded: x ^ (x >> 29)) & mask
  }

  /// The entry with this key, if it is remembered.
  func find(_ report: IncidentReport) -> Int? {
    var place = start(report.keyHigh, report.keyLow)
    while table[place] != 0 {
      let entry = Int(table[place]) - 1
      if entries[entry].report.keyHigh == report.keyHigh,
        entries[entry].report.keyLow == report.keyLow
      {
        return entry
      }
      place = (place + 1) & mask
    }
    return nil
  }

  func entry(_ index: Int) -> Entry { entries[index] }
  func chosen(_ index: Int, _ place: Int) -> Chosen { chosen[index * EngineLimits.chosen + place] }

  /// Forgets what is older than the retention; at most `most` a call.
  mutating func expire(now_ns: Int64, most: Int) {
    var forgotten = 0
    while forgotten < most, count > 0, now_ns &- entries[head].taken_ns >= retention_ns {
      forgetOldest()
      forgotten += 1
    }
  }

  /// Remembers a report and its answer. True when the oldest key had to go for it.
  mutating func remember(
    _ report: IncidentReport, status: Status, answer: Answer,
    chosen answered: borrowing Block<Chosen>,
    now_ns: Int64
  ) -> Bool {
    let isFull = count == entries.count
    if isFull { forgetOldest() }
    let index = (head + count) % entries.count
    entries[index] = Entry(report: report, answer: answer, status: status, taken_ns: now_ns)
    for place in 0..<answer.count {
      chosen[index * EngineLimits.chosen + place] = answered[place]
    }
    count += 1
    var place = start(report.keyHigh, report.keyLow)
    while table[place] != 0 { place = (place + 1) & mask }
    table[place] = UInt32(index + 1)
    return isFull
  }

  private mutating func forgetOldest() {
    let key = entries[head].report
    var place = start(key.keyHigh, key.keyLow)
    while Int(table[place]) != head + 1 {
      assert(table[place] != 0)
      place = (place + 1) & mask
    }
    removePlace(place)
    head = (head + 1) % entries.count
    count -= 1
  }

  /// Knuth, TAOCP 6.4 algorithm R: later entries of the same run move back, so no marks are left.
  private func removePlace(_ place: Int) {
    var hole = place
    var next = (hole + 1) & mask
    while table[next] != 0 {
      let key = entries[Int(table[next]) - 1].report
      let home = start(key.keyHigh, key.keyLow)
      if (next - home) & mask >= (next - hole) & mask {
        table[hole] = table[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    table[hole] = 0
  }
}
