// Short ways for the plan suites to read a text and to look at what came of it.

import HujiaContainers
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

func decode(_ bytes: [UInt8]) throws(PlanError) -> PlanDraft {
  let text = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
  defer { text.deallocate() }
  text.copyBytes(from: bytes)
  return try PlanDecoder.decode(UnsafeRawBufferPointer(text))
}

/// Why the text is refused; an issue when it is not.
func refusal(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> PlanError {
  do throws(PlanError) {
    _ = try decode(bytes)
  } catch {
    return error
  }
  Issue.record("it was accepted", sourceLocation: sourceLocation)
  return PlanError(message: "")
}

func refusal(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> PlanError {
  refusal(Array(text.utf8), sourceLocation: sourceLocation)
}

/// A plans file with one plan that is right, and something more in it.
func plans(_ more: String = "", _ list: String = #"[{"name":"all","units":[{}]}]"#) -> String {
  #"{"version":1,\#(more.isEmpty ? "" : more + ",")"plans":\#(list)}"#
}

/// A file whose only plan has these further members.
func plan(_ members: String, with more: String = "") -> String {
  plans(more, #"[{"name":"one","units":[{}],\#(members)}]"#)
}

/// Number of the plan that matches, 0 = none.
func match(
  _ tables: borrowing PlanTables, type: UInt32 = 0, tier: Tier = .emergency, flags: UInt32 = 0,
  at place: (Int32, Int32) = (0, 0), wall_us: Int64 = 0
) -> UInt32 {
  tables.match(
    Circumstances(
      type: type, tier: tier, flags: flags, lat_e7: place.0, lon_e7: place.1, wall_us: wall_us)
  ).plan
}

func tables(_ text: String) throws -> PlanTables { try decode(Array(text.utf8)).tables(.system) }
