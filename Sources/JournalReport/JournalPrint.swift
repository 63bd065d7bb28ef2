// A journal printed: read, followed by an engine of its own, filtered. Must never: change a file, stop silently.

import CHujia
import HujiaDriver
import HujiaEngine
import HujiaHostKit
import HujiaJournal

/// Which records are shown: those that answer all of what is asked.
package struct PrintFilter: Equatable, Sendable {
  package var incident: UInt64?
  package var unit: UInt64?
  package var operatorID: UInt64?
  package var from_us: Int64?
  package var to_us: Int64?
  package init() {}

  var isOfSomebody: Bool { incident != nil || unit != nil }
  var isEmpty: Bool { self == PrintFilter() }

  func holds(_ wall_us: Int64) -> Bool {
    (from_us.map { wall_us >= $0 } ?? true) && (to_us.map { wall_us < $0 } ?? true)
  }
}

package final class JournalPrint {
  private let path: String
  private let seal: KeySeal?
  private let filter: PrintFilter
  private let put: (PrintedTurn) -> Void
  private var replica: JournalReplica?
  /// Why nothing is followed: then answers and events are not shown.
  private var silence: String?
  /// Of each assignment that was told: its incident.
  private var incidentOf: [UInt64: UInt64] = [:]
  private var last: UInt64 = 0
  private var openings = JournalOpenings()
  /// The last record that came; that up to which a snapshot has them all; and what is to be said of that.
  private var newest: UInt64 = 0
  private var behind: UInt64 = 0
  private var note: String?
  private var shown: UInt64 = 0

  /// `put` gets what is to be shown, in order.
  package init(
    _ path: String, _ filter: PrintFilter, seal: KeySeal? = nil,
    put: @escaping (PrintedTurn) -> Void
  ) {
    self.path = path
    self.seal = seal
    self.filter = filter
    self.put = put
  }

  /// What is on record now; what came since, when it is called again. Throws at the first bad place, when all before it
  /// was shown.
  package func run(_ progress: (UInt64) -> Void = { _ in }) throws(Failed) {
    if last == 0 { try begin(progress) }
    let report = Journal.read(
      path, after: last, seal: seal, snapshot: { take(snapshot: $1, $0) },
      record: { record in
        if record.sequence % 4_096 == 0 { progress(record.sequence) }
        take(record)
        return true
      })
    last = max(last, report.last)
    if let problem = report.problem { throw Failed(field: path, problem.text) }
  }

  /// Tables of what size the engine that follows must have: the openings say it.
  private func begin(_ progress: (UInt64) -> Void) throws(Failed) {
    var isRead = true
    let report = Journal.read(
      path, seal: seal, snapshot: { openings.note(snapshot: $1) },
      record: { record in
        if !openings.note(record) { isRead = false }
        return true
      })
    if report.last == 0, let problem = report.problem { throw Failed(field: path, problem.text) }
    guard isRead else { return silence = "an opening of a later version stands in it" }
    do throws(Failure) { replica = try made() } catch { silence = error.text }
  }

  private func made() throws(Failure) -> JournalReplica {
    let made = try JournalReplica(openings)
    made.seen = { [unowned self] in show($0, isFollowed: true) }
    return made
  }

  /// Records are gone: from here on another engine follows, which has what they came to.
  private func take(snapshot bytes: UnsafeRawBufferPointer, _ sequence: UInt64) -> Bool {
    let gone = "records \(newest + 1) to \(sequence)"
    do throws(Failure) {
      let other = try made()
      try other.take(snapshot: bytes)
      replica = other
      behind = sequence
      silence = nil
      note = "what \(gone) came to stands in the snapshot of record \(sequence), and is not shown"
      return true
    } catch {
      replica = nil
      silence =
        bytes.isEmpty
        ? "\(gone) are not here: lay the archived segments beside the others in a copy of the folder"
        : error.text
      return false
    }
  }

  private func take(_ record: borrowing JournalRecord) {
    let number = record.sequence
    newest = number
    if let note { tell(note, record) }
    note = nil
    if replica != nil, record.apart.gone.contains(.watches) {
      replica = nil
      tell(
        "what watches said in record \(number) was deleted: from here on nothing can be followed",
        record)
    }
    if number <= behind {
      if let turn = JournalReplica.read(record) { show(turn, isFollowed: false) }
    } else if let replica {
      do throws(Failure) {
        try replica.take(record)
      } catch {
        self.replica = nil
        tell("from record \(number) on nothing can be followed: \(error.text)", record)
        if let turn = JournalReplica.read(record) { show(turn, isFollowed: false) }
      }
    } else {
      if let silence {
        tell("answers and events are not shown: \(silence)", record)
        self.silence = nil
      }
      if let turn = JournalReplica.read(record) { show(turn, isFollowed: false) }
    }
    showOther(record)
  }

  private func tell(_ note: String, _ record: borrowing JournalRecord) {
    var turn = PrintedTurn(record: record.sequence, wall_us: record.wall_us, command: "note")
    turn.notes = [note]
    put(turn)
  }

  /// What is no turn.
  private func showOther(_ record: borrowing JournalRecord) {
    guard !filter.isOfSomebody, filter.operatorID == nil, filter.holds(record.wall_us) else {
      return
    }
    if let opening = JournalOpenings.opening(record) { return put(PrintedTurn(opening)) }
    guard let positions = JournalReplica.positions(record) else { return }
    var turn = PrintedTurn(record: record.sequence, wall_us: record.wall_us, command: "positions")
    turn.fields = [Field(name: "count", value: .number(Int64(positions)))]
    put(turn)
  }

  private func show(_ turn: borrowing SeenTurn, isFollowed: Bool) {
    for event in turn.events where event.assignmentID != 0 && event.incidentID != 0 {
      incidentOf[event.assignmentID] = event.incidentID
    }
    guard filter.holds(turn.wall_us) else { return }
    if let wanted = filter.operatorID, turn.command.act.operatorID != wanted { return }
    guard filter.isOfSomebody else { return put(PrintedTurn(turn, isFollowed: isFollowed)) }
    let events = turn.events.filter { isWanted($0) }
    let isNamed = names(turn)
    let isChosen =
      filter.unit.map { unit in
        ChoiceFacts.read(turn.choices).facts.contains { $0.units.contains(unit) }
      } ?? false
    guard !events.isEmpty || isNamed || isChosen else { return }
    var printed = PrintedTurn(
      turn, isFollowed: isFollowed, (isNamed ? turn.events : events).map { PrintedEvent($0) })
    // A turn that served several: of its facts those that name a unit of these.
    if !isNamed, turn.events.contains(where: { $0.incidentID != 0 && !isWanted($0) }) {
      let units = Set(events.map(\.unitID) + [filter.unit ?? 0])
      printed.choices.removeAll { !$0.units.contains(where: { units.contains($0) }) }
    }
    put(printed)
  }

  private func isWanted(_ event: Event) -> Bool {
    (filter.incident.map { event.incidentID == $0 } ?? true)
      && (filter.unit.map { event.unitID == $0 } ?? true)
  }

  /// Whether the command or its answer names what is asked for.
  private func names(_ turn: borrowing SeenTurn) -> Bool {
    var list = FieldList()
    list.say(turn.command.change)
    let kind = turn.command.change.name
    let ids = Self.ids(list.fields, kind)
    var incidents = ids.incidents
    incidents += ids.assignments.compactMap { incidentOf[$0] }
    if turn.decision.answer.incidentID != 0 { incidents.append(turn.decision.answer.incidentID) }
    var units = ids.units
    let chosen = turn.decision.chosen
    let span = chosen.span
    for place in 0..<min(turn.decision.answer.count, span.count) {
      units.append(span[place].unitID)
    }
    return (filter.incident.map { incidents.contains($0) } ?? true)
      && (filter.unit.map { units.contains($0) } ?? true)
  }

  /// The ids that a command names, by the names of its fields.
  private static func ids(
    _ fields: [Field], _ kind: String
  ) -> (incidents: [UInt64], assignments: [UInt64], units: [UInt64]) {
    var found: (incidents: [UInt64], assignments: [UInt64], units: [UInt64]) = ([], [], [])
    for field in fields {
      switch (field.name, field.value) {
      case ("incident", .id(let id)), ("incidentID", .id(let id)), ("into", .id(let id)):
        found.incidents.append(id)
      case ("to", .id(let id)) where kind == "divert": found.incidents.append(id)
      case ("assignment", .id(let id)), ("assignmentID", .id(let id)):
        found.assignments.append(id)
      case ("unit", .id(let id)): found.units.append(id)
      case ("id", .id(let id)) where kind == "putUnit": found.units.append(id)
      case (_, .list(let inner)):
        let more = ids(inner, kind)
        found.incidents += more.incidents
        found.assignments += more.assignments
        found.units += more.units
      default: break
      }
    }
    return found
  }
}

extension PrintedTurn {
  init(_ opening: JournalOpenings.Opening) {
    self.init(record: opening.record, wall_us: opening.wall_us, command: "opened")
    var list = FieldList()
    list.say("runMode", opening.mode.rawValue, HJ_NAMES_RUN)
    list.say("map", opening.map == 0 ? "none" : String(hex: opening.map))
    list.say("plansBytes", opening.plans.bytes)
    list.say("plansChecksum", String(hex: opening.plans.checksum))
    if let telemetry = opening.telemetry {
      list.say("telemetry", telemetry.rawValue, HJ_NAMES_TELEMETRY)
    }
    if let digest = opening.digest { list.say("digest", digest.name) }
    for (field, count) in opening.tables { list.say(field, count) }
    fields = list.fields
  }
}
