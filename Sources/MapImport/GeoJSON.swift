// Lines of a GeoJSON file, feature by feature: a FeatureCollection, or a feature a line (GeoJSONSeq). Only what streets
// need is kept; everything else is read over. Must never: recurse deeper than `mostDepth`, keep what it reads over.

/// One feature's lines and its properties as text.
struct GeoFeature {
  /// Longitude and latitude, as they stand there.
  var lines: [[(lon: Double, lat: Double)]] = []
  var properties: [String: String] = [:]
  var geometry = ""
}

struct GeoJSON {
  private let path: String
  private let bytes: [UInt8]
  private var at = 0
  private(set) var features = 0
  private static let mostDepth = 32

  init(path: String, encoding: String?) throws(ImportError) {
    self.path = path
    bytes = try TextFile.bytes(path, encoding: encoding)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
    guard bytes.dropFirst(at).first(where: { !Self.isBetween($0) }) == UInt8(ascii: "{") else {
      throw .file(path: path, reason: "it is no GeoJSON: make it with ogr2ogr -f GeoJSON")
    }
  }

  var progress: Double { bytes.isEmpty ? 1 : Double(at) / Double(bytes.count) }

  /// Moves to the array of features where there is one. O(head).
  mutating func findFeatures() {
    let mark = Array("\"features\"".utf8)
    var place = at
    while place + mark.count < min(bytes.count, at + 65_536) {
      if bytes[place] == mark[0], bytes[place..<place + mark.count].elementsEqual(mark) {
        at = place + mark.count
        _ = skip(UInt8(ascii: ":"))
        _ = skip(UInt8(ascii: "["))
        return
      }
      place += 1
    }
  }

  /// The next feature; nil at the end.
  mutating func next() throws(ImportError) -> GeoFeature? {
    while at < bytes.count, Self.isBetween(bytes[at]) || bytes[at] == UInt8(ascii: ",") { at += 1 }
    guard at < bytes.count, bytes[at] == UInt8(ascii: "{") else {
      if at >= bytes.count { return nil }
      guard bytes[at] == UInt8(ascii: "]") else { throw broken("a feature is expected") }
      return nil
    }
    features += 1
    var feature = GeoFeature()
    try object(depth: 0) { (reader: inout GeoJSON, key: String) throws(ImportError) in
      switch key {
      case "geometry": try reader.geometry(&feature)
      case "properties": try reader.properties(&feature)
      default: try reader.skipValue(depth: 1)
      }
    }
    return feature
  }

  func broken(_ reason: String) -> ImportError {
    .damaged(
      path: path, place: "byte \(at)",
      reason: "\(reason): make the file again, for it may be cut off")
  }

  private static func isBetween(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 || byte == 0x1e
  }

