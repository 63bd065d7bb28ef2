// Where each section stands in a file, and the header and table that say so (`MapFormat`).

import HujiaRoads

/// The pieces of a file one after the other; nothing is copied. Valid as long as the list that it was made of lives.
struct MapLayout {
  /// Header and table of sections, up to the first section.
  let head: [UInt8]
  let sections: [SectionList.Section]
  let bytes: Int

  /// Looks at each byte once, for the checksums. O(bytes).
  init(_ list: SectionList) {
    sections = list.sections
    let tableBytes = sections.count * MapFormat.entryBytes
    var head = [UInt8](
      repeating: 0, count: Self.aligned(MapFormat.headerBytes + tableBytes))
    var offset = head.count
    head.withUnsafeMutableBytes { head in
      for (index, section) in list.sections.enumerated() {
        let entry = MapFormat.headerBytes + index * MapFormat.entryBytes
        head.storeBytes(of: section.tag, toByteOffset: entry, as: UInt32.self)
        head.storeBytes(of: UInt64(offset), toByteOffset: entry + 8, as: UInt64.self)
        head.storeBytes(of: UInt64(section.bytes.count), toByteOffset: entry + 16, as: UInt64.self)
        head.storeBytes(
          of: MapFormat.checksum(section.bytes), toByteOffset: entry + 24, as: UInt64.self)
        offset = Self.aligned(offset + section.bytes.count)
      }
      let table = head[MapFormat.headerBytes..<MapFormat.headerBytes + tableBytes]
      head.storeBytes(of: MapFormat.magic, as: UInt64.self)
      head.storeBytes(of: MapFormat.version, toByteOffset: 8, as: UInt32.self)
      head.storeBytes(of: UInt32(list.sections.count), toByteOffset: 12, as: UInt32.self)
      head.storeBytes(of: UInt64(offset), toByteOffset: 16, as: UInt64.self)
      let checksum = MapFormat.checksum(UnsafeRawBufferPointer(rebasing: table))
      head.storeBytes(of: checksum, toByteOffset: 24, as: UInt64.self)
    }
    self.head = head
    bytes = offset
  }

  private static func aligned(_ offset: Int) -> Int {
    (offset + MapFormat.alignment - 1) / MapFormat.alignment * MapFormat.alignment
  }

  /// Shows the file piece by piece, the zeros between sections among them. Stops when `body` says false.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    let zeros = [UInt8](repeating: 0, count: MapFormat.alignment)
    guard head.withUnsafeBytes(body) else { return false }
    for section in sections {
      let gap = Self.aligned(section.bytes.count) - section.bytes.count
      guard body(section.bytes), zeros.withUnsafeBytes({ body(.init(rebasing: $0[..<gap])) })
      else { return false }
    }
    return true
  }
}
