// Words for the constants, as the design and the plans write them.

import CHujia

@c @implementation
public func hj_name(_ vocabulary: Int32, _ value: Int32) -> UnsafePointer<CChar>! {
  switch vocabulary {
  case 1: return Words.tier(value)
  case 2: return Words.level(value)
  case 3: return Words.activity(value)
  case 4: return Words.incident(value)
  case 5: return Words.assignment(value)
  case 6: return Words.clock(value)
  case 7: return Words.step(value)
  case 8: return Words.event(value)
  case 9: return Words.reason(value)
  default: return constant("unknown")
  }
}

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
    case 1: return constant("conditionallyAvailable")
    case 2: return constant("notAvailable")
    default: return constant("unknown")
    }
  }

  static func activity(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("patrolling")
    case 1: return constant("station")
    case 2: return constant("post")
    case 3: return constant("enRoute")
    case 4: return constant("onScene")
    case 5: return constant("meal")
    case 6: return constant("court")
    case 7: return constant("training")
    case 8: return constant("offDuty")
    case 9: return constant("transporting")
    case 10: return constant("atDestination")
    case 11: return constant("returning")
    default: return constant("unknown")
    }
  }

  static func incident(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 1: return constant("received")
    case 2: return constant("pending")
    case 3: return constant("assigned")
    case 4: return constant("enRoute")
    case 5: return constant("onScene")
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
    case 5: return constant("enRoute")
    case 6: return constant("onScene")
    case 7: return constant("transporting")
    case 8: return constant("atDestination")
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
    case 1: return constant("notifyAgain")
    case 2: return constant("otherChannel")
    case 3: return constant("nextUnit")
    case 4: return constant("widen")
    case 5: return constant("supervisor")
    case 6: return constant("tellCaller")
    case 7: return constant("suggestExchange")
    case 8: return constant("neighbour")
    case 9: return constant("manual")
    case 10: return constant("supervision")
    case 11: return constant("callUnit")
    case 12: return constant("backup")
    case 13: return constant("firstLeads")
    case 14: return constant("lastResort")
    case 20: return constant("openIncident")
    case 21: return constant("homeOfficer")
    case 22: return constant("gridWorker")
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
    case 9: return constant("stall")
    case 10: return constant("warning")
    case 11: return constant("clock")
    case 8: return constant("alarm")
    case 13: return constant("absenceEnded")
    default: return constant("unknown")
    }
  }

  static func reason(_ value: Int32) -> UnsafePointer<CChar> {
    switch value {
    case 0: return constant("none")
    case 1: return constant("closest")
    case 2: return constant("straightLine")
    case 3: return constant("noPosition")
    case 4: return constant("homeBeat")
    case 5: return constant("byHand")
    case 6: return constant("nextUnit")
    case 7: return constant("unitFreed")
    case 8: return constant("nobody")
    case 9: return constant("closed")
    case 10: return constant("upgraded")
    case 11: return constant("undeliverable")
    case 12: return constant("backup")
    case 13: return constant("appointment")
    case 14: return constant("merged")
    case 15: return constant("unmerged")
    case 16: return constant("diverted")
    case 17: return constant("calledBack")
    case 18: return constant("roomNeeded")
    case 19: return constant("lead")
    case 25: return constant("signOfLife")
    case 26: return constant("paused")
    case 27: return constant("tableFull")
    case 28: return constant("lostDeadline")
    default: return constant("unknown")
    }
  }
}