  private mutating func peek() throws(ImportError) -> UInt8 {
    while at < bytes.count, Self.isBetween(bytes[at]) { at += 1 }
    guard at < bytes.count else { throw broken("the file ends within a value") }
    return bytes[at]
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    while at < bytes.count, Self.isBetween(bytes[at]) { at += 1 }
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(ImportError) {
    guard skip(byte) else {
      throw broken("\"\(String(UnicodeScalar(byte)))\" is expected")
    }
  }

  private mutating func object(
    depth: Int, _ member: (inout GeoJSON, String) throws(ImportError) -> Void
  ) throws(ImportError) {
    guard depth < Self.mostDepth else { throw broken("values nest too deep") }
    try expect(UInt8(ascii: "{"))
    if skip(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try expect(UInt8(ascii: ":"))
      try member(&self, key)
    } while skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  private mutating func array(
    depth: Int, _ element: (inout GeoJSON) throws(ImportError) -> Void
  ) throws(ImportError) {
    guard depth < Self.mostDepth else { throw broken("values nest too deep") }
    try expect(UInt8(ascii: "["))
    if skip(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  private mutating func skipValue(depth: Int) throws(ImportError) {
    switch try peek() {
    case UInt8(ascii: "{"):
      try object(depth: depth) { (reader: inout GeoJSON, _: String) throws(ImportError) in
        try reader.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      try array(depth: depth) { (reader: inout GeoJSON) throws(ImportError) in
        try reader.skipValue(depth: depth + 1)
      }
    case UInt8(ascii: "\""): _ = try string()
    default: _ = try word()
    }
  }

  /// A number, true, false or null as it stands there.
  private mutating func word() throws(ImportError) -> String {
    _ = try peek()
    let start = at
    while at < bytes.count, !Self.isBetween(bytes[at]), !",]}:[{\"".utf8.contains(bytes[at]) {
      at += 1
    }
    guard at > start else { throw broken("a value is expected") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func string() throws(ImportError) -> String {
    try expect(UInt8(ascii: "\""))
    var content: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard let text = String(validating: content, as: UTF8.self) else {
          throw broken("a text is not UTF-8 (--encoding says what it is)")
        }
        return text
      }
      guard byte == UInt8(ascii: "\\") else {
        content.append(byte)
        continue
      }
      try escape(&content)
    }
    throw broken("the file ends within a text")
  }

  private mutating func escape(_ content: inout [UInt8]) throws(ImportError) {
    guard at < bytes.count else { throw broken("the file ends within a text") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"),
      UInt8(ascii: "f"):
      content.append(0x20)
    case UInt8(ascii: "u"):
      var unit = try hex()
      if unit >= 0xd800, unit < 0xdc00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
        bytes[at + 1] == UInt8(ascii: "u")
      {
        at += 2
        let low = try hex()
        guard low >= 0xdc00, low < 0xe000 else { throw broken("half a character is missing") }
        unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
      }
      let scalar = UnicodeScalar(unit) ?? "\u{fffd}"
      content += Array(String(scalar).utf8)
    default: content.append(byte)
    }
  }

  private mutating func hex() throws(ImportError) -> UInt32 {
    guard at + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw broken("four hexadecimal digits are expected") }
    at += 4
    return value
  }
}

extension GeoJSON {
  private mutating func geometry(_ feature: inout GeoFeature) throws(ImportError) {
    if try peek() != UInt8(ascii: "{") { return try skipValue(depth: 1) }
    var kind = ""
    // The kind may stand behind the coordinates, which are then read again.
    var coordinates: Int?
    try object(depth: 1) { (reader: inout GeoJSON, key: String) throws(ImportError) in
      if key == "type", try reader.peek() == UInt8(ascii: "\"") {
        kind = try reader.string()
      } else {
        _ = try reader.peek()
        if key == "coordinates" { coordinates = reader.at }
        try reader.skipValue(depth: 2)
      }
    }
    feature.geometry = kind
    guard let coordinates, kind == "LineString" || kind == "MultiLineString" else { return }
    let end = at
    at = coordinates
    if kind == "LineString" {
      feature.lines.append(try line())
    } else {
      var lines: [[(lon: Double, lat: Double)]] = []
      try array(depth: 2) { (reader: inout GeoJSON) throws(ImportError) in
        lines.append(try reader.line())
      }
      feature.lines = lines
    }
    at = end
  }

  private mutating func line() throws(ImportError) -> [(lon: Double, lat: Double)] {
    var points: [(lon: Double, lat: Double)] = []
    try array(depth: 3) { (reader: inout GeoJSON) throws(ImportError) in
      var numbers: [Double] = []
      try reader.array(depth: 4) { (reader: inout GeoJSON) throws(ImportError) in
        guard let number = Field.decimal(try reader.word()) else {
          throw reader.broken("a coordinate is no number")
        }
        numbers.append(number)
      }
      guard numbers.count >= 2 else { throw reader.broken("a point has fewer than two numbers") }
      points.append((numbers[0], numbers[1]))
    }
    return points
  }

  private mutating func properties(_ feature: inout GeoFeature) throws(ImportError) {
    if try peek() != UInt8(ascii: "{") { return try skipValue(depth: 1) }
    var found: [String: String] = [:]
    try object(depth: 1) { (reader: inout GeoJSON, key: String) throws(ImportError) in
      switch try reader.peek() {
      case UInt8(ascii: "\""): found[key] = try reader.string()
      case UInt8(ascii: "{"), UInt8(ascii: "["): try reader.skipValue(depth: 2)
      default:
        let word = try reader.word()
        if word != "null" { found[key] = word }
      }
    }
    feature.properties = found
  }
}
