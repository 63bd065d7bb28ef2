// Read first in this folder. What can be asked of an engine: the second door, beside `apply`. A question changes
// nothing that a later answer depends on, so none is written down. What it gives is a view: a plain value.

import HujiaRoads
import HujiaRouting

/// A question, and where its answer is written: on the stack of the caller that waits for it.
package enum Question: BitwiseCopyable {
  /// The answer that a report would get now.
  case recommend(UnsafePointer<IncidentReport>, UnsafeMutablePointer<Decision>)
  /// What a report may repeat.
  case repeats(UnsafePointer<IncidentReport>, UnsafeMutablePointer<RepeatList>)
  case incident(UInt64, UnsafeMutablePointer<IncidentView>)
  case unit(UInt64, UnsafeMutablePointer<UnitView>)
  case watch(UInt64, UnsafeMutablePointer<WatchView>)
  case clock(ClockReference, UnsafeMutablePointer<ClockReading>)
  case nearest(UnsafePointer<NearestQuery>, UnsafeMutablePointer<NearestAnswer>)
  case travel(UnsafePointer<TravelQuery>, UnsafeMutablePointer<TravelAnswer>)
  case assignment(UInt64, UnsafeMutablePointer<AssignmentView>)
  /// By key, else by reference.
  case find(keyHigh: UInt64, keyLow: UInt64, Reference, UnsafeMutablePointer<UInt64>)
  case figures(FigureInterval, FigureDimension, value: UInt32, UnsafeMutablePointer<Figures>)
}

extension EngineCore {
  /// Answers at the turn's moment. An error leaves the answer as it is.
  package mutating func ask(_ question: Question, _ turn: inout Turn) -> Status {
    time = turn.moment
    feed = turn.feed
    switch question {
    case .recommend(let report, let decision):
      return recommend(report.pointee, &turn, into: &decision.pointee)
    case .repeats(let report, let list): repeats(of: report.pointee, into: &list.pointee)
    case .incident(let id, let view):
      guard let slot = incident(id) else { return .stale }
      describe(incident: slot, &view.pointee)
    case .unit(let id, let view):
      guard let slot = unit(id) else { return .unknownUnit }
      refresh(unit: slot)
      view.pointee = self.view(ofUnit: slot)
    case .watch(let id, let view):
      guard let slot = watch(id) else { return .unknownUnit }
      view.pointee = self.view(ofWatch: slot)
    case .clock(let reference, let view):
      let (status, reading) = read(reference)
      guard let reading else { return status }
      view.pointee = reading
      view.pointee.dueWall_us = time.wall_us(of: reading.due_ns)
      view.pointee.plannedWall_us = time.wall_us(of: reading.planned_ns)
    case .nearest(let query, let answer): answerNearest(query.pointee, &answer.pointee)
    case .travel(let query, let answer): answer.pointee = travel(query.pointee)
    case .assignment(let id, let view):
      guard let found = self.view(ofAssignment: id) else { return .stale }
      view.pointee = found
    case .find(let high, let low, let reference, let id):
      guard let found = find(keyHigh: high, low, reference: reference) else { return .unknownUnit }
      id.pointee = found
    case .figures(let interval, let dimension, let value, let answer):
      answer.pointee = figures.read(interval, by: dimension, value: value)
    }
    return .ok
  }
}
