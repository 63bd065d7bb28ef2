// Units that an incident will not ask again.

extension EngineCore {
  /// A unit that this incident will not ask again (it declined or did not sign). The oldest refusal is forgotten when
  /// sixteen are remembered.
  mutating func refuse(unit id: UInt64, incident: UInt32) {
    let first = Int(incident) * EngineLimits.chosen
    if Int(incidents[incident].refusalCount) == EngineLimits.chosen {
      for place in 1..<EngineLimits.chosen {
        incidentRefusals[first + place - 1] = incidentRefusals[first + place]
      }
      incidents[incident].refusalCount -= 1
    }
    incidentRefusals[first + Int(incidents[incident].refusalCount)] = id
    incidents[incident].refusalCount += 1
  }

  /// Takes the newest refusal back.
  mutating func takeBackRefusal(incident: UInt32) { incidents[incident].refusalCount -= 1 }

  func hasRefused(_ unit: UInt32, _ incident: UInt32) -> Bool {
    let first = Int(incident) * EngineLimits.chosen
    let id = units[unit].id
    for place in 0..<Int(incidents[incident].refusalCount)
    where incidentRefusals[first + place] == id {
      return true
    }
    return false
  }
}
