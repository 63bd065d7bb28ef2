// Which calls may take units from which: read, and refused with path and remedy.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct PreemptPlansTests {
  private func text(_ preempt: String) -> String {
    #"{"version":1,"plans":[{"name":"any","units":[{}]}],"preempt":\#(preempt)}"#
  }

  private func bits(_ tiers: [Tier]) -> UInt32 { tiers.reduce(0) { $0 | 1 << UInt32($1.rawValue) } }

  @Test func anEntryIsRead() throws {
    let rules = try decode(
      Array(
        text(
          """
          [{"for":"emergency","from":["preventive","routine"],"near_arrival_s":90,"margin_s":0,"robbed_max":1000},
           {"for":"urgent","from":["routine"]}]
          """
        ).utf8)
    ).preempt
    check(rules[1].from, equals: bits([.routine, .preventive]))
    check(rules[1].nearArrival_ms, equals: 90_000)
    check(rules[1].margin_ms, equals: 0)
    check(rules[1].most, equals: 1_000)
    check(rules[2].from, equals: bits([.routine]))
    check(rules[2].nearArrival_ms, equals: 60_000)
    check(rules[2].margin_ms, equals: 120_000)
    check(rules[2].most, equals: 2)
    check([rules[0], rules[3], rules[4]].map(\.from), equals: [0, 0, 0])
  }

  @Test(arguments: ["null", "[]"]) func sayingNothingTakesFromNobody(_ entry: String) throws {
    let draft = try decode(Array(text(entry).utf8))
    check(draft.preempt.map(\.from), equals: [0, 0, 0, 0, 0])
    check(
      PlanDraft.builtIn.preempt.map(\.from), equals: [0, bits([.routine, .preventive]), 0, 0, 0])
  }

  @Test(arguments: [
    (#"{}"#, "preempt", "give a list"), (#"[1]"#, "preempt[0]", "give an object"),
    (#"[{"from":["routine"]}]"#, "preempt[0]", "lacks \"for\""),
    (#"[{"for":"urgent"}]"#, "preempt[0]", "lacks \"from\""),
    (#"[{"for":"grave","from":["routine"]}]"#, "preempt[0].for", "unknown \"grave\""),
    (#"[{"for":"urgent","from":[]}]"#, "preempt[0].from", "names no tier"),
    (#"[{"for":"urgent","from":["urgent"]}]"#, "preempt[0].from[0]", "name tiers below it"),
    (#"[{"for":"urgent","from":["routine","emergency"]}]"#, "preempt[0].from[1]", "below"),
    (#"[{"for":"preventive","from":["routine"]}]"#, "preempt[0].from[0]", "below"),
    (#"[{"for":"urgent","from":["routine","routine"]}]"#, "preempt[0].from[1]", "stands twice"),
    (
      #"[{"for":"urgent","from":["routine"]},{"for":"urgent","from":["preventive"]}]"#,
      "preempt[1].for", "stands twice"
    ),
    (
      #"[{"for":"urgent","from":["routine"],"robbed_max":0}]"#, "preempt[0].robbed_max",
      "from 1 to 1000"
    ),
    (
      #"[{"for":"urgent","from":["routine"],"margin_s":-1}]"#, "preempt[0].margin_s",
      "from 0 to 86400"
    ),
    (
      #"[{"for":"urgent","from":["routine"],"near_arrival_s":0.5}]"#, "preempt[0].near_arrival_s",
      "whole number"
    ),
    (
      #"[{"for":"urgent","from":["routine"],"robed_max":2}]"#, "preempt[0].robed_max",
      "did you mean \"robbed_max\""
    ),
  ])
  func whatIsWrongIsNamed(_ entry: String, field: String, message: String) {
    let error = refusal(text(entry))
    check(error.field, equals: field)
    #expect(error.message.contains(message), "\(error.message) lacks \(message)")
  }
}
