// Rows of a table that are one street: each other's opposite carriageway. Offline only.

import HujiaRoads

extension MapDraft {
  /// Of so many rows between two places, those of the lowest numbers, one is looked at as a partner of another. No two
  /// junctions have more streets between them; forged tables of thousands would cost their square.
  static let mostCandidates = 64

  /// By street: its twin, or none. Two one-way rows that are each other's opposite carriageway: same ends swapped,
  /// lengths within half a metre, same number of points, mirrored. The lowest-numbered partner still free is taken.
  /// O(streets times `mostCandidates`).
  func twins() -> [UInt32] {
    var twins = [UInt32](repeating: RoadMap.none, count: streets.count)
    /// Descending, so that the lowest stand at the end and are taken away there.
    var free: [UInt64: [UInt32]] = [:]
    func key(_ from: UInt32, _ to: UInt32) -> UInt64 { UInt64(from) << 32 | UInt64(to) }
    func isOneWay(_ street: Street) -> Bool { street.forward != nil && street.backward == nil }
    for (index, street) in streets.enumerated().reversed() where isOneWay(street) {
      free[key(street.from, street.to), default: []].append(UInt32(index))
    }
    for (index, street) in streets.enumerated()
    where isOneWay(street) && twins[index] == RoadMap.none {
      // The lowest of its own: those before it found a partner, or have none.
      free[key(street.from, street.to)]?.removeLast()
      let back = key(street.to, street.from)
      guard let place = partner(of: street, among: free[back] ?? []),
        let other = free[back]?.remove(at: place)
      else { continue }
      twins[index] = other
      twins[Int(other)] = UInt32(index)
    }
    return twins
  }

  /// Where it stands among the candidates.
  private func partner(of street: Street, among candidates: [UInt32]) -> Int? {
    candidates.indices.suffix(Self.mostCandidates).last {
      isMirrored(street, streets[Int(candidates[$0])])
    }
  }

  private func isMirrored(_ street: Street, _ other: Street) -> Bool {
    street.length_mm.distance(to: other.length_mm).magnitude <= 500
      && street.inner.count == other.inner.count
      && zip(street.inner, other.inner.reversed()).allSatisfy({
        abs(Int64($0.lat_e7) - Int64($1.lat_e7)) <= 50
          && abs(Int64($0.lon_e7) - Int64($1.lon_e7)) <= 50
      })
  }
}
