// What can be asked of an engine. A short question is published like a command and answered by the baton's holder; one
// that writes as much as its caller has room for takes the baton on its own thread.

import HujiaContainers
import HujiaEngine
import HujiaRoads
import HujiaRouting

extension EngineDriver {
  /// The answer that a report would get now, with no side effect.
  package func recommend(
    _ report: UnsafePointer<IncidentReport>, into decision: inout Decision
  ) -> Status {
    withUnsafeMutablePointer(to: &decision) { ask(.recommend(report, $0)) }
  }

  /// The open incidents that a report may repeat, the likeliest first.
  package func repeats(of report: UnsafePointer<IncidentReport>, into list: inout RepeatList) {
    withUnsafeMutablePointer(to: &list) { _ = ask(.repeats(report, $0)) }
  }

  package func read(incident id: UInt64, into view: inout IncidentView) -> Status {
    withUnsafeMutablePointer(to: &view) { ask(.incident(id, $0)) }
  }

  package func read(unit id: UInt64, into view: inout UnitView) -> Status {
    withUnsafeMutablePointer(to: &view) { ask(.unit(id, $0)) }
  }

  package func read(watch id: UInt64, into view: inout WatchView) -> Status {
    withUnsafeMutablePointer(to: &view) { ask(.watch(id, $0)) }
  }

  package func read(clock: ClockReference, into reading: inout ClockReading) -> Status {
    withUnsafeMutablePointer(to: &reading) { ask(.clock(clock, $0)) }
  }

  package func nearest(_ query: NearestQuery, into answer: inout NearestAnswer) {
    withUnsafePointer(to: query) { query in
      withUnsafeMutablePointer(to: &answer) { _ = ask(.nearest(query, $0)) }
    }
  }

  package func travel(_ query: TravelQuery) -> TravelAnswer {
    var answer = TravelAnswer()
    withUnsafePointer(to: query) { query in
      withUnsafeMutablePointer(to: &answer) { _ = ask(.travel(query, $0)) }
    }
    return answer
  }

  package func figures(
    _ interval: FigureInterval, by dimension: FigureDimension, value: UInt32
  ) -> Figures {
    var figures = Figures()
    withUnsafeMutablePointer(to: &figures) {
      _ = ask(.figures(interval, dimension, value: value, $0))
    }
    return figures
  }

  /// The values of a dimension that have figures of their own, in the order in which they came; those that fit are
  /// written. Returns how many there are.
  package func figureValues(
    _ dimension: FigureDimension, into values: UnsafeMutableBufferPointer<UInt32>
  ) -> Int {
    turnHere { core, _ in
      let known = core.figures.valueCount(dimension)
      for index in 0..<min(known, values.count) {
        values[index] = core.figures.value(dimension, index)
      }
      return known
    }
  }
  /// No dimension has more values, and no engine more breaches.
  package var mostFigureValues: Int {
    let limits = core.pointee.limits
    return max(limits.figureTypes, limits.figureAgencies, limits.figureBeats, 16)
  }
  package var mostBreaches: Int { core.pointee.limits.breaches }

  /// The fastest road between two places; its first `capacity` points are handed to `body`, which runs under the baton:
  /// it copies, and no more.
  package func route(
    from: Place, to: Place, profile: Profile, capacity: Int, _ body: (Int, RoutePoint) -> Void
  ) -> (answer: RouteAnswer, epoch: UInt64) {
    turnHere { core, _ in
      let answer = core.router.route(
        from: from, to: to, profile: profile, into: core.routePoints,
        capacity: min(capacity, core.routeCapacity))
      for index in 0..<min(answer.needed, capacity, core.routeCapacity) {
        body(index, core.routePoints[index])
      }
      return (answer, core.epoch)
    }
  }

  /// The same from an assignment's unit to its incident, as its plan has it driven.
  package func route(
    ofAssignment id: UInt64, capacity: Int, _ body: (Int, RoutePoint) -> Void
  ) -> (status: Status, needed: Int) {
    turnHere { core, _ in
      let (status, needed) = core.route(ofAssignment: id)
      guard status == .ok else { return (status, 0) }
      for index in 0..<min(needed, capacity, core.routeCapacity) {
        body(index, core.routePoints[index])
      }
      return (.ok, needed)
    }
  }
  package static var routePointLimit: Int { EngineCore.routePointLimit }
}
