// What waited for the first wall time gets its place in it before anything fires.

extension EngineCore {
  /// A slice of the units and incidents that wait for the first wall time. False: more are left.
  mutating func armFirstWall() -> Bool {
    if let first = firstWall.nextUnit {
      let end = min(first + Self.armedSlice, UInt32(units.touched))
      for slot in first..<end { armShift(slot) }
      firstWall.nextUnit = end < UInt32(units.touched) ? end : nil
    } else if let first = firstWall.nextIncident {
      let end = min(first + Self.armedSlice, UInt32(incidents.touched))
      for slot in first..<end { armAppointment(slot) }
      firstWall.nextIncident = end < UInt32(incidents.touched) ? end : nil
    }
    return !firstWall.isArming
  }

  private static var armedSlice: UInt32 { 512 }
}
