// OpenLR line locations in their binary form, version 3: what a feed of live traffic names streets by. Read from bytes
// that anybody may have sent: every length is checked before it is used.

/// A point that a line passes, with what a decoder knows of the road there.
package struct LinePoint: Equatable, Sendable {
  package var lat_e7: Int32
  package var lon_e7: Int32
  /// Degrees clockwise from north along the line, at the last point back along it; negative = not known.
  package var bearing_deg: Double
  /// Metres to the next point along the line; 0 at the last one.
  package var toNext_m: Double
  /// How far `toNext_m` may be off because it was rounded.
  package var slack_m: Double

  package init(
    lat_e7: Int32, lon_e7: Int32, bearing_deg: Double, toNext_m: Double, slack_m: Double
  ) {
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.bearing_deg = bearing_deg
    self.toNext_m = toNext_m
    self.slack_m = slack_m
  }
}

/// A stretch of road as a feed names it.
package struct LineReference: Equatable, Sendable {
  /// Two and more.
  package var points: [LinePoint]
  /// Share of the way between the first two points, and between the last two, that does not belong to it.
  package var startShare = 0.0
  package var endShare = 0.0

  package init(points: [LinePoint], startShare: Double = 0, endShare: Double = 0) {
    self.points = points
    self.startShare = startShare
    self.endShare = endShare
  }
}

package enum OpenLR {
  /// Why a reference was refused.
  package enum Refusal: Error, Equatable, Sendable {
    case notBase64
    case tooShort(bytes: Int)
    case version(Int)
    /// A location that is no line: its name.
    case kind(String)
    case size(bytes: Int)
    case offPlanet

    package var words: String {
      switch self {
      case .notBase64: "it is no base64: letters, digits, + / or - _, and = at the end"
      case .tooShort(let bytes): "\(bytes) bytes are no line location: 16 are the least"
      case .version(let version): "it has version \(version) of the format: 3 is read"
      case .kind(let name): "it is \(name): line locations are read"
      case .size(let bytes):
        "\(bytes) bytes are no line location: it is cut off, or something follows it"
      case .offPlanet: "a point of it lies beyond a pole"
      }
    }
  }

  /// Of a line location: two points without offsets.
  static let fewest_bytes = 16
  /// Points of one reference; the format itself has no limit.
  package static let mostPoints = 1_000
  /// Half a step of its distances, which are rounded to 58.6 m.
  static let slack_m = 29.3

  package static func line(base64 text: some Sequence<UInt8>) throws(Refusal) -> LineReference {
    guard let bytes = Base64.bytes(text) else { throw .notBase64 }
    return try line(bytes)
  }

  /// O(bytes).
  package static func line(_ bytes: [UInt8]) throws(Refusal) -> LineReference {
    guard let status = bytes.first else { throw .tooShort(bytes: 0) }
    guard status & 7 == 3 else { throw .version(Int(status & 7)) }
    if let other = otherKind(status >> 3 & 15) { throw .kind(other) }
    guard bytes.count >= fewest_bytes else { throw .tooShort(bytes: bytes.count) }
    // The last point has no distance, and up to two bytes of offsets follow it.
    let more = (bytes.count - 16) / 7
    guard more + 2 <= mostPoints else { throw .size(bytes: bytes.count) }
    var reader = Bytes(bytes: bytes, at: 1)
    var points: [LinePoint] = []
    points.reserveCapacity(more + 2)
    var lon_e7 = Self.absolute_e7(reader.signed(3))
    var lat_e7 = Self.absolute_e7(reader.signed(3))
    var flags: UInt8 = 0
    for index in 0..<more + 2 {
      if index > 0 {
        lon_e7 += reader.signed(2) * 100
        lat_e7 += reader.signed(2) * 100
      }
      guard abs(lat_e7) <= 900_000_000 else { throw .offPlanet }
      _ = reader.byte()  // class and form of the road: a map does not carry them
      let second = reader.byte()
      flags = second >> 5
      let isLast = index == more + 1
      points.append(
        LinePoint(
          lat_e7: Int32(lat_e7), lon_e7: Self.wrapped_e7(lon_e7),
          bearing_deg: (Double(second & 31) + 0.5) * 11.25,
          toNext_m: isLast ? 0 : (Double(reader.byte()) + 0.5) * 58.6, slack_m: slack_m))
    }
    var line = LineReference(points: points)
    let offsets = Int(flags >> 1 & 1) + Int(flags & 1)
    guard bytes.count == 16 + 7 * more + offsets else { throw .size(bytes: bytes.count) }
    if flags & 2 != 0 { line.startShare = (Double(reader.byte()) + 0.5) / 256 }
    if flags & 1 != 0 { line.endShare = (Double(reader.byte()) + 0.5) / 256 }
    return line
  }

  /// Bits: point, area, attributes. Nil = a line.
  private static func otherKind(_ kind: UInt8) -> String? {
    switch kind {
    case 1: nil
    case 4: "a coordinate"
    case 5: "a point along a line"
    case 0: "a circle"
    case 8: "a rectangle or grid"
    case 2: "a polygon"
    case 11: "a closed line"
    default: "a location of unknown kind \(kind)"
    }
  }

  /// A 24-bit coordinate: (value - sign / 2) * 360 / 2^24 degrees.
  private static func absolute_e7(_ value: Int64) -> Int64 {
    ((2 * value - value.signum()) * 3_600_000_000) >> 25
  }

  private static func wrapped_e7(_ lon_e7: Int64) -> Int32 {
    if lon_e7 > 1_800_000_000 { return Int32(truncatingIfNeeded: lon_e7 - 3_600_000_000) }
    if lon_e7 < -1_800_000_000 { return Int32(truncatingIfNeeded: lon_e7 + 3_600_000_000) }
    return Int32(lon_e7)
  }

  /// Whole numbers, the highest byte first; the caller knows that they are there.
  private struct Bytes {
    let bytes: [UInt8]
    var at: Int

    mutating func byte() -> UInt8 {
      defer { at += 1 }
      return bytes[at]
    }

    mutating func signed(_ count: Int) -> Int64 {
      var value = Int64(Int8(bitPattern: byte()))
      for _ in 1..<count { value = value << 8 | Int64(byte()) }
      return value
    }
  }
}

/// Both alphabets of base64, with and without the signs at its end.
enum Base64 {
  static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    var ending = 0
    for letter in text {
      if letter == UInt8(ascii: "=") {
        ending += 1
        continue
      }
      guard ending == 0, let value = value(letter) else { return nil }
      bits = bits << 6 | value
      count += 1
      guard count % 4 == 0 else { continue }
      bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
      bits = 0
    }
    let rest = count % 4
    guard count > 0, rest != 1, ending == 0 || (count + ending) % 4 == 0, ending < 3 else {
      return nil
    }
    if rest == 2 { bytes.append(UInt8(bits >> 4 & 255)) }
    if rest == 3 { bytes += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)] }
    return bytes
  }

  private static func value(_ letter: UInt8) -> UInt32? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
