// Words for the constants of the header, as plans files and JSON write them. names.c holds every one of them to the
// header's text.

import CHujia

@c @implementation
public func hj_name(_ vocabulary: Int32, _ value: Int32) -> UnsafePointer<CChar>! {
  switch vocabulary {
  case HJ_NAMES_TIER: return Words.tier(value)
  case HJ_NAMES_LEVEL: return Words.level(value)
  case HJ_NAMES_ACTIVITY: return Words.activity(value)
  case HJ_NAMES_INCIDENT: return Words.incident(value)
  case HJ_NAMES_ASSIGNMENT: return Words.assignment(value)
  case HJ_NAMES_CLOCK: return Words.clock(value)
  case HJ_NAMES_STEP: return Words.step(value)
  case HJ_NAMES_EVENT: return Words.event(value)
  case HJ_NAMES_REASON: return Words.reason(value)
  case HJ_NAMES_CLOCK_STATE: return Words.clockState(value)
  case HJ_NAMES_WATCH: return Words.watch(value)
  case HJ_NAMES_FIGURES: return Words.figures(value)
  case HJ_NAMES_INTERVAL: return Words.interval(value)
  case HJ_NAMES_SHORTFALL: return Words.shortfall(value)
  case HJ_NAMES_DATUM: return Words.datum(value)
  case HJ_NAMES_PROFILE: return Words.profile(value)
  case HJ_NAMES_RUN: return Words.run(value)
  case HJ_NAMES_TRAFFIC: return Words.traffic(value)
  case HJ_NAMES_DIRECTION: return Words.direction(value)
  case HJ_NAMES_REPORT: return Words.report(value)
  case HJ_NAMES_ROUTE: return Words.route(value)
  case HJ_NAMES_NEAREST: return Words.nearest(value)
  case HJ_NAMES_SOURCE: return Words.source(value)
  case HJ_NAMES_MAP: return Words.map(value)
  case HJ_NAMES_OFF_DUTY_POSITIONS: return Words.offDutyPositions(value)
  case HJ_NAMES_CHOSEN: return Words.chosen(value)
  case HJ_NAMES_BREACH: return Words.breach(value)
  default: return constant("unknown")
  }
}

/// What is done, and to what.
enum Words {
  static func tier(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("emergency")
    case 2: return constant("urgent")
    case 3: return constant("routine")
    case 4: return constant("preventive")
    default: return constant("unknown")
    }
  }

  static func level(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("available")
    case 1: return constant("conditionally_available")
    case 2: return constant("not_available")
    default: return constant("unknown")
    }
  }

  static func activity(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case -1: return constant("none")
    case 0: return constant("patrolling")
    case 1: return constant("station")
    case 2: return constant("post")
    case 3: return constant("en_route")
    case 4: return constant("on_scene")
    case 5: return constant("meal")
    case 6: return constant("court")
    case 7: return constant("training")
    case 8: return constant("off_duty")
    case 9: return constant("transporting")
    case 10: return constant("at_destination")
    case 11: return constant("returning")
    default: return constant("unknown")
    }
  }

  static func incident(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("received")
    case 2: return constant("pending")
    case 3: return constant("assigned")
    case 4: return constant("en_route")
    case 5: return constant("on_scene")
    case 6: return constant("handling")
    case 7: return constant("reported")
    case 8: return constant("closed")
    case 9: return constant("archived")
    case 10: return constant("cancelled")
    case 11: return constant("held")
    case 12: return constant("merged")
    default: return constant("unknown")
    }
  }

  static func assignment(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("reserved")
    case 2: return constant("dispatched")
    case 3: return constant("delivered")
    case 4: return constant("acknowledged")
    case 5: return constant("en_route")
    case 6: return constant("on_scene")
    case 7: return constant("transporting")
    case 8: return constant("at_destination")
    case 9: return constant("reported")
    case 10: return constant("cleared")
    case 11: return constant("declined")
    case 12: return constant("expired")
    case 13: return constant("cancelled")
    case 14: return constant("diverted")
    case 15: return constant("exchanged")
    default: return constant("unknown")
    }
  }

  static func clock(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("pending")
    case 2: return constant("delivery")
    case 3: return constant("acknowledge")
    case 4: return constant("turnout")
    case 5: return constant("arrival")
    case 6: return constant("welfare")
    case 7: return constant("report")
    case 8: return constant("resolve")
    case 9: return constant("callback")
    case 10: return constant("lead")
    case 11: return constant("absence")
    case 12: return constant("appointment")
    default: return constant("unknown")
    }
  }

  static func step(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("notify_again")
    case 2: return constant("other_channel")
    case 3: return constant("next_unit")
    case 4: return constant("widen")
    case 5: return constant("supervisor")
    case 6: return constant("tell_caller")
    case 7: return constant("suggest_exchange")
    case 8: return constant("neighbour")
    case 9: return constant("manual")
    case 10: return constant("supervision")
    case 11: return constant("call_unit")
    case 12: return constant("backup")
    case 13: return constant("first_leads")
    case 14: return constant("last_resort")
    case 20: return constant("open_incident")
    case 21: return constant("home_officer")
    case 22: return constant("grid_worker")
    default: return constant("unknown")
    }
  }

  static func event(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("decided")
    case 2: return constant("refused")
    case 3: return constant("incident")
    case 4: return constant("assignment")
    case 5: return constant("escalation")
    case 6: return constant("overflow")
    case 7: return constant("traffic")
    case 8: return constant("alarm")
    case 9: return constant("stall")
    case 10: return constant("warning")
    case 11: return constant("clock")
    case 13: return constant("absence_ended")
    default: return constant("unknown")
    }
  }

  static func reason(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("closest")
    case 2: return constant("straight_line")
    case 3: return constant("no_position")
    case 4: return constant("home_beat")
    case 5: return constant("by_hand")
    case 6: return constant("next_unit")
    case 7: return constant("unit_freed")
    case 8: return constant("nobody")
    case 9: return constant("closed")
    case 10: return constant("upgraded")
    case 11: return constant("undeliverable")
    case 12: return constant("backup")
    case 13: return constant("appointment")
    case 14: return constant("merged")
    case 15: return constant("unmerged")
    case 16: return constant("diverted")
    case 17: return constant("called_back")
    case 18: return constant("room_needed")
    case 19: return constant("lead")
    case 25: return constant("sign_of_life")
    case 26: return constant("paused")
    case 27: return constant("table_full")
    case 28: return constant("lost_deadline")
    case 29: return constant("place_changed")
    default: return constant("unknown")
    }
  }
}
