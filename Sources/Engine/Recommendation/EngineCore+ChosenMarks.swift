// Where a watch's carrier was, and what an answer says of its units' positions: facts beside the choices.

import HujiaContainers
import HujiaRoads

extension EngineCore {
  // Watches

  /// Where the carrier of a watch was; `.some(nil)`: it was not known.
  func carrierChosen() -> Place?? {
    guard let choices, choices.pointee.isReading else { return nil }
    return choices.pointee.read(.carrier) { reader -> Place?? in
      let isKnown = reader.bool()
      let place = reader.place()
      guard Place.isOnPlanet(place.lat_e7, place.lon_e7) else { return nil }
      return .some(isKnown ? onMap(place) : nil)
    }
  }

  @inline(__always)
  func noteCarrier(_ place: Place?) {
    guard let choices else { return }
    choices.pointee.write(.carrier, most: 26) { writer in
      writer.put(place != nil)
      writer.put(place ?? .nowhere)
    }
  }

  // Answers

  /// What an answer that lists an incident's units says of their positions.
  func marksChosen(_ decision: inout Decision) -> Bool {
    guard let choices, choices.pointee.isReading else { return false }
    let count = decision.answer.count
    let read = choices.pointee.read(.marks) { reader -> Bool? in
      guard Int(reader.u8()) == count else { return nil }
      for place in 0..<count {
        decision.chosen[place].marks = reader.u32()
        decision.chosen[place].age_s = reader.u32()
      }
      return true
    }
    return read ?? false
  }

  @inline(__always)
  func noteMarks(_ decision: inout Decision) {
    guard let choices else { return }
    let count = decision.answer.count
    choices.pointee.write(.marks, most: 1 + count * 8) { writer in
      writer.put(UInt8(count))
      for place in 0..<count {
        writer.put(decision.chosen[place].marks)
        writer.put(decision.chosen[place].age_s)
      }
    }
  }
}
