// How what many rooms share stands in a state.

import HujiaContainers
import HujiaRoads

extension StateCoder {
  mutating func code(_ place: inout Place) {
    code(&place.street)
    code(&place.offset_mm)
    code(&place.node)
    code(&place.gap_dm)
    code(&place.lat_e7)
    code(&place.lon_e7)
    code(&place.isOffNetwork)
    demand(Place.isOnPlanet(place.lat_e7, place.lon_e7), "a place is off the planet")
  }

  mutating func code(_ reference: inout Reference) {
    for word in 0..<4 { code(&reference.words[word]) }
  }

  mutating func code(_ mode: inout WorkMode) {
    code(&mode.isManual)
    code(&mode.isDegraded)
    code(&mode.reasons)
  }

  mutating func code(_ moment: inout Moment) {
    code(time: &moment.now_ns)
    code(time: &moment.wall_us)
  }

  /// What may not be there.
  mutating func code<Value>(
    _ value: inout Value?, blank: Value, _ body: (inout Value, inout StateCoder) -> Void
  ) {
    var isThere = value != nil
    code(&isThere)
    guard isThere else {
      value = nil
      return
    }
    var own = value ?? blank
    body(&own, &self)
    value = own
  }
}
