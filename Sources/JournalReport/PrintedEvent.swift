// An event as it is printed: each number with the word that the header gives it.

import CHujia
import HujiaEngine
import HujiaHostKit

package struct PrintedEvent {
  let event: Event
  init(_ event: Event) { self.event = event }

  var fields: [Field] {
    var list = FieldList()
    list.say("sequence", Int64(clamping: event.sequence))
    list.say("kind", event.kind.rawValue, HJ_NAMES_EVENT)
    list.say("incident", event.incidentID)
    list.say("assignment", event.assignmentID)
    list.say("unit", event.unitID)
    list.say("watch", event.watchID)
    list.say("state", state)
    list.say("reason", event.reason, HJ_NAMES_REASON)
    list.say("clock", event.clock, HJ_NAMES_CLOCK)
    list.say("action", event.action, HJ_NAMES_STEP)
    list.say("step", event.step)
    list.say("cycle", event.cycle)
    list.say("travel_ms", event.travel_ms)
    list.say("wall_us", event.wall_us)
    list.say("dueWall_us", event.dueWall_us)
    list.say("late_ns", event.late_ns)
    list.say("keyHigh", event.keyHigh)
    list.say("keyLow", event.keyLow)
    list.say("operator", event.operatorID)
    list.say("session", event.operatorSession)
    list.say("role", event.operatorRole)
    list.say("operatorReason", event.operatorReason)
    list.say("outcome", event.outcome)
    list.say("plansVersion", event.plansVersion)
    list.say("epoch", event.epoch)
    list.say("reference", event.reference)
    return list.fields
  }

  /// Its number means an incident's state, an assignment's, or something of its own.
  private var state: String {
    switch event.kind {
    case .assignment: FieldList.word(event.state, HJ_NAMES_ASSIGNMENT)
    case .incident: FieldList.word(event.state, HJ_NAMES_INCIDENT)
    case .mode: FieldList.word(event.state, HJ_NAMES_MODE)
    default:
      event.incidentID != 0
        ? FieldList.word(event.state, HJ_NAMES_INCIDENT) : event.state == 0 ? "" : "\(event.state)"
    }
  }

  func text(_ time: WallTime) -> String {
    let shown = fields.filter { !["sequence", "kind", "wall_us", "dueWall_us"].contains($0.name) }
    let due = event.dueWall_us == 0 ? "" : ", due \(time.text(event.dueWall_us))"
    return "\(event.sequence) \(FieldList.word(event.kind.rawValue, HJ_NAMES_EVENT)): "
      + PrintedTurn.words(shown) + due
  }
}
