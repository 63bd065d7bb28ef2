// What tests of snapshots share: an engine opened and closed again, what was true of it, and what may differ.

import Foundation
import HujiaContainers
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

enum Snapshots {
  /// What is true after opening; the engine is closed again.
  static func reopen(
    _ configuration: Configuration, _ look: (EngineDriver) throws -> Void = { _ in }
  ) throws -> [String] {
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    check(driver.core.pointee.validate() == nil, "an invariant is broken")
    try look(driver)
    let lines = StateLines.of(&driver.core.pointee)
    check(EngineDriver.close(token), equals: .ok)
    return lines
  }

  /// Of an engine that took all records, and did not close with a snapshot: refusals, audits that found nothing and
  /// times that were looked for in vain are on none.
  static let ofRecords = ["armed", "waiting", "counter"]

  /// Opening tells an event of its own.
  static func compare(_ own: [String], _ other: [String], leavingOut prefixes: [String] = []) {
    let told = [
      "counter \(Counter.eventsWritten):", "counter \(Counter.eventsWaitingHigh):",
    ]
    func plain(_ lines: [String]) -> [String] {
      lines.filter { line in
        !line.contains("EventKind.recovered") && !line.contains("EventKind.mode")
          && !(told + prefixes).contains { line.hasPrefix($0) }
      }
    }
    let (own, other) = (plain(own), plain(other))
    for (own, other) in zip(own, other) where own != other {
      Issue.record("is \(own)\nwas \(other)")
      return
    }
    check(own.count, equals: other.count)
  }

  static func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasPrefix("snapshot-") }.sorted()
  }

  static func removeAll(_ path: String) throws {
    for name in try names(path) { try FileManager.default.removeItem(atPath: path + "/" + name) }
  }
}
