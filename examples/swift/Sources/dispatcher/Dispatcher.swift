// A Swift host: typed values in, an answer out, events as an AsyncSequence.
// `swift run` in this folder; give a map (.hjmap) as the first argument for real streets.

import Hujia

@main
struct Dispatcher {
  static let start_us: Int64 = 1_700_000_000_000_000

  static func main() async throws {
    let map = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : nil
    let engine = try Engine(configuration: Configuration(map: map, isHostDriven: true))
    try engine.put(Unit(id: 12, place: Coordinate(latitude: 37.7793, longitude: -122.4193)))
    try engine.put(Unit(id: 34, place: Coordinate(latitude: 37.7950, longitude: -122.3940)))
    try engine.poll(now_ns: 0, wall_us: start_us)

    let place = Coordinate(latitude: 37.7599, longitude: -122.4148)
    let answer = try engine.report(Incident(tier: .emergency, place: place))
    for unit in answer.chosen {
      print("unit \(unit.unitID) goes, \((unit.travel_ms ?? 0) / 1_000) s away, by:")
      for leg in try engine.route(ofAssignment: unit.assignmentID).legs {
        let street = leg.streetName.isEmpty ? "straight line" : leg.streetName
        print("  \(street) \(leg.distance_dm / 10) m, \(leg.time_ms / 1_000) s")
      }
    }
    try await watch(engine)
    do {
      try engine.advance(answer.chosen[0].assignmentID, to: .acknowledged)
    } catch {
      print("unit \(answer.chosen[0].unitID) signed too late, it had been replaced: \(error)")
    }
    engine.close()
  }

  /// Nobody signs: the engine escalates after 15, 30 and 45 s of its own time.
  static func watch(_ engine: Engine) async throws {
    for seconds in [15, 30, 45] as [Int64] {
      try engine.poll(
        now_ns: seconds * 1_000_000_000, wall_us: start_us + seconds * 1_000_000)
    }
    var escalations = 0
    for await event in engine.events where event.kind == .escalation {
      let clock = event.clock.map { "\($0)" } ?? "?"
      print("escalation of \(clock), step \(event.step), unit \(event.unitID)")
      escalations += 1
      if escalations == 3 { return }
    }
  }
}
