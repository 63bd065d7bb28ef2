// Checks the bytes of a map (header, table, sizes, checksums) and makes the view of them.

/// Checksums are verified at open, in one pass at about the speed of memory, of every section whose numbers are
/// followed as they stand: nothing there that was cut off or flipped can reach a pointer later. The tables of the first
/// metric (New York: two fifths of the file) are left out of a mapped file: see `MapFormat.isVerifiedLater`. What a
/// checksum cannot see (a map written wrongly on purpose) is `RoadMap.flaw`, which opening asks for after this.
package struct MapReader {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private let verifiesAll: Bool

  /// `verifiesAll`: the checksums too that opening a mapped file leaves out.
  package init(_ bytes: UnsafeRawBufferPointer, path: String, verifiesAll: Bool = false) {
    self.bytes = bytes
    self.path = path
    self.verifiesAll = verifiesAll
  }

  package func map() throws(MapFileError) -> RoadMap {
    let sections = try checkedSections()
    return try Self.view(of: sections, path: path)
  }

  private func checkedSections() throws(MapFileError) -> MapSections {
    guard let base = bytes.baseAddress, bytes.count >= MapFormat.headerBytes,
      base.load(as: UInt64.self) == MapFormat.magic
    else { throw .notAMap(path: path) }
    let version = base.load(fromByteOffset: 8, as: UInt32.self)
    guard version <= MapFormat.version else { throw .newer(path: path, version: version) }
    guard version == MapFormat.version else { throw .older(path: path, version: version) }
    let count = Int(base.load(fromByteOffset: 12, as: UInt32.self))
    let size = base.load(fromByteOffset: 16, as: UInt64.self)
    let isRestZero = (32..<MapFormat.headerBytes).allSatisfy { bytes[$0] == 0 }
    guard count > 0, count <= MapFormat.mostSections, isRestZero else {
      throw .damaged(path: path, section: "header")
    }
    guard size == UInt64(bytes.count) else { throw .truncated(path: path) }
    let tableBytes = count * MapFormat.entryBytes
    guard bytes.count >= MapFormat.headerBytes + tableBytes else { throw .truncated(path: path) }
    let table = UnsafeRawBufferPointer(start: base + MapFormat.headerBytes, count: tableBytes)
    guard base.load(fromByteOffset: 24, as: UInt64.self) == MapFormat.checksum(table) else {
      throw .damaged(path: path, section: "table of sections")
    }
    let sections = MapSections(base: base, bytes: bytes.count, count: count)
    for index in 0..<count {
      let entry = sections.entry(index)
      guard entry.offset >= 0, entry.bytes >= 0, entry.offset % MapFormat.alignment == 0,
        entry.offset <= bytes.count, entry.bytes <= bytes.count - entry.offset
      else { throw .truncated(path: path) }
      if !verifiesAll, MapFormat.isVerifiedLater(entry.tag, bytes: entry.bytes) { continue }
      let content = UnsafeRawBufferPointer(start: base + entry.offset, count: entry.bytes)
      guard MapFormat.checksum(content) == entry.checksum else {
        throw .damaged(path: path, section: Self.name(entry.tag))
      }
    }
    return sections
  }

  package static func name(_ tag: UInt32) -> String {
    String(
      decoding: (0..<4).map { UInt8(truncatingIfNeeded: tag >> UInt32(8 * $0)) }, as: UTF8.self)
  }

  /// The view of a map's sections, wherever they stand. `path` is for errors.
  package static func view(
    of sections: some SectionSource, path: String
  ) throws(MapFileError) -> RoadMap {
    let array = SectionArrays(sections: sections, path: path)
    let facts = try array(MapTag.facts, 1, of: MapFacts.self).pointee
    let most = UInt64(UInt32.max) - 1
    guard facts.nodes < most, facts.streets < most, facts.arcs < most, facts.points < most,
      facts.names < most, facts.gridRows >= 0, facts.gridColumns >= 0, facts.cellLat_e7 > 0,
      facts.cellLon_e7 > 0, Int64(facts.gridRows) * Int64(facts.gridColumns) < most,
      facts.isGridOnThePlanet
    else { throw .damaged(path: path, section: "FACT") }
    let nodes = Int(facts.nodes)
    let streets = Int(facts.streets)
    let arcs = Int(facts.arcs)
    let points = Int(facts.points)
    let ports = try array.ports(nodes: nodes)
    let cells = Int(facts.gridRows) * Int(facts.gridColumns)
    let firstInCell = try array(MapTag.firstInCell, cells + 1, of: UInt32.self)
    let streetID = try array(MapTag.streetID, streets, of: UInt64.self)
    let arcNormal_ms = try array(MapTag.arcNormal, arcs, of: UInt32.self)
    return RoadMap(
      nodeCount: nodes, streetCount: streets, arcCount: arcs,
      nodeLat_e7: try array(MapTag.nodeLat, nodes, of: Int32.self),
      nodeLon_e7: try array(MapTag.nodeLon, nodes, of: Int32.self),
      nodePart: try array(MapTag.nodePart, nodes, of: UInt32.self),
      mainlands: sections.find(MapTag.mainlands) == nil
        ? RoadMap.none : try array(MapTag.mainlands, 1, of: UInt32.self).pointee,
      streetID: streetID,
      streetLength_mm: try array(
        MapTag.streetLength, streets + (ports == nil ? 0 : 1), of: UInt32.self),
      streetFacts: try array(MapTag.streetFacts, streets, of: StreetFacts.self),
      streetFirstPoint: try array(
        MapTag.streetFirstPoint, streets + 1, of: UInt32.self),
      pointLat_e7: try array(MapTag.pointLat, points, of: Int32.self),
      pointLon_e7: try array(MapTag.pointLon, points, of: Int32.self),
      pointOffset_mm: try array(MapTag.pointOffset, points, of: UInt32.self),
      names: try array.names(Int(facts.names), streets: streets),
      streetByID: sections.find(MapTag.streetByID) == nil
        ? nil : try array(MapTag.streetByID, streets, of: UInt32.self),
      areStreetIDsAscending: (1..<max(streets, 1)).allSatisfy { streetID[$0 - 1] <= streetID[$0] },
      firstOut: try array(MapTag.firstOut, nodes + 1, of: UInt32.self),
      arcTail: try array(MapTag.arcTail, arcs, of: UInt32.self),
      arcHead: try array(MapTag.arcHead, arcs, of: UInt32.self),
      arcStreet: try array(MapTag.arcStreet, arcs, of: UInt32.self),
      arcNormal_ms: arcNormal_ms,
      arcResponse_ms: sections.find(MapTag.arcResponse) == nil
        ? arcNormal_ms : try array(MapTag.arcResponse, arcs, of: UInt32.self),
      firstIn: try array(MapTag.firstIn, nodes + 1, of: UInt32.self),
      inArc: try array(MapTag.inArc, arcs, of: UInt32.self),
      gridSouth_e7: facts.gridSouth_e7, gridWest_e7: facts.gridWest_e7,
      gridRows: facts.gridRows, gridColumns: facts.gridColumns, cellLat_e7: facts.cellLat_e7,
      cellLon_e7: facts.cellLon_e7, firstInCell: firstInCell,
      cellSegment: try array(
        MapTag.cellSegment, Int(firstInCell[cells]), of: UInt32.self),
      pointStreet: try array(MapTag.pointStreet, points, of: UInt32.self),
      ports: ports, sections: sections.inOneImage)
  }
}

