// The choices of a turn as they stand on record, read by a reader of their own: what the engine writes is told here
// without the engine. See docs/architecture/journal-format.md.

import CHujia
import HujiaContainers
import HujiaEngine
import HujiaRoads

/// One fact: what was chosen, and with what cost.
package struct ChoiceFact: Equatable, Sendable {
  package var kind: String
  package var fields: [Field]
  /// Units that it names.
  package var units: [UInt64] = []
}

package enum ChoiceFacts {
  /// Of a record's choices. A fact that cannot be read, or is of a later version, ends them: `unread` bytes are left.
  package static func read(
    _ bytes: UnsafeRawBufferPointer
  ) -> (facts: [ChoiceFact], unread: Int) {
    var facts: [ChoiceFact] = []
    var reader = NumberReader(bytes)
    while !reader.isAtEnd {
      let start = reader.offset
      let kind: UInt8 = reader.get()
      let length: UInt16 = reader.get()
      var fields = NumberReader(reader.take(Int(length)))
      guard !reader.isBroken, let fact = fact(kind, &fields), !fields.isBroken else {
        return (facts, bytes.count - start)
      }
      facts.append(fact)
    }
    return (facts, 0)
  }

  package static func read(_ bytes: [UInt8]) -> (facts: [ChoiceFact], unread: Int) {
    bytes.withUnsafeBytes { read($0) }
  }

  private static func fact(_ kind: UInt8, _ reader: inout NumberReader) -> ChoiceFact? {
    var list = FieldList()
    var units: [UInt64] = []
    switch kind {
    case 1:
      let shortfall: UInt32 = reader.get()
      list.say("shortfall", bits(shortfall, HJ_NAMES_SHORTFALL))
      let count: UInt8 = reader.get()
      var rows: [[Field]] = []
      for _ in 0..<count { rows.append(unit(&reader, &units)) }
      list.say("units", .rows(rows))
    case 2:
      let isSent = reader.get(UInt8.self) != 0
      list.say("units", .rows(isSent ? [unit(&reader, &units)] : []))
    case 3:
      let isKnown = reader.get(UInt8.self) != 0
      let id: UInt64 = reader.get()
      if isKnown { units.append(id) }
      list.say("unit", isKnown ? id : 0)
      list.say("travel_ms", reader.get(UInt32.self))
    case 4:
      list.say("travel_ms", reader.get(UInt32.self))
      list.say("distance_dm", reader.get(UInt32.self))
      list.say("isStraightLine", reader.get(UInt8.self) != 0)
      list.say("hasPosition", reader.get(UInt8.self) != 0)
    case 5:
      let what: UInt8 = reader.get()
      let left: Int32 = reader.get()
      list.say("serves", ["nothing", "unknown", "incident"][min(Int(what), 2)])
      list.say("stepsLeft", left)
      if what > 0 {
        list.say("tier", Int32(reader.get(UInt8.self)), HJ_NAMES_TIER)
        list.say("received_ns", reader.get(Int64.self))
        list.say("serial", reader.get(UInt64.self))
      }
      if what > 1 { list.say("slot", reader.get(UInt32.self)) }
    case 6:
      list.say("mightSend", reader.get(UInt8.self) != 0)
      list.say("stepsLeft", reader.get(Int32.self))
    case 7: list.say("plan", reader.get(UInt32.self))
    case 8:
      list.say("isKnown", reader.get(UInt8.self) != 0)
      place(&reader, &list)
    case 11:
      let isHeld = reader.get(UInt8.self) != 0
      list.say("likelyRoot", isHeld ? reader.get(UInt64.self) : 0)
    case 9:
      let count: UInt8 = reader.get()
      var rows: [[Field]] = []
      for _ in 0..<count {
        var row = FieldList()
        say(marks: reader.get(), &row)
        row.say("age_s", age(reader.get()))
        rows.append(row.fields)
      }
      list.say("units", .rows(rows))
    case 10:
      list.say("incident", reader.get(UInt64.self))
      list.say("assignment", reader.get(UInt64.self))
      list.say("watch", reader.get(UInt64.self))
      list.say("clock", Int32(reader.get(UInt8.self)), HJ_NAMES_CLOCK)
      list.say("step", reader.get(Int32.self))
      list.say("cycle", reader.get(Int32.self))
      list.say("due_ns", reader.get(Int64.self))
    default: return nil
    }
    return ChoiceFact(kind: names[Int(kind)], fields: list.fields, units: units)
  }

  private static let names = [
    "", "seats", "unit", "nearer", "travel", "servable", "mightSend", "plan", "carrier", "marks",
    "passedOver",
    "likelyRoot",
  ]

  /// A unit that was chosen, and where it stood.
  private static func unit(_ reader: inout NumberReader, _ units: inout [UInt64]) -> [Field] {
    var row = FieldList()
    let id: UInt64 = reader.get()
    units.append(id)
    row.say("unit", id)
    row.say("role", reader.get(UInt32.self))
    row.say("travel_ms", reader.get(UInt32.self))
    row.say("turnout_ms", reader.get(UInt32.self))
    row.say("distance_dm", reader.get(UInt32.self))
    row.say("reason", reader.get(Int32.self), HJ_NAMES_REASON)
    say(marks: reader.get(), &row)
    row.say("age_s", age(reader.get()))
    row.say("requirement", reader.get(UInt32.self))
    row.say("seat", reader.get(UInt32.self))
    row.say("hasPosition", reader.get(UInt8.self) != 0)
    row.say("fixWall_us", reader.get(Int64.self))
    row.say("fix_ns", reader.get(Int64.self))
    place(&reader, &row)
    return row.fields
  }

  /// Above the marks stands how its plan's beats led to it (`hj_dispatch.chosen_depth`).
  private static func say(marks: UInt32, _ row: inout FieldList) {
    row.say("marks", bits(marks & ChosenMark.shown, HJ_NAMES_CHOSEN))
    if marks > ChosenMark.shown { row.say("depth", marks >> ChosenMark.ringShift) }
  }

  /// -1: the unit's position is not known.
  private static func age(_ age_s: UInt32) -> Int64 { age_s == .max ? -1 : Int64(age_s) }

  private static func place(_ reader: inout NumberReader, _ list: inout FieldList) {
    let (street, offset_mm, node, gap_dm): (UInt32, UInt32, UInt32, UInt32) = (
      reader.get(), reader.get(), reader.get(), reader.get()
    )
    let (lat_e7, lon_e7): (Int32, Int32) = (reader.get(), reader.get())
    let isOffNetwork = reader.get(UInt8.self) != 0
    list.nest("place") {
      $0.say(
        Place(
          street: street, offset_mm: offset_mm, node: node, gap_dm: gap_dm, lat_e7: lat_e7,
          lon_e7: lon_e7, isOffNetwork: isOffNetwork))
    }
  }

  /// The words of the bits that are set.
  static func bits(_ value: UInt32, _ vocabulary: Int32) -> String {
    (0..<32).filter { value >> $0 & 1 == 1 }.map {
      FieldList.word(Int32(bitPattern: 1 << UInt32($0)), vocabulary)
    }.joined(separator: " ")
  }
}
