// What stands in the ring's file beside records: read back as a killed process may have left it, at any instruction.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaDriver

private struct Part<Post: BitwiseCopyable>: ~Copyable {
  let queue: SharedRing<Post>
  let head: PartHead

  /// The unit of the first position.
  var firstUnit: UInt64 {
    head.at.load(fromByteOffset: head.layout.positions + 8, as: UInt64.self)
  }
}

/// A part as the library before `hj_incident_post_by` read it: its numbers are those of then, and never change.
private struct FirstReader {
  /// Posts by the low word of their keys, in order.
  var posts: [UInt64] = []
  /// Their tiers, types and latitudes, which came whole.
  var facts: [[UInt32]] = []
  var positions: [UInt64] = []

  /// nil: that library would have told of damage.
  init?(_ bytes: UnsafeRawBufferPointer, last: UInt64) {
    func word(_ place: Int) -> UInt64 { bytes.load(fromByteOffset: place, as: UInt64.self) }
    let part = Int(word(8))
    guard word(0) == 0x3130_4152_4141_4a48, word(part) == 1, word(part + 8) == 144 else {
      return nil
    }
    let (capacity, units) = (Int(word(part + 16)), Int(word(part + 24)))
    func line(_ count: Int) -> Int { (count + 63) / 64 * 64 }
    let turns = part + 256
    let elements = turns + line(capacity * 8)
    let ends = elements + line(capacity * 144)
    let slots = ends + 256
    for number in word(ends + 128)..<(word(ends) & .max >> 1) {
      let index = Int(number) % capacity
      guard word(turns + index * 8) == number + 1 else { continue }
      // Decided under a record that is there.
      if word(part + 32) == number + 1, 1...max(last, 1) ~= word(part + 40) { continue }
      let element = elements + index * 144
      guard bytes[element] <= 4, bytes[element + 88] <= 1 else { return nil }
      posts.append(word(element + 32))
      facts.append([
        UInt32(bytes[element]), UInt32(word(element) >> 32),
        UInt32(word(element + 8) & 0xffff_ffff),
      ])
    }
    for slot in 0..<units where word(slots + slot * 128 + 8) != 0 {
      positions.append(word(slots + slot * 128 + 8))
    }
  }
}

/// Memory as a ring's file has it.
private final class Ground {
  let bytes: UnsafeMutableRawBufferPointer
  init(_ count: Int) {
    bytes = .allocate(byteCount: count, alignment: 4_096)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }
  deinit { bytes.deallocate() }
  var area: RingArea { RingArea(bytes) }

  /// A new part, which is in force from here on, with a queue of posts in it.
  func begin(posts: Int, units: Int) throws -> Part<Posted> {
    let part: Part<Posted> = try begin(posts: posts, units: units, RingArea.layout)
    part.head.saysPersons(part.head.layout)
    return part
  }

  /// As a library of then made one, with such posts, perhaps where another part stood.
  func begin<Post: BitwiseCopyable>(
    posts: Int, units: Int, _ version: UInt64, at place: UnsafeMutableRawPointer? = nil
  ) throws -> Part<Post> {
    let layout = PartLayout(posts: posts, units: units, version: version)
    let room = try place ?? #require(area.room(for: layout.bytes))
    let head = PartHead(at: room)
    head.write(layout)
    if version != RingArea.layout {
      room.storeBytes(of: version, toByteOffset: 0, as: UInt64.self)
      room.storeBytes(of: UInt64(MemoryLayout<Post>.stride), toByteOffset: 8, as: UInt64.self)
    }
    let part = PartMemory(room + PartHead.bytes, bytes: layout.bytes - PartHead.bytes)
    let queue = try SharedRing<Post>(part.memory, capacity: layout.posts)
    let table = try PositionTable(part.memory, capacity: units, rules: FixRules())
    table.latest.assign(0, id: 77)
    area.name(room)
    return Part(queue: queue, head: head)
  }
}

@Suite struct RingAreaTests {
  private func report(_ number: UInt64) -> Posted {
    let report = IncidentReport(
      tier: .urgent, type: 7, lat_e7: 1, lon_e7: 2, flags: 0, keyHigh: 5, keyLow: number,
      callerHash: 3, wall_us: 4,
      place: Place(
        street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 1, lon_e7: 2,
        isOffNetwork: true))
    return Posted(
      report: report,
      act: Act(operatorID: number &* 3, reason: 4, role: 5, sessionID: number &* 7))
  }

