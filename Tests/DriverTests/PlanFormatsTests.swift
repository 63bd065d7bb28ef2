// A plan stands on record as its text: in a folder of an older format it may say only what the version of then reads.

import Foundation
import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite(.serialized, .timeLimit(.minutes(5))) struct PlanFormatsTests {
  private let folder = TemporaryFolder()

  private static let square = #"[[0,0],[1,0],[1,1],[0,1]]"#
  private static let area = #""areas":[{"name":"a","polygon":\#(square)}]"#
  private static func plans(_ members: String = "", _ before: String = "") -> String {
    let units = members.contains("units") ? "" : #","units":[{}]"#
    return #"{"version":1,\#(before)"plans":[{"name":"one"\#(units)\#(members)}]}"#
  }

  /// Of each word that is listed a text that uses it, and where it stands there.
  private static let later: [String: (text: String, path: String)] = [
    "areas.polygons": (
      plans("", #""areas":[{"name":"a","polygons":[[\#(square)]]}],"#), "areas[0].polygons"
    ),
    "beats": (plans("", area + #","beats":[{"number":1,"area":"a"}],"#), "beats"),
    "plans.agencies": (
      plans(#","agencies":[{"agency":2,"units":[{}]}]"#), "plans[0].agencies"
    ),
    "plans.alarms": (
      plans(#","units":[{}],"alarms":[{"level":2,"units":[{}]}]"#), "plans[0].alarms"
    ),
    "plans.beat_depth": (
      plans(
        #","mode":"beat_first","beat_depth":1"#, area + #","beats":[{"number":1,"area":"a"}],"#),
      "beats"
    ),
    "plans.beat_for_s": (
      plans(
        #","mode":"beat_first","beat_for_s":1"#, area + #","beats":[{"number":1,"area":"a"}],"#),
      "beats"
    ),
    "plans.days": (plans(#","days":["sun"]"#), "plans[0].days"),
    "plans.mode=beat_first": (
      plans(#","mode":"beat_first""#, area + #","beats":[{"number":1,"area":"a"}],"#), "beats"
    ),
    "plans.repeats": (plans(#","repeats":{}"#), "plans[0].repeats"),
    "plans.units.any_of": (
      plans(#","units":[{"any_of":[{"kind":1},{"kind":2}]}]"#), "plans[0].units[0].any_of"
    ),
    "plans.units.min_crew": (
      plans(#","units":[{},{"min_crew":2}]"#), "plans[0].units[1].min_crew"
    ),
    "preempt": (
      plans("", #""preempt":[{"for":"emergency","from":["routine"]}],"#), "preempt"
    ),
  ]

  private func refusal(_ text: String, beyond format: UInt32) -> Failure? {
    Array(text.utf8).withUnsafeBytes { bytes -> Failure? in
      do throws(PlanError) { _ = try PlanDecoder.decode(bytes) } catch {
        Issue.record("\(text): \(error.message)")
      }
      do throws(Failure) { try PlanFormats.refuseWords(of: bytes, beyond: format) } catch {
        return error
      }
      return nil
    }
  }

  @Test func eachLaterWordIsRefusedByItsPlace() throws {
    check(Set(Self.later.keys), equals: Set(PlanFormats.since.map(\.place)))
    for (place, entry) in Self.later.sorted(by: { $0.key < $1.key }) {
      for format: UInt32 in [1, 2] {
        let refused = try #require(refusal(entry.text, beyond: format), "\(place)")
        check(refused.status, equals: .unsupported)
        check(refused.field, equals: entry.path)
        check(refused.text.contains("hujia journal upgrade"), refused.text)
      }
      check(refusal(entry.text, beyond: 3) == nil, place)
    }
  }

  /// What stands beside a word that came earlier is looked at by itself: a text without areas of beats, and a word of a
  /// rule of clocks that has the name of a later one of plans.
  @Test func whatWasThereIsSaid() throws {
    let text = Self.plans(
      #","mode":"closest","units":[{"count":2}]"#,
      #""clock_rules":[{"clock":"arrival","days":["sun"],"limit_s":60}],"comment":{"beats":1},"#)
    for format: UInt32 in 1...3 { check(refusal(text, beyond: format) == nil, text) }
    let alone = #"{"plans":[{"mode":"beat_first"}]}"#
    Array(alone.utf8).withUnsafeBytes { bytes in
      do throws(Failure) {
        try PlanFormats.refuseWords(of: bytes, beyond: 2)
        Issue.record("a word that is a value was taken")
      } catch { check(error.field, equals: "plans[0].mode") }
    }
  }

  private func load(_ text: String, _ driver: EngineDriver) -> Failure? {
    Array(text.utf8).withUnsafeBytes { bytes in
      do throws(Failure) { try driver.loadPlans(bytes) } catch { return error }
      return nil
    }
  }

  /// Refused while it runs and at its opening; the plans in force stay, nothing stands on record; an upgrade ends it.
  @Test(arguments: [1, 2] as [UInt32]) func aFolderOfThen(format: UInt32) throws {
    var configuration = Configuration()
    configuration.runMode = .poll
    configuration.journalPath = folder.file("old")
    configuration.ringBytes = 8 << 20
    try OldJournal.make(configuration, format: format)
    let (older, newer) = (folder.file("older.json"), folder.file("newer.json"))
    try Self.plans().write(toFile: older, atomically: false, encoding: .utf8)
    let later = Self.plans(#","days":["sun"]"#)
    try later.write(toFile: newer, atomically: false, encoding: .utf8)

    func refusedOpening() {
      configuration.plansPath = newer
      do throws(Failure) {
        _ = EngineDriver.close(try EngineDriver.open(configuration))
        Issue.record("it was opened")
      } catch {
        check(error.status, equals: .unsupported)
        check(error.field, equals: "plans[0].days")
      }
      configuration.plansPath = older
    }
    refusedOpening()  // The first opening of an empty folder.
    for _ in 0..<2 {
      let token = try EngineDriver.open(configuration)
      let driver = try #require(EngineDriver.value(token) { $0 })
      let (mark, recorded) = (driver.core.pointee.planSource, driver.journalFigures.recorded)
      let refused = try #require(load(later, driver))
      check(refused.status, equals: .unsupported)
      check(refused.field, equals: "plans[0].days")
      check(driver.core.pointee.planSource.checksum, equals: mark.checksum)
      check(driver.journalFigures.recorded, equals: recorded)
      check(load(Self.plans(#","radius_m":9"#), driver) == nil)
      check(EngineDriver.close(token), equals: .ok)
      refusedOpening()
    }
    try OldJournal.read(configuration, format: format)
    _ = try Journal.upgrade(folder.file("old"))
    configuration.plansPath = newer
    let token = try EngineDriver.open(configuration)
    let driver = try #require(EngineDriver.value(token) { $0 })
    check(driver.core.pointee.planSource.bytes, equals: UInt32(later.utf8.count))
    check(EngineDriver.close(token), equals: .ok)
  }
}
