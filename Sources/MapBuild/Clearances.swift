// How far other streets keep from each eighth of a street, worked out when a map is compiled, so that a report from
// well inside the street where its unit was is snapped without a look around. Offline only.

import HujiaGeography
import HujiaRoads

/// Lower bounds, never too large: samples along the street, each less half the way to the next one.
struct Clearances {
  private let map: RoadMap

  /// Farther apart than this the samples never are.
  private static var sampleEvery_mm: Int64 { 10_000 }
  /// Rounding of points and distances, the two scales of a degree of longitude (within `farthest_e7`): all below this.
  private static var slack_mm: Int64 { 100 }
  /// Nearer to the poles the scale of longitude changes too quickly.
  private static var farthest_e7: UInt32 { 850_000_000 }
  /// A map with longer straight lines is none of streets; its distances are capped, so nothing is concluded from them.
  private static var longest_mm: Int64 { 100_000_000 }
  private static var mostPieces: Int64 { 4_096 }
  /// Segments looked at for one street, and for a street of the map on average, beyond which nothing is concluded: real
  /// networks need 5,400 and 258 (New York); a square where 100,000 streets meet would need days.
  private static var mostLooksOfOne: Int { 200_000 }
  private static var mostLooksOfEach: Int { 1_000 }
  private static var looksOfAnyMap: Int { 10_000_000 }

  init(_ map: RoadMap) { self.map = map }

  /// The facts of a map's streets get their clearances. Done once, before anything is written.
  func fill(_ list: SectionList) {
    guard let section = list.find(MapTag.streetFacts), let start = section.baseAddress else {
      return
    }
    let facts = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(to: StreetFacts.self)
    for (street, found) in self.facts().enumerated() { facts[street] = found }
  }

  /// The facts of all streets, with their clearances; streets for which the looks run out have none, so that compiling
  /// ends on any network. O(streets, and their length).
  func facts() -> [StreetFacts] {
    let areKnown = isNearlyFlat
    var left = Self.looksOfAnyMap + map.streetCount * Self.mostLooksOfEach
    return (0..<UInt32(map.streetCount)).map { street in
      var facts = map.facts(ofStreet: street)
      guard areKnown, left > 0, !map.isIslet(street) else { return facts }
      var looks = 0
      facts.clearances = clearances(
        of: street, length_mm: facts.length_mm, &looks, most: min(left, Self.mostLooksOfOne))
      left -= looks
      return facts
    }
  }

  private var isNearlyFlat: Bool {
    for street in 0..<map.streetCount {
      for segment in segments(of: UInt32(street)) where drawn_mm(segment) > Self.longest_mm {
        return false
      }
    }
    return true
  }

  private func segments(of street: UInt32) -> Range<Int> {
    let first = Int(map.streetFirstPoint[Int(street)])
    return first..<max(Int(map.streetFirstPoint[Int(street) + 1]) - 1, first)
  }

  private func drawn_mm(_ segment: Int) -> Int64 {
    Distance.between_mm(
      lat_e7: map.pointLat_e7[segment], lon_e7: map.pointLon_e7[segment],
      map.pointLat_e7[segment + 1], map.pointLon_e7[segment + 1])
  }

  private func clearances(
    of street: UInt32, length_mm: UInt32, _ looks: inout Int, most: Int
  ) -> UInt64 {
    guard length_mm > 0 else { return 0 }
    var least_mm = InlineArray<8, Int64>(repeating: StreetFacts.mostClearance_mm)
    for segment in segments(of: street) {
      let drawn_mm = drawn_mm(segment)
      guard map.pointLat_e7[segment].magnitude <= Self.farthest_e7,
        map.pointLat_e7[segment + 1].magnitude <= Self.farthest_e7
      else { return 0 }
      let every_mm = min(max(Int64(length_mm) / 8, 1_000), Self.sampleEvery_mm)
      let count = min(drawn_mm / every_mm + 1, Self.mostPieces)
      for piece in 0..<count {
        guard looks < most else { return 0 }
        let clear_mm =
          gap_mm(street, segment, piece, count, &looks) - drawn_mm / (2 * count) - Self.slack_mm
        let run = Int64(map.pointOffset_mm[segment + 1]) - Int64(map.pointOffset_mm[segment])
        let start = Int64(map.pointOffset_mm[segment])
        let low = StreetFacts.eighth(
          UInt32(clamping: start + run * piece / count - 2), length_mm: length_mm)
        let high = StreetFacts.eighth(
          UInt32(clamping: start + run * (piece + 1) / count + 2), length_mm: length_mm)
        for eighth in low...high { least_mm[eighth] = min(least_mm[eighth], clear_mm) }
      }
    }
    return StreetFacts.packed(least_mm)
  }

  /// From the middle of a piece of a segment to the nearest other street.
  private func gap_mm(
    _ street: UInt32, _ segment: Int, _ piece: Int64, _ count: Int64, _ looks: inout Int
  ) -> Int64 {
    func middle(_ points: UnsafePointer<Int32>) -> Int32 {
      let from = Int64(points[segment])
      let step = Int64(points[segment + 1]) - from
      return Int32(from + step * (2 * piece + 1) / (2 * count))
    }
    return map.gapToOthers_mm(
      lat_e7: middle(map.pointLat_e7), lon_e7: middle(map.pointLon_e7), than: street,
      most_mm: StreetFacts.mostClearance_mm, looks: &looks)
  }
}

extension StreetFacts {
  static func packed(_ least_mm: InlineArray<8, Int64>) -> UInt64 {
    var word: UInt64 = 0
    for eighth in 0..<8 {
      let steps = min(max(least_mm[eighth], 0), mostClearance_mm) / clearanceStep_mm
      word |= UInt64(steps) << UInt64(8 * eighth)
    }
    return word
  }
}
