// What must be refused: broken text with line and column, wrong content with the field's path and a remedy. Whatever
// comes in, decoding must never crash the host.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct BrokenPlansTests {
  @Test(arguments: [
    ("", 1, 1), ("   ", 1, 4), ("{", 1, 2), ("{\n  \"version\": 1,\n  plans", 3, 3),
    ("{\"version\":1,}", 1, 14), ("{\"version\" 1}", 1, 12), ("[1,2", 1, 5), ("[1 2]", 1, 4),
    ("{\"a\":1}x", 1, 8), ("{\"a\":tru}", 1, 9), ("{\"a\":'b'}", 1, 6), ("{\"a\":\"b", 1, 6),
    ("{\"a\":\"b\nc\"}", 1, 8), ("{\"a\":\"\\q\"}", 1, 9), ("{\"a\":--1}", 1, 6),
    ("{\"a\":1,\n \"a\":2}", 2, 2), ("{\"é\":1,,}", 1, 8), ("{\"a\":1e999}", 1, 6),
    ("{\"a\":\"\\u12G4\"}", 1, 9), ("{\"a\":\"\\ud83d\"}", 1, 13),
    ("{\"a\":\"\\ud83d\\u0041\"}", 1, 19), ("{\"a\":\"\\udc00\"}", 1, 13),
    ("{\"a\":\"\\u+041\"}", 1, 9), ("{\"a\":01}", 1, 6), ("{\"a\":1.}", 1, 6),
    ("{\"a\":.5}", 1, 6), ("{\"a\":+1}", 1, 6), ("{\"a\":-}", 1, 6), ("{\"a\":1e}", 1, 6),
    ("{\"a\":-01}", 1, 6), ("{\"a\":1.e5}", 1, 6), ("{\"a\":0x1}", 1, 7), ("{\"a\":NaN}", 1, 6),
    ("{\"a\":1\(String(repeating: "0", count: 64))}", 1, 6),
  ])
  func textThatBreaksSaysWhere(text: String, line: Int, column: Int) {
    let error = refusal(text)
    #expect(error.line == line, "\(text): \(error)")
    #expect(error.column == column, "\(text): \(error)")
    #expect(error.message.contains("line \(line), column \(column)"))
    #expect(error.field.isEmpty)
  }

  @Test func notUTF8() {
    let error = refusal(Array("{\"a\":\"".utf8) + [0xff, 0xfe] + Array("\"}".utf8))
    #expect(error.line == 1)
    #expect(error.column == 6)
    #expect(error.message.contains("UTF-8"))
    #expect(refusal([0xff, 0xfe, 0x7b, 0x00]).line == 1)
    #expect(refusal([0x7b, 0x00]).column == 2)
  }

  @Test func aByteOrderMarkIsAllowed() throws {
    _ = try decode([0xef, 0xbb, 0xbf] + Array(plans().utf8))
    #expect(refusal([0xef, 0xbb, 0xbf]).line == 1)
  }

  @Test func deepNestingIsRefused() {
    for opening in ["[", "{\"a\":"] {
      let error = refusal(String(repeating: opening, count: 100_000))
      #expect(error.message.contains("nested deeper"))
    }
  }

  /// Content: the field's path, no line, and a text that names the nearest known word.
  @Test(arguments: [
    (#"{"version":1}"#, "", "lacks \"plans\""),
    (#"[]"#, "", "give an object"),
    (#"{"version":2,"plans":[]}"#, "version", "version 1"),
    (#"{"version":"1","plans":[]}"#, "version", "a number"),
    (#"{"version":1,"plans":[]}"#, "plans", "give 1 to 10,000"),
    (plans(#""capabilites":[]"#), "capabilites", "did you mean \"capabilities\""),
    (plans(#""capabilities":["a","a"]"#), "capabilities[1]", "twice"),
    (plans(#""types":[{"code":1},{"code":1}]"#), "types[1]", "twice"),
    (
      plans(#""clocks":{"resolve":{"steps":[{"do":"open_incident"}]}}"#),
      "clocks.resolve.steps[0].do", "clocks.absence"
    ),
    (
      plans(#""clocks":{"absence":{"steps":[{"do":"next_unit"}]}}"#),
      "clocks.absence.steps[0].do", "home_officer"
    ),
    (plans(#""types":[{"code":-1}]"#), "types[0].code", "whole number"),
    (plans(#""types":[{"code":4294967296}]"#), "types[0].code", "whole number"),
    (plans(#""types":[{"code":1.5}]"#), "types[0].code", "whole number"),
    (plans(#""types":[{"code":1e300}]"#), "types[0].code", "whole number"),
    (
      plans(#""types":[{"code":1,"tier":"emergancy"}]"#), "types[0].tier",
      "did you mean \"emergency\""
    ),
    (plans(#""turnout_s":{"default":-1}"#), "turnout_s.default", "-1"),
    (plans(#""turnout_s":{"kinds":{"car":60}}"#), "turnout_s.kinds.car", "no unit kind"),
    (plans(#""turnout_s":{"kinds":{"1":60,"01":60}}"#), "turnout_s.kinds.01", "twice"),
    (plans(#""levels":{"meals":"available"}"#), "levels.meals", "did you mean \"meal\""),
    (plans(#""levels":{"enRoute":"available"}"#), "levels.enRoute", "unknown key"),
    (plans(#""levels":{"meal":"free"}"#), "levels.meal", "known: available"),
    (plans(#""tiers":{"emergency":{"respond_s":0}}"#), "tiers.emergency.respond_s", "more than 0"),
    (plans(#""tiers":{"emergency":{"respond_s":-60}}"#), "tiers.emergency.respond_s", "-60"),
    (
      plans(#""tiers":{"emergency":{"respond_s":3155760001}}"#), "tiers.emergency.respond_s",
      "100 years"
    ),
    (plans(#""tiers":{"emergency":{"respond_s":1e18}}"#), "tiers.emergency.respond_s", "100 years"),
    (plans(#""tiers":{"emergncy":{}}"#), "tiers.emergncy", "did you mean \"emergency\""),
    (plans(#""clocks":{"pending":{}}"#), "clocks.pending", "no steps"),
    (plans(#""clocks":{"pending":{"steps":[]}}"#), "clocks.pending.steps", "1 to 64"),
    (
      plans(#""clocks":{"pending":{"steps":[{"do":"supervizor"}]}}"#), "clocks.pending.steps[0].do",
      "did you mean \"supervisor\""
    ),
    (
      plans(#""clocks":{"pending":{"steps":[{"do":"widen"},{"do":"widen"}]}}"#),
      "clocks.pending.steps[1]", "after_s"
    ),
    (
      plans(#""clocks":{"pending":{"steps":[{"do":"widen"},{"do":"widen","after_s":0}]}}"#),
      "clocks.pending.steps[1].after_s", "more than 0"
    ),
    (
      plans(#""clocks":{"pending":{"steps":[{"do":"widen"}],"limit_s":5}}"#),
      "clocks.pending.limit_s", "under tiers"
    ),
    (
      plans(#""clocks":{"pending":{"steps":[{"do":"widen"}],"repeat_s":0}}"#),
      "clocks.pending.repeat_s", "more than 0"
    ),
    (
      plans(#""clocks":{"welfare":{"limit_s":0,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.limit_s", "more than 0"
    ),
    (
      plans(#""clocks":{"report":{"limit_s":-1,"steps":[{"do":"supervision"}]}}"#),
      "clocks.report.limit_s", "-1"
    ),
    (
      plans(#""clocks":{"callback":{"limit_s":4e9,"steps":[{"do":"supervisor"}]}}"#),
      "clocks.callback.limit_s", "100 years"
    ),
    (
      plans(
        #""clocks":{"lead":{"limit_s":3e9,"steps":[{"do":"supervisor"},{"do":"supervisor","after_s":3e9}]}}"#
      ),
      "clocks.lead", "shorten its delays"
    ),
    (plans(#""clocks":{"lead":{}}"#), "clocks.lead", "no steps"),
    (plans(#""clocks":{"turnout":{"steps":[]}}"#), "clocks.turnout.steps", "1 to 64"),
    (plans(#""clocks":{"wellfare":{}}"#), "clocks.wellfare", "did you mean \"welfare\""),
    (
      plans(#""clocks":{"welfare":{"steps":[{"do":"next_unit"}]}}"#),
      "clocks.welfare.steps[0].do", "use \"backup\""
    ),
    (
      plans(#""clocks":{"arrival":{"steps":[{"do":"first_leads"}]}}"#),
      "clocks.arrival.steps[0].do", "only the clock \"lead\""
    ),
    (
      plans(#""clocks":{"welfare":{"warn_before_s":600,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.warn_before_s", "not before the limit"
    ),
    (
      plans(#""clocks":{"welfare":{"warn_percent":100,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.warn_percent", "1 to 99"
    ),
    (
      plans(
        #""clocks":{"welfare":{"warn_percent":50,"warn_before_s":5,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.warn_before_s", "keep one"
    ),
    (
      plans(#""clocks":{"welfare":{"nobody":"wait","steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.nobody", "known: keep, skip"
    ),
    (
      plans(#""clocks":{"welfare":{"last_resort":"backup","steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.last_resort", "nobody again"
    ),
    (
      plans(#""clocks":{"welfare":{"acknowledgements":2,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.acknowledgements", "\"acknowledge\""
    ),
    (
      plans(#""clocks":{"acknowledge":{"acknowledgements":17,"steps":[{"do":"widen"}]}}"#),
      "clocks.acknowledge.acknowledgements", "1 to 16"
    ),
    (
      plans(#""clocks":{"welfare":{"taken_s":0,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.taken_s", "more than 0"
    ),
    (
      plans(#""clocks":{"welfare":{"snooze_max_s":-1,"steps":[{"do":"call_unit"}]}}"#),
      "clocks.welfare.snooze_max_s", "-1"
    ),
    (plans(#""clock_rules":[{"limit_s":5}]"#), "clock_rules[0]", "lacks \"clock\""),
    (plans(#""clock_rules":[{"clock":"pending"}]"#), "clock_rules[0]", "changes nothing"),
    (
      plans(#""clock_rules":[{"clock":"welfare","limit_s":5}]"#), "clock_rules[0]",
      "no chain to change"
    ),
    (
      plans(#""clock_rules":[{"clock":"pending","limit_s":5,"hours":[[8,8]]}]"#),
      "clock_rules[0].hours[0]", "never match"
    ),
    (
      plans(#""clock_rules":[{"clock":"pending","limit_s":5,"days":[]}]"#),
      "clock_rules[0].days", "never match"
    ),
    (
      plans(#""clock_rules":[{"clock":"pending","limit_s":5,"days":["monday"]}]"#),
      "clock_rules[0].days[0]", "known: sun"
    ),
    (
      plans(
        #""clock_rules":[{"clock":"pending","limit_s":5,"days":["mon","tue"]},"#
          + #"{"clock":"pending","limit_s":6,"days":["tue"]}]"#
      ),
      "clock_rules[1]", "covers it"
    ),
    (
      plans(#""clock_rules":[{"clock":"pending","limit_s":5,"areas":["north"]}]"#),
      "clock_rules[0].areas[0]", "unknown area"
    ),
    (plans(#""time_zone":"Mars/Olympus""#), "time_zone", "+08:00"),
    (plans(#""time_zone":"../../../etc/passwd""#), "time_zone", "unknown time zone"),
    (plans(#""time_zone":"+8""#), "time_zone", "+08:00"),
    (plans(#""time_zone":"+08:75""#), "time_zone", "+08:00"),
    (plans(#""areas":[{"name":"a","polygon":[[0,0],[1,1]]}]"#), "areas[0].polygon", "at least 3"),
    (
      plans(#""areas":[{"name":"a","polygon":[[0,0],[1,1],[0,91]]}]"#), "areas[0].polygon[2]",
      "off the planet"
    ),
    (
      plans(#""areas":[{"name":"a","polygon":[[0,0],[1,1],[0]]}]"#), "areas[0].polygon[2]",
      "[longitude, latitude]"
    ),
    (
      plans(#""areas":[{"name":"a","polygon":[[179.99,0],[-179.99,0],[-179.99,1],[179.99,1]]}]"#),
      "areas[0].polygon[1]", "180.005 for -179.995"
    ),
    (
      plans(#""areas":[{"name":"a","polygon":[[-179.99,0],[-179.99,1],[179.99,1]]}]"#),
      "areas[0].polygon[2]", "180 degrees"
    ),
    (
      plans(#""areas":[{"name":"a","polygon":[[100,0],[170,5],[170,9],[-80,9]]}]"#),
      "areas[0].polygon[3]", "180 degrees"
    ),
    (
      plans(#""areas":[{"name":"a","polygon":[[-200,0],[-90,0],[0,0],[90,0],[200,5]]}]"#),
      "areas[0].polygon", "180 degrees"
    ),
    (plan(#""types":[]"#), "plans[0].types", "never match"),
    (plan(#""areas":["north"]"#), "plans[0].areas[0]", "unknown area"),
    (
      plan(
        #""areas":["nort"]"#, with: #""areas":[{"name":"north","polygon":[[0,0],[1,0],[1,1]]}]"#),
      "plans[0].areas[0]", "did you mean \"north\""
    ),
    (plan(#""hours":[]"#), "plans[0].hours", "never match"),
    (plan(#""hours":[[6,6]]"#), "plans[0].hours[0]", "never match"),
    (plan(#""hours":[[0,25]]"#), "plans[0].hours[0][1]", "0 to 24"),
    (plan(#""hours":[[24,6]]"#), "plans[0].hours[0][0]", "0 to 23"),
    (plan(#""dispatch":"automatic""#), "plans[0].dispatch", "known: auto"),
    (plan(#""mode":"home_beat""#), "plans[0].mode", "known: closest, beat_first"),
    (plan(#""profile":"respons""#), "plans[0].profile", "did you mean \"response\""),
    (plan(#""profile":"blue""#), "plans[0].profile", "known: response, normal"),
    (plan(#""profile":1"#), "plans[0].profile", "a string"),
    (plan(#""profiles":"normal""#), "plans[0].profiles", "did you mean \"profile\""),
    (plan(#""radius_m":0"#), "plans[0].radius_m", "whole number"),
    (plan(#""arrive_s":0"#), "plans[0].arrive_s", "more than 0"),
    (plans("", #"[{"name":"x"}]"#), "plans[0]", "asks for no units"),
    (plans("", #"[{"units":[{}]}]"#), "plans[0]", "lacks \"name\""),
    (plans("", #"[{"name":"x","units":[]}]"#), "plans[0].units", "never match"),
    (plans("", #"[{"name":"x","units":[{"count":17}]}]"#), "plans[0].units[0].count", "1 to 16"),
    (plans("", #"[{"name":"x","units":[{"count":0}]}]"#), "plans[0].units[0].count", "1 to 16"),
    (
      plans("", #"[{"name":"x","units":[{"count":9},{"count":8}]}]"#), "plans[0].units",
      "at most 16"
    ),
    (
      plans(
        #""capabilities":["engine","ladder"]"#,
        #"[{"name":"x","units":[{"capabilities":["engin"]}]}]"#),
      "plans[0].units[0].capabilities[0]", "did you mean \"engine\""
    ),
    (
      plans("", #"[{"name":"x","units":[{"capabilities":["capability64"]}]}]"#),
      "plans[0].units[0].capabilities[0]", "unknown capability"
    ),
    (
      plans("", #"[{"name":"x","units":[{}]},{"name":"x","tiers":["urgent"],"units":[{}]}]"#),
      "plans[1]", "twice"
    ),
    (
      plans(
        "", #"[{"name":"x","types":[1,2],"units":[{}]},{"name":"y","types":[2,1],"units":[{}]}]"#),
      "plans[1]", "plans[0]"
    ),
  ])
  func contentThatIsWrongNamesTheField(text: String, field: String, says: String) {
    let error = refusal(text)
    #expect(error.field == field, "\(error)")
    #expect(error.message.contains(says), "\(error)")
    #expect(error.line == 0)
    #expect(error.column == 0)
    #expect(error.message.utf8.count > 10)
  }

  @Test func anUnknownCapabilityListsWhatIsKnown() {
    let error = refusal(
      plans(
        #""capabilities":["b","a"]"#,
        #"[{"name":"x","units":[{"capabilities":["something else"]}]}]"#))
    #expect(error.message.contains("known: a, b"))
  }

  @Test func manyKeysAreReadInTime() {
    var text = "{"
    for key in 0..<20_000 { text += "\"k\(key)\":0," }
    #expect(refusal(text + "\"version\":1}").field == "k0")
  }

  /// One to three bytes changed, taken out, put in or doubled: refused with a reason, or read; never a crash.
  @Test func mutatedTextsNeverCrash() throws {
    let valid = Array(ValidPlansTests.everything.utf8)
    let symbols = Array("0123456789-+.eE{}[]\",:\\u".utf8)
    var random = SplitMix64(99)
    var refused = 0
    let count = Scale.count(1_500, full: 200_000)
    for _ in 0..<count {
      var bytes = valid
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(symbols[random.below(symbols.count)], at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes[place] ^= 1 << UInt8(random.below(8))
        }
        if bytes.isEmpty { bytes = [0x7b] }
      }
      do throws(PlanError) {
        let draft = try decode(bytes)
        _ = try? draft.tables(.system)
      } catch {
        refused += 1
        if error.message.isEmpty { Issue.record("refused without a reason") }
      }
    }
    #expect(refused > count / 2)
    #expect(refused < count)
  }

  /// What was in force once opens its journal, also where a later build would refuse it to a host.
  @Test(arguments: [
    plans(
      "",
      #"[{"name":"a","tiers":["emergency","urgent","routine","preventive"],"units":[{}]},{"name":"b","hours":[[0,12]],"units":[{}]}]"#
    ),
    plans("", #"[{"name":"a","units":[{}]},{"name":"b","units":[{}]}]"#),
    plans(
      #""clock_rules":[{"clock":"pending","limit_s":5,"days":["mon","tue"]},{"clock":"pending","limit_s":6,"days":["tue"]}]"#
    ),
    plans(#""areas":[{"name":"a","polygon":[[0,0],[1,1],[2,2]]}]"#),
    plans(#""areas":[{"name":"a","polygon":[[-100,0],[100,0],[0,10]]}]"#),
    plans(
      #""areas":[{"name":"a","polygons":[[[[0,0],[2,0],[2,2],[0,2]]],[[[1,1],[3,1],[3,3],[1,3]]]]}]"#
    ),
    plans(
      #""areas":[{"name":"a","polygons":[[[[0,0],[2,0],[2,2],[0,2]],[[5,5],[6,5],[6,6]]]]}]"#),
  ])
  func whatIsRecordedIsReadAsItWas(text: String) throws {
    _ = refusal(text)
    let recorded = try Array(text.utf8).withUnsafeBytes { bytes in
      try PlanStore.decodeOrBuiltIn(bytes, memory: .system)
    }
    PlanStore.free(recorded)
  }
}
