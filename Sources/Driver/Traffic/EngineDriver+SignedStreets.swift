// Streets that a person closes, and opens again: acts on record, each with its person. Times stay telemetry.

import HujiaEngine
import HujiaRouting

extension EngineDriver {
  /// As `take`, one after the other: a time behind a closure of the same street is the newer of the two.
  func takeSigned(
    _ count: Int, _ act: Act, _ time: (Int) -> (Status, StreetTime?),
    _ verdict: (Int, Status) -> Void, _ traffic: Traffic
  ) -> Int {
    var accepted = 0
    var hint = 0
    for index in 0..<count {
      let (status, given) = time(index)
      guard let given, let found = traffic.find(given, hint: hint) else {
        verdict(index, given == nil ? status : .unknownUnit)
        continue
      }
      hint = found.upperBound
      let answer = take(given, found, act, traffic)
      if answer == .ok { accepted += 1 }
      verdict(index, answer)
    }
    return accepted
  }

  private func take(
    _ time: StreetTime, _ found: Range<Int>, _ act: Act, _ traffic: Traffic
  ) -> Status {
    guard let change = Change(signing: time) else {
      put(time, found, traffic)
      return .ok
    }
    return turnHere { _, turn in
      if isDrained { return .state }
      var command = Command(change, act: act)
      if let journal {
        guard change.isSaid(in: journal.format) else { return .unsupported }
        if journal.refuses(command) { return .full }
      }
      // Before its record and in the same turn. An act on record has happened: a process that is killed between the two
      // leaves a closed street and no answer, never an act without its street. The epoch's record comes later.
      put(time, found, traffic)
      return apply(&command, &turn, into: &unread.pointee)
    }
  }

  private func put(_ time: StreetTime, _ found: Range<Int>, _ traffic: Traffic) {
    let kept = journal?.streets
    traffic.pending.fill(keeping: kept, map) { traffic.put(time, found, keeping: kept, $0) }
  }
}

extension Change {
  /// nil: a time, which nobody signs.
  fileprivate init?(signing time: StreetTime) {
    let isClosed: Bool
    switch time.time {
    case .closed: isClosed = true
    case .asMapped: isClosed = false
    case .travel: return nil
    }
    let profile: Int32 =
      switch time.profile {
      case nil: 0
      case .response: 1
      case .normal: 2
      }
    self = .signStreet(
      street: time.streetID, direction: time.direction.rawValue, profile: profile,
      isClosed: isClosed)
  }
}
