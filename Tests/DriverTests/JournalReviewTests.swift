// A journal with all telemetry is decided anew and comes out the same, whatever threads raced for; where anything is
// missing in it, the first turn that rests on it is named.

import Foundation
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite(.serialized, .timeLimit(.minutes(10))) struct JournalReviewTests {
  private let folder = TemporaryFolder()

  private var map: String { folder.file("grid.hjmap") }

  private func openings(_ path: String) -> (openings: JournalOpenings, last: UInt64) {
    var openings = JournalOpenings()
    let report = Journal.read(
      path, snapshot: { openings.note(snapshot: $1) },
      record: { record in
        check(openings.note(record))
        return true
      })
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    return (openings, report.last)
  }

  private func review(
    _ path: String, _ means: JournalReview.Means, map: String?
  ) throws -> JournalReview.Outcome {
    let (openings, last) = openings(path)
    return try JournalReview.run(
      JournalReview.Source(path: path, openings: openings, last: last), means, map: map
    ) { _ in }
  }

  /// Records of a life, at least.
  private static let least: UInt64 = 1_000

  /// Two threads of positions, two of calls, one of street times, watches, the engine's own loop and its builder.
  private func live(_ seed: UInt64, _ journal: String, epochs: Int64) throws {
    let city = try RecordedCity(.thread, in: folder, journal: journal)
    var random = SplitMix64(seed)
    var text = RecordedCity.plans
    try text.withUTF8 { try city.driver.loadPlans(UnsafeRawBufferPointer($0)) }
    city.putUnits(&random)
    for watch in 1...UInt64(RecordedCity.watches) {
      let point = RecordedCity.point(&random)
      city.submit(
        .putWatch(
          WatchDescription(
            id: watch, limit_s: 1, lat_e7: point.lat_e7, lon_e7: point.lon_e7,
            place: city.driver.snap(point))))
    }
    let lanes: [@Sendable () -> Void] = [
      { city.positionLane(seed + 1) }, { city.positionLane(seed + 2) },
      { city.callLane(seed + 3) }, { city.callLane(seed + 4) }, { city.trafficLane(seed + 5) },
    ]
    let group = DispatchGroup()
    for lane in lanes {
      group.enter()
      Thread.detachNewThread {
        lane()
        group.leave()
      }
    }
    let until = Date(timeIntervalSinceNow: 120)
    var escalations = 0
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: 5)
    defer { events.deallocate() }
    while Date() < until,
      city.driver.trafficFigures.built < epochs || escalations == 0
        || city.driver.journalFigures.recorded < Self.least
    {
      for index in 0..<city.driver.takeEvents(into: events) where events[index].kind == .escalation
      {
        escalations += 1
      }
      usleep(1_000)
    }
    check(city.driver.trafficFigures.built, atLeast: epochs)
    check(escalations, atLeast: 1)
    city.isOver.store(true, ordering: .relaxed)
    group.wait()
    check(city.driver.journalFigures.reasons, equals: 0)
    city.close()
  }

  @Test func threadsAreDecidedAnew() throws {
    let journal = folder.file("journal")
    try live(1, journal, epochs: 3)
    let outcome = try review(journal, .deciding, map: map)
    check(outcome.first == nil, "\(outcome)")
    check(outcome.openings, equals: 1)
    check(outcome.positions, atLeast: 200)
    for command in ["report", "post", "advance", "end", "putWatch", "beats", "useEpoch", "tick"] {
      check(outcome.commands[command, default: 0], atLeast: 1, command)
    }
    check(try review(journal, .rebuilding, map: nil).first == nil)
    // Planted: positions, street times or choices are not those of the record.
    for (edit, parts) in Self.edits {
      let copy = folder.file("copy")
      try Self.copy(journal, copy, edit)
      let found = try review(copy, .deciding, map: map).first
      check(found.map { parts.contains($0.part) } ?? false, "\(found.map { "\($0)" } ?? "unseen")")
      for name in FileManager.default.enumerator(atPath: copy)?.allObjects as? [String] ?? [] {
        unlink("\(copy)/\(name)")
      }
      rmdir(copy)
    }
    // Another life on the same journal: each is decided from its own opening on.
    try live(7, journal, epochs: 2)
    let both = try review(journal, .deciding, map: map)
    check(both.first == nil, "\(both)")
    check(both.openings, equals: 2)
    check(both.turns, atLeast: outcome.turns + 100)
  }

  /// What is done to a turn's payload, and in what part it shows.
  private typealias Edit = @Sendable (_ kind: UInt16, _ index: Int, _ payload: [UInt8]) -> [UInt8]
  private static let edits: [(Edit, Set<JournalReview.Part>)] = [
    // Every third record of positions is empty, and every third turn's are.
    (
      { kind, index, payload in
        guard index % 3 == 0 else { return payload }
        if kind == RecordKind.positions { return [0, 0, 0, 0] }
        guard kind == RecordKind.turn, let fixes = fixes(payload) else { return payload }
        return Array(payload[..<(payload.count - fixes - 4)]) + [0, 0, 0, 0]
      }, [.status, .choices, .events, .positions]
    ),
    // A unit's travel time in a choice.
    (
      { kind, _, payload in
        guard kind == RecordKind.turn, let turn = payload.withUnsafeBytes({ TurnRecord($0) }),
          turn.choices.count > 86
        else { return payload }
        return payload.withUnsafeBytes { raw in
          guard let turn = TurnRecord(raw), let start = raw.baseAddress,
            let choices = turn.choices.baseAddress
          else { return payload }
          var edited = payload
          edited[choices - start + turn.choices.count - 1 - 60] ^= 1
          return edited
        }
      }, [.choices]
    ),
  ]

  private static func fixes(_ payload: [UInt8]) -> Int? {
    payload.withUnsafeBytes { TurnRecord($0)?.fixes.count }
  }

  /// The records of a journal in another, each through a hand that may change it.
  private static func copy(_ path: String, _ target: String, _ edit: Edit) throws {
    var settings = JournalSettings(folder: target)
    settings.ringBytes = 64 << 20
    settings.hasThread = false
    let journal = try Journal.open(settings) { _ in true }
    defer { journal.close() }
    var index = 0
    let report = Journal.read(path) { record in
      index += 1
      let payload = edit(record.kind, index, record.inlined)
      let sequence = payload.withUnsafeBytes {
        journal.append(
          kind: record.kind, version: record.version, monotonic_ns: record.monotonic_ns,
          wall_us: record.wall_us, isLast: !record.hasMore, $0)
      }
      check(sequence, equals: record.sequence)
      if !record.hasMore, index % 512 == 0 { journal.sync() }
      return sequence != 0
    }
    check(report.problem == nil)
  }

  /// Segments that went: what they came to is taken from a snapshot, and all behind it is compared.
  @Test func fromASnapshot() throws {
    let journal = folder.file("pruned")
    for seed in 1...3 as ClosedRange<UInt64> {
      let city = try RecordedCity(.poll, in: folder, journal: journal)
      var random = SplitMix64(seed)
      city.putUnits(&random)
      for _ in 0..<40 { city.submit(.report(city.report(&random))) }
      city.close()
    }
    let all = try review(journal, .deciding, map: map)
    check(all.openings, equals: 3)
    check(all.inSnapshot, equals: 0)
    let segments = try FileManager.default.contentsOfDirectory(atPath: journal)
      .filter { $0.hasPrefix("journal-") }.sorted()
    let snapshots = try Snapshots.names(journal)
    check(snapshots.count, equals: 2)
    // Both snapshots have what stood in the first segment; the older one has what stood in the second as well.
    try FileManager.default.removeItem(atPath: "\(journal)/\(segments[0])")
    for (means, turns) in [(JournalReview.Means.deciding, all.turns / 4), (.rebuilding, 1)] {
      let outcome = try review(journal, means, map: map)
      check(outcome.first == nil, "\(outcome)")
      check(outcome.openings, equals: 2)
      check(outcome.inSnapshot, above: 100)
      check(outcome.turns, atLeast: UInt64(turns))
      check(outcome.turns, below: all.turns)
    }
    // Decided are whole lives only: of the second one the snapshot has the opening too.
    check(
      try review(journal, .deciding, map: map).turns,
      atLeast: try review(journal, .rebuilding, map: map).turns)
    for name in snapshots { try FileManager.default.removeItem(atPath: "\(journal)/\(name)") }
    let report = Journal.read(journal) { _ in true }
    check(report.problem?.text.contains("no snapshot has them") ?? false, "\(report)")
  }

  /// What was not written down cannot be decided anew, and another map decides otherwise: both are said beforehand.
  @Test func whatCannotBeDecidedIsNamed() throws {
    let journal = folder.file("newest")
    let city = try RecordedCity(.poll, in: folder, journal: journal, telemetry: .newest)
    var random = SplitMix64(3)
    city.putUnits(&random)
    city.submit(.report(city.report(&random)))
    city.close()
    check(try review(journal, .rebuilding, map: nil).first == nil)
    check(failure { _ = try review(journal, .deciding, map: map) }.contains("HJ_TELEMETRY_ALL"))
    let whole = folder.file("all")
    let other = try RecordedCity(.poll, in: folder, journal: whole)
    other.putUnits(&random)
    other.close()
    check(failure { _ = try review(whole, .deciding, map: nil) }.contains("no --map was given"))
    check(try review(whole, .deciding, map: map).first == nil)
  }

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch let failure as Failure {
      return failure.text
    } catch {
      return "\(error)"
    }
  }
}
