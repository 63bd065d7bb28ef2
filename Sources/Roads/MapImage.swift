// A compiled map as bytes: what the importer writes to disk, and what tests read straight from memory.

import Glibc
import HujiaGeography

/// Owns the bytes of a compiled map; `map` is valid as long as this lives. Immutable once made.
package final class MapImage: @unchecked Sendable {
  package let map: RoadMap
  package let bytes: UnsafeMutableRawBufferPointer

  /// Compiles a draft. Streets keep their order; arcs are sorted by tail, head and street. O(n log n), and for
  /// the clearances some microseconds a street: leave them out where nothing will be snapped often.
  package convenience init(_ draft: MapDraft, hasClearances: Bool = true) {
    var writer = MapWriter()
    let arrays = MapCompiler(draft)
    arrays.write(to: &writer)
    for section in draft.sections { writer.add(section.tag, section.bytes) }
    guard hasClearances else {
      self.init(owning: writer.finish())
      return
    }
    let plain = MapImage(owning: writer.finish())
    let facts = Clearances(plain.map).facts()
    let bytes = facts.withUnsafeBytes { Array($0) }
    self.init(owning: writer.finish(replacing: MapTag.streetFacts, with: bytes))
    withExtendedLifetime(plain) {}
  }

  /// The same map with further sections; copies everything. O(bytes).
  package convenience init(
    _ image: MapImage, adding further: [(tag: UInt32, bytes: UnsafeRawBufferPointer)]
  ) {
    let known = image.map.sections
    var all: [(tag: UInt32, bytes: UnsafeRawBufferPointer)] = []
    for index in 0..<known.sectionCount {
      let entry = known.entry(index)
      let content = image.bytes[entry.offset..<entry.offset + entry.bytes]
      all.append((entry.tag, UnsafeRawBufferPointer(rebasing: content)))
    }
    all += further
    self.init(
      owning: MapWriter.layOut(all.map { ($0.tag, $0.bytes.count) }) { index, target in
        target.copyMemory(from: all[index].bytes)
      })
    withExtendedLifetime(image) {}
  }

  private init(owning bytes: UnsafeMutableRawBufferPointer) {
    self.bytes = bytes
    do throws(MapFileError) {
      map = try MapReader(UnsafeRawBufferPointer(bytes), path: "the image").map()
    } catch {
      preconditionFailure("a map that was just compiled does not read back: \(error)")
    }
  }

  deinit { bytes.deallocate() }

  /// Writes the map so that a broken write never yields one: a temporary file beside it, flushed, then renamed.
  package func write(to path: String) throws(MapFileError) {
    let temporary = path + ".part\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .missing(path: path, reason: String(cString: strerror(errno)))
    }
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(
        descriptor, bytes.baseAddress.unsafelyUnwrapped + written, bytes.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      written += count
    }
    let isComplete = written == bytes.count && fsync(descriptor) == 0
    let reason = String(cString: strerror(errno))
    close(descriptor)
    guard isComplete, rename(temporary, path) == 0 else {
      unlink(temporary)
      throw .missing(path: path, reason: "it could not be written (\(reason))")
    }
  }

  private static let noMap = MapImage(MapDraft())
  static var noStreets: RoadMap { noMap.map }
}

extension RoadMap {
  /// No streets: every place is off the network.
  package static var empty: RoadMap { MapImage.noStreets }
}

/// Lays sections out one after the other.
struct MapWriter {
  private var sections: [(tag: UInt32, bytes: [UInt8])] = []

  mutating func add(_ tag: UInt32, _ bytes: [UInt8]) { sections.append((tag, bytes)) }

  mutating func add<Element: BitwiseCopyable>(_ tag: UInt32, _ elements: [Element]) {
    sections.append((tag, elements.withUnsafeBytes { Array($0) }))
  }

  func finish() -> UnsafeMutableRawBufferPointer {
    Self.layOut(sections.map { ($0.tag, $0.bytes.count) }) { index, target in
      target.copyBytes(from: sections[index].bytes)
    }
  }

  /// With other content of the same length in one section.
  func finish(replacing tag: UInt32, with content: [UInt8]) -> UnsafeMutableRawBufferPointer {
    Self.layOut(sections.map { ($0.tag, $0.bytes.count) }) { index, target in
      target.copyBytes(from: sections[index].tag == tag ? content : sections[index].bytes)
    }
  }

  /// `fill` writes section `index` into its place.
  static func layOut(
    _ sections: [(tag: UInt32, bytes: Int)],
    _ fill: (Int, UnsafeMutableRawBufferPointer) -> Void
  ) -> UnsafeMutableRawBufferPointer {
    func aligned(_ offset: Int) -> Int {
      (offset + MapFormat.alignment - 1) / MapFormat.alignment * MapFormat.alignment
    }
    var offset = aligned(MapFormat.headerBytes + sections.count * MapFormat.entryBytes)
    var offsets: [Int] = []
    for section in sections {
      offsets.append(offset)
      offset = aligned(offset + section.bytes)
    }
    let image = UnsafeMutableRawBufferPointer.allocate(byteCount: offset, alignment: 64)
    image.initializeMemory(as: UInt8.self, repeating: 0)
    for (index, section) in sections.enumerated() {
      let content = UnsafeMutableRawBufferPointer(
        rebasing: image[offsets[index]..<offsets[index] + section.bytes])
      fill(index, content)
      let entry = MapFormat.headerBytes + index * MapFormat.entryBytes
      image.storeBytes(of: section.tag, toByteOffset: entry, as: UInt32.self)
      image.storeBytes(of: UInt64(offsets[index]), toByteOffset: entry + 8, as: UInt64.self)
      image.storeBytes(of: UInt64(section.bytes), toByteOffset: entry + 16, as: UInt64.self)
      image.storeBytes(
        of: MapFormat.checksum(UnsafeRawBufferPointer(content)), toByteOffset: entry + 24,
        as: UInt64.self)
    }
    let tableBytes = sections.count * MapFormat.entryBytes
    let table = UnsafeRawBufferPointer(
      rebasing: image[MapFormat.headerBytes..<MapFormat.headerBytes + tableBytes])
    image.storeBytes(of: MapFormat.magic, as: UInt64.self)
    image.storeBytes(of: MapFormat.version, toByteOffset: 8, as: UInt32.self)
    image.storeBytes(of: UInt32(sections.count), toByteOffset: 12, as: UInt32.self)
    image.storeBytes(of: UInt64(offset), toByteOffset: 16, as: UInt64.self)
    image.storeBytes(of: MapFormat.checksum(table), toByteOffset: 24, as: UInt64.self)
    return image
  }
}
