// Small extracts of OpenStreetMap, written by hand: as XML, and as PBF from a slow encoder of its own.

import HujiaMapBuild
import HujiaMapImport
import HujiaTestSupport

struct Extract {
  struct Node {
    var id: Int64
    var lat: Double
    var lon: Double
    var tags: [String] = []
  }
  struct Way {
    var id: Int64
    var nodes: [Int64]
    var tags: [String]
    var version = 1
  }
  struct Member {
    var type: String
    var id: Int64
    var role: String
  }
  struct Relation {
    var id: Int64
    var members: [Member]
    var tags: [String]
    var version = 1
  }

  var nodes: [Node] = []
  var ways: [Way] = []
  var relations: [Relation] = []

  /// Nodes 1 ... count in a row to the east, 0.001 degrees (about 111 m) apart at the equator.
  static func row(_ count: Int, lat: Double = 0) -> Extract {
    var extract = Extract()
    for place in 1...count {
      extract.nodes.append(Node(id: Int64(place), lat: lat, lon: 7 + Double(place) * 0.001))
    }
    return extract
  }

  func way(_ nodes: [Int64], _ tags: String..., id: Int64? = nil) -> Extract {
    var copy = self
    copy.ways.append(Way(id: id ?? Int64(100 + ways.count), nodes: nodes, tags: tags))
    return copy
  }

  func tagged(_ node: Int64, _ tags: String...) -> Extract {
    var copy = self
    for place in copy.nodes.indices where copy.nodes[place].id == node {
      copy.nodes[place].tags = tags
    }
    return copy
  }

  func restriction(_ members: [Member], _ tags: String...) -> Extract {
    var copy = self
    copy.relations.append(
      Relation(
        id: Int64(500 + relations.count), members: members, tags: ["type=restriction"] + tags))
    return copy
  }

  static func pair(_ tag: String) -> (key: String, value: String) {
    let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
  }

  private static func xml(_ tags: [String]) -> String {
    tags.map {
      let tag = pair($0)
      return "<tag k=\"\(tag.key)\" v=\"\(tag.value)\"/>"
    }.joined()
  }

  var xml: String {
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<osm version=\"0.6\">"]
    for node in nodes {
      let place = "lat=\"\(node.lat)\" lon=\"\(node.lon)\""
      lines.append("<node id=\"\(node.id)\" version=\"1\" \(place)>\(Self.xml(node.tags))</node>")
    }
    for way in ways {
      let refs = way.nodes.map { "<nd ref=\"\($0)\"/>" }.joined()
      lines.append(
        "<way id=\"\(way.id)\" version=\"\(way.version)\">\(refs)\(Self.xml(way.tags))</way>")
    }
    for relation in relations {
      let members = relation.members.map {
        "<member type=\"\($0.type)\" ref=\"\($0.id)\" role=\"\($0.role)\"/>"
      }.joined()
      lines.append(
        "<relation id=\"\(relation.id)\" version=\"\(relation.version)\">\(members)"
          + "\(Self.xml(relation.tags))</relation>")
    }
    return lines.joined(separator: "\n") + "\n</osm>\n"
  }

  func read(
    _ folder: TemporaryFolder = TemporaryFolder(), rules: RoadRules? = nil
  ) throws -> OpenStreetMap.Result {
    try OpenStreetMap.read(
      [folder.save(xml, as: "x.osm")], rules: rules ?? RoadRules.standard())
  }

  static func error(_ bytes: [UInt8], as name: String = "x.osm.pbf") -> ImportError? {
    let folder = TemporaryFolder()
    do throws(ImportError) {
      _ = try OpenStreetMap.read(
        [folder.save(bytes, as: name)], rules: RoadRules.standard())
      return nil
    } catch { return error }
  }
}

/// Protocol buffers by hand: what the format says, nothing faster.
struct Message {
  var bytes: [UInt8] = []

