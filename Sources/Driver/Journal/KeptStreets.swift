// The newest time that was reported of each street, in the ring's file: a killed process leaves it, and snapshots take
// it from there. Must never: be believed where its map is another, wait for anybody.

import HujiaContainers
import HujiaRoads
import HujiaRouting
import Synchronization

/// A word for each arc and profile of one map: what was reported last; 0 = nothing but the map's own time. Reporters
/// write under their lock, so the newest stays; a reader sees each word whole. Which street is being written stands in
/// the head, so that a kill between its words leaves no half of it.
struct KeptStreets {
  private let start: UnsafeMutableRawPointer
  let keys: Int

  private static var magic: UInt64 { 0x3130_5354_5453_4a48 }  // "HJSTTS01"
  private static var headBytes: Int { 64 }

  /// A line of the cache, then the words. 0: there is no map, so nothing is kept.
  static func bytes(keys: Int) -> Int {
    keys == 0 ? 0 : (headBytes + keys * MemoryLayout<UInt32>.stride + 63) & ~63
  }

  /// nil: it is none, or of another map. `beside`: the part in force; under another one a library that knows no such
  /// table has been here, and may have written over it.
  init?(
    at place: UnsafeMutableRawPointer, bytes: Int, map: RoadMap, checksum: UInt64, beside part: Int
  ) {
    let keys = map.arcCount * 2
    guard keys > 0, bytes == Self.bytes(keys: keys), place.load(as: UInt64.self) == Self.magic,
      place.load(fromByteOffset: 8, as: UInt64.self) == checksum,
      place.load(fromByteOffset: 16, as: UInt64.self) == UInt64(keys),
      place.load(fromByteOffset: 24, as: UInt64.self) == UInt64(part)
    else { return nil }
    start = place
    self.keys = keys
  }

  /// A new one, in which nothing was reported.
  init(making place: UnsafeMutableRawPointer, keys: Int, checksum: UInt64, beside part: Int) {
    start = place
    self.keys = keys
    place.initializeMemory(as: UInt8.self, repeating: 0, count: Self.bytes(keys: keys))
    place.storeBytes(of: checksum, toByteOffset: 8, as: UInt64.self)
    place.storeBytes(of: UInt64(keys), toByteOffset: 16, as: UInt64.self)
    place.storeBytes(of: UInt64(part), toByteOffset: 24, as: UInt64.self)
    place.storeBytes(of: Self.magic, as: UInt64.self)
  }

  /// The street that is being written: its id, its time in one word, and whether there is one.
  private func head(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    (start + 32 + index * 8).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// Before a street's words: one street at a time, under the reporters' lock.
  @inline(__always)
  func begin(_ street: StreetTime) {
    head(0).pointee.store(street.streetID, ordering: .relaxed)
    head(1).pointee.store(street.packed, ordering: .relaxed)
    head(2).pointee.store(1, ordering: .releasing)
    // None of them is seen before that.
    atomicMemoryFence(ordering: .releasing)
  }

  /// Behind them.
  @inline(__always)
  func end() { head(2).pointee.store(0, ordering: .releasing) }

  /// A killed process left a street begun.
  var isUnfinished: Bool { head(2).pointee.load(ordering: .relaxed) != 0 }

  /// That street; nil: it is none.
  var unfinished: StreetTime? {
    guard isUnfinished else { return nil }
    return StreetTime(
      head(0).pointee.load(ordering: .relaxed), packed: head(1).pointee.load(ordering: .relaxed))
  }

  private var words: UnsafeMutablePointer<Atomic<UInt32>> {
    (start + Self.headBytes).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  /// `mapped_ms`: the map's own time of the arc.
  @inline(__always)
  func put(_ key: Int, _ time_ms: UInt32, mapped_ms: UInt32) {
    assert(key < keys)
    words[key].store(time_ms == mapped_ms ? 0 : time_ms, ordering: .relaxed)
  }

  /// Those that differ from the map, by key: what was on record, as far as nothing newer was reported. A time on record
  /// that was reported back to the map's is the map's. O(keys).
  /// `takesClosures`: also what is closed, or no more, since the records.
  func times(
    over recorded: [UInt32: UInt32], takesClosures: Bool = true, mapped_ms: (Int) -> UInt32
  ) -> [UInt32: UInt32] {
    var times = recorded
    for key in 0..<keys {
      let reported = words[key].load(ordering: .relaxed)
      let known = recorded[UInt32(key)]
      if reported == 0, known == nil { continue }
      if !takesClosures, reported == .max || known == .max { continue }
      times[UInt32(key)] = reported == 0 ? mapped_ms(key) : reported
    }
    return times
  }
}

extension StreetTime {
  /// All but its id: the time as the C header says it, then direction and profile, 0 = both.
  fileprivate var packed: UInt64 {
    let said: UInt32 =
      switch time {
      case .travel(let ms): ms
      case .closed: .max
      case .asMapped: .max - 1
      }
    let which: UInt64 =
      switch profile {
      case nil: 0
      case .response: 1
      case .normal: 2
      }
    return UInt64(said) | UInt64(UInt8(truncatingIfNeeded: direction.rawValue)) << 32 | which << 40
  }

  /// nil: nobody wrote that.
  fileprivate init?(_ streetID: UInt64, packed: UInt64) {
    let said = UInt32(truncatingIfNeeded: packed)
    let time: Time
    switch said {
    case .max: time = .closed
    case .max - 1: time = .asMapped
    case Self.range_ms: time = .travel(ms: said)
    default: return nil
    }
    let profiles: [Profile?] = [nil, .response, .normal]
    guard packed >> 48 == 0, packed >> 40 < 3,
      let direction = StreetIndex.Direction(rawValue: Int32(packed >> 32 & 255))
    else { return nil }
    self.init(
      streetID: streetID, time: time, direction: direction, profile: profiles[Int(packed >> 40)])
  }
}

extension RoadMap {
  /// What an arc takes by the map, by key: all arcs as normal cars drive, then all with lights.
  func mapped_ms(_ key: Int) -> UInt32 {
    key < arcCount ? arcNormal_ms[key] : arcResponse_ms[key - arcCount]
  }
}
