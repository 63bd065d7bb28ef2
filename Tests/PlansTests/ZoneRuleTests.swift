// The rule at the end of a zone's file against the changes that the file itself lists, and a file
// cut short.

import Testing

@testable import HujiaDriver
@testable import HujiaEngine

import Glibc

@Suite struct ZoneRuleTests {
  private static let from2008_s: Int64 = 1_199_145_600

  /// The system's database lists these zones to 2037 and ends with the rule: both must say the
  /// same.
  @Test(arguments: [
    ("America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"),
    ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
  ])
  func rulesAgreeWithTheListing(name: String, rule: String) throws {
    guard let bytes = ZoneFile.read("/usr/share/zoneinfo/" + name),
      let table = ZoneFile.table(bytes)
    else {
      print("skipped: no zone database on this machine")
      return
    }
    let made = try #require(ZoneRule(rule)).changes(after_s: Self.from2008_s)
    let whole = table.filter { $0.from_s > Self.from2008_s }
    #expect(whole.count == made.count, "the file's own rule goes on where its listing ends")
    for (left, right) in zip(whole, made) {
      #expect(left.from_s == right.from_s)
      #expect(left.offset_s == right.offset_s)
    }
  }

  /// Known moments: 2026-03-08 10:00 UTC and 2026-11-01 09:00 UTC in California.
  @Test func knownMoments() throws {
    let rule = try #require(ZoneRule("PST8PDT,M3.2.0,M11.1.0"))
    let changes = rule.changes(after_s: 1_767_225_600)
    #expect(changes[0].from_s == 1_772_964_000)
    #expect(changes[0].offset_s == -25_200)
    #expect(changes[1].from_s == 1_793_523_600)
    #expect(changes[1].offset_s == -28_800)
  }

  /// Days by number: J60 is 1 March in every year, 59 is 29 February in a leap year.
  @Test func daysByNumber() throws {
    let julian = try #require(ZoneRule("A0B,J60/0,J365/0")).changes(after_s: 1_704_067_200)
    #expect(julian[0].from_s == 1_709_251_200)
    let ofYear = try #require(ZoneRule("A0B,59/0,364/0")).changes(after_s: 1_704_067_200)
    #expect(ofYear[0].from_s == 1_709_164_800)
  }

  @Test(arguments: [
    "", "UTC0", "CST-8", "PST8PDT", "PST8PDT,M3.2.0", "PST8PDT,M13.2.0,M11.1.0",
    "PST8PDT,M3.6.0,M11.1.0", "PST8PDT,M3.2.7,M11.1.0", "PST8PDT,M3.2.0,M11.1.0x", "8PDT,J1,J2",
    "<PST8PDT,M3.2.0,M11.1.0", "PST999PDT,M3.2.0,M11.1.0", "PST8PDT,J0,J2", "PST8PDT,366,2",
    "PST8PDT,M3.2.0/,M11.1.0", "PST8:60PDT,M3.2.0,M11.1.0",
  ])
  func everythingElseIsNoRule(text: String) { #expect(ZoneRule(text) == nil) }

  /// A file cut off anywhere, or with any byte changed, is read or refused, never a crash.
  @Test func damagedFiles() {
    guard let bytes = ZoneFile.read("/usr/share/zoneinfo/Europe/Berlin") else { return }
    for length in 0..<bytes.count { _ = ZoneFile.table(Array(bytes.prefix(length))) }
    for index in 0..<bytes.count {
      var damaged = bytes
      damaged[index] ^= 0xff
      _ = ZoneFile.table(damaged)
    }
  }
}

@Suite struct ShadowedPlansTests {
  @Test(arguments: [
    (#""types":[1,2]"#, #""types":[2]"#), (#""types":[1,2]"#, #""types":[2,1,2]"#),
    (#""tiers":["urgent","routine"]"#, #""tiers":["urgent"]"#),
    (#""hours":[[20,8]]"#, #""hours":[[22,6]]"#),
    (#""types":[1,2],"hours":[[20,8]]"#, #""hours":[[0,5]],"types":[1]"#),
  ])
  func aPlanWithinAnEarlierOneIsRefused(earlier: String, later: String) throws {
    func list(_ first: String, _ second: String) -> String {
      plans(
        "", #"[{"name":"a","units":[{}],\#(first)},{"name":"b","units":[{}],\#(second)}]"#)
    }
    let error = refusal(list(earlier, later))
    #expect(error.field == "plans[1]")
    #expect(error.message.contains("can never match"))
    if !later.contains("[2,1,2]") { _ = try tables(list(later, earlier)) }
  }

  /// All tiers, hours or days are no condition, and yet they weigh: wherever the other holds, this one does.
  @Test(arguments: [
    (#""types":[1],"tiers":["emergency","urgent","routine","preventive"]"#, #""types":[1]"#),
    (#""types":[1,2],"hours":[[0,24]]"#, #""types":[2]"#),
    (#""days":["mon","tue","wed","thu","fri","sat","sun"],"hours":[[0,24]]"#, #""days":["mon"]"#),
    (
      #""hours":[[0,24]],"tiers":["emergency","urgent","routine","preventive"]"#,
      #""tiers":["urgent"]"#
    ),
  ])
  func aPlanBesideOneThatAlwaysHoldsIsRefused(wide: String, narrow: String) throws {
    for isFirst in [true, false] {
      let (one, other) = isFirst ? (wide, narrow) : (narrow, wide)
      let error = refusal(
        plans("", #"[{"name":"a","units":[{}],\#(one)},{"name":"b","units":[{}],\#(other)}]"#))
      #expect(error.field == (isFirst ? "plans[1]" : "plans[0]"))
      #expect(error.message.contains("can never match"), "\(error.message)")
    }
    // Further conditions make the narrow one the more specific.
    let more = #""areas":["x"],"hours":[[0,5]],"vulnerable":true"#
    _ = try tables(
      plans(
        #""areas":[{"name":"x","polygon":[[0,0],[1,0],[1,1]]}]"#,
        #"[{"name":"a","units":[{}],\#(wide)},{"name":"b","units":[{}],\#(narrow),\#(more)}]"#))
  }

  /// Wider in one way and narrower in another, or more specific: both have their cases.
  @Test(arguments: [
    (#""types":[1,2]"#, #""types":[2,3]"#), (#""types":[1]"#, #""types":[1],"tiers":["urgent"]"#),
    (#""vulnerable":true"#, #""vulnerable":false"#), (#""types":[1]"#, #""tiers":["urgent"]"#),
    (#""types":[1,2],"hours":[[0,5]]"#, #""types":[1],"hours":[[0,6]]"#),
  ])
  func plansThatOverlapAreFine(first: String, second: String) throws {
    _ = try tables(
      plans(
        "", #"[{"name":"a","units":[{}],\#(first)},{"name":"b","units":[{}],\#(second)}]"#))
  }

  @Test func areasOfALineAreRefused() {
    for polygon in ["[[0,0],[1,1],[2,2]]", "[[5,5],[5,5],[5,5]]", "[[0,0],[0,2],[0,1],[0,5]]"] {
      let error = refusal(plans(#""areas":[{"name":"a","polygon":\#(polygon)}]"#))
      #expect(error.field == "areas[0].polygon")
      #expect(error.message.contains("encloses nothing"))
    }
  }

  @Test func numberedCapabilitiesHaveOneSpelling() {
    for name in ["capability+5", "capability05", "capability-0", "capability", "capability64"] {
      let error = refusal(plans("", #"[{"name":"a","units":[{"capabilities":["\#(name)"]}]}]"#))
      #expect(error.message.contains("unknown capability"), "\(name)")
    }
  }
}
