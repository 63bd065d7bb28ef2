// All units by what filters ask of them. A question about all units asks each class once, however many units are in it:
// whether anybody can serve a need, which of few can, and why nobody did.

import HujiaContainers

/// Units that no filter tells apart but by their shift, their mark, and where exactly they stand.
struct UnitClass: BitwiseCopyable {
  /// What they all are; without a shift's end and without a mark. With or without a place.
  var traits: UnitTraits
  var count: UInt32 = 0
  /// Those without a place and those that state the end of their shift, in the order that decides ties.
  var root = UnitOrder.none
  /// All others: a list.
  var first = UnitOrder.none
  /// Among the classes that have units, or among the unused.
  var next: UInt32
  var previous = UnitClasses.none
  var nextInBucket: UInt32
}

struct UnitClasses: ~Copyable {
  static var none: UInt32 { .max }

  let classes: Block<UnitClass>
  let order: UnitOrder
  private let nodes: Block<UnitOrder.Node>
  private let pending: Block<UInt32>
  private let counted: Block<Int>
  /// By unit, its class + 1; 0 = none.
  private let classOf: Block<UInt32>
  /// Class + 1.
  private let buckets: Block<UInt32>
  private let mask: UInt64
  private var used: UInt32 = 0
  private var unused = UnitClasses.none
  private(set) var firstInUse = UnitClasses.none
  /// Classes that have units.
  private(set) var count = 0

  /// About 140 bytes a unit, of which classes that never were touch nothing.
  init(unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    var bucketCount = 1
    while bucketCount < unitCapacity { bucketCount <<= 1 }
    let classes = try Block<UnitClass>(memory, count: unitCapacity)
    let nodes = try Block<UnitOrder.Node>(memory, count: unitCapacity)
    let pending = try Block<UInt32>(memory, count: unitCapacity + 1)
    let counted = try Block<Int>(memory, count: 1)
    let classOf = try Block<UInt32>(memory, count: unitCapacity)
    let buckets = try Block<UInt32>(memory, count: bucketCount)
    order = UnitOrder(nodes, pending: pending, counted: counted)
    self.classes = classes
    self.nodes = nodes
    self.pending = pending
    self.counted = counted
    self.classOf = classOf
    self.buckets = buckets
    mask = UInt64(bucketCount - 1)
  }

  /// Units that questions looked at one by one, ever: for the tests.
  var looks: Int { order.looks }

  // Units come and go

  /// Before a unit is inserted. O(1).
  func note(_ unit: UInt32, id: UInt64, idleSince_ns: Int64) {
    order.nodes[unit].id = id
    order.nodes[unit].idleSince_ns = idleSince_ns
  }

  func idleSince_ns(of unit: UInt32) -> Int64 { order.nodes[unit].idleSince_ns }

  /// O(1); O(log units) for a unit without a place or with a shift's end.
  mutating func insert(_ unit: UInt32, _ traits: UnitTraits) {
    let own = find(traits) ?? make(traits)
    classOf[unit] = own + 1
    classes[own].count += 1
    guard Self.isListed(traits) else {
      order.insert(
        unit, id: order.nodes[unit].id, until_us: traits.availableUntil_us,
        root: &classes.base[Int(own)].root)
      return
    }
    let first = classes[own].first
    order.nodes[unit].links.left = UnitOrder.none
    order.nodes[unit].links.right = first
    if first != UnitOrder.none { order.nodes[first].links.left = unit }
    classes[own].first = unit
  }

  /// As it was inserted.
  mutating func remove(_ unit: UInt32, _ traits: UnitTraits) {
    let own = classOf[unit] - 1
    classOf[unit] = 0
    classes[own].count -= 1
    if Self.isListed(traits) {
      let (before, after) = (order.nodes[unit].links.left, order.nodes[unit].links.right)
      if after != UnitOrder.none { order.nodes[after].links.left = before }
      if before == UnitOrder.none {
        classes[own].first = after
      } else {
        order.nodes[before].links.right = after
      }
    } else {
      order.remove(unit, root: &classes.base[Int(own)].root)
    }
    if classes[own].count == 0 { giveBack(own) }
  }

  private static func isListed(_ traits: UnitTraits) -> Bool {
    traits.hasPlace && traits.availableUntil_us == .max
  }

  // Classes

  private func find(_ traits: UnitTraits) -> UInt32? {
    var own = buckets[bucket(traits)] &- 1
    while own != Self.none {
      if classes[own].traits.isAlike(traits), classes[own].traits.hasPlace == traits.hasPlace {
        return own
      }
      own = classes[own].nextInBucket
    }
    return nil
  }

  private mutating func make(_ traits: UnitTraits) -> UInt32 {
    var own = unused
    if own == Self.none {
      own = used
      used += 1
    } else {
      unused = classes[own].next
    }
    var common = traits
    common.availableUntil_us = .max
    common.skipStamp = 0
    let bucket = bucket(traits)
    classes[own] = UnitClass(
      traits: common, next: firstInUse, nextInBucket: buckets[bucket] &- 1)
    buckets[bucket] = own + 1
    if firstInUse != Self.none { classes[firstInUse].previous = own }
    firstInUse = own
    count += 1
    return own
  }

  private mutating func giveBack(_ own: UInt32) {
    let gone = classes[own]
    if gone.next != Self.none { classes[gone.next].previous = gone.previous }
    if gone.previous == Self.none {
      firstInUse = gone.next
    } else {
      classes[gone.previous].next = gone.next
    }
    count -= 1
    let bucket = bucket(gone.traits)
    if buckets[bucket] == own + 1 {
      buckets[bucket] = gone.nextInBucket &+ 1
    } else {
      var before = buckets[bucket] - 1
      while classes[before].nextInBucket != own { before = classes[before].nextInBucket }
      classes[before].nextInBucket = gone.nextInBucket
    }
    classes[own].next = unused
    unused = own
  }

  private func bucket(_ traits: UnitTraits) -> Int {
    let flags = UInt64(traits.crew) << 49 | (traits.hasPlace ? 1 << 41 : 0)
    var x = UInt64(traits.agency) << 32 | UInt64(traits.kind)
    x = (x ^ flags ^ UInt64(traits.level) << 44) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 29) ^ traits.capabilities) &* 0x94d0_49bb_1331_11eb
    return Int((x ^ (x >> 32)) & mask)
  }

  // Questions

  /// Every class of which a unit may match as far as all its units are alike. `body` false: enough.
  @inline(__always)
  func each(_ filter: UnitFilter, _ body: (UnitClass) -> Bool) {
    var plain = filter
    plain.skipStamp = 0
    plain.availableUntil_us = .min
    var own = firstInUse
    while own != Self.none {
      if classes[own].traits.matches(plain), !body(classes[own]) { return }
      own = classes[own].next
    }
  }

  /// Every unit of a class that the rest of a filter lets pass. `body` false: enough; false is returned then.
  func eachUnit(
    of own: UnitClass, _ asked: UnitOrder.Asked, _ traits: UnsafePointer<UnitTraits>,
    _ body: (UInt32) -> Bool
  ) -> Bool {
    var unit = own.first
    while unit != UnitOrder.none {
      order.countLook()
      if asked.skipStamp == 0 || traits[Int(unit)].skipStamp != asked.skipStamp, !body(unit) {
        return false
      }
      unit = order.nodes[unit].links.right
    }
    return order.each(own.root, asked, traits, body)
  }
}
