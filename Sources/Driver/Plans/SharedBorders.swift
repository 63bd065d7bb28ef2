// Which rings have a stretch of border in common: sides on one line that overlap for some length. In integers, so a
// border is found where both rings have the same corners, or one has further corners exactly on the other's side.

import HujiaEngine

struct SharedBorders {
  /// A line, the same for every side on it: its direction without a common factor, and where it passes.
  private struct Line: Hashable {
    let north: Int64
    let east: Int64
    let offset: Int64
  }

  /// A side as a stretch of its line.
  private struct Stretch {
    let from: Int64
    let to: Int64
    let beat: UInt32
  }

  private let count: Int
  private var stretches: [Line: [Stretch]] = [:]

  init(count: Int) { self.count = count }

  mutating func add(_ ring: [AreaPoint], of beat: UInt32) {
    for (index, here) in ring.enumerated() {
      let next = ring[(index + 1) % ring.count]
      var north = Int64(next.lat_e7) - Int64(here.lat_e7)
      var east = Int64(next.lon_e7) - Int64(here.lon_e7)
      let factor = Self.commonFactor(north, east)
      // Two corners on one point are no side.
      guard factor > 0 else { continue }
      north /= factor
      east /= factor
      if north < 0 || north == 0 && east < 0 { (north, east) = (-north, -east) }
      // Latitudes are below 2^30 and longitudes below 2^31, so each product is below 2^62.
      let line = Line(
        north: north, east: east,
        offset: Int64(here.lon_e7) * north - Int64(here.lat_e7) * east)
      func along(_ point: AreaPoint) -> Int64 {
        north != 0 ? Int64(point.lat_e7) : Int64(point.lon_e7)
      }
      stretches[line, default: []].append(
        Stretch(
          from: min(along(here), along(next)), to: max(along(here), along(next)), beat: beat))
    }
  }

  private static func commonFactor(_ a: Int64, _ b: Int64) -> Int64 {
    var (x, y) = (a.magnitude, b.magnitude)
    while y != 0 { (x, y) = (y, x % y) }
    return Int64(x)
  }

  /// By beat, in order. O(sides · log sides) where no two beats overlap.
  func neighbours() -> [[UInt32]] {
    var sets = [Set<UInt32>](repeating: [], count: count)
    for some in stretches.values where some.count > 1 {
      var active: [Stretch] = []
      for stretch in some.sorted(by: { ($0.from, $0.to, $0.beat) < ($1.from, $1.to, $1.beat) }) {
        active.removeAll { $0.to <= stretch.from }
        for other in active where other.beat != stretch.beat {
          sets[Int(stretch.beat)].insert(other.beat)
          sets[Int(other.beat)].insert(stretch.beat)
        }
        active.append(stretch)
      }
    }
    return sets.map { $0.sorted() }
  }
}
