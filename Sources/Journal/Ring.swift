// Where a record is written first: memory of a file on a tmpfs, which a killed process leaves as it was. One thread at
// a time appends (the baton's holder), one empties. Must never: make a system call, allocate, show half a record.

import HujiaContainers
import CHujiaJournal
import Glibc
import Synchronization

/// Memory that begins with a page of ours; then the host's area; then the ring, mapped twice in a row, so that every
/// record stands in one piece.
///
/// Invariant: the bytes from `head` to `tail` are whole frames. `tail` is stored last, with release order: a process
/// that is killed between any two stores leaves whole records only. Both count bytes from the ring's beginning of time.
struct Ring: @unchecked Sendable {
  static var page: Int { 4_096 }
  static var magic: UInt64 { 0x3130_474e_524a_4848 }  // "HHJRNG01"
  static var least: Int { 64 << 10 }
  static var most: Int { 1 << 34 }
  /// In the first page: what it is, then the two ends, each on a cache line of its own.
  private static var factsSize: Int { 96 }
  private static var tailPlace: Int { 256 }
  private static var headPlace: Int { 512 }
  private static var durablePlace: Int { 768 }
  private static var statePlace: Int { 1_024 }

  struct Facts: Equatable {
    var journal: JournalID
    var boot: JournalID
    var areaBytes: UInt64
    var ringBytes: UInt64
  }

  let start: UnsafeMutableRawPointer
  let areaBytes: Int
  let capacity: Int
  private let data: UnsafeMutableRawPointer
  private let mask: UInt64

  init(start: UnsafeMutableRawPointer, areaBytes: Int, capacity: Int) {
    self.start = start
    self.areaBytes = areaBytes
    self.capacity = capacity
    data = start + Self.shared(area: areaBytes)
    mask = UInt64(capacity - 1)
  }

  /// Bytes before the ring.
  static func shared(area: Int) -> Int { page + (area + page - 1) / page * page }

  static func rounded(_ bytes: Int) -> Int {
    var result = least
    while result < bytes, result < most { result <<= 1 }
    return result
  }

  var area: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: start + Self.page, count: areaBytes)
  }

  private func atomic(_ place: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    (start + place).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  var tail: UInt64 { atomic(Self.tailPlace).pointee.load(ordering: .acquiring) }
  var head: UInt64 { atomic(Self.headPlace).pointee.load(ordering: .acquiring) }
  /// At most the capacity, also where a strange hand has moved an end.
  var used: Int { Int(min(tail &- head, UInt64(capacity))) }

  /// The last record that was synced when `head` was moved, or an earlier one.
  var durable: UInt64 { atomic(Self.durablePlace).pointee.load(ordering: .acquiring) }

  /// Records up to here are seen by all, and survive this process.
  func publish(_ end: UInt64) { atomic(Self.tailPlace).pointee.store(end, ordering: .releasing) }

  /// The bytes before `end` stand elsewhere: their room is given back.
  func release(_ end: UInt64, durable: UInt64) {
    atomic(Self.headPlace).pointee.store(end, ordering: .releasing)
    atomic(Self.durablePlace).pointee.store(durable, ordering: .releasing)
  }

  /// The last record of the state beside the ring that records before `head` stand in; 0 = none.
  var state: UInt64 { atomic(Self.statePlace).pointee.load(ordering: .acquiring) }

  func setState(_ sequence: UInt64) {
    atomic(Self.statePlace).pointee.store(sequence, ordering: .releasing)
  }

  /// Where the first record after `sequence` begins.
  func end(of sequence: UInt64, seed: UInt32) -> UInt64 {
    walk(seed: seed) { frame, _, _ in frame.sequence <= sequence }.end
  }

  /// Where the byte `place` of all time stands. `capacity` bytes follow in one piece.
  @inline(__always)
  func address(_ place: UInt64) -> UnsafeMutableRawPointer { data + Int(place & mask) }

  func bytes(from: UInt64, to: UInt64) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: address(from), count: Int(min(to &- from, UInt64(capacity))))
  }

  // What it is

  func writeFacts(_ facts: Facts) {
    memset(start, 0, Self.page)
    var fields = FieldWriter()
    fields.put(Self.magic)
    fields.put(UInt32(1))
    fields.put(facts.journal)
    fields.put(facts.boot)
    fields.put(facts.areaBytes)
    fields.put(facts.ringBytes)
    fields.seal(to: Self.factsSize)
    fields.bytes.withUnsafeBytes {
      if let from = $0.baseAddress { start.copyMemory(from: from, byteCount: $0.count) }
    }
  }

  /// nil: no ring of ours, or one that was not made to the end.
  static func facts(_ page: UnsafeRawBufferPointer) -> Facts? {
    guard page.count >= factsSize,
      FieldWriter.isSealed(UnsafeRawBufferPointer(rebasing: page[..<factsSize]))
    else { return nil }
    var fields = NumberReader(page)
    guard fields.get(UInt64.self) == magic, fields.get(UInt32.self) == 1 else { return nil }
    let journal = fields.getID()
    let boot = fields.getID()
    let areaBytes: UInt64 = fields.get()
    let ringBytes: UInt64 = fields.get()
    guard areaBytes <= UInt64(most), ringBytes >= UInt64(least), ringBytes <= UInt64(most),
      ringBytes & (ringBytes - 1) == 0
    else { return nil }
    return Facts(journal: journal, boot: boot, areaBytes: areaBytes, ringBytes: ringBytes)
  }

  /// Both ends, the last record of the state beside it, and one that was durable, as a copy of the first page says.
  static func ends(
    _ page: UnsafeRawBufferPointer
  ) -> (head: UInt64, tail: UInt64, state: UInt64, durable: UInt64) {
    func word(_ place: Int) -> UInt64 { page.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
    return (word(headPlace), word(tailPlace), word(statePlace), word(durablePlace))
  }

  // Read back

  /// The frames from `head` on, in order; ends at the tail, or at the first that is damaged. `body` gives false to
  /// stop. The place where it ended.
  func walk(
    seed: UInt32, _ body: (FrameHead, UnsafeRawBufferPointer, UInt64) -> Bool
  ) -> (end: UInt64, isWhole: Bool) {
    var place = head
    let end = tail
    guard end &- place <= UInt64(capacity) else { return (place, false) }
    var next: UInt64?
    while place != end {
      let rest = bytes(from: place, to: end)
      guard let frame = Frame.read(rest, at: 0, seed: seed), Frame.isRecord(frame.kind),
        next == nil || next == frame.sequence
      else { return (place, false) }
      guard body(frame, Frame.payload(rest, at: 0, frame), place) else { return (place, true) }
      next = frame.sequence + 1
      place &+= UInt64(frame.size)
    }
    return (place, true)
  }
}
