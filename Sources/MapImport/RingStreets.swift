// Streets that end where they begin: cul-de-sac rings, car park loops. Two arcs between one node and itself would be no
// network, so a ring is cut at a point of its own.

import HujiaGeography
import HujiaMapBuild
import HujiaRoads

extension MapDraft {
  /// Adds a street; one whose ends are one node becomes two pieces under its id, cut at the shape point nearest to the
  /// middle of its line. Length and travel times are shared out by the line, so both add up. A ring without a line is
  /// drawn as a point. Returns whether it was a ring.
  mutating func append(ring street: Street) -> Bool {
    guard street.from == street.to else {
      streets.append(street)
      return false
    }
    let mouth = nodes[Int(street.from)]
    let cut = Self.cut(street.inner, mouth)
    let middle = UInt32(nodes.count)
    nodes.append(cut.index.map { street.inner[$0] } ?? mouth)
    var first = street
    first.to = middle
    first.inner = cut.index.map { Array(street.inner[..<$0]) } ?? []
    first.length_mm = cut.part(of: street.length_mm)
    var second = street
    second.from = middle
    second.inner = cut.index.map { Array(street.inner[($0 + 1)...]) } ?? []
    second.length_mm = street.length_mm - first.length_mm
    (first.forward, second.forward) = cut.shares(of: street.forward)
    // Against the line the second piece is driven first; each piece keeps its own share.
    (first.backward, second.backward) = cut.shares(of: street.backward)
    streets.append(first)
    streets.append(second)
    return true
  }

  /// Where a ring is cut: which of its inner points, and how much of the line lies before it.
  private struct Cut {
    var index: Int?
    var before_mm: Int64
    var all_mm: Int64

    func part(of whole: UInt32) -> UInt32 {
      all_mm == 0 ? whole / 2 : UInt32(Int64(whole).multipliedScaled(by: before_mm, over: all_mm))
    }

    func shares(of times: Times?) -> (Times?, Times?) {
      guard let times else { return (nil, nil) }
      let first = Times(
        normal_ms: part(of: times.normal_ms), response_ms: part(of: times.response_ms))
      let second = Times(
        normal_ms: times.normal_ms - first.normal_ms,
        response_ms: times.response_ms - first.response_ms)
      return (first, second)
    }
  }

  private static func cut(
    _ inner: [(lat_e7: Int32, lon_e7: Int32)], _ mouth: (lat_e7: Int32, lon_e7: Int32)
  ) -> Cut {
    var along_mm: [Int64] = []
    var before = mouth
    var sum_mm: Int64 = 0
    for point in inner + [mouth] {
      sum_mm += Distance.between_mm(
        lat_e7: before.lat_e7, lon_e7: before.lon_e7, point.lat_e7, point.lon_e7)
      along_mm.append(sum_mm)
      before = point
    }
    let index = inner.indices.min {
      (along_mm[$0] * 2 - sum_mm).magnitude < (along_mm[$1] * 2 - sum_mm).magnitude
    }
    return Cut(index: index, before_mm: index.map { along_mm[$0] } ?? 0, all_mm: sum_mm)
  }
}
