// What one entry of a feed says: where, and how the traffic runs there. Fields come as text by name, whatever form the
// feed has; names that providers use are known, others are mapped by an option.

package enum Flow: Equatable, Sendable {
  case speed_kmh(Double)
  /// 1 free, 2 slow, 3 jammed, 4 standing.
  case level(Int)
  case closed
}

package struct FeedRecord: Sendable {
  package enum Way: Sendable {
    case openLR([UInt8])
    /// Longitude and latitude in 1e-7 degrees, in the feed's datum, along the traffic.
    case polyline([(lon_e7: Int32, lat_e7: Int32)])
  }
  /// Line, entry or byte of the feed, for messages.
  package var place: String
  package var way: Way
  /// Nil: the feed knows nothing of it now.
  package var flow: Flow?
}

/// Names of fields, ours first, then those that providers are known to use.
package struct FeedColumns: Sendable {
  package static let known: [(own: String, others: [String])] = [
    ("openlr", ["olr", "location.olr", "openlr_base64", "code"]),
    ("polyline", []),
    ("speed_kmh", ["speed"]),
    ("speed_mph", []),
    ("speed_ms", ["currentFlow.speed"]),
    ("level", ["status"]),
    ("closed", ["traversability", "currentFlow.traversability"]),
  ]
  private var names: [String: String] = [:]

  package init() {
    for (own, others) in Self.known {
      names[own] = own
      for other in others { names[other] = own }
    }
  }

  /// `text`: ours = theirs.
  package mutating func add(_ text: String) throws(FeedError) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, Self.known.contains(where: { $0.own == parts[0] }) else {
      let own = Self.known.map(\.own).joined(separator: ", ")
      throw FeedError("--column \(text): NAME=THEIRS is needed, where NAME is one of \(own)")
    }
    for (name, own) in names where own == parts[0] { names[name] = nil }
    guard parts[1].utf8.count <= FeedJSON.mostName else {
      throw FeedError("--column \(parts[0]): a name has \(FeedJSON.mostName) bytes at most")
    }
    names[parts[1]] = parts[0]
  }

  package func own(_ name: String) -> String? { names[name] }
}

/// An entry as it is read, before it is judged.
struct RawRecord {
  var fields: [String: String] = [:]
  var place = ""

  var isOne: Bool { fields["openlr"] != nil || fields["polyline"] != nil }

  /// Words say why it is none.
  func record() -> Result<FeedRecord, FeedRefusal> {
    let way: FeedRecord.Way
    if let text = fields["openlr"] {
      guard let bytes = Base64.bytes(text.utf8) else {
        return .failure(FeedRefusal(kind: "openlr", words: OpenLR.Refusal.notBase64.words))
      }
      way = .openLR(bytes)
    } else {
      guard let points = Polyline.points(fields["polyline"] ?? "") else {
        return .failure(
          FeedRefusal(
            kind: "polyline",
            words: "its polyline is not lon,lat;lon,lat … in degrees, two points or more"))
      }
      way = .polyline(points)
    }
    switch flow() {
    case .success(let flow): return .success(FeedRecord(place: place, way: way, flow: flow))
    case .failure(let refusal): return .failure(refusal)
    }
  }

  private func flow() -> Result<Flow?, FeedRefusal> {
    switch fields["closed"]?.lowercased() {
    case "1", "true", "yes", "closed": return .success(.closed)
    default: break
    }
    for (name, factor) in [("speed_kmh", 1.0), ("speed_mph", 1.609_344), ("speed_ms", 3.6)] {
      guard let text = fields[name], !text.isEmpty else { continue }
      guard let speed = Double(text), speed >= 0, speed * factor <= 400 else {
        return .failure(
          FeedRefusal(kind: "speed", words: "its speed \(Foreign.shown(text)) is not 0 to 400 km/h")
        )
      }
      return .success(.speed_kmh(speed * factor))
    }
    guard let text = fields["level"], !text.isEmpty else { return .success(nil) }
    guard let level = Int(text), (0...4).contains(level) else {
      return .failure(
        FeedRefusal(
          kind: "level", words: "its level \(Foreign.shown(text)) is not 0 (not known) to 4"))
    }
    return .success(level == 0 ? nil : .level(level))
  }
}

package struct FeedRefusal: Error, Equatable, Sendable {
  /// Counted by it.
  package let kind: String
  package let words: String
}

/// What others wrote, made fit for a terminal.
enum Foreign {
  private static let most = 20

  /// Its first 20 bytes; what is no printable ASCII shows as "?".
  static func shown(_ text: some StringProtocol) -> String {
    var shown = ""
    for byte in text.utf8.prefix(most) {
      let isPlain = byte >= 0x20 && byte < 0x7f
      shown.unicodeScalars.append(isPlain ? Unicode.Scalar(byte) : "?")
    }
    return shown
  }
}

enum Polyline {
  static let mostPoints = 100_000

  /// "lon,lat;lon,lat …" in degrees.
  static func points(_ text: String) -> [(lon_e7: Int32, lat_e7: Int32)]? {
    var points: [(lon_e7: Int32, lat_e7: Int32)] = []
    for pair in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: ";") || $0 == 0x20 }) {
      let numbers = pair.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard numbers.count == 2, points.count < mostPoints,
        let lon = Double(Substring(numbers[0])), let lat = Double(Substring(numbers[1])),
        abs(lon) <= 180, abs(lat) <= 90
      else { return nil }
      points.append((Int32((lon * 1e7).rounded()), Int32((lat * 1e7).rounded())))
    }
    return points.count >= 2 ? points : nil
  }
}