  private func left(_ ground: Ground, last: UInt64) -> [UInt64] {
    LeftBehind(ground.area, last: last).posts.map { posted in
      check(posted.act.operatorID, equals: posted.report.keyLow &* 3)
      check(posted.act.sessionID, equals: posted.report.keyLow &* 7)
      check(posted.act.role, equals: 5)
      check(posted.act.reason, equals: 4)
      return posted.report.keyLow
    }
  }

  /// A later library reads what an earlier one left: another layout needs another number, and a reader of this one.
  @Test func theLayoutOfAPostIsTheFirst() {
    check(RingArea.layout, equals: 1)
    check(MemoryLayout<Posted>.size, equals: 144)
    check(MemoryLayout<Posted>.stride, equals: 144)
    check(MemoryLayout<WiderPost>.size, equals: 168)
    check(MemoryLayout<WiderPost>.offset(of: \.report), equals: 0)
    check(MemoryLayout<WiderPost>.offset(of: \.act), equals: 144)
    check(MemoryLayout<Act>.offset(of: \.operatorID), equals: 0)
    check(MemoryLayout<Act>.offset(of: \.reason), equals: 8)
    check(MemoryLayout<Act>.offset(of: \.role), equals: 12)
    check(MemoryLayout<Act>.offset(of: \.sessionID), equals: 16)
    check(MemoryLayout<IncidentReport>.size, equals: 144)
    check(MemoryLayout<IncidentReport>.offset(of: \.tier), equals: 0)
    check(MemoryLayout<IncidentReport>.offset(of: \.keyHigh), equals: 24)
    check(MemoryLayout<IncidentReport>.offset(of: \.place), equals: 64)
    check(MemoryLayout<IncidentReport>.offset(of: \.place.isOffNetwork), equals: 88)
    check(MemoryLayout<IncidentReport>.offset(of: \.needs), equals: 104)
    check(MemoryLayout<IncidentReport>.offset(of: \.reference), equals: 112)
  }

  /// A post keeps what it says, signed or not, and says nothing of where on the streets that is.
  @Test func aPostHoldsItsPerson() {
    var random = SplitMix64(13)
    for _ in 0..<200 {
      let act = Act(
        operatorID: random.next(), reason: UInt32(truncatingIfNeeded: random.next()),
        role: UInt32(truncatingIfNeeded: random.next()), sessionID: random.next())
      var given = report(random.next()).report
      given.reference.words[3] = random.next()
      let posted = Posted(report: given, act: act)
      check(posted.act.operatorID, equals: act.operatorID)
      check(posted.act.sessionID, equals: act.sessionID)
      check(posted.act.reason, equals: act.reason)
      check(posted.act.role, equals: act.role)
      check(posted.report.keyLow, equals: given.keyLow)
      check(posted.report.reference.words[3], equals: given.reference.words[3])
      check(posted.report.place, equals: .nowhere)
    }
  }

