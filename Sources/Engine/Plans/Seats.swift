// The seats of a plan: each requirement has `count` of them, one unit's worth each. Everything that goes over the seats
// of an incident goes this way.

/// A walk over the seats of a plan, in order; after `next` it stands at one.
struct Seats: BitwiseCopyable {
  private let tables: UnsafeMutablePointer<PlanTables>
  private let plan: PlanMatch
  private var walked: UInt32 = 0
  /// What is asked for here.
  private(set) var requirement = Requirement(capabilities: 0, count: 0)
  /// The requirement's place among those of the plan, and the seat's among those of the requirement.
  private(set) var index = UInt32.max
  private(set) var seat: UInt32 = 0
  /// The seat's place among all of the plan, from 1 on once the walk has begun.
  private var ordinal: UInt32 = 0

  init(of plan: PlanMatch, in tables: UnsafeMutablePointer<PlanTables>) {
    self.plan = plan
    self.tables = tables
  }

  /// Goes on to the next seat; false behind the last.
  @inline(__always) mutating func next() -> Bool {
    seat += 1
    if seat >= requirement.count {
      repeat {
        guard walked < plan.requirementCount else { return false }
        requirement = tables.pointee.requirement(Int(plan.firstRequirement + walked))
        index = walked
        walked += 1
      } while requirement.count == 0
      seat = 0
    }
    ordinal += 1
    return true
  }

  /// The seat's place among the at most 32 of its plan, alternatives included, as a bit.
  var bit: UInt32 { 1 << (ordinal - 1) }

  /// Of requirements one of which is enough: the place of the first.
  var firstChoice: UInt32 { index - UInt32(requirement.choice) }
  var isChoice: Bool { requirement.choices > 1 }
}

extension PlanTables {
  /// The same for a seat that is known by its requirement.
  func seatBit(_ plan: PlanMatch, index: UInt32, seat: UInt32) -> UInt32 {
    var ordinal = seat
    for offset in 0..<index { ordinal += requirement(Int(plan.firstRequirement + offset)).count }
    return 1 << ordinal
  }

  /// All seats of a requirement.
  func seatBits(_ plan: PlanMatch, index: UInt32) -> UInt32 {
    let count = requirement(Int(plan.firstRequirement + index)).count
    return (1 << count &- 1) &* seatBit(plan, index: index, seat: 0)
  }
}
