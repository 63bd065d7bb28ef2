// Where the lists begin. Levels of rings: the buckets of level 0 are a tick wide, those of each further level as wide
// as half a ring of the level before. Half a ring, so that at any time the present and the whole next bucket of a level
// fit into the level below: there is always the time of a full bucket to carry its deadlines down.

import HujiaContainers

struct Buckets: ~Copyable {
  /// A tick is 2^24 ns (16.8 ms).
  static var tickBits: Int { 24 }
  /// Ticks of the times 0 ... Int64.max.
  private static var timeBits: Int { 63 - tickBits }

  /// Bits of a tick's number that one level tells apart; its ring is twice as long.
  let bits: Int
  let levels: Int
  /// First slot + 1 of each bucket, ring after ring; 0 = empty.
  let heads: Block<UInt32>
  /// A bit for each bucket that is not empty, and one for each word of these that is not zero.
  private let words: Block<UInt64>
  private let summary: Block<UInt64>

  /// As many buckets as suit the capacity: 10, 32 or 192 KiB. A million deadlines within a minute or two lie a few
  /// hundred to a bucket.
  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let bits = capacity <= 4_096 ? 8 : capacity <= 65_536 ? 10 : 13
    let levels = (Self.timeBits + bits - 1) / bits
    let heads = try Block<UInt32>(memory, count: levels << (bits + 1))
    let words = try Block<UInt64>(memory, count: levels << (bits + 1 - 6))
    let summary = try Block<UInt64>(memory, count: levels * Self.summaryWords(bits))
    self.bits = bits
    self.levels = levels
    self.heads = heads
    self.words = words
    self.summary = summary
  }

  private static func summaryWords(_ bits: Int) -> Int { max(1, 1 << max(bits + 1 - 12, 0)) }

  private var ring: Int { 1 &<< (bits &+ 1) }

  /// The tick in which a level's bucket begins, from the bucket's number since time 0.
  @inline(__always) func tick(_ number: Int64, level: Int) -> Int64 { number << (bits * level) }

  @inline(__always) func bucket(_ number: Int64, level: Int) -> Int {
    level &<< (bits &+ 1) | Int(truncatingIfNeeded: number) & (ring &- 1)
  }

  /// The finest bucket for a tick after `reached`.
  @inline(__always) func bucket(tick: Int64, reached: Int64) -> Int {
    var level = 0
    var shift = Int64(bits)
    while level + 1 < levels, tick &>> shift > reached &>> shift &+ 1 {
      level += 1
      shift &+= Int64(bits)
    }
    return bucket(tick &>> (shift &- Int64(bits)), level: level)
  }

  @inline(__always) func mark(_ bucket: Int) {
    let word = bucket >> 6
    words[word] |= 1 &<< UInt64(bucket & 63)
    let place = summaryPlace(word)
    summary[place.word] |= place.bit
  }

  @inline(__always) func unmark(_ bucket: Int) {
    let word = bucket >> 6
    words[word] &= ~(1 &<< UInt64(bucket & 63))
    guard words[word] == 0 else { return }
    let place = summaryPlace(word)
    summary[place.word] &= ~place.bit
  }

  @inline(__always) private func summaryPlace(_ word: Int) -> (word: Int, bit: UInt64) {
    let level = word &>> (bits &+ 1 &- 6)
    let within = word & (ring &>> 6 &- 1)
    return (level * Self.summaryWords(bits) + within >> 6, 1 &<< UInt64(within & 63))
  }

  /// The number of a level's first bucket that is not empty, from that of `reached` on; nil when all are empty. O(1).
  func first(level: Int, reached: Int64) -> Int64? {
    let start = reached >> (bits * level)
    let from = Int(start) & (ring - 1)
    guard let found = firstInRing(level: level, from: from) else { return nil }
    return start &+ Int64((found &- from) & (ring - 1))
  }

  private func firstInRing(level: Int, from: Int) -> Int? {
    let base = level << (bits + 1 - 6)
    let rest = words[base + from >> 6] & (~0 &<< UInt64(from & 63))
    if rest != 0 { return from & ~63 | rest.trailingZeroBitCount }
    // Going round: the last word that is looked at is the first again, for its lower bits.
    guard let word = nextWord(level: level, from: from >> 6 + 1) ?? nextWord(level: level, from: 0)
    else { return nil }
    return word << 6 | words[base + word].trailingZeroBitCount
  }

  private func nextWord(level: Int, from: Int) -> Int? {
    let length = Self.summaryWords(bits)
    var place = from >> 6
    guard place < length else { return nil }
    var rest = summary[level * length + place] & (~0 &<< UInt64(from & 63))
    while rest == 0 {
      place += 1
      guard place < length else { return nil }
      rest = summary[level * length + place]
    }
    return place << 6 | rest.trailingZeroBitCount
  }
}
