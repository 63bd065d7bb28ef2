// Plans may be replaced while incidents opened under the old ones still run: each version lives until its last
// incident is gone. The driver owns the tables and frees those that are given back here.

import HujiaContainers

/// Up to `PlanVersions.limit` plan tables in use at once.
struct PlanVersions: ~Copyable {
  static var limit: Int { 8 }

  struct Version: BitwiseCopyable {
    var address: UInt = 0  // 0 = unused
    var holds: Int32 = 0
    /// 1 = the plans at open, then one more each time they are replaced.
    var number: UInt32 = 0
  }

  private let inPlace = InPlace()
  private var versions: InlineArray<8, Version> = .init(repeating: Version())
  private(set) var current: UInt32 = 0
  private var newest: UInt32 = 1

  init(first: UnsafeMutablePointer<PlanTables>) {
    versions[0] = Version(address: UInt(bitPattern: first), holds: 0, number: 1)
  }

  /// Other plans as the first version, before anything happened; those that were.
  mutating func begin(
    with first: UnsafeMutablePointer<PlanTables>
  ) -> UnsafeMutablePointer<PlanTables> {
    let old = tables(0)
    versions[0].address = UInt(bitPattern: first)
    return old
  }

  @inline(__always) func tables(_ version: UInt32) -> UnsafeMutablePointer<PlanTables> {
    UnsafeMutablePointer(bitPattern: versions.span[Int(version)].address).unsafelyUnwrapped
  }

  @inline(__always) func number(_ version: UInt32) -> UInt32 { versions.span[Int(version)].number }

  func holds(_ version: Int) -> Int { Int(versions.span[version].holds) }

  /// An incident holds a version once for its plan and once for its clocks.
  mutating func hold(_ version: UInt32) { versions[Int(version)].holds += 1 }
  mutating func letGo(_ version: UInt32) { versions[Int(version)].holds -= 1 }

  /// Makes `next` the current version; nil when all places are in use.
  mutating func replace(by next: UnsafeMutablePointer<PlanTables>) -> Bool {
    for index in 0..<Self.limit where versions[index].address == 0 {
      versions[index] = Version(address: UInt(bitPattern: next), holds: 0, number: newest &+ 1)
      newest &+= 1
      current = UInt32(index)
      return true
    }
    return false
  }

  /// An old version that no incident uses any more; it leaves the table. nil when there is none.
  mutating func reclaim() -> UnsafeMutablePointer<PlanTables>? {
    for index in 0..<Self.limit
    where UInt32(index) != current && versions[index].address != 0
      && versions[index].holds == 0
    {
      let address = versions[index].address
      versions[index].address = 0
      return UnsafeMutablePointer(bitPattern: address)
    }
    return nil
  }

  // In a state

  /// Tables of a version that a state names, in the place of those that were.
  mutating func put(_ tables: UnsafeMutablePointer<PlanTables>?, _ version: Int) {
    versions[version].address = UInt(bitPattern: tables)
  }
  func isUsed(_ version: Int) -> Bool { versions.span[version].address != 0 }

  /// The tables stand elsewhere, by their text, and are there before.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x736e_6c50)
    coder.code(&current, below: Self.limit)
    coder.code(&newest)
    for version in 0..<Self.limit {
      var isThere = versions[version].address != 0
      coder.code(&isThere)
      coder.demand(
        isThere == (versions[version].address != 0), "a version of the plans has no text")
      coder.code(&versions[version].holds, 0...1 << 30)
      coder.code(&versions[version].number, 0...newest)
    }
    coder.demand(versions[Int(current)].address != 0, "the plans of now are none")
  }

  /// Every version still here, one at a time, when the engine closes.
  mutating func removeAny() -> UnsafeMutablePointer<PlanTables>? {
    for index in 0..<Self.limit where versions[index].address != 0 {
      let address = versions[index].address
      versions[index].address = 0
      return UnsafeMutablePointer(bitPattern: address)
    }
    return nil
  }
}

extension EngineCore {
  /// The plans that new decisions use.
  package var currentPlans: PlanTables {
    unsafeAddress { UnsafePointer(plans.tables(plans.current)) }
  }

  /// Plan tables that nobody needs any more, for the driver to free.
  package mutating func reclaimPlans() -> UnsafeMutablePointer<PlanTables>? { plans.reclaim() }

  package mutating func removePlans() -> UnsafeMutablePointer<PlanTables>? { plans.removeAny() }
}
