// What a turn was given is what it is given again: the same positions, at the same questions, and no others.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaIngest

/// A table, what is written down of it, and what a test says to them.
private final class Room {
  let table: UnsafeMutablePointer<PositionTable>
  let facts: UnsafeMutablePointer<TurnFacts>

  init(units: Int = 8, room: Int = 64, rules: FixRules = FixRules()) throws {
    let made = try PositionTable(.system, capacity: units, rules: rules)
    let log = try TurnFacts(.system, capacity: room)
    table = .allocate(capacity: 1)
    table.initialize(to: made)
    facts = .allocate(capacity: 1)
    facts.initialize(to: log)
    for slot in 0..<UInt32(units) { table.pointee.latest.assign(slot, id: UInt64(slot) + 100) }
  }

  deinit {
    table.deinitialize(count: 1)
    table.deallocate()
    facts.deinitialize(count: 1)
    facts.deallocate()
  }

  var live: Feed { .live(table, writing: facts) }
  /// The same turn, from what was written down.
  var recorded: Feed {
    facts.pointee.rewind()
    return .recorded(facts)
  }
  var written: Int { facts.pointee.count }
  var isUsedUp: Bool { facts.pointee.isUsedUp }

  func place(_ number: Int32) -> Place {
    Place(
      street: 1, offset_mm: UInt32(number), node: Place.none, gap_dm: 3, lat_e7: number,
      lon_e7: -number, isOffNetwork: number % 2 == 0)
  }

  @discardableResult
  func report(_ slot: UInt32, _ number: Int32) -> FixVerdict {
    table.pointee.take(
      Fix(
        unitID: UInt64(slot) + 100, place: place(number), lat_e7: number, lon_e7: -number,
        accuracy_dm: 0, wall_us: 1_000_000 + Int64(number), fix_ns: Int64(number) << 27),
      in: slot, now_us: 0)
  }
}

/// A turn as a core runs it: what waits, then questions.
private func turn(_ feed: Feed, _ questions: [UInt32], meanwhile: (Int) -> Void = { _ in })
  -> [TakenFix?]
{
  var given: [TakenFix?] = []
  var group = InlineArray<8, UInt32>(repeating: 0)
  while case let count = feed.popNext(&group, most: 3), count > 0 {
    for index in 0..<count { given.append(feed.take(group[index], now_ns: 1 << 40)) }
  }
  while let fix = feed.takeWritten() { given.append(fix) }
  for (index, slot) in questions.enumerated() {
    meanwhile(index)
    given.append(feed.newer(of: slot, now_ns: 1 << 40))
  }
  return given
}

@Suite struct FeedTests {
  @Test func aTurnIsGivenTheSameAgain() throws {
    let room = try Room()
    room.report(2, 7)
    room.report(5, 8)
    let first = turn(room.live, [2, 5, 2, 2]) { index in
      // Unit 2 moves between the first question about it and the last.
      if index == 3 { room.report(2, 9) }
    }
    #expect(first.map { $0?.place.lat_e7 } == [7, 8, nil, nil, nil, 9])
    #expect(first.map { $0?.place.isOffNetwork } == [false, true, nil, nil, nil, false])
    let again = turn(room.recorded, [2, 5, 2, 2])
    func bare(_ fixes: [TakenFix?]) -> [TakenFix?] {
      fixes.map {
        var fix = $0
        fix?.ask = 0
        return fix
      }
    }
    #expect(bare(again) == bare(first))
    #expect(room.isUsedUp)
  }

  /// A question more than there were: an answer belongs to its question, so that what comes after shows the fault.
  @Test func anAnswerBelongsToItsQuestion() throws {
    let room = try Room()
    _ = turn(room.live, [3, 3]) { index in if index == 1 { room.report(3, 5) } }
    let again = turn(room.recorded, [4, 3, 3])
    #expect(again.map { $0?.place.lat_e7 } == [nil, 5, nil])
    // One question fewer: it is never given, and that is seen.
    let other = try Room()
    _ = turn(other.live, [3, 3]) { index in if index == 1 { other.report(3, 5) } }
    _ = turn(other.recorded, [3])
    #expect(!other.isUsedUp)
  }

  @Test func aRecordedFeedNeedsNoTable() throws {
    let room = try Room()
    let feed = room.recorded
    room.report(1, 4)
    feed.assign(1, id: 5)
    feed.void(1)
    feed.retire(1)
    feed.set(isOffDuty: true, 1)
    #expect(!feed.hasFresh && !feed.isLive)
    #expect(turn(feed, [1]) == [nil])
    #expect(turn(.none, [1]) == [nil])
    // The table heard nothing of it.
    #expect(turn(.live(room.table), [])[0]?.place.lat_e7 == 4)
  }

  @Test func whatTheCoreSaysOfItsUnits() throws {
    let room = try Room()
    let feed = room.live
    for slot in 1...4 as ClosedRange<UInt32> { room.report(slot, Int32(slot)) }
    feed.assign(1, id: 900)
    feed.void(2)
    feed.retire(3)
    feed.set(isOffDuty: true, 4)
    #expect(turn(feed, []) == [nil, nil, nil, nil])
    #expect(room.written == 0)
    #expect(room.report(1, 5) == .unknownUnit && room.report(3, 5) == .unknownUnit)
    #expect(room.report(2, 5) == .accepted)
    feed.set(isOffDuty: false, 4)
    #expect(room.report(4, 6) == .accepted)
    #expect(turn(feed, []).map { $0?.place.lat_e7 } == [5, 6])
  }

  /// Where no more can be written down nothing is given, and nothing is lost: the next turn has it.
  @Test(arguments: [0, 1, 3, 8])
  func aFullLogGivesNothing(room size: Int) throws {
    let room = try Room(room: size)
    for slot in 0..<8 as Range<UInt32> { room.report(slot, Int32(slot) + 1) }
    var slots: [UInt32] = []
    for _ in 0..<9 {
      room.facts.pointee.removeAll()
      var group = InlineArray<8, UInt32>(repeating: 0)
      let count = room.live.popNext(&group, most: 4)
      for index in 0..<count where room.live.take(group[index], now_ns: 0) != nil {
        slots.append(group[index])
      }
      #expect(room.written <= size)
    }
    #expect(slots.sorted() == (size == 0 ? [] : Array(0..<8)))
    #expect(room.live.hasFresh == (size == 0))
    #expect(room.live.newer(of: 0, now_ns: 0) == nil)
  }

  /// What was given outside a command comes before the next one.
  @Test func whatIsCarriedOver() throws {
    let room = try Room()
    room.report(1, 4)
    #expect(room.live.newer(of: 1, now_ns: 0)?.place.lat_e7 == 4)
    room.facts.pointee.carryOver()
    room.report(2, 5)
    _ = turn(room.live, [])
    let again = turn(room.recorded, [1])
    #expect(again.map { $0?.slot } == [1, 2, nil])
  }
}

@Suite struct DigestTests {
  @Test func everyWordAndItsPlaceCounts() {
    var seen: [UInt64] = []
    for words in [[1, 2], [2, 1], [1], [1, 2, 0], [0, 1, 2], []] as [[UInt64]] {
      var digest = Digest()
      for word in words { digest.fold(word) }
      #expect(!seen.contains(digest.value), "\(words)")
      seen.append(digest.value)
    }
    for bit in 1..<64 {  // the word 1 is among them
      var digest = Digest()
      digest.fold(UInt64(1) << UInt64(bit))
      #expect(!seen.contains(digest.value), "bit \(bit)")
      seen.append(digest.value)
    }
  }
}
