// Journals with 70,000 bytes of plans in them, as they were written once: in one turn, and staged. Each is read, proved
// and opened.

import Foundation
import HujiaEngine
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct GoldenContentTests {
  private static let golden =
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
    + "/Golden/long-content"

  /// The file's rows: "@ name" begins a file, "z 5" and "s 5" are so many zeros and blanks, others are bytes.
  private func lay(_ name: String, _ folder: String) throws {
    mkdir(folder, 0o700)
    var file = ""
    var bytes: [UInt8] = []
    func write() throws {
      if !file.isEmpty { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(file)")) }
      bytes.removeAll()
    }
    let text = try String(contentsOfFile: "\(Self.golden)/\(name).txt", encoding: .utf8)
    for line in text.split(separator: "\n") {
      let rest = line.dropFirst(2)
      switch line.first {
      case "#": continue
      case "@":
        try write()
        file = String(rest)
      case "z": bytes += [UInt8](repeating: 0, count: Int(rest) ?? 0)
      case "s": bytes += [UInt8](repeating: 0x20, count: Int(rest) ?? 0)
      default:
        var digits = line
        while let byte = UInt8(digits.prefix(2), radix: 16) {
          bytes.append(byte)
          digits = digits.dropFirst(2)
        }
      }
    }
    try write()
  }

  private func configuration(_ path: String) -> Configuration {
    var configuration = Configuration()
    configuration.runMode = .poll
    (configuration.maxUnits, configuration.maxIncidents) = (4, 4)
    (configuration.maxAssignments, configuration.maxWatches) = (8, 1)
    (configuration.eventCapacity, configuration.keyCapacity) = (16, 4)
    configuration.journalPath = path
    configuration.ringBytes = 4 << 20
    return configuration
  }

  @Test(arguments: ["whole", "staged"]) func bothFormsAreRead(_ name: String) throws {
    let folder = TemporaryFolder()
    let path = folder.file(name)
    try lay(name, path)
    var kinds: [UInt16] = []
    var openings = JournalOpenings()
    let report = Journal.read(path) { record in
      kinds.append(record.kind)
      return openings.note(record)
    }
    check(report.problem == nil, "\(report.problem.map { "\($0)" } ?? "")")
    let own = name == "whole" ? RecordKind.content : RecordKind.staged
    check(kinds.filter { $0 == own }.count, equals: 2)
    check(kinds.filter { $0 == RecordKind.turn }.count, atLeast: 4)
    let outcome = try JournalReview.run(
      JournalReview.Source(path: path, openings: openings, last: report.last), .rebuilding,
      map: nil
    ) { _ in }
    check(outcome.first == nil, "\(outcome)")
    check(outcome.commands["usePlans", default: 0], equals: 1)
    for _ in 0..<2 {
      let token = try EngineDriver.open(configuration(path))
      let driver = try #require(EngineDriver.value(token) { $0 })
      check(driver.core.pointee.planSource.bytes, equals: 70_000)
      check(driver.core.pointee.counters.read(Counter.incidentsOpened), equals: 1)
      check(driver.journalFigures.reasons & EngineJournal.Reason.rebuiltOtherwise, equals: 0)
      check(EngineDriver.close(token), equals: .ok)
    }
  }
}
