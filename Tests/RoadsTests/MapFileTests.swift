import HujiaMapBuild
import HujiaRoads
import HujiaTestSupport
import Testing

import Glibc

/// A file that is cut, flipped, foreign or missing is refused by name and never crashes.
@Suite struct MapFileTests {
  private func smallBytes() -> [UInt8] {
    var draft = SmallMaps.draft(seed: 3, mostNodes: 5)
    for street in draft.streets.indices { draft.streets[street].id = 99 - UInt64(street) }
    let image = MapImage(draft)
    return Array(image.bytes)
  }

  @Test func roundTrip() throws {
    let folder = TemporaryFolder()
    let image = MapImage(SmallMaps.draft(seed: 8))
    try image.write(to: folder.file("a.hjmap"))
    try image.write(to: folder.file("a.hjmap"))  // over an old one
    let file = try MapFile(path: folder.file("a.hjmap"))
    #expect(file.size_bytes == image.bytes.count)
    #expect(file.map.flaw == nil)
    #expect(file.map.arcCount == image.map.arcCount)
    for arc in 0..<image.map.arcCount {
      #expect(file.map.arcNormal_ms[arc] == image.map.arcNormal_ms[arc])
    }
    withExtendedLifetime((file, image)) {}
  }

  @Test func aFailedWriteLeavesNothing() {
    let folder = TemporaryFolder()
    let image = MapImage(SmallMaps.draft(seed: 8))
    #expect(throws: MapBuildError.self) { try image.write(to: folder.file("none/a.hjmap")) }
    // A folder stands where the file should go: the rename fails, the temporary file goes too.
    mkdir(folder.file("a.hjmap"), 0o755)
    #expect(throws: MapBuildError.self) { try image.write(to: folder.file("a.hjmap")) }
    #expect(folder.names == ["a.hjmap"])
  }

  @Test func namedErrors() {
    let folder = TemporaryFolder()
    let path = folder.file("a.hjmap")
    func error() -> MapFileError? {
      do throws(MapFileError) {
        _ = try MapFile(path: path)
        return nil
      } catch { return error }
    }
    guard case .missing(path, _) = error() else {
      Issue.record("\(String(describing: error())): a file that is not there")
      return
    }
    folder.save([], as: "a.hjmap")
    #expect(error() == .notAMap(path: path))
    folder.save(Array("node,lon,lat\n".utf8) + [UInt8](repeating: 32, count: 100), as: "a.hjmap")
    #expect(error() == .notAMap(path: path))
    var bytes = smallBytes()
    folder.save(Array(bytes.dropLast(64)), as: "a.hjmap")
    #expect(error() == .truncated(path: path))
    bytes[8] = 3
    folder.save(bytes, as: "a.hjmap")
    #expect(error() == .newer(path: path, version: 3))
    // A map of 0.1 or 0.2: its rows are of another layout.
    bytes[8] = 1
    folder.save(bytes, as: "a.hjmap")
    #expect(error() == .older(path: path, version: 1))
    #expect(error()?.message.contains("compile its streets anew") == true)
    mkdir(folder.file("b.hjmap"), 0o755)
    #expect(throws: MapFileError.self) { try MapFile(path: folder.file("b.hjmap")) }
  }

  /// Nil when refused, else the view.
  private func read(_ bytes: UnsafeMutableRawBufferPointer) -> RoadMap? {
    try? MapReader(UnsafeRawBufferPointer(bytes), path: "test").map()
  }

  private func withCopy(
    _ bytes: [UInt8], count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void
  ) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes.prefix(count))
    body(UnsafeMutableRawBufferPointer(rebasing: copy[0..<count]))
  }

  @Test func everyTruncationIsRefused() {
    let bytes = smallBytes()
    for count in 0..<bytes.count {
      withCopy(bytes, count: count) { #expect(read($0) == nil, "\(count) bytes") }
    }
  }

  /// Every bit flipped: refused, or (in the padding between sections, which nothing reads) without effect.
  @Test func everyFlippedBitIsRefusedOrHarmless() {
    let bytes = smallBytes()
    var harmless = 0
    withCopy(bytes, count: bytes.count) { copy in
      for place in 0..<bytes.count {
        for bit in 0..<8 where Scale.isFull || place < 1_200 || (place + bit) % 5 == 0 {
          copy[place] ^= 1 << UInt8(bit)
          if let map = read(copy) {
            harmless += 1
            #expect(bytes[place] == 0, "byte \(place) bit \(bit)")
            #expect(map.flaw == nil, "byte \(place) bit \(bit)")
          }
          copy[place] ^= 1 << UInt8(bit)
        }
      }
      #expect(read(copy) != nil)
    }
    #expect(harmless < bytes.count * 8 / 2)
  }

  /// Many bytes at once, and the checksums made to fit again, as a bad writer would: the flaw is found, nothing
  /// crashes.
  @Test func wrongNumbersUnderRightChecksumsAreFound() {
    var random = SplitMix64(12)
    let bytes = smallBytes()
    var found = 0
    for _ in 0..<Scale.count(600, full: 20_000) {
      withCopy(bytes, count: bytes.count) { copy in
        let sections = Int(copy.load(fromByteOffset: 12, as: UInt32.self))
        for _ in 0...random.below(3) {
          copy[64 + sections * 32 + random.below(bytes.count - 64 - sections * 32)] = UInt8(
            truncatingIfNeeded: random.next())
        }
        for section in 0..<sections {
          let entry = 64 + section * 32
          let offset = Int(copy.load(fromByteOffset: entry + 8, as: UInt64.self))
          let size = Int(copy.load(fromByteOffset: entry + 16, as: UInt64.self))
          let content = UnsafeRawBufferPointer(rebasing: copy[offset..<offset + size])
          copy.storeBytes(
            of: MapFormat.checksum(content), toByteOffset: entry + 24, as: UInt64.self)
        }
        let table = UnsafeRawBufferPointer(rebasing: copy[64..<64 + sections * 32])
        copy.storeBytes(of: MapFormat.checksum(table), toByteOffset: 24, as: UInt64.self)
        guard let map = read(copy) else { return }
        if map.flaw != nil {
          found += 1
        } else {
          walk(map, &random)
        }
      }
    }
    #expect(found > 0)
  }

  private func walk(_ map: RoadMap, _ random: inout SplitMix64) {
    var sum: UInt64 = 0
    for street in 0..<UInt32(map.streetCount) {
      sum &+= UInt64(map.name(ofStreet: street).utf8.count)
      sum &+= UInt64(map.street(withID: map.streetID[Int(street)]))
    }
    for node in 0..<map.nodeCount {
      for arc in map.firstOut[node]..<map.firstOut[node + 1] {
        sum &+= UInt64(map.nodeLat_e7[Int(map.arcHead[Int(arc)])].magnitude)
      }
    }
    for _ in 0..<5 {
      let place = map.snap(
        lat_e7: Int32(377_000_000 + random.below(200_000)),
        lon_e7: Int32(-1_224_000_000 + random.below(200_000)),
        heading_cdeg: Int32(random.below(36_000)), speed_cms: 900, limit_mm: 250_000)
      sum &+= UInt64(place.offset_mm)
    }
    #expect(sum > 0 || map.arcCount == 0)
  }
}
