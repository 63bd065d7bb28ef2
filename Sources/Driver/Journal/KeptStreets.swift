// The newest time that was reported of each street, in the ring's file: a killed process leaves it, and snapshots take
// it from there. Must never: be believed where its map is another, wait for anybody.

import HujiaContainers
import HujiaRoads
import Synchronization

/// A word for each arc and profile of one map: what was reported last; 0 = nothing but the map's own time. Reporters
/// write under their lock, so the newest stays; a reader sees each word whole.
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

extension RoadMap {
  /// What an arc takes by the map, by key: all arcs as normal cars drive, then all with lights.
  func mapped_ms(_ key: Int) -> UInt32 {
    key < arcCount ? arcNormal_ms[key] : arcResponse_ms[key - arcCount]
  }
}