  /// A part that a library left which knew of no persons: its posts are nobody's, its positions lie where they did.
  /// Also where a part of ours with persons stood before.
  @Test func aPartOfTheFirstLayoutIsRead() throws {
    let ground = Ground(RingArea.bytes(posts: 8, units: 3))
    let ours = try ground.begin(posts: 8, units: 3)
    for number in 30..<36 as Range<UInt64> { check(ours.queue.append(report(number))) }
    check(left(ground, last: 0), equals: [30, 31, 32, 33, 34, 35])
    let part: Part<IncidentReport> = try ground.begin(posts: 8, units: 3, 1, at: ours.head.at)
    for number in 20..<24 as Range<UInt64> {
      var given = report(number).report
      // One that was taken back from an earlier process has its place.
      given.place.lat_e7 = 5
      check(part.queue.append(given))
    }
    part.head.mark.begin(part.queue.popped, under: 8)
    let found = LeftBehind(ground.area, last: 8)
    check(found.posts.map { $0.report.keyLow }, equals: [21, 22, 23])
    for posted in found.posts { #expect(!posted.act.isOfPerson) }
    #expect(!found.isDamaged)
    check(part.firstUnit, equals: 77)
  }

  /// A library between kept the person behind the report.
  @Test func aPartOfTheSecondLayoutIsRead() throws {
    let ground = Ground(RingArea.bytes(posts: 8, units: 3) + 3 * 8 * 24)
    let part: Part<WiderPost> = try ground.begin(posts: 8, units: 3, 2)
    for number in 20..<24 as Range<UInt64> {
      let posted = report(number)
      check(part.queue.append(WiderPost(report: posted.report, act: posted.act)))
    }
    part.head.mark.begin(part.queue.popped, under: 8)
    check(left(ground, last: 8), equals: [21, 22, 23])
    let found = LeftBehind(ground.area, last: 8)
    #expect(!found.isDamaged)
    check(part.firstUnit, equals: 77)
    check(FirstReader(UnsafeRawBufferPointer(ground.bytes), last: 8) == nil, "another layout")
    let wanted = PartLayout(posts: 8, units: 3).bytes
    let next = try #require(ground.area.room(for: wanted), "room beside it")
    #expect(next >= part.head.at + part.head.layout.bytes)
  }

  /// The night of an update can be undone: the library before finds every post, signed or not, and every position.
  @Test func theLibraryBeforeFindsEveryPost() throws {
    var random = SplitMix64(14)
    for round in 0..<100 {
      let (size, units) = (1 << Int.random(in: 1...6, using: &random), 1 + round % 5)
      let ground = Ground(RingArea.bytes(posts: size, units: units))
      let part = try ground.begin(posts: size, units: units)
      var waiting: [UInt64] = []
      var next: UInt64 = 100
      for _ in 0..<Int.random(in: 0...300, using: &random) {
        if Bool.random(using: &random) {
          let given = report(next)
          let isSigned = next % 3 > 0
          let posted = Posted(report: given.report, act: isSigned ? given.act : Act())
          check(part.queue.append(posted), equals: waiting.count < size)
          if waiting.count < size { waiting.append(next) }
          next += 1
        } else if !waiting.isEmpty {
          check(part.queue.first?.pointee.report.keyLow, equals: waiting.removeFirst())
          part.queue.dropFirst()
        }
      }
      // Half of the lives end between the record of a decision and the queue.
      let isDecided = round % 2 == 1 && !waiting.isEmpty
      if isDecided {
        part.head.mark.begin(part.queue.popped, under: 8)
        waiting.removeFirst()
      }
      let read = UnsafeRawBufferPointer(ground.bytes)
      let found = try #require(FirstReader(read, last: 8))
      check(found.posts, equals: waiting)
      check(found.facts, equals: waiting.map { _ in [UInt32(Tier.urgent.rawValue), 7, 1] })
      check(found.positions, equals: [77])
      let ours = LeftBehind(ground.area, last: 8)
      check(ours.posts.map { $0.report.keyLow }, equals: waiting)
      for posted in ours.posts {
        let number = posted.report.keyLow
        check(posted.act.operatorID, equals: number % 3 > 0 ? number &* 3 : 0)
      }
    }
  }

  /// Killed before its record was written, a post is still to be decided; behind that it is not.
  @Test func aPostIsDecidedOnce() throws {
    let ground = Ground(RingArea.bytes(posts: 8, units: 3))
    let part = try ground.begin(posts: 8, units: 3)
    for number in 10..<15 as Range<UInt64> { check(part.queue.append(report(number))) }
    check(left(ground, last: 100), equals: [10, 11, 12, 13, 14])
    part.head.mark.begin(part.queue.popped, under: 8)
    check(left(ground, last: 7), equals: [10, 11, 12, 13, 14])
    check(left(ground, last: 8), equals: [11, 12, 13, 14])
    part.queue.dropFirst()
    // The mark is that of the one before: it says nothing of the next.
    check(left(ground, last: 8), equals: [11, 12, 13, 14])
    part.head.mark.begin(part.queue.popped, under: 0)
    check(left(ground, last: 100), equals: [11, 12, 13, 14], "a turn without a record")
    part.head.mark.begin(part.queue.popped, under: 9)
    check(left(ground, last: 9), equals: [12, 13, 14])
    part.queue.dropFirst()
    // Round and round: numbers go on, places come again.
    for number in 15..<20 as Range<UInt64> { check(part.queue.append(report(number))) }
    check(!part.queue.append(report(20)))
    for number in 12..<15 as Range<UInt64> {
      check(part.queue.first?.pointee.report.keyLow, equals: number)
      part.queue.dropFirst()
    }
    check(left(ground, last: 100), equals: [15, 16, 17, 18, 19])
  }

  /// A thread took a place and was killed before it wrote: its caller has no answer, and those behind it have.
  @Test func aPlaceThatWasNeverFilledIsPassedOver() throws {
    let ground = Ground(RingArea.bytes(posts: 4, units: 1))
    let part = try ground.begin(posts: 4, units: 1)
    check(
      part.queue.append(report(1)) && part.queue.append(report(2)) && part.queue.append(report(3)))
    let turns = part.head.at + part.head.layout.turns
    turns.storeBytes(of: 1, toByteOffset: 8, as: UInt64.self)  // as it was before the second came
    check(left(ground, last: 0), equals: [1, 3])
    // Killed in the midst of dropping the first.
    turns.storeBytes(of: 4, toByteOffset: 0, as: UInt64.self)
    check(left(ground, last: 0), equals: [3])
  }

  /// Whatever the sizes were before, a new part has room beside the old one, which stays as it is until the new one is
  /// named.
  @Test func aPartHasRoomBesideAnother() throws {
    var random = SplitMix64(11)
    for _ in 0..<50 {
      var ground = Ground(RingArea.bytes(posts: 1, units: 1))
      for _ in 0..<20 {
        let posts = 1 << Int.random(in: 0...6, using: &random)
        let units = Int.random(in: 1...200, using: &random)
        let wanted = RingArea.bytes(posts: posts, units: units)
        if wanted > ground.bytes.count {
          let larger = Ground(wanted)
          larger.bytes.copyMemory(from: UnsafeRawBufferPointer(ground.bytes))
          ground = larger
        }
        if let (place, head) = ground.area.part() {
          let bytes = PartLayout(posts: posts, units: units).bytes
          let room = try #require(ground.area.room(for: bytes), "\(posts) posts, \(units) units")
          let old = UnsafeMutableRawPointer(ground.bytes.baseAddress.unsafelyUnwrapped) + place
          #expect(room + bytes <= old || room >= old + head.layout.bytes)
          #expect(room + bytes <= ground.bytes.baseAddress.unsafelyUnwrapped + ground.bytes.count)
        }
        let part = try ground.begin(posts: posts, units: units)
        check(part.queue.append(report(9)))
        check(left(ground, last: 0), equals: [9])
      }
    }
  }

  /// A file is believed no more than a host.
  @Test func anythingMayStandThere() throws {
    var random = SplitMix64(12)
    let good = Ground(RingArea.bytes(posts: 8, units: 3))
    let part = try good.begin(posts: 8, units: 3)
    for number in 0..<8 as Range<UInt64> { check(part.queue.append(report(number))) }
    var refused = 0
    for _ in 0..<3_000 {
      let ground = Ground(good.bytes.count)
      ground.bytes.copyMemory(from: UnsafeRawBufferPointer(good.bytes))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place =
          Bool.random(using: &random)
          ? 4_096 + Int.random(in: 0..<2_048, using: &random)
          : Int.random(in: 0..<4_400, using: &random)
        ground.bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      let found = LeftBehind(ground.area, last: UInt64.random(in: 0...9, using: &random))
      if found.isDamaged { refused += 1 }
      #expect(found.posts.count <= 8)
      if let (place, head) = ground.area.part() {
        #expect(place + head.layout.bytes <= ground.bytes.count)
      }
    }
    check(refused, above: 20)
    let later = Ground(good.bytes.count)
    later.bytes.copyMemory(from: UnsafeRawBufferPointer(good.bytes))
    later.bytes[4_096] = 3
    check(left(later, last: 0), equals: [])
    #expect(LeftBehind(later.area, last: 0).isDamaged, "a later layout is told")
  }
}
