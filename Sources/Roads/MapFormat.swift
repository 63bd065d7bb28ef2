// The bytes of an .hjmap: a header, a table of sections, the sections. Little-endian, 64-byte aligned, read in place.

/// Names of sections, of at most four letters, as they stand in the file.
package enum MapTag {
  package static func tag(_ name: StaticString) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<min(4, name.utf8CodeUnitCount) {
      value |= UInt32(name.utf8Start[index]) << UInt32(8 * index)
    }
    return value
  }
  package static let facts = tag("FACT")
  package static let nodeLat = tag("NLAT")
  package static let nodeLon = tag("NLON")
  package static let nodePart = tag("NPRT")
  package static let mainlands = tag("NPML")
  package static let streetID = tag("SIDS")
  package static let streetLength = tag("SLEN")
  package static let streetFirstPoint = tag("SFPT")
  package static let streetName = tag("SNAM")
  package static let streetByID = tag("SBID")
  package static let pointLat = tag("PLAT")
  package static let pointLon = tag("PLON")
  package static let pointOffset = tag("POFF")
  package static let pointStreet = tag("PSTR")
  package static let nameStart = tag("NMST")
  package static let nameBytes = tag("NMBY")
  package static let firstOut = tag("AFOU")
  package static let arcTail = tag("ATAI")
  package static let arcHead = tag("AHEA")
  package static let arcStreet = tag("ASTR")
  package static let arcNormal = tag("ANOR")
  package static let arcResponse = tag("ARES")
  package static let firstIn = tag("AFIN")
  package static let inArc = tag("AINA")
  package static let firstInCell = tag("GFIR")
  package static let cellSegment = tag("GSEG")
  package static let streetFacts = tag("SFAC")
  /// Where the streets come from, as text; nothing in it is followed.
  package static let origin = tag("ORIG")
}

