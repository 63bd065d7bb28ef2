// What a command is called where people read of it. What it points at is never touched.

extension Change {
  package var name: String {
    switch self {
    case .report: "report"
    case .post: "post"
    case .update: "update"
    case .assign: "assign"
    case .end: "end"
    case .merge: "merge"
    case .unmerge: "unmerge"
    case .callBack: "callBack"
    case .setLead: "setLead"
    case .advance: "advance"
    case .divert: "divert"
    case .undeliverable: "undeliverable"
    case .takeClock: "takeClock"
    case .snoozeClock: "snoozeClock"
    case .escalateClock: "escalateClock"
    case .migrate: "migrate"
    case .migrateSlice: "migrateSlice"
    case .putUnit: "putUnit"
    case .removeUnit: "removeUnit"
    case .setActivity: "setActivity"
    case .checkIn: "checkIn"
    case .putWatch: "putWatch"
    case .removeWatch: "removeWatch"
    case .pauseWatch: "pauseWatch"
    case .resumeWatch: "resumeWatch"
    case .alarm: "alarm"
    case .beats: "beats"
    case .takeEvents: "takeEvents"
    case .resetFigures: "resetFigures"
    case .usePlans: "usePlans"
    case .useEpoch: "useEpoch"
    case .tendEpoch: "tendEpoch"
    case .startWall: "startWall"
    case .stall: "stall"
    case .tick: "tick"
    case .audit: "audit"
    case .background: "background"
    case .tell: "tell"
    case .acknowledge: "acknowledge"
    }
  }
}

extension RecordedChange {
  package var name: String {
    switch self {
    case .plain(let change): change.name
    case .beats: "beats"
    case .takeEvents: "takeEvents"
    case .usePlans: "usePlans"
    case .useEpoch: "useEpoch"
    }
  }
}