  static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  mutating func number(_ field: UInt64, _ value: UInt64) {
    bytes += Self.varint(field << 3) + Self.varint(value)
  }
  mutating func content(_ field: UInt64, _ content: [UInt8]) {
    bytes += Self.varint(field << 3 | 2) + Self.varint(UInt64(content.count)) + content
  }
  mutating func packed(_ field: UInt64, _ values: [UInt64]) {
    content(field, values.flatMap { Self.varint($0) })
  }
  /// Each as the step from the one before.
  mutating func steps(_ field: UInt64, _ values: [Int64]) {
    var before: Int64 = 0
    packed(
      field,
      values.map { value in
        defer { before = value }
        return Self.zigzag(value - before)
      })
  }
}

extension Extract {
  /// A block as it stands in a file: length, header, blob. The data are not compressed.
  static func block(_ type: String, _ data: [UInt8], says: Int? = nil) -> [UInt8] {
    var blob = Message()
    blob.content(1, data)
    var header = Message()
    header.content(1, Array(type.utf8))
    header.number(3, UInt64(bitPattern: Int64(says ?? blob.bytes.count)))
    let length = UInt32(header.bytes.count)
    let prefix = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> UInt32($0)) }
    return prefix + header.bytes + blob.bytes
  }

  static var pbfHeader: [UInt8] {
    var header = Message()
    for feature in ["OsmSchema-V0.6", "DenseNodes"] { header.content(4, Array(feature.utf8)) }
    return block("OSMHeader", header.bytes)
  }

  /// Header, nodes, ways and restrictions: four blocks.
  var pbf: [UInt8] {
    Self.pbfHeader + Self.block("OSMData", nodeBlock) + Self.block("OSMData", wayBlock)
      + Self.block("OSMData", relationBlock)
  }

  private struct Strings {
    var list = [""]
    mutating func number(_ text: String) -> UInt64 {
      if let known = list.firstIndex(of: text) { return UInt64(known) }
      list.append(text)
      return UInt64(list.count - 1)
    }
    mutating func tags(_ tags: [String], into message: inout Message) {
      let pairs = tags.map { Extract.pair($0) }
      message.packed(2, pairs.map { number($0.key) })
      message.packed(3, pairs.map { number($0.value) })
    }
  }

  private static func data(_ strings: Strings, _ group: Message) -> [UInt8] {
    var table = Message()
    for text in strings.list { table.content(1, Array(text.utf8)) }
    var block = Message()
    block.content(1, table.bytes)
    block.content(2, group.bytes)
    return block.bytes
  }

  private var nodeBlock: [UInt8] {
    var strings = Strings()
    var dense = Message()
    dense.steps(1, nodes.map(\.id))
    dense.steps(8, nodes.map { Int64(($0.lat * 1e7).rounded()) })
    dense.steps(9, nodes.map { Int64(($0.lon * 1e7).rounded()) })
    dense.packed(
      10,
      nodes.flatMap { node in
        node.tags.flatMap { tag in
          let pair = Self.pair(tag)
          return [strings.number(pair.key), strings.number(pair.value)]
        } + [0]
      })
    var group = Message()
    group.content(2, dense.bytes)
    return Self.data(strings, group)
  }

  private var wayBlock: [UInt8] {
    var strings = Strings()
    var group = Message()
    for way in ways {
      var message = Message()
      message.number(1, UInt64(bitPattern: way.id))
      strings.tags(way.tags, into: &message)
      message.steps(8, way.nodes)
      group.content(3, message.bytes)
    }
    return Self.data(strings, group)
  }

  private var relationBlock: [UInt8] {
    var strings = Strings()
    var group = Message()
    for relation in relations {
      var message = Message()
      message.number(1, UInt64(bitPattern: relation.id))
      strings.tags(relation.tags, into: &message)
      message.packed(8, relation.members.map { strings.number($0.role) })
      message.steps(9, relation.members.map(\.id))
      message.packed(
        10, relation.members.map { $0.type == "node" ? 0 : $0.type == "way" ? 1 : 2 })
      group.content(4, message.bytes)
    }
    return Self.data(strings, group)
  }
}
