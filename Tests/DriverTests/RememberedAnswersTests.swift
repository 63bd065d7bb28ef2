// Answers to other programs' numbered requests outlive the process, refusals too, from a snapshot as from the records.

import Foundation
import HujiaContainers
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(2))) struct RememberedAnswersTests {
  private let folder = TemporaryFolder()

  private struct Asked {
    var client: UInt64
    var request: UInt64
    var change: Change
    var status = Status.ok
    var incident: UInt64 = 0
    var record: UInt64 = 0
  }

  private func ask(_ driver: EngineDriver, _ asked: Asked) -> Asked {
    var decision = Decision()
    var command = Command(
      asked.change, client: Client(low: asked.client), request: asked.request)
    var answered = asked
    answered.status = driver.submit(&command, into: &decision)
    answered.incident = decision.answer.incidentID
    answered.record = decision.answer.record
    return answered
  }

  private func compare(_ driver: EngineDriver, _ told: [Asked]) {
    for first in told {
      let again = ask(driver, first)
      let note = "client \(first.client), request \(first.request)"
      check(again.status, equals: first.status, note)
      check(again.incident, equals: first.incident, note)
      check(again.record, equals: first.record, note)
    }
  }

  @Test func afterAnOpening() throws {
    var configuration = Configuration()
    let city = try RecordedCity(.poll, in: folder) {
      $0.recorder = nil
      $0.journalPath = folder.file("journal")
      $0.ringBytes = 8 << 20
      $0.maxClients = 2
      configuration = $0
    }
    var random = SplitMix64(1)
    let driver = city.driver
    check(driver.poll(now_ns: 0, wall_us: 1_600_000_000_000_000, most: 0).status, equals: .ok)
    city.putUnits(&random)
    func known(_ client: UInt64, _ request: UInt64, _ change: Change) -> Asked {
      ask(driver, Asked(client: client, request: request, change: change))
    }
    let sent = known(1, 1, .report(city.report(&random)))
    check(sent.status, equals: .ok)
    check(sent.record, above: 0)
    let refused = known(1, 2, .removeUnit(99_999))
    check(refused.status.isTaken, equals: false)
    let gone = known(2, 1, .report(city.report(&random)))
    // The first client is the newest again, so the second one's place goes to the third.
    compare(driver, [sent])
    let third = known(3, 1, .removeUnit(99_998))
    let told = [sent, refused, third]
    compare(driver, told)
    _ = city.recording()

    try FileManager.default.copyItem(atPath: folder.file("journal"), toPath: folder.file("bare"))
    try Snapshots.removeAll(folder.file("bare"))
    for name in ["journal", "bare"] {
      configuration.journalPath = folder.file(name)
      let lines = try Snapshots.reopen(configuration) { driver in
        compare(driver, told)
        var other = refused
        other.change = .removeUnit(1)
        check(ask(driver, other).status, equals: .conflict, name)
        // Its client lost its place: to this engine the request is a new one.
        #expect(ask(driver, gone).incident != gone.incident, "\(name)")
      }
      check(lines.count, above: 0)
    }
  }
}