package enum MapFormat {
  package static let magic: UInt64 = 0x0050_414d_4a48_1a89  // 89 1a "HJMAP" 00
  /// 2, since 0.3: routing's rows of upper nodes only.
  package static let version: UInt32 = 2
  package static let headerBytes = 64
  package static let entryBytes = 32
  package static let alignment = 64
  package static let mostSections = 256
  /// The first metric's sections ("RM..") are most of the file and hold no number that is trusted: each is bounded
  /// where it is used (`LabelQuery`, `TimeSearch`). Opening a mapped file would read all of them only to verify them;
  /// `MapFile.damage` does. Small ones are verified at open like everything else, and all of a copy.
  package static func isVerifiedLater(_ tag: UInt32, bytes: Int) -> Bool {
    tag & 0xffff == 0x4d52 && bytes > 4_096
  }

  // Header: magic u64, version u32, sections u32, file bytes u64, checksum of the table u64, rest zero.
  // Table entry: tag u32, reserved u32, offset u64, bytes u64, checksum u64.
  // Not in every map: SNAM, NMST, NMBY where no street has a name; SBID where ids ascend; ORIG where no import made it;
  // ARES where response driving has no times of its own; the costs and rows down where every way back costs the same.

  /// Four independent multiply-and-rotate lanes over 64-bit words (the mixing step of xxHash64, Collet); about the
  /// speed of memory. Detects every single flipped bit.
  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let prime: UInt64 = 0x9e37_79b1_85eb_ca87
    let second: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    func mix(_ lane: UInt64, _ word: UInt64) -> UInt64 {
      let x = lane &+ word &* second
      return ((x << 31) | (x >> 33)) &* prime
    }
    var a: UInt64 = prime
    var b: UInt64 = second
    var c: UInt64 = 0
    var d: UInt64 = prime &+ second
    var offset = 0
    if let base = bytes.baseAddress {
      let end = bytes.count - 31
      while offset < end {
        a = mix(a, base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        b = mix(b, base.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        c = mix(c, base.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
        d = mix(d, base.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self))
        offset &+= 32
      }
    }
    var rest = UInt64(bytes.count)
    while offset < bytes.count {
      rest = mix(rest, UInt64(bytes[offset]) &+ 1)
      offset += 1
    }
    var result = mix(mix(mix(mix(rest, a), b), c), d)
    result ^= result >> 29
    result = result &* second
    return result ^ (result >> 32)
  }
}

/// Counts that the sections' sizes must agree with.
package struct MapFacts: BitwiseCopyable {
  var nodes: UInt64
  var streets: UInt64
  var arcs: UInt64
  var points: UInt64
  var names: UInt64
  var gridSouth_e7: Int32
  var gridWest_e7: Int32
  var gridRows: Int32
  var gridColumns: Int32
  var cellLat_e7: Int32
  var cellLon_e7: Int32

  package init(
    nodes: UInt64, streets: UInt64, arcs: UInt64, points: UInt64, names: UInt64,
    gridSouth_e7: Int32, gridWest_e7: Int32, gridRows: Int32, gridColumns: Int32,
    cellLat_e7: Int32, cellLon_e7: Int32
  ) {
    self.nodes = nodes
    self.streets = streets
    self.arcs = arcs
    self.points = points
    self.names = names
    self.gridSouth_e7 = gridSouth_e7
    self.gridWest_e7 = gridWest_e7
    self.gridRows = gridRows
    self.gridColumns = gridColumns
    self.cellLat_e7 = cellLat_e7
    self.cellLon_e7 = cellLon_e7
  }

  /// Within twice around it, so that no distance to an edge overflows (`RoadMap.snap`).
  var isGridOnThePlanet: Bool {
    let most: Int64 = 7_200_000_000
    return Int64(gridRows) * Int64(cellLat_e7) <= most
      && Int64(gridColumns) * Int64(cellLon_e7) <= most
  }
}

/// Finds sections by tag in an image.
package struct MapSections: BitwiseCopyable, @unchecked Sendable {
  let base: UnsafeRawPointer?
  let bytes: Int
  let count: Int

  /// Of a map that is in no file: sections are found elsewhere, or there are none.
  package static var none: MapSections { MapSections(base: nil, bytes: 0, count: 0) }

  /// The section's bytes, or nil when the map has none of that tag. O(sections).
  package func find(_ tag: UInt32) -> UnsafeRawBufferPointer? {
    guard let base else { return nil }
    for index in 0..<count {
      let entry = base + MapFormat.headerBytes + index * MapFormat.entryBytes
      guard entry.load(as: UInt32.self) == tag else { continue }
      let offset = entry.load(fromByteOffset: 8, as: UInt64.self)
      let size = entry.load(fromByteOffset: 16, as: UInt64.self)
      return UnsafeRawBufferPointer(start: base + Int(offset), count: Int(size))
    }
    return nil
  }

  /// Tag, size and stored checksum of section `index`, for `hujia inspect`.
  package func entry(_ index: Int) -> (tag: UInt32, bytes: Int, offset: Int, checksum: UInt64) {
    guard let base else { return (0, 0, 0, 0) }
    let entry = base + MapFormat.headerBytes + index * MapFormat.entryBytes
    return (
      entry.load(as: UInt32.self),
      Int(truncatingIfNeeded: entry.load(fromByteOffset: 16, as: UInt64.self)),
      Int(truncatingIfNeeded: entry.load(fromByteOffset: 8, as: UInt64.self)),
      entry.load(fromByteOffset: 24, as: UInt64.self)
    )
  }
  package var sectionCount: Int { count }

  /// The first section whose checksum does not hold. O(bytes).
  package var damage: String? {
    guard let base else { return nil }
    for index in 0..<count {
      let entry = entry(index)
      let content = UnsafeRawBufferPointer(start: base + entry.offset, count: entry.bytes)
      if MapFormat.checksum(content) != entry.checksum { return MapReader.name(entry.tag) }
    }
    return nil
  }
}
