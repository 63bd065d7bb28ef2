// The C face of libosmium in Swift: one file read once, what it shows handed to a sink. The only place that knows it.

import COpenStreetMap
import HujiaRoads

/// What a reading shows. The arrays are the file's own: what is to be kept is copied.
protocol ExtractSink: AnyObject {
  func take(way: borrowing ExtractObject)
  func take(relation: borrowing ExtractObject)
  func take(node index: Int, _ tags: WayTags)
  func progress(_ share: Double)
}

/// A way or relation, valid during the call that shows it.
struct ExtractObject: ~Copyable {
  private let object: hujia_osm_object

  fileprivate init(_ object: hujia_osm_object) { self.object = object }

  var id: Int64 { object.id }
  var version: UInt32 { object.version }
  var tags: WayTags { WayTags(object.tags, object.tag_count) }
  var nodes: UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: object.nodes, count: object.node_count)
  }

  /// At most `most` of the members.
  func members(most: Int) -> [RestrictionMember] {
    UnsafeBufferPointer(start: object.members, count: min(object.member_count, most)).map {
      let kind: RestrictionMember.Kind =
        $0.kind == HUJIA_OSM_NODE ? .node : $0.kind == HUJIA_OSM_WAY ? .way : .relation
      return RestrictionMember(
        kind: kind, id: $0.id, role: $0.role.map { String(cString: $0) } ?? "")
    }
  }
}

extension WayTags {
  fileprivate init(_ tags: UnsafePointer<hujia_osm_tag>?, _ count: Int) {
    self.init(
      UnsafeBufferPointer(start: tags, count: count).map {
        ($0.key.map { String(cString: $0) } ?? "", $0.value.map { String(cString: $0) } ?? "")
      })
  }
}

/// Nodes that are wanted, and what was found of them. 20 bytes a node.
struct WantedNodes {
  /// Ascending, each once.
  let ids: [Int64]
  var lat_e7: [Int32]
  var lon_e7: [Int32]
  /// 0 = not found.
  var found: [UInt32]

  init(ids: [Int64]) {
    self.ids = ids
    lat_e7 = Array(repeating: 0, count: ids.count)
    lon_e7 = lat_e7
    found = Array(repeating: 0, count: ids.count)
  }
}

struct ExtractFile {
  let path: String

  /// Refuses what is no regular file before anything opens it.
  init(path: String) throws(ImportError) {
    self.path = path
    do throws(RegularFile.Refusal) { _ = try RegularFile(path: path) } catch {
      throw .file(path: path, reason: error.reason)
    }
  }

  /// Nodes, ways and relations that were there.
  typealias Counts = hujia_osm_counts

  func readWays(_ sink: some ExtractSink, _ counts: inout Counts) throws(ImportError) {
    let holder = Holder(sink)
    try read(holder) { faces, error in hujia_osm_read_ways(path, &faces, &counts, &error) }
  }

  func readNodes(
    _ sink: some ExtractSink, _ wanted: inout WantedNodes, _ counts: inout Counts
  ) throws(ImportError) {
    let holder = Holder(sink)
    let ids = wanted.ids
    try read(holder) { faces, error in
      ids.withUnsafeBufferPointer { ids in
        wanted.lat_e7.withUnsafeMutableBufferPointer { lat in
          wanted.lon_e7.withUnsafeMutableBufferPointer { lon in
            wanted.found.withUnsafeMutableBufferPointer { found in
              var places = hujia_osm_wanted(
                ids: ids.baseAddress, count: ids.count, lat_e7: lat.baseAddress,
                lon_e7: lon.baseAddress, found: found.baseAddress)
              return hujia_osm_read_nodes(path, &faces, &places, &counts, &error)
            }
          }
        }
      }
    }
  }

  private func read(
    _ holder: Holder, _ body: (inout hujia_osm_sink, inout hujia_osm_error) -> Int32
  ) throws(ImportError) {
    var faces = hujia_osm_sink(
      context: Unmanaged.passUnretained(holder).toOpaque(),
      way: { Holder.of($0)?.way($1) }, relation: { Holder.of($0)?.relation($1) },
      node: { Holder.of($0)?.node($1, $2, $3) }, progress: { Holder.of($0)?.progress($1) })
    var error = hujia_osm_error()
    let status = withExtendedLifetime(holder) { body(&faces, &error) }
    guard status != 0 else { return }
    throw .damaged(path: path, place: Self.place(error), reason: Self.reason(error))
  }

  private static func reason(_ error: hujia_osm_error) -> String {
    var text = error.text
    let said = withUnsafeBytes(of: &text) { raw in
      String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
    let shown = String(
      String.UnicodeScalarView(said.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    let mayBeCut = error.block > 0 || error.line > 0 || error.offset != .max
    return shown + (mayBeCut ? ": copy or download the file again" : "")
  }

  private static func place(_ error: hujia_osm_error) -> String {
    if error.line > 0 { return "line \(error.line), column \(error.column)" }
    if error.block > 0 { return "block \(error.block) at byte \(error.offset)" }
    return error.offset == .max ? "" : "before byte \(error.offset)"
  }
}

/// What C's callbacks lead to.
private final class Holder {
  let way: (UnsafePointer<hujia_osm_object>?) -> Void
  let relation: (UnsafePointer<hujia_osm_object>?) -> Void
  let node: (Int, UnsafePointer<hujia_osm_tag>?, Int) -> Void
  let progress: (Double) -> Void

  init(_ sink: some ExtractSink) {
    way = { if let way = $0 { sink.take(way: ExtractObject(way.pointee)) } }
    relation = { if let relation = $0 { sink.take(relation: ExtractObject(relation.pointee)) } }
    node = { sink.take(node: $0, WayTags($1, $2)) }
    progress = { sink.progress($0) }
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> Holder? {
    context.map { Unmanaged<Holder>.fromOpaque($0).takeUnretainedValue() }
  }
}
