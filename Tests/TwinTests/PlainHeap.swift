// The order in which the plain searches come to places: a binary heap, the least cost first.

struct PlainHeap<Value> {
  private var all: [(cost: UInt64, value: Value)] = []

  mutating func removeAll() { all.removeAll(keepingCapacity: true) }

  mutating func push(_ cost: UInt64, _ value: Value) {
    all.append((cost, value))
    var place = all.count - 1
    while place > 0, all[(place - 1) / 2].cost > all[place].cost {
      all.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func pop() -> (cost: UInt64, value: Value)? {
    guard let least = all.first, let last = all.popLast() else { return nil }
    if all.isEmpty { return least }
    var place = 0
    while place * 2 + 1 < all.count {
      var child = place * 2 + 1
      if child + 1 < all.count, all[child + 1].cost < all[child].cost { child += 1 }
      if all[child].cost >= last.cost { break }
      all[place] = all[child]
      place = child
    }
    all[place] = last
    return least
  }
}
