// What the ring's file holds beside records, so that a killed process leaves it: the queue of posts and the newest
// position of each unit. Must never: be without what was accepted, at any instruction; believe a file.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import Synchronization

/// A page that names the part in force, then room for three parts. Opening writes a whole new part beside the old one
/// and names it with one store. The room around a part is at least that of two, so before or behind it another has
/// room; and because the area never shrinks, that holds for other sizes too.
struct RingArea {
  private let start: UnsafeMutableRawPointer
  private let bytes: Int

  private static var magic: UInt64 { 0x3130_4152_4141_4a48 }  // "HJAARA01"
  private static var page: Int { 4_096 }
  /// Of what stands in a post's place: a report. Another one would hide the posts of a killed process from the library
  /// before, to which an update may be undone.
  static var layout: UInt64 { 1 }
  /// What a library between wrote: a report and the person behind it (`WiderPost`).
  static var widerLayout: UInt64 { 2 }

  init(_ area: UnsafeMutableRawBufferPointer) {
    start = area.baseAddress.unsafelyUnwrapped
    bytes = area.count
  }

  /// Of the whole area. `streets`: bytes of the table of street times (`KeptStreets`), which lies at its end, once.
  static func bytes(posts: Int, units: Int, streets: Int = 0) -> Int {
    page + 3 * PartLayout(posts: posts, units: units).bytes + streets
  }