/// Where the sections of a map stand: one after the other in an image, or each for itself while a map is compiled.
package protocol SectionSource {
  /// The section's bytes, or nil when there is none of that tag.
  func find(_ tag: UInt32) -> UnsafeRawBufferPointer?
  /// `MapSections.none` when they stand in none.
  var inOneImage: MapSections { get }
}

extension MapSections: SectionSource {
  package var inOneImage: MapSections { self }
}

/// Sections as arrays of the length that they must have.
private struct SectionArrays<Source: SectionSource> {
  let sections: Source
  let path: String

  func callAsFunction<Element: BitwiseCopyable>(
    _ tag: UInt32, _ count: Int, of type: Element.Type
  ) throws(MapFileError) -> UnsafePointer<Element> {
    guard let found = sections.find(tag), let start = found.baseAddress,
      found.count == count * MemoryLayout<Element>.stride
    else { throw .damaged(path: path, section: MapReader.name(tag)) }
    return start.assumingMemoryBound(to: Element.self)
  }

  /// Nil when no place is taken apart.
  func ports(nodes: Int) throws(MapFileError) -> Ports? {
    let tags = [PortTag.placeOf, PortTag.exitOf, PortTag.byways, PortTag.reach]
    guard tags.contains(where: { sections.find($0) != nil }) else { return nil }
    func pairs(_ tag: UInt32) throws(MapFileError) -> (UnsafePointer<ArcPair>, Int) {
      let count = (sections.find(tag)?.count ?? 0) / MemoryLayout<ArcPair>.stride
      return (try self(tag, count, of: ArcPair.self), count)
    }
    let (byways, bywayCount) = try pairs(PortTag.byways)
    let (reach, reachCount) = try pairs(PortTag.reach)
    return Ports(
      placeOf: try self(PortTag.placeOf, nodes, of: UInt32.self),
      exitOf: try self(PortTag.exitOf, nodes, of: UInt32.self), byways: byways,
      bywayCount: bywayCount, reach: reach, reachCount: reachCount, nodes: nodes)
  }

  func names(_ count: Int, streets: Int) throws(MapFileError) -> StreetNames? {
    guard count > 0 else { return nil }
    let start = try self(MapTag.nameStart, count + 1, of: UInt32.self)
    return StreetNames(
      count: count, ofStreet: try self(MapTag.streetName, streets, of: UInt32.self), start: start,
      bytes: try self(MapTag.nameBytes, Int(start[count]), of: UInt8.self))
  }
}
