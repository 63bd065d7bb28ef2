// The state of a core, in words: two cores with the same words go on the same way. Where its units are is not among
// them, and neither is what a map makes of a place.

import HujiaContainers
import HujiaIngest
import HujiaRoads

@testable import HujiaEngine

enum StateLines {
  /// Empties the outbox.
  static func of(_ core: inout EngineCore) -> [String] {
    var lines = units(&core) + incidents(&core) + assignments(&core) + watches(&core)
    lines += ["armed \(core.clocks.armed) next \(core.nextDue_ns)"]
    lines += ["waiting \(core.waiting.count) offers \(core.offers.count) \(core.auditState)"]
    lines += figures(&core) + answers(&core)
    for counter in 0..<Counter.count where !ofProcess.contains(counter) {
      lines.append("counter \(counter): \(core.counters.read(counter))")
    }
    while let event = core.popEvent() { lines.append("\(event)") }
    return lines
  }

  /// How often a turn was taken, how long the longest was; refusals and questions, which are on no record.
  private static let ofProcess: Set<Int> = [
    Counter.turns, Counter.longestTurn_ns, Counter.refused, Counter.decisions,
    Counter.eventsWaiting,
  ]

  private static func units(_ core: inout EngineCore) -> [String] {
    (0..<UInt32(core.units.touched)).filter { core.units.isLive($0) }.map { slot in
      var unit = core.units[slot]
      unit.place = .blank
      unit.fixWall_us = 0
      unit.fix_ns = 0
      unit.hasPosition = false
      unit.isFixBeforeFirstWall = false
      return "unit \(slot) \(unit) \(core.units[details: slot])"
    }
  }

  private static func incidents(_ core: inout EngineCore) -> [String] {
    (0..<UInt32(core.incidents.touched)).filter { core.incidents.isLive($0) }.map { slot in
      var incident = core.incidents[slot]
      incident.place = .blank
      let live = (0..<Int(incident.liveCount)).map { core.incidents.assignment(of: slot, $0) }
      let refused = (0..<Int(incident.refusalCount)).map { core.incidents.refusal(of: slot, $0) }
      return """
        incident \(core.incidents.id(of: slot)) \(incident) \(live) \(refused) \
        \(core.incidents[times: slot]) \(core.incidents[details: slot])
        """
    }
      + (0..<core.clocks.count).compactMap { slot in
        // What the last assignment left behind in a slot says nothing.
        let assignment = core.assignment(ofClock: UInt32(slot))
        guard assignment.map({ core.assignments.isLive($0) }) ?? true else { return nil }
        let clock = core.clocks[UInt32(slot)]
        return clock.kind == .pending && clock.limit_ns == 0 ? nil : "clock \(slot) \(clock)"
      }
  }

  private static func assignments(_ core: inout EngineCore) -> [String] {
    (0..<UInt32(core.assignments.touched)).filter { core.assignments.isLive($0) }.map {
      """
      assignment \(core.assignments.id(of: $0)) \(core.assignments[$0]) \
      \(core.assignments[times: $0])
      """
    }
  }

  private static func watches(_ core: inout EngineCore) -> [String] {
    (0..<UInt32(core.watches.touched)).filter { core.watches.isLive($0) }.map { slot in
      var description = core.watches[description: slot]
      description.place = .blank
      return "watch \(slot) \(core.watches[slot]) \(description)"
    }
  }

  /// What each client was answered, as it stands in a state, in lines of 64 bytes.
  private static func answers(_ core: inout EngineCore) -> [String] {
    final class Sink { var bytes: [UInt8] = [] }
    let sink = Sink()
    var coder = StateCoder { piece in
      sink.bytes += piece
      return true
    }
    core.keys.answers.code(&coder)
    coder.finish()
    return stride(from: 0, to: sink.bytes.count, by: 64).map { start in
      "answers at \(start): \(sink.bytes[start..<min(start + 64, sink.bytes.count)])"
    }
  }

  private static func figures(_ core: inout EngineCore) -> [String] {
    var lines: [String] = []
    for interval in FigureInterval.allCases {
      for tier in Tier.allCases {
        let figures = core.figures.read(interval, by: .tier, value: UInt32(tier.rawValue))
        lines.append("\(interval) \(tier) \(figures)")
      }
    }
    var number = core.breaches.newest
    while let breach = core.breaches.breach(number: number) {
      lines.append("\(breach)")
      number -= 1
    }
    return lines
  }
}
