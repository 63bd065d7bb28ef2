// What waited for the first wall time gets its place in it before anything fires.

extension EngineCore {
  /// A slice of the units and incidents that wait for the first wall time. False: more are left.
  mutating func armFirstWall() -> Bool {
    if let first = firstWall.nextUnit {
      let end = min(first + Self.armedSlice, UInt32(unitSlots.touched))
      for slot in first..<end { armShift(slot) }
      firstWall.nextUnit = end < UInt32(unitSlots.touched) ? end : nil
    } else if let first = firstWall.nextIncident {
      let end = min(first + Self.armedSlice, UInt32(incidentSlots.touched))
      for slot in first..<end { armAppointment(slot) }
      firstWall.nextIncident = end < UInt32(incidentSlots.touched) ? end : nil
    }
    return !firstWall.isArming
  }

  private static var armedSlice: UInt32 { 512 }
}