  private var active: UnsafeMutablePointer<Atomic<UInt64>> {
    (start + 8).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The part in force; nil: none, or nothing of ours.
  func part() -> (place: Int, head: PartHead)? {
    guard start.load(as: UInt64.self) == Self.magic else { return nil }
    let place = active.pointee.load(ordering: .acquiring)
    guard place >= UInt64(Self.page), place < UInt64(bytes), place % 64 == 0,
      Int(place) + PartHead.bytes <= bytes
    else { return nil }
    let head = PartHead(at: start + Int(place))
    guard head.isSound, head.layout.bytes <= bytes - Int(place) else { return nil }
    return (Int(place), head)
  }

  /// There is a part, and this library cannot read it.
  var isStrange: Bool {
    start.load(as: UInt64.self) != 0 && active.pointee.load(ordering: .acquiring) != 0
      && part() == nil
  }

  /// Where a part of so many bytes has room beside the one in force, and before the `streets` bytes at the end.
  func room(for wanted: Int, streets: Int = 0) -> UnsafeMutableRawPointer? {
    let end = (bytes - streets) & ~63
    guard let (place, head) = part() else {
      return Self.page + wanted <= end ? start + Self.page : nil
    }
    if place - Self.page >= wanted, Self.page + wanted <= end { return start + Self.page }
    let behind = (place + head.layout.bytes + 63) & ~63
    return end - behind >= wanted ? start + behind : nil
  }

  // Street times

  private var streetPlace: UnsafeMutablePointer<Atomic<UInt64>> {
    (start + 16).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// Where the table of street times lies that a process left, and how long it is; nil: it left none.
  var streets: UnsafeMutableRawBufferPointer? {
    guard start.load(as: UInt64.self) == Self.magic else { return nil }
    let place = streetPlace.pointee.load(ordering: .acquiring)
    let count = start.load(fromByteOffset: 24, as: UInt64.self)
    guard place >= UInt64(Self.page), place % 64 == 0, place < UInt64(bytes),
      count <= UInt64(bytes) - place
    else { return nil }
    return UnsafeMutableRawBufferPointer(start: start + Int(place), count: Int(count))
  }

  /// Where one of so many bytes begins: at the end. Behind `name`, when no part of before is in force any more.
  func streetRoom(_ count: Int) -> UnsafeMutableRawPointer { start + ((bytes - count) & ~63) }

  /// From here on that table counts; nil: none does.
  func name(streets: UnsafeMutableRawPointer?, bytes count: Int = 0) {
    if streets != nil { start.storeBytes(of: UInt64(count), toByteOffset: 24, as: UInt64.self) }
    streetPlace.pointee.store(UInt64(streets.map { $0 - start } ?? 0), ordering: .releasing)
  }

  /// From here on the part at this place is the one in force.
  func name(_ part: UnsafeMutableRawPointer?) {
    active.pointee.store(UInt64(part.map { $0 - start } ?? 0), ordering: .releasing)
    start.storeBytes(of: Self.magic, as: UInt64.self)
  }
}

/// Where in a part what begins. Blocks are taken one behind the other, each at a line of the cache.
struct PartLayout {
  let posts: Int
  let units: Int
  let turns: Int
  let elements: Int
  let ends: Int
  let positions: Int
  let bytes: Int

  init(posts: Int, units: Int, version: UInt64 = RingArea.layout) {
    func line(_ bytes: Int) -> Int { (bytes + 63) & ~63 }
    let sizes =
      version == RingArea.layout
      ? SharedRing<Posted>.sizes(capacity: posts)
      : SharedRing<WiderPost>.sizes(capacity: posts)
    self.posts = sizes.turns / 8
    self.units = units
    turns = PartHead.bytes
    elements = turns + line(sizes.turns)
    ends = elements + line(sizes.elements)
    positions = ends + line(sizes.ends)
    bytes = line(positions + PositionTable.bytes(capacity: units))
  }
}

/// The first bytes of a part: how it is laid out, and which post is being decided.
struct PartHead {
  static var bytes: Int { 256 }
  let at: UnsafeMutableRawPointer

  private func word(_ index: Int) -> UInt64 { at.load(fromByteOffset: index * 8, as: UInt64.self) }

  func write(_ layout: PartLayout) {
    let words: InlineArray<6, UInt64> = [
      RingArea.layout, UInt64(MemoryLayout<Posted>.stride), UInt64(layout.posts),
      UInt64(layout.units), 0, 0,
    ]
    for index in 0..<6 {
      at.storeBytes(of: words[index], toByteOffset: index * 8, as: UInt64.self)
    }
  }

  /// "HJACTS01"
  private static var persons: UInt64 { 0x3130_5354_4341_4a48 }

  /// Behind the ring's making: its posts name the persons that posted them. The word lies among the ring's ends, which
  /// every library makes anew, so a part of one that knows of no persons has it not, whatever stood there before.
  func saysPersons(_ layout: PartLayout) {
    at.storeBytes(
      of: Self.persons, toByteOffset: layout.ends + SharedRing<Posted>.ownersOffset,
      as: UInt64.self)
  }

  var hasPersons: Bool {
    version == RingArea.widerLayout
      || at.load(
        fromByteOffset: layout.ends + SharedRing<Posted>.ownersOffset, as: UInt64.self)
        == Self.persons
  }

  var isSound: Bool {
    let stride: Int
    switch version {
    case RingArea.layout: stride = MemoryLayout<Posted>.stride
    case RingArea.widerLayout: stride = MemoryLayout<WiderPost>.stride
    default: return false
    }
    return word(1) == UInt64(stride) && word(2) <= 1 << 25 && word(3) <= 1 << 21
  }
  var version: UInt64 { word(0) }
  var layout: PartLayout {
    PartLayout(posts: Int(word(2)), units: Int(word(3)), version: version)
  }
  var mark: PostMark { PostMark(at: at + 32) }
}

/// Which post is being decided, and under which record: after a crash it is known whether that was written.
struct PostMark {
  private let cells: UnsafeMutablePointer<Atomic<UInt64>>

  init(at place: UnsafeMutableRawPointer) {
    cells = place.assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  /// The record first: until the number follows, the mark is of a post that has left the queue.
  func begin(_ post: UInt64, under record: UInt64) {
    cells[1].store(record, ordering: .relaxed)
    cells[0].store(post &+ 1, ordering: .releasing)
  }

  /// Whether the post was decided on record before the process ended; its last record was `last`.
  func wasDecided(_ post: UInt64, last: UInt64) -> Bool {
    let record = cells[1].load(ordering: .relaxed)
    return cells[0].load(ordering: .relaxed) == post &+ 1 && record != 0 && record <= last
  }
}

/// What a process left in its part.
struct LeftBehind {
  var posts: [Posted] = []
  var positions: [(id: UInt64, value: LatestTable.Value)] = []
  /// Something in it can be none of ours.
  var isDamaged = false

  init() {}

  init(_ area: RingArea, last: UInt64) {
    guard let (_, head) = area.part() else {
      isDamaged = area.isStrange
      return
    }
    let (part, layout) = (head.at, head.layout)
    let (turns, elements, ends) = (
      part + layout.turns, part + layout.elements, part + layout.ends
    )
    let isRing =
      head.version == RingArea.layout
      ? SharedRing<Posted>.left(
        turns: turns, elements: elements, ends: ends, capacity: layout.posts
      ) { take($1, $0, head, last) }
      : SharedRing<WiderPost>.left(
        turns: turns, elements: elements, ends: ends, capacity: layout.posts
      ) { take($1, $0, head, last) }
    if !isRing { isDamaged = true }
    for slot in 0..<layout.units {
      if let left = LatestTable.left(part + layout.positions + slot * LatestTable.slotBytes) {
        positions.append(left)
      }
    }
  }

  private mutating func take(
    _ element: UnsafeRawPointer, _ number: UInt64, _ head: PartHead, _ last: UInt64
  ) {
    if head.mark.wasDecided(number, last: last) { return }
    guard let report = Self.report(element) else { return isDamaged = true }
    posts.append(Posted(report: report, act: Self.act(element, head)))
  }

  private static func act(_ element: UnsafeRawPointer, _ head: PartHead) -> Act {
    guard head.hasPersons else { return Act() }
    return head.version == RingArea.layout
      ? element.loadUnaligned(as: Posted.self).act : element.loadUnaligned(as: WiderPost.self).act
  }

  /// nil: its bytes are no report's.
  private static func report(_ raw: UnsafeRawPointer) -> IncidentReport? {
    typealias Report = IncidentReport
    guard let tier = MemoryLayout<Report>.offset(of: \.tier),
      let mark = MemoryLayout<Report>.offset(of: \.place.isOffNetwork),
      Tier(rawValue: raw.load(fromByteOffset: tier, as: UInt8.self)) != nil,
      raw.load(fromByteOffset: mark, as: UInt8.self) <= 1
    else { return nil }
    return raw.loadUnaligned(as: Report.self)
  }
}

/// Memory of a part, taken from its beginning to its end and given back with the ring.
struct PartMemory: ~Copyable {
  private struct Cursor {
    var next: UnsafeMutableRawPointer
    var end: UnsafeMutableRawPointer
  }
  private let cursor = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)

  init(_ start: UnsafeMutableRawPointer, bytes: Int) {
    cursor.initialize(to: Cursor(next: start, end: start + bytes))
  }

  deinit { cursor.deallocate() }

  /// What is taken of it outlives this value: giving back looks at nothing.
  var memory: Memory {
    Memory(
      context: UnsafeMutableRawPointer(cursor),
      allocate: { context, bytes, alignment in
        guard let cursor = context?.assumingMemoryBound(to: Cursor.self) else { return nil }
        let place = cursor.pointee.next.alignedUp(toMultipleOf: Int(max(alignment, 64)))
        guard bytes <= UInt64(max(cursor.pointee.end - place, 0)) else { return nil }
        cursor.pointee.next = place + Int(bytes)
        return place
      }, release: { _, _, _, _ in })
  }
}
