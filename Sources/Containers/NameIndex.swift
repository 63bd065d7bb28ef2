// From names that several may share (a report's key, the host's own number) to slots, sized at open.

/// A hash table over names that stand elsewhere, with the slots as its links. Of several slots with one name the one
/// that was filed last is found, and the next one once that is gone. File, remove, find: O(1) expected, however many
/// share a name. The hash is given by the caller; whether two slots have the same name the caller is asked. It is never
/// iterated, so hashing order decides nothing.
public struct NameIndex: ~Copyable {
  /// Of one slot.
  @usableFromInline struct Links: BitwiseCopyable {
    /// The next name of the bucket; only the newest slot of a name stands in its bucket.
    @usableFromInline var next: UInt32 = 0
    /// Slots of the same name that were filed before and after.
    @usableFromInline var older: UInt32 = 0
    @usableFromInline var newer: UInt32 = 0
    /// Of the name; it tells most names of a bucket apart, and names the bucket.
    @usableFromInline var tag: UInt32 = 0
  }

  /// In buckets and links: slot + 1; 0 = none.
  @usableFromInline let buckets: Block<UInt32>
  @usableFromInline let links: Block<Links>
  @usableFromInline let mask: UInt32
  /// Slots that are filed.
  public private(set) var count = 0

  public init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    var rounded = 4
    while rounded < capacity { rounded <<= 1 }
    let buckets = try Block<UInt32>(memory, count: rounded)
    let links = try Block<Links>(memory, count: max(capacity, 1))
    self.buckets = buckets
    self.links = links
    mask = UInt32(truncatingIfNeeded: rounded - 1)
  }

  /// Finalizer of MurmurHash3 (Appleby, public domain), for the words of a name.
  @inlinable public static func hash(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    var x = (hash &+ 0x9e37_79b9_7f4a_7c15) ^ word
    x ^= x >> 33
    x = x &* 0xff51_afd7_ed55_8ccd
    x ^= x >> 33
    x = x &* 0xc4ce_b9fe_1a85_ec53
    return x ^ (x >> 33)
  }

  @inlinable static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) }

  /// The newest slot of a name.
  @inlinable public func find(_ hash: UInt64, _ isSame: (UInt32) -> Bool) -> UInt32? {
    let tag = Self.tag(hash)
    var place = buckets[tag & mask]
    while place != 0 {
      let slot = place &- 1
      if links[slot].tag == tag, isSame(slot) { return slot }
      place = links[slot].next
    }
    return nil
  }

  /// Files a slot that is not filed, as the newest of its name.
  public mutating func file(_ slot: UInt32, _ hash: UInt64, _ isSame: (UInt32) -> Bool) {
    let tag = Self.tag(hash)
    var filed = Links()
    filed.tag = tag
    if let before = find(hash, isSame) {
      assert(before != slot)
      filed.next = links[before].next
      filed.older = before &+ 1
      replace(before, with: slot &+ 1)
      links[before].next = 0
      links[before].newer = slot &+ 1
    } else {
      filed.next = buckets[tag & mask]
      buckets[tag & mask] = slot &+ 1
    }
    links[slot] = filed
    count += 1
  }

  /// A slot that is filed goes.
  public mutating func remove(_ slot: UInt32) {
    let gone = links[slot]
    if gone.newer != 0 {
      links[gone.newer &- 1].older = gone.older
      if gone.older != 0 { links[gone.older &- 1].newer = gone.newer }
    } else if gone.older != 0 {
      replace(slot, with: gone.older)
      links[gone.older &- 1].newer = 0
      links[gone.older &- 1].next = gone.next
    } else {
      replace(slot, with: gone.next)
    }
    links[slot] = Links()
    count -= 1
  }

  /// What led to the newest slot of a name leads elsewhere.
  private mutating func replace(_ slot: UInt32, with place: UInt32) {
    let bucket = links[slot].tag & mask
    var before = buckets[bucket]
    guard before != slot &+ 1 else {
      buckets[bucket] = place
      return
    }
    while links[before &- 1].next != slot &+ 1 { before = links[before &- 1].next }
    links[before &- 1].next = place
  }

  /// For tests: the slot that was filed before it under the same name.
  public func older(_ slot: UInt32) -> UInt32? {
    links[slot].older == 0 ? nil : links[slot].older &- 1
  }

  /// For tests: as many slots can be reached as are filed, each under its own bucket, and lists lead forward and back.
  /// O(buckets + slots).
  public func isConsistent() -> Bool {
    var reached = 0
    for bucket in 0..<buckets.count {
      var place = buckets[bucket]
      while place != 0 {
        guard links[place &- 1].newer == 0 else { return false }
        var slot = place
        while slot != 0 {
          let own = links[slot &- 1]
          guard Int(own.tag & mask) == bucket, own.tag == links[place &- 1].tag else {
            return false
          }
          guard own.older == 0 || links[own.older &- 1].newer == slot else { return false }
          guard slot == place || own.next == 0 else { return false }
          reached += 1
          guard reached <= count else { return false }
          slot = own.older
        }
        place = links[place &- 1].next
      }
    }
    return reached == count
  }
}
