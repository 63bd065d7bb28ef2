// Idempotency: the same report sent twice (a retry after a lost line) gets the first answer and opens nothing.

import HujiaContainers

/// Keys of recent reports with the first answer to each. A ring in order of arrival, indexed by an open-addressing
/// table; known for `retention_ns` of engine time, and when the ring is full the oldest goes first (counted). O(1)
/// expected. Age alone decides whether a key is known: entries that are too old leave the ring a few at a time, as
/// others come, and until then a look-up passes them over. A key may so stand in the ring twice; at most one is known.
package struct KeyTable: ~Copyable {
  struct Entry: BitwiseCopyable {
    var said: SaidReport
    var answer: Answer
    var status: Status
    var taken_ns: Int64
  }

  private let inPlace = InPlace()
  private let entries: Block<Entry>
  private let chosen: Block<Chosen>
  /// Entry number + 1, 0 = empty; linear probing with backward-shift removal.
  private let table: Block<UInt32>
  private let mask: Int
  private let retention_ns: Int64
  private var head = 0
  private var count = 0
  /// So many are remembered; all of the room, where nobody says less.
  var bound: Int
  /// Of other programs' requests, by their own numbers.
  var answers: AnswerTable

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let capacity = limits.keys
    var rounded = 4
    while rounded < capacity * 2 { rounded <<= 1 }
    let entries = try Block<Entry>(memory, count: max(capacity, 1))
    let chosen = try Block<Chosen>(memory, count: max(capacity, 1) * EngineLimits.chosen)
    let table = try Block<UInt32>(memory, count: rounded)
    let answers = try AnswerTable(memory, clients: limits.clients)
    self.entries = entries
    self.chosen = chosen
    self.table = table
    self.answers = answers
    mask = rounded - 1
    retention_ns = limits.keyRetention_ns
    bound = max(capacity, 1)
  }

  private func start(_ high: UInt64, _ low: UInt64) -> Int {
    var x = high &* 0x9e37_79b9_7f4a_7c15 ^ low
    x ^= x >> 32
    x = x &* 0xff51_afd7_ed55_8ccd
    return Int(truncatingIfNeeded: x ^ (x >> 29)) & mask
  }

  private func isTooOld(_ entry: Int, _ now_ns: Int64) -> Bool {
    now_ns &- entries[entry].taken_ns >= retention_ns
  }

  /// The entry with this key, if it is known at this time.
  func find(_ report: IncidentReport, now_ns: Int64) -> Int? {
    var place = start(report.keyHigh, report.keyLow)
    while table[place] != 0 {
      let entry = Int(table[place]) - 1
      if entries[entry].said.keyHigh == report.keyHigh,
        entries[entry].said.keyLow == report.keyLow, !isTooOld(entry, now_ns)
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
    while forgotten < most, count > 0, isTooOld(head, now_ns) {
      forgetOldest()
      forgotten += 1
    }
  }

  /// Remembers a report and its answer. True when the oldest key had to go for it before its time.
  mutating func remember(
    _ report: IncidentReport, status: Status, decision: inout Decision, now_ns: Int64
  ) -> Bool {
    let isFull = count >= bound
    let isEvicting = isFull && !isTooOld(head, now_ns)
    if isFull { forgetOldest() }
    let index = (head + count) % entries.count
    entries[index] = Entry(
      said: report.said, answer: decision.answer, status: status, taken_ns: now_ns)
    for place in 0..<decision.answer.count {
      chosen[index * EngineLimits.chosen + place] = decision.chosen[place]
    }
    count += 1
    file(index)
    return isEvicting
  }

  private mutating func forgetOldest() {
    let key = entries[head].said
    var place = start(key.keyHigh, key.keyLow)
    while Int(table[place]) != head + 1 {
      assert(table[place] != 0)
      place = (place + 1) & mask
    }
    removePlace(place)
    head = (head + 1) % entries.count
    count -= 1
  }

  // In a state

  /// Oldest first; the index is made anew.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7379_654b)
    var known = count
    coder.code(count: &known, most: Int(UInt32.max))
    guard known <= entries.count else { return coder.lack("key_capacity") }
    for offset in 0..<known {
      let index = (head + offset) % entries.count
      entries[index].said.code(&coder)
      entries[index].answer.code(&coder)
      entries[index].status.code(&coder)
      coder.code(time: &entries[index].taken_ns)
      for place in 0..<entries[index].answer.count {
        chosen[index * EngineLimits.chosen + place].code(&coder)
      }
      guard coder.isReading, coder.isGood else { continue }
      count += 1
      file(index)
    }
    answers.code(&coder)
  }

  private mutating func file(_ index: Int) {
    var place = start(entries[index].said.keyHigh, entries[index].said.keyLow)
    while table[place] != 0 { place = (place + 1) & mask }
    table[place] = UInt32(index + 1)
  }

  /// Between two commands. O(capacity).
  func validate(_ invariants: inout Invariants, now_ns: Int64) {
    var indexed = 0
    for place in 0...mask where table[place] != 0 { indexed += 1 }
    invariants.hold(indexed == count, "the index of keys holds every key once", indexed)
    invariants.hold(count <= max(bound, 1), "no more keys are remembered than may be", count)
    var before = Int64.min
    for offset in 0..<count {
      let entry = (head + offset) % entries.count
      let taken_ns = entries[entry].taken_ns
      invariants.hold(
        before <= taken_ns && taken_ns <= now_ns, "keys stand in order of age", offset)
      before = taken_ns
      invariants.hold(isIndexed(entry), "a key leads to its answer", offset)
    }
    answers.validate(&invariants)
  }

  private func isIndexed(_ entry: Int) -> Bool {
    let key = entries[entry].said
    var place = start(key.keyHigh, key.keyLow)
    while Int(table[place]) != entry + 1 {
      guard table[place] != 0 else { return false }
      place = (place + 1) & mask
    }
    return true
  }

  /// Knuth, TAOCP 6.4 algorithm R: later entries of the same run move back, so no marks are left.
  private func removePlace(_ place: Int) {
    var hole = place
    var next = (hole + 1) & mask
    while table[next] != 0 {
      let key = entries[Int(table[next]) - 1].said
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
