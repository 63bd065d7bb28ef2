// Incidents that still want units, by tier and then by receipt: who is served first when a unit becomes free.

/// Heads and tails of one doubly linked list a tier; the links are in the incident records.
struct WaitingLists: BitwiseCopyable {
  static var none: UInt32 { .max }
  private var heads: (UInt32, UInt32, UInt32, UInt32, UInt32) = (.max, .max, .max, .max, .max)
  private var tails: (UInt32, UInt32, UInt32, UInt32, UInt32) = (.max, .max, .max, .max, .max)
  var count = 0

  func head(_ tier: Tier) -> UInt32 {
    switch tier {
    case .none: return heads.0
    case .emergency: return heads.1
    case .urgent: return heads.2
    case .routine: return heads.3
    case .preventive: return heads.4
    }
  }

  func tail(_ tier: Tier) -> UInt32 {
    switch tier {
    case .none: return tails.0
    case .emergency: return tails.1
    case .urgent: return tails.2
    case .routine: return tails.3
    case .preventive: return tails.4
    }
  }

  mutating func setHead(_ tier: Tier, _ incident: UInt32) {
    switch tier {
    case .none: heads.0 = incident
    case .emergency: heads.1 = incident
    case .urgent: heads.2 = incident
    case .routine: heads.3 = incident
    case .preventive: heads.4 = incident
    }
  }

  mutating func setTail(_ tier: Tier, _ incident: UInt32) {
    switch tier {
    case .none: tails.0 = incident
    case .emergency: tails.1 = incident
    case .urgent: tails.2 = incident
    case .routine: tails.3 = incident
    case .preventive: tails.4 = incident
    }
  }
}
