// The newest value of each slot, written by any thread and read without a lock: where unit positions arrive. Source:
// sequence locks (Lameter, 2005; Boehm, MSPC 2012), here with two copies a slot, so that a writer that was put to sleep
// in the middle never hides the last good value. Must never: know what the values mean.

import Glibc
public import Synchronization

/// Six words a slot, in two copies: a writer claims the slot, fills the copy that is not in force and turns the two
/// round with one atomic addition. The baton's holder alone gives a slot to an id. 128 bytes a slot.
///
/// Words of a slot: 0 control, 1 the owner's id, 2-7 a copy, 8-9 notes of the writers, 10-15 the other copy.
/// Control: bit 0 claimed, bit 1 which copy is in force, bits 32-63 the stamp. A value carries the stamp it was written
/// under in the upper half of its first word; under another stamp it is void.
public struct LatestTable: ~Copyable, @unchecked Sendable {
  public typealias Value = InlineArray<6, UInt64>
  @usableFromInline let words: Block<UInt64>
  /// Which slots have a value that was not taken yet.
  public let fresh: SharedBits
  @usableFromInline let inPlace: InPlace

  @usableFromInline static var stride: Int { 16 }
  @usableFromInline static var stamp: UInt64 { 1 << 32 }
  /// Attempts to read, and to claim, before giving up; the second half of the claims yield the processor.
  @usableFromInline static var reads: Int { 8 }
  @usableFromInline static var claims: Int { 128 }

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let words = try Block<UInt64>(memory, count: capacity * Self.stride)
    let fresh = try SharedBits(memory, capacity: capacity)
    self.words = words
    self.fresh = fresh
    inPlace = InPlace()
  }

  /// In other memory, with all that stands in `other`, which nobody else uses.
  public init(
    _ memory: Memory, moving other: borrowing LatestTable, capacity: Int
  ) throws(OutOfMemory) {
    try self.init(memory, capacity: capacity)
    words.take(other.words)
    fresh.take(other.fresh)
  }

  /// A slot's bytes; they come first in its memory.
  public static var slotBytes: Int { stride * 8 }
  public static func bytes(capacity: Int) -> Int {
    capacity * slotBytes + SharedBits.bytes(capacity: capacity) + 64
  }

  /// What stands in a slot that a killed process left: its owner's id, and the value in force. A writer that was in the
  /// midst of its work had not turned the copies round.
  public static func left(_ slot: UnsafeRawPointer) -> (id: UInt64, value: Value)? {
    let control = slot.load(as: UInt64.self)
    let id = slot.load(fromByteOffset: 8, as: UInt64.self)
    let first = copy(inForce: control)
    var value = Value(repeating: 0)
    for index in 0..<6 {
      value[index] = slot.load(fromByteOffset: (first + index) * 8, as: UInt64.self)
    }
    return id != 0 && value[0] >> 32 == control >> 32 ? (id, value) : nil
  }

  @inlinable func word(_ slot: UInt32, _ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    assert(index >= 0 && index < Self.stride)
    return UnsafeMutableRawPointer(words.base + Int(slot) * Self.stride + index)
      .assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  @inlinable static func copy(inForce control: UInt64) -> Int { control & 2 == 0 ? 2 : 10 }

  // The owner's side

  /// A new id; whatever was written before is void.
  public func assign(_ slot: UInt32, id: UInt64) {
    word(slot, 0).pointee.wrappingAdd(Self.stamp, ordering: .acquiringAndReleasing)
    word(slot, 1).pointee.store(id, ordering: .releasing)
  }

  /// The same id, but what was written before is void.
  public func void(_ slot: UInt32) {
    word(slot, 0).pointee.wrappingAdd(Self.stamp, ordering: .acquiringAndReleasing)
  }

  /// Nobody's: a writer that still holds the old id is turned away. 0 is no id.
  public func clear(_ slot: UInt32) {
    word(slot, 1).pointee.store(0, ordering: .releasing)
    void(slot)
  }

  // Readers: any thread

  public enum Reading {
    case value(Value)
    case nothing
    /// Writers were too quick eight times in a row; what was read before is still the last good value.
    case torn
  }

  @inlinable public func read(_ slot: UInt32) -> Reading {
    for _ in 0..<Self.reads {
      let before = word(slot, 0).pointee.load(ordering: .acquiring)
      let first = Self.copy(inForce: before)
      var value = Value(repeating: 0)
      for index in 0..<6 {
        value[index] = word(slot, first + index).pointee.load(ordering: .acquiring)
      }
      let after = word(slot, 0).pointee.load(ordering: .relaxed)
      // The next writer fills the other copy; only the one after it would touch this one.
      let moved = UInt32(truncatingIfNeeded: after &- before)
      guard moved <= (before & 1 == 0 ? 2 : 1) else { continue }
      return value[0] >> 32 == after >> 32 ? .value(value) : .nothing
    }
    return .torn
  }

  /// The same, where the slot is this id's: it was so before and is so after.
  @inlinable public func read(_ slot: UInt32, of id: UInt64) -> Reading {
    guard word(slot, 1).pointee.load(ordering: .acquiring) == id else { return .nothing }
    let reading = read(slot)
    return word(slot, 1).pointee.load(ordering: .acquiring) == id ? reading : .nothing
  }

  /// Two words of the value in force, at places 1 to 5; nil where `read` gives none.
  @inlinable public func peek(_ slot: UInt32, _ one: Int, _ other: Int) -> (UInt64, UInt64)? {
    for _ in 0..<Self.reads {
      let before = word(slot, 0).pointee.load(ordering: .acquiring)
      let first = Self.copy(inForce: before)
      let head = word(slot, first).pointee.load(ordering: .acquiring)
      let words = (
        word(slot, first + one).pointee.load(ordering: .acquiring),
        word(slot, first + other).pointee.load(ordering: .acquiring)
      )
      let after = word(slot, 0).pointee.load(ordering: .relaxed)
      let moved = UInt32(truncatingIfNeeded: after &- before)
      guard moved <= (before & 1 == 0 ? 2 : 1) else { continue }
      return head >> 32 == after >> 32 ? words : nil
    }
    return nil
  }

  /// A word of the value in force, perhaps of one that is being written or void: good for nothing but a guess.
  @inlinable public func guess(_ slot: UInt32, _ index: Int) -> UInt64 {
    let first = Self.copy(inForce: word(slot, 0).pointee.load(ordering: .relaxed))
    return word(slot, first + index).pointee.load(ordering: .relaxed)
  }

  /// Where a slot's two lines begin, to fetch them ahead.
  @inlinable public func address(_ slot: UInt32) -> UnsafeRawPointer {
    UnsafeRawPointer(words.base + Int(slot) * Self.stride)
  }

  // Writers: any thread

  /// The right to write one slot, held for a few nanoseconds.
  public struct Claim {
    public let slot: UInt32
    @usableFromInline let control: UInt64
    @inlinable init(slot: UInt32, control: UInt64) {
      self.slot = slot
      self.control = control
    }
  }

  public enum Claiming {
    case claimed(Claim)
    /// The slot has another id by now.
    case gone
    /// Another writer stayed in the middle (put to sleep there, and did not come back while we yielded).
    case busy
  }

  @inlinable public func claim(_ slot: UInt32, id: UInt64) -> Claiming {
    for attempt in 0..<Self.claims {
      let control = word(slot, 0).pointee.load(ordering: .relaxed)
      if control & 1 == 0,
        word(slot, 0).pointee.compareExchange(
          expected: control, desired: control | 1, ordering: .acquiringAndReleasing
        ).exchanged
      {
        let claim = Claim(slot: slot, control: control | 1)
        if word(slot, 1).pointee.load(ordering: .acquiring) == id { return .claimed(claim) }
        abandon(claim)
        return .gone
      }
      if attempt >= Self.claims / 2 { sched_yield() }
    }
    return .busy
  }

  /// The value in force while we hold the claim; nil when it is void.
  @inlinable public func value(under claim: borrowing Claim) -> Value? {
    let first = Self.copy(inForce: claim.control)
    var value = Value(repeating: 0)
    for index in 0..<6 {
      value[index] = word(claim.slot, first + index).pointee.load(ordering: .relaxed)
    }
    return value[0] >> 32 == claim.control >> 32 ? value : nil
  }

  /// Two words that only writers see.
  @inlinable public func note(_ index: Int, under claim: borrowing Claim) -> UInt64 {
    word(claim.slot, 8 + index).pointee.load(ordering: .relaxed)
  }
  @inlinable public func setNote(_ index: Int, _ note: UInt64, under claim: borrowing Claim) {
    word(claim.slot, 8 + index).pointee.store(note, ordering: .relaxed)
  }

  /// Puts `value` in force (the upper half of its first word is ours), gives the claim back and marks the slot.
  @inlinable public func write(_ value: Value, under claim: consuming Claim) {
    let first = 12 - Self.copy(inForce: claim.control)
    let head = UInt64(UInt32(truncatingIfNeeded: value[0])) | claim.control & ~(Self.stamp - 1)
    word(claim.slot, first).pointee.store(head, ordering: .releasing)
    for index in 1..<6 {
      word(claim.slot, first + index).pointee.store(value[index], ordering: .releasing)
    }
    word(claim.slot, 0).pointee.wrappingAdd(1, ordering: .acquiringAndReleasing)
    fresh.insert(claim.slot)
  }

  /// Gives the claim back and writes nothing.
  @inlinable public func abandon(_ claim: consuming Claim) {
    word(claim.slot, 0).pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing)
  }
}
