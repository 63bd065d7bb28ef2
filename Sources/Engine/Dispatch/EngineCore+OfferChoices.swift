// What a freed unit was looked at for: no answer shows it, and it rests on positions and ways.

import HujiaContainers

extension EngineCore {
  func servableChosen(_ steps: inout Int) -> Servable? {
    guard let choices, choices.pointee.isReading else { return nil }
    let read = choices.pointee.read(.servable) { reader -> (Servable, Int)? in
      let kind = reader.u8()
      let left = Int(reader.i32())
      if kind == 0 { return (.none, left) }
      let key = OfferKey(
        tier: reader.u8(), key: WaitingKey(received_ns: reader.i64(), serial: reader.u64()))
      if kind == 1 { return (.unknown(key), left) }
      let incident = reader.u32()
      // A serial that is too large would overflow in the place behind it.
      guard kind == 2, Int(incident) < limits.incidents, incidents[incident].isWaiting,
        key.key.serial < .max
      else { return nil }
      return (.incident(incident, key), left)
    }
    guard let (servable, left) = read else { return nil }
    steps = left
    return servable
  }

  @inline(__always)
  func noteServable(_ servable: Servable, _ steps: Int) {
    if let choices { write(servable, steps, choices) }
  }

  private func write(
    _ servable: Servable, _ steps: Int, _ choices: UnsafeMutablePointer<ChoiceLog>
  ) {
    choices.pointee.write(.servable, most: 26) { writer in
      func put(_ kind: UInt8, _ key: OfferKey, _ writer: inout NumberWriter) {
        writer.put(kind)
        writer.put(Int32(clamping: steps))
        writer.put(key.tier)
        writer.put(key.key.received_ns)
        writer.put(key.key.serial)
      }
      switch servable {
      case .none:
        writer.put(0 as UInt8)
        writer.put(Int32(clamping: steps))
      case .unknown(let key): put(1, key, &writer)
      case .incident(let incident, let key):
        put(2, key, &writer)
        writer.put(incident)
      }
    }
  }

  func mightSendChosen(_ steps: inout Int) -> Bool? {
    guard let choices, choices.pointee.isReading else { return nil }
    let read = choices.pointee.read(.mightSend) { ($0.bool(), Int($0.i32())) }
    guard let (might, left) = read else { return nil }
    steps = left
    return might
  }

  @inline(__always)
  func noteMightSend(_ might: Bool, _ steps: Int) {
    guard let choices else { return }
    choices.pointee.write(.mightSend, most: 5) { writer in
      writer.put(might)
      writer.put(Int32(clamping: steps))
    }
  }
}
