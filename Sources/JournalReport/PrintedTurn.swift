// One record as it is printed: what happened, by which person, what was chosen and what came of it.

import CHujia
import HujiaDriver
import HujiaEngine
import HujiaHostKit

/// A turn, an opening, or positions.
package struct PrintedTurn {
  package var record: UInt64
  package var wall_us: Int64
  package var command: String
  package var status = ""
  /// The person and the program.
  package var by: [Field] = []
  package var fields: [Field] = []
  package var choices: [ChoiceFact] = []
  package var answer: [Field] = []
  package var events: [PrintedEvent] = []
  /// What a reader must know beside it.
  package var notes: [String] = []

  init(record: UInt64, wall_us: Int64, command: String) {
    self.record = record
    self.wall_us = wall_us
    self.command = command
  }

  /// `chosen`: which of its facts and events are shown; nil: all.
  init(_ turn: borrowing SeenTurn, isFollowed: Bool, _ events: [PrintedEvent]? = nil) {
    record = turn.record
    wall_us = turn.wall_us
    command = turn.command.change.name
    status = Host.name(status: turn.status.rawValue)
    by = Self.by(turn)
    var list = FieldList()
    list.say(turn.command.change)
    // A command of one thing says its fields, not the thing's name before them.
    if list.fields.count == 1, case .list(let inner) = list.fields[0].value {
      fields = inner
    } else {
      fields = list.fields
    }
    if !turn.beats.isEmpty { fields = Self.beats(turn.beats) }
    let (facts, unread) = ChoiceFacts.read(turn.choices)
    choices = facts
    if unread > 0 { notes.append("\(unread) bytes of its choices are of a later version") }
    if turn.isCut { notes.append("more was chosen than one record holds: the rest is not shown") }
    if turn.fixes > 0 { notes.append("took in \(turn.fixes) positions") }
    if !turn.isSame {
      notes.append(
        "applied again with this version it comes out otherwise: what follows may differ")
    }
    if turn.isGone { notes.append("what the watch said was deleted") }
    guard isFollowed else { return }
    answer = Self.answer(turn)
    self.events = events ?? turn.events.map { PrintedEvent($0) }
  }

  private static func by(_ turn: borrowing SeenTurn) -> [Field] {
    let act = turn.command.act
    var list = FieldList()
    list.say("operator", act.operatorID)
    list.say("session", act.sessionID)
    list.say("role", act.role)
    list.say("reason", act.reason)
    if turn.command.client.high | turn.command.client.low != 0 {
      list.say("clientHigh", turn.command.client.high)
      list.say("clientLow", turn.command.client.low)
      list.say("request", turn.command.request)
    }
    return list.fields
  }

  private static func beats(_ beats: [Heartbeat]) -> [Field] {
    var list = FieldList()
    list.say("count", beats.count)
    list.say(
      "beats",
      .rows(
        beats.map { beat in
          var row = FieldList()
          row.say("watch", beat.watchID)
          row.say("wall_us", beat.wall_us)
          return row.fields
        }))
    return list.fields
  }

  private static func answer(_ turn: borrowing SeenTurn) -> [Field] {
    let answer = turn.decision.answer
    guard answer.incidentID != 0 || answer.count > 0 else { return [] }
    var list = FieldList()
    list.say("incident", answer.incidentID)
    list.say("state", answer.state.rawValue, HJ_NAMES_INCIDENT)
    list.say("tier", Int32(answer.tier.rawValue), HJ_NAMES_TIER)
    list.say("shortfall", ChoiceFacts.bits(answer.shortfall.rawValue, HJ_NAMES_SHORTFALL))
    list.say("plan", answer.plan)
    list.say("epoch", answer.epoch)
    let chosen = turn.decision.chosen
    let units = chosen.span
    var rows: [[Field]] = []
    for place in 0..<min(answer.count, units.count) {
      var row = FieldList()
      row.say("unit", units[place].unitID)
      row.say("assignment", units[place].assignmentID)
      row.say("travel_ms", units[place].travel_ms)
      row.say("turnout_ms", units[place].turnout_ms)
      row.say("distance_dm", units[place].distance_dm)
      row.say("reason", units[place].reason.rawValue, HJ_NAMES_REASON)
      rows.append(row.fields)
    }
    list.say("units", .rows(rows))
    return list.fields
  }

  // As JSON

  package func json(_ time: WallTime) -> String {
    var list = FieldList()
    list.say("record", Int64(clamping: record))
    if wall_us > 0 { list.say("time", time.text(wall_us)) }
    list.say("wall_us", wall_us)
    list.say("command", command)
    if !status.isEmpty { list.say("status", status) }
    if !by.allSatisfy(\.value.isZero) { list.say("by", .list(by)) }
    if !fields.isEmpty { list.say("fields", .list(fields)) }
    if !choices.isEmpty {
      list.say(
        "choices",
        .rows(choices.map { [Field(name: "kind", value: .word($0.kind))] + $0.fields }))
    }
    if !answer.isEmpty { list.say("answer", .list(answer)) }
    if !events.isEmpty { list.say("events", .rows(events.map(\.fields))) }
    for note in notes { list.say("note", note) }
    return JSONLine.of(list.fields)
  }

  // As text

  package func text(_ time: WallTime) -> String {
    var lines = ["\(time.text(wall_us))  record \(record)  \(command)"]
    if !status.isEmpty { lines[0] += "  \(status)" }
    let person = Self.words(by)
    if !person.isEmpty { lines.append("    by       \(person)") }
    let said = Self.words(fields)
    if !said.isEmpty { lines.append("    said     \(said)") }
    for choice in choices {
      let (words, rows) = Self.split(choice.fields)
      lines.append(
        "    chosen   \([choice.kind, words].filter { !$0.isEmpty }.joined(separator: ": "))")
      lines += rows.map { "             \($0)" }
    }
    let (answered, units) = Self.split(answer)
    if !answered.isEmpty { lines.append("    answer   \(answered)") }
    lines += units.map { "             \($0)" }
    lines += events.map { "    event    \($0.text(time))" }
    lines += notes.map { "    note     \($0)" }
    return lines.joined(separator: "\n")
  }

  /// Names and values on one line, without what is zero.
  static func words(_ fields: [Field]) -> String {
    fields.filter { !$0.value.isZero }.map { word($0) }.filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// Those of a list in a line each.
  private static func split(_ fields: [Field]) -> (words: String, rows: [String]) {
    var rows: [String] = []
    var plain: [Field] = []
    for field in fields {
      if case .rows(let some) = field.value {
        rows += some.map { words($0) }
      } else {
        plain.append(field)
      }
    }
    return (words(plain), rows)
  }

  private static func word(_ field: Field) -> String {
    switch field.value {
    case .number(let number): unit(field.name, number)
    case .id(let number): "\(field.name) \(number)"
    case .flag: field.name
    case .word(let word): "\(field.name) \(word)"
    case .list(let inner): "\(field.name) (\(words(inner)))"
    case .rows(let rows): "\(field.name) " + rows.map { "(\(words($0)))" }.joined(separator: " ")
    }
  }

  /// Numbers with their units as people read them.
  private static func unit(_ name: String, _ number: Int64) -> String {
    func named(_ suffix: String) -> String { String(name.dropLast(suffix.count)) }
    func decimal(_ by: Int64, _ digits: Int) -> String {
      Decimals.fixed(Double(number) / Double(by), digits)
    }
    // Nowhere, and no time.
    if number == Int64(UInt32.max), ["node", "street", "gap_dm"].contains(name) { return "" }
    if name.hasSuffix("_us"), number <= 0 { return "" }
    if name.hasSuffix("_e7") { return "\(named("_e7")) \(decimal(10_000_000, 7))" }
    if name.hasSuffix("_ms") { return "\(named("_ms")) \(decimal(1_000, 1)) s" }
    if name.hasSuffix("_dm") { return "\(named("_dm")) \(decimal(10, 1)) m" }
    if name.hasSuffix("_mm") { return "\(named("_mm")) \(decimal(1_000, 1)) m" }
    if name.hasSuffix("_ns") { return "\(named("_ns")) \(decimal(1_000_000_000, 3)) s" }
    if name.hasSuffix("_us") { return "\(named("_us")) \(WallTime().text(number))" }
    if name.hasSuffix("age_s"), number < 0 { return "position not known" }
    if name.hasSuffix("_s") { return "\(named("_s")) \(number) s" }
    return "\(name) \(number)"
  }
}
