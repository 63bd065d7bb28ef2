// Long plans and the times of large epochs are put on record a piece a turn: others get the baton in between, a crash
// at any place gives the plans before or those behind, and what was written whole is read as ever.

import Foundation
import HujiaContainers
import HujiaEngine
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaJournal

@Suite(.serialized, .timeLimit(.minutes(10))) struct StagedContentTests {
  private let folder = TemporaryFolder()
  private static let piece = 4 << 10

  /// Plans of so many bytes: blanks behind them.
  private static func plans(_ bytes: Int) -> [UInt8] {
    let text = [UInt8](RecordedCity.plans.utf8)
    return text + [UInt8](repeating: 0x20, count: bytes - text.count)
  }

  private func city(_ journal: String) throws -> RecordedCity {
    let city = try RecordedCity(.poll, in: folder, journal: journal)
    city.driver.stagingGate.piece = Self.piece
    return city
  }

  private func load(_ city: RecordedCity, _ text: [UInt8]) throws {
    try text.withBytes { (raw) throws(Failure) in try city.driver.loadPlans(raw) }
  }

  private struct Line: Equatable {
    var kind: UInt16
    var bytes: Int
    var hasMore: Bool
  }

  private func lines(_ path: String) -> [Line] {
    var lines: [Line] = []
    let report = Journal.read(path) { record in
      lines.append(Line(kind: record.kind, bytes: record.payload.count, hasMore: record.hasMore))
      return true
    }
    check(report.problem == nil)
    return lines
  }

  private func review(_ path: String, _ means: JournalReview.Means) throws -> JournalReview.Outcome
  {
    var openings = JournalOpenings()
    let report = Journal.read(path) { openings.note($0) }
    check(report.problem == nil)
    return try JournalReview.run(
      JournalReview.Source(path: path, openings: openings, last: report.last), means,
      map: folder.file("grid.hjmap")
    ) { _ in }
  }

  /// The first `count` records in a journal of their own, each through a hand that may change it.
  private func copy(
    _ path: String, _ target: String, first count: Int,
    _ edit: (Line, [UInt8]) -> (Line, [UInt8]) = { ($0, $1) }
  ) throws {
    var settings = JournalSettings(folder: target)
    settings.ringBytes = 8 << 20
    settings.hasThread = false
    let journal = try Journal.open(settings) { _ in true }
    var taken = 0
    let report = Journal.read(path) { record in
      guard taken < count else { return false }
      taken += 1
      let (line, payload) = edit(
        Line(kind: record.kind, bytes: record.payload.count, hasMore: record.hasMore),
        record.inlined)
      return payload.withUnsafeBytes {
        journal.append(
          kind: line.kind, version: record.version, monotonic_ns: record.monotonic_ns,
          wall_us: record.wall_us, isLast: !line.hasMore, $0)
      } == record.sequence
    }
    check(taken, equals: count)
    check(report.problem == nil)
    journal.close()
  }

  private func isLong(_ driver: EngineDriver, _ bytes: Int) -> Bool {
    driver.core.pointee.planSource.bytes == UInt32(bytes)
  }

  /// Between two pieces stands what somebody else did meanwhile: no turn has more than one.
  @Test func othersGetTheBatonBetweenTwoPieces() throws {
    let path = folder.file("journal")
    let city = try city(path)
    var random = SplitMix64(1)
    city.putUnits(&random)
    var looks = 0
    city.driver.stagingGate.between = { [unowned city] in
      looks += 1
      city.submit(.report(city.report(&random, key: UInt64(looks))))
    }
    let before = lines(path).count
    try load(city, Self.plans(5 * Self.piece + 1))
    city.close()
    check(looks, equals: 6)
    let written = lines(path)[before...].map(\.kind)
    check(written.filter { $0 == RecordKind.staged }.count, equals: 6)
    check(!written.contains(RecordKind.content))
    for (one, next) in zip(written, written.dropFirst()) where one == RecordKind.staged {
      check(next, equals: RecordKind.turn)
    }
    for line in lines(path) where line.kind == RecordKind.staged {
      check(!line.hasMore)
      check(line.bytes, atMost: Self.piece + StagedContent.headBytes)
    }
    check(try review(path, .rebuilding).first == nil)
    check(try review(path, .deciding).first == nil)
    // A piece's worth is short: it becomes visible with its turn, as it ever did.
    let short = folder.file("short")
    let other = try self.city(short)
    try load(other, Self.plans(Self.piece))
    other.close()
    check(lines(short).filter { $0.kind == RecordKind.staged }.isEmpty)
    check(lines(short).filter { $0.kind == RecordKind.content && $0.hasMore }.count, equals: 1)
  }

  /// A life ends behind each record in turn; the next one has the plans before or those behind, whole, and goes on.
  @Test func aCrashBetweenTwoPiecesLosesNothing() throws {
    let path = folder.file("journal")
    let city = try city(path)
    var random = SplitMix64(2)
    city.put(unit: 1, &random)
    city.driver.stagingGate.between = { [unowned city] in city.put(unit: 2, &random) }
    let long = 2 * Self.piece + 77
    try load(city, Self.plans(long))
    city.close()
    let kinds = lines(path).map(\.kind)
    let named = try #require(kinds.lastIndex(of: RecordKind.staged)) + 3
    var seen: Set<Bool> = []
    for count in 1...kinds.count {
      let part = folder.file("part-\(count)")
      try copy(path, part, first: count)
      let next = try self.city(part)
      check(isLong(next.driver, long), equals: count >= named)
      seen.insert(count >= named)
      check(next.driver.journalFigures.reasons & EngineJournal.Reason.rebuiltOtherwise, equals: 0)
      guard kinds[count - 1] == RecordKind.staged || count >= named else {
        next.close()
        continue
      }
      // Pieces that nothing names are nothing to the next life.
      try load(next, Self.plans(long + Self.piece))
      next.close()
      let last = try self.city(part)
      check(isLong(last.driver, long + Self.piece))
      last.close()
      check(try review(part, .rebuilding).first == nil)
      check(try review(part, .deciding).first == nil)
    }
    check(seen.count, equals: 2)
  }

  /// Until 0.3 all pieces stood right before their turn and became visible with it.
  @Test func whatWasWrittenWholeIsRead() throws {
    let path = folder.file("journal")
    let city = try city(path)
    var random = SplitMix64(3)
    city.put(unit: 1, &random)
    let long = 3 * Self.piece + 77
    try load(city, Self.plans(long))
    city.put(unit: 3, &random)
    city.close()
    let old = folder.file("old")
    var pieces = 0
    try copy(path, old, first: lines(path).count) { line, payload in
      if line.kind == RecordKind.staged {
        pieces += 1
        return (
          Line(kind: RecordKind.content, bytes: 0, hasMore: true),
          Array(payload[StagedContent.headBytes...])
        )
      }
      let turn = payload.withUnsafeBytes { TurnRecord($0) }
      guard line.kind == RecordKind.turn, turn?.staged != nil else { return (line, payload) }
      return (line, Self.withoutMark(payload))
    }
    check(pieces, equals: 4)
    let next = try self.city(old)
    check(isLong(next.driver, long))
    check(next.driver.journalFigures.reasons & EngineJournal.Reason.rebuiltOtherwise, equals: 0)
    next.close()
    check(try review(old, .deciding).first == nil)
  }

  /// The mark stands behind the command: a length, then sixteen bytes.
  private static func withoutMark(_ payload: [UInt8]) -> [UInt8] {
    let head = 1 + 1 + 4 + 8
    let command = payload[head..<head + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    let place = head + 4 + command
    return payload[..<place] + [0, 0, 0, 0] + payload[(place + 4 + StagedMark.size)...]
  }

  /// A mark that names what is not there, or not all there, is damage, never other plans.
  @Test func whatIsNotWholeIsDamage() throws {
    let path = folder.file("journal")
    let city = try city(path)
    try load(city, Self.plans(3 * Self.piece + 77))
    city.close()
    let all = lines(path)
    for planted in 0..<4 as Range<Int> {
      let spoilt = folder.file("spoilt-\(planted)")
      var piece = 0
      try copy(path, spoilt, first: all.count) { line, payload in
        guard line.kind == RecordKind.staged else { return (line, payload) }
        piece += 1
        var payload = payload
        switch planted {
        case 0 where piece == 1: payload[0] ^= 1  // the first piece is of another number
        case 1 where piece == 3: payload.removeLast()  // one is short
        case 2 where piece == 2: payload.removeLast(payload.count - StagedContent.headBytes)
        case 3 where piece == 4:
          return (Line(kind: RecordKind.positions, bytes: 4, hasMore: false), [0, 0, 0, 0])
        default: break
        }
        return (line, payload)
      }
      let failure = #expect(throws: Failure.self) { _ = try self.city(spoilt) }
      check(failure?.status, equals: .journal, "\(planted)")
      #expect(throws: Failure.self) { _ = try review(spoilt, .rebuilding) }
    }
  }

  /// The disk stands still while plans are being staged: they are refused, and what was staged is given up.
  @Test func whatFindsNoRoomIsGivenUp() throws {
    let path = folder.file("journal")
    let city = try city(path)
    let before = city.driver.core.pointee.planSource
    let journal = try #require(city.driver.journal)
    var looks = 0
    city.driver.stagingGate.between = {
      looks += 1
      guard looks == 2 else { return }
      journal.journal.work.lock()
      while journal.journal.hasRoom(journal.choices.pointee.capacity, .routine) {
        [UInt8](repeating: 0, count: 1 << 16).withUnsafeBytes {
          _ = journal.journal.append(kind: RecordKind.positions, monotonic_ns: 0, wall_us: 0, $0)
        }
      }
    }
    let failure = #expect(throws: Failure.self) { try load(city, Self.plans(20 * Self.piece)) }
    journal.journal.work.unlock()
    check(failure?.status, equals: .full)
    check(failure?.text.contains("the disk has caught up") ?? false)
    check(looks, equals: 2)
    check(city.driver.core.pointee.planSource, equals: before)
  }

  /// The street times of an epoch, with telemetry: decided anew they give the same.
  @Test func streetTimesAreStaged() throws {
    let path = folder.file("journal")
    let city = try city(path)
    var random = SplitMix64(4)
    city.putUnits(&random)
    check(
      city.driver.poll(now_ns: 0, wall_us: 1_600_000_000_000_000, most: 0).status, equals: .ok)
    var looks = 0
    city.driver.stagingGate.between = { [unowned city] in
      looks += 1
      city.submit(.report(city.report(&random, key: UInt64(looks))))
    }
    for epoch in 1...2 {
      let times = (1...UInt64(RecordedCity.streets)).map {
        StreetTime(
          streetID: $0,
          time: $0 % 7 == UInt64(epoch)
            ? .closed : .travel(ms: UInt32.random(in: 5_000...30_000, using: &random)))
      }
      let given = city.driver.reportTraffic(times.count, { (.ok, times[$0]) }, { _, _ in })
      check(given.accepted, equals: times.count)
      let wall_us = 1_600_000_000_000_000 + Int64(epoch) * 1_000_000
      check(
        city.driver.poll(now_ns: Int64(epoch) * 1_000_000_000, wall_us: wall_us, most: 0).status,
        equals: .ok)
      check(city.driver.trafficFigures.built, equals: Int64(epoch))
      for _ in 0..<5 { city.submit(.report(city.report(&random))) }
    }
    check(looks, atLeast: 10)
    // The gate is free again.
    city.driver.stagingGate.between = {}
    try load(city, Self.plans(2 * Self.piece))
    let closed = try #require(city.driver.journal).closed
    city.close()
    check(closed.count, atLeast: 100)
    let outcome = try review(path, .deciding)
    check(outcome.first == nil, "\(outcome)")
    check(outcome.commands["useEpoch", default: 0], equals: 2)
    check(try review(path, .rebuilding).first == nil)
    let next = try self.city(path)
    check(next.driver.journal?.closed, equals: closed)
    next.close()
  }
}
