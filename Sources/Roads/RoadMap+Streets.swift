// Streets by the ids that outside programs use, and their names. Reads the map only; must never read outside a section,
// whatever the numbers in it are.

/// The names of a map's streets, each name once.
package struct StreetNames: BitwiseCopyable, @unchecked Sendable {
  package var count: Int
  package var ofStreet: UnsafePointer<UInt32>
  /// count + 1 entries: name n is `bytes[start[n] ..< start[n + 1]]`, UTF-8.
  package var start: UnsafePointer<UInt32>
  package var bytes: UnsafePointer<UInt8>

  /// Where the name of a street stands; nil when the map contradicts itself.
  package func range(ofStreet street: UInt32) -> Range<Int>? {
    let name = Int(ofStreet[Int(street)])
    guard name < count, start[name] <= start[name + 1], start[name + 1] <= start[count] else {
      return nil
    }
    return Int(start[name])..<Int(start[name + 1])
  }
}

extension RoadMap {
  /// The bytes of a street's name; empty when it has none.
  package func nameBytes(ofStreet street: UInt32) -> UnsafeBufferPointer<UInt8> {
    guard let names, let range = names.range(ofStreet: street) else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: names.bytes + range.lowerBound, count: range.count)
  }

  /// The name of a street; empty when it has none. Allocates: for people's eyes, never in a decision.
  package func name(ofStreet street: UInt32) -> String {
    String(decoding: nameBytes(ofStreet: street), as: UTF8.self)
  }

  /// The lowest-numbered street of an id, or `none`. O(log streets); on a map made before 0.2 whose ids do not ascend
  /// O(streets).
  package func street(withID id: UInt64) -> UInt32 {
    var first = Self.none
    forEachStreet(withID: id) { if first == Self.none { first = $0 } }
    return first
  }

  /// Every street of an id, the lowest-numbered first: an id may stand for several pieces of one street.
  package func forEachStreet(withID id: UInt64, _ body: (UInt32) -> Void) {
    guard streetByID != nil || areStreetIDsAscending else {
      for street in 0..<UInt32(streetCount) where streetID[Int(street)] == id { body(street) }
      return
    }
    var low = 0
    var high = streetCount
    while low < high {
      let middle = (low + high) / 2
      if idAt(rank: middle) < id { low = middle + 1 } else { high = middle }
    }
    while low < streetCount, streetAt(rank: low) < streetCount, idAt(rank: low) == id {
      body(streetAt(rank: low))
      low += 1
    }
  }

  @inline(__always) private func idAt(rank: Int) -> UInt64 {
    let street = Int(streetAt(rank: rank))
    return street < streetCount ? streetID[street] : .max
  }

  @inline(__always) private func streetAt(rank: Int) -> UInt32 {
    guard let streetByID else { return UInt32(rank) }
    return streetByID[rank]
  }
}
